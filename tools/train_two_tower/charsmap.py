"""Character maps in the form that ``tokenizers.normalizers.Precompiled`` reads (SentencePiece's charsmap).

A double-array trie over the UTF-8 bytes of single characters (Darts-clone layout, as in SentencePiece's
``normalizer.cc``): unit = ``offset << 10 | has_leaf << 8 | label``; a leaf's value is the place of the
replacement in a NUL-separated blob.
"""

import struct
from collections.abc import Iterator, Mapping
from typing import TypeAlias

_LEAF, _VALUE = 1 << 8, 1 << 31
_Node: TypeAlias = "dict[int, _Node]"


def charsmap(replacements: Mapping[str, str]) -> bytes:
    """The compiled map of single characters to strings (which may be empty)."""
    blob, places = bytearray(), dict[str, int]()
    for target in sorted(set(replacements.values())):
        places[target] = len(blob)
        blob += target.encode() + b"\0"
    units = _double_array({char.encode(): places[target] for char, target in replacements.items()})
    trie = struct.pack(f"<{len(units)}I", *units)
    return struct.pack("<I", len(trie)) + trie + bytes(blob)


def _double_array(values: Mapping[bytes, int]) -> list[int]:
    root = _tree(values)
    units: dict[int, int] = {0: 0}
    for base, at, children in _placed(root):
        units[at] = units.get(at, 0) | (at ^ base) << 10
        for label, child in children.items():
            units[base ^ label] = label if child else 0
    _write_leaves(units, values)
    size = (max(units) | 0xFF) + 1
    return [units.get(place, 0xFF if place else 0) for place in range(size)]


def _tree(values: Mapping[bytes, int]) -> _Node:
    root: _Node = {}
    for key in values:
        node = root
        for byte in key:
            node = node.setdefault(byte, {})
        node[0] = {}  # the leaf: UTF-8 text holds no zero byte
    return root


def _placed(root: _Node) -> Iterator[tuple[int, int, _Node]]:
    """Each node that has children as (base of its children, its own place, children), parents first.

    No two nodes share a base, or one's children would be taken for the other's. Leaves and branches look for room
    from where the last of their kind found it, so that the time is linear.
    """
    taken, bases = {0}, set[int]()
    start = {True: 1, False: 1}
    waiting = [(0, root)]
    while waiting:
        at, node = waiting.pop()
        leaf = node.keys() == {0}
        base = start[leaf]
        while base in bases or any(base ^ label in taken for label in node):
            base += 1
        start[leaf] = base + 1
        bases.add(base)
        taken.update(base ^ label for label in node)
        yield base, at, node
        waiting.extend((base ^ label, child) for label, child in sorted(node.items(), reverse=True) if child)


def _write_leaves(units: dict[int, int], values: Mapping[bytes, int]) -> None:
    for key, value in values.items():
        at = units[0] >> 10
        for byte in key:
            at ^= byte
            last = at
            at ^= units[at] >> 10
        units[last] |= _LEAF
        units[at] = value | _VALUE
