"""Tags of named entities: spans as BIO, as people annotate, and as BIOES, as the model learns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OUTSIDE = "O"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A named entity: characters ``start`` to ``end`` (exclusive) of a text."""

    start: int
    end: int
    kind: str


def spans_of_bio(tags: Sequence[str]) -> list[Span]:
    """The entities of ``tags``. An I that continues nothing begins an entity, as in the CoNLL evaluation."""
    found: list[Span] = []
    start, kind = 0, ""
    for place, tag in enumerate([*tags, OUTSIDE]):
        prefix, _, name = tag.partition("-")
        if kind and (prefix != "I" or name != kind):
            found.append(Span(start, place, kind))
            kind = ""
        if prefix in ("B", "I") and not kind:
            start, kind = place, name
    return found


def chain_tags(kinds: Sequence[str]) -> tuple[str, ...]:
    """The tags that the model knows: O, then B, I, E and S of each kind."""
    return (OUTSIDE, *(f"{place}-{kind}" for kind in kinds for place in "BIES"))


def chain_of_spans(spans: Sequence[Span], length: int, kinds: Sequence[str]) -> NDArray[np.int64]:
    """The numbers of ``chain_tags`` for a text of ``length`` characters; spans do not overlap."""
    numbers = np.zeros(length, dtype=np.int64)
    for span in spans:
        base = 1 + 4 * kinds.index(span.kind)
        if span.end - span.start == 1:
            numbers[span.start] = base + 3
            continue
        numbers[span.start : span.end] = base + 1
        numbers[span.start], numbers[span.end - 1] = base, base + 2
    return numbers


def spans_of_chain(numbers: Sequence[int], kinds: Sequence[str]) -> list[Span]:
    """The entities of a well-formed chain."""
    found, start = [], 0
    for place, number in enumerate(numbers):
        if number == 0:
            continue
        kind, role = divmod(number - 1, 4)
        if role in (0, 3):
            start = place
        if role in (2, 3):
            found.append(Span(start, place + 1, kinds[kind]))
    return found


def allowed(kinds: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Which tag may follow which (tags, tags), which may begin (tags,) and which may end a text (tags,)."""
    size = 1 + 4 * kinds
    role = np.array([4, *list(range(4)) * kinds])  # 0 B, 1 I, 2 E, 3 S, 4 O
    kind = np.array([-1, *np.repeat(np.arange(kinds), 4)])
    opens = (role == 0) | (role == 1)  # must go on inside the same kind
    inside = (role == 1) | (role == 2)
    same = kind[:, None] == kind[None, :]
    follows = np.where(opens[:, None], inside[None, :] & same, ~inside[None, :])
    return follows.reshape(size, size), ~inside, ~opens
