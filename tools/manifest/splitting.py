"""Splits labelled data so that each part has each class in its share; one text never stands in two parts.

Iterative stratification of Sechidis, Tsoumakas and Vlahavas, "On the Stratification of Multi-Label Data"
(ECML PKDD 2011), algorithm 1: the rarest label first, each example to the part that wants it most.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from tools.manifest.files import Example


def split(found: Sequence[Example], shares: Mapping[str, float], seed: int) -> dict[str, list[Example]]:
    """By part, its examples in the order of the file; ``shares`` sum to one. The same seed gives the same parts."""
    rng = random.Random(seed)
    groups: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(found):
        groups[one.source].append(number)
    order = list(groups.values())
    rng.shuffle(order)
    part_of = _assigned(
        [_labels(found, group) for group in order], [len(group) for group in order], shares, rng
    )
    chosen = {number: part for group, part in zip(order, part_of, strict=True) for number in group}
    return {part: [one for number, one in enumerate(found) if chosen[number] == part] for part in shares}


def _labels(found: Sequence[Example], group: Sequence[int]) -> list[str]:
    return list(dict.fromkeys(label for number in group for label in found[number].labels))


def _assigned(
    labels: Sequence[Sequence[str]], sizes: Sequence[int], shares: Mapping[str, float], rng: random.Random
) -> list[str]:
    """The part of each group."""
    left: dict[str, set[int]] = defaultdict(set)
    totals: Counter[str] = Counter()
    for number, names in enumerate(labels):
        for name in names:
            left[name].add(number)
            totals[name] += sizes[number]
    room = {part: share * sum(sizes) for part, share in shares.items()}
    wanted = {part: {name: share * totals[name] for name in totals} for part, share in shares.items()}
    chosen: dict[int, str] = {}

    def give(number: int, name: str) -> None:
        part = max(room, key=lambda one: (wanted[one].get(name, 0.0), room[one], rng.random()))
        chosen[number] = part
        room[part] -= sizes[number]
        for other in labels[number]:
            wanted[part][other] -= sizes[number]
            left[other].discard(number)

    while any(left.values()):
        rarest = min((name for name in left if left[name]), key=lambda name: (len(left[name]), name))
        for number in sorted(left[rarest]):
            give(number, rarest)
    for number in range(len(labels)):
        if number not in chosen:
            give(number, "")
    return [chosen[number] for number in range(len(labels))]
