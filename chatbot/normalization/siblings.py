"""Of several that a piece of a name may be, the one that is called what is spoken of is called but for that piece."""

from collections.abc import Mapping, Sequence

from chatbot.knowledge_graph.graph import Entity
from chatbot.normalization.text import normalize

_SEVERAL = 2


def sibling(near: str, candidates: Sequence[str], said: str, entities: Mapping[str, Entity]) -> str:
    """深度 beside 孝心母亲基础套餐 is 孝心母亲深度套餐, and not that for fathers; empty where none or several are."""
    if len(candidates) < _SEVERAL or near in candidates:
        return ""
    own = _called(entities[near])
    alike = {name: _shared(said, _called(entities[name]), own) for name in candidates}
    most = max(alike.values())
    found = [name for name in candidates if alike[name] == most]
    return found[0] if most and len(found) == 1 else ""


def _called(entity: Entity) -> str:
    return normalize(entity.keywords[-1]) if entity.keywords else ""


def _shared(said: str, other: str, own: str) -> int:
    """How many characters ``other`` and ``own`` have in common, where what they differ in is ``said``; else none."""
    front = _alike(own, other)
    back = _alike(own[front:][::-1], other[front:][::-1])
    piece = other[front : len(other) - back]
    return front + back if piece and piece in said else 0


def _alike(one: str, other: str) -> int:
    """How many characters they both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
