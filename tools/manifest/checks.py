"""What is wrong with labelled data row by row, and how its classes are balanced."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from tools.manifest.files import Example, Fault, Form, Kind, entries, kind_of_sources

FEW = 20
STRONG_IMBALANCE = 10.0
MOST_TEXT = 20_000


def faults(file: Path, form: Form, known: Sequence[str] = ()) -> tuple[int, list[Fault]]:
    """How many rows there are, and all that is wrong with them; ``known`` are the labels that may be used."""
    count, found = 0, list[Fault]()
    seen: dict[str, Example] = {}
    for one in entries(file, form):
        count += 1
        if isinstance(one, Fault):
            found.append(one)
            continue
        found += _of_example(one, known)
        first = seen.setdefault(one.source, one)
        if first is not one:
            found.append(_twin(one, first))
    return count, found


def _of_example(one: Example, known: Sequence[str]) -> list[Fault]:
    found = []
    if len(one.source) > MOST_TEXT:
        found.append(Fault(one.line, f"有 {len(one.source)} 个字，最多 {MOST_TEXT} 个", "截短或分成几条"))
    for label in one.labels if known else ():
        if label not in known:
            near = get_close_matches(label, known, 1, 0.5)
            mend = f"是不是“{near[0]}”？" if near else f"可用的有 {'、'.join(known[:20])}"
            found.append(Fault(one.line, f"没有标签“{label}”", mend))
    return found


def _twin(one: Example, first: Example) -> Fault:
    if set(one.labels) == set(first.labels):
        return Fault(one.line, f"与第 {first.line} 行重复", "删掉一行")
    told = f"“{'、'.join(first.labels)}”和“{'、'.join(one.labels)}”"
    return Fault(one.line, f"与第 {first.line} 行相同，标签却不同：{told}", "定一个，删掉另一行")


@dataclass(frozen=True, slots=True)
class ClassCount:
    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Stats:
    """``balance`` is the entropy of the classes over that of equal ones (1 = equal); ``imbalance`` most over fewest."""

    examples: int
    bad_rows: int
    duplicates: int
    kind: Kind
    multi_label: bool
    labels_per_example: float
    classes: tuple[ClassCount, ...]
    imbalance: float
    balance: float
    length_p50: int
    length_p95: int
    length_max: int
    warnings: tuple[str, ...]


def stats_of(found: Sequence[Example], bad_rows: int, multi_label: bool) -> Stats:
    """Counts of ``found``, of which there is at least one."""
    counts = Counter(label for one in found for label in one.labels)
    classes = class_counts(counts, len(found))
    lengths = sorted(len(one.source) for one in found)
    imbalance = round(classes[0].count / classes[-1].count, 2) if classes else 1.0
    return Stats(
        examples=len(found),
        bad_rows=bad_rows,
        duplicates=len(found) - len({one.source for one in found}),
        kind=kind_of_sources(found),
        multi_label=multi_label,
        labels_per_example=round(counts.total() / len(found), 3),
        classes=classes,
        imbalance=imbalance,
        balance=round(evenness(list(counts.values())), 4),
        length_p50=lengths[len(lengths) // 2],
        length_p95=lengths[int(len(lengths) * 0.95)],
        length_max=lengths[-1],
        warnings=tuple(_warnings(classes, imbalance, bad_rows)),
    )


def class_counts(counts: Mapping[str, int], total: int) -> tuple[ClassCount, ...]:
    """The most frequent first, each with its share of ``total``."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(ClassCount(label, count, round(count / total, 4)) for label, count in ordered)


def evenness(counts: Sequence[int]) -> float:
    """Shannon entropy over the logarithm of the number of classes (Pielou's evenness)."""
    if len(counts) < 2:
        return 1.0
    total = sum(counts)
    return -sum(one / total * math.log(one / total) for one in counts) / math.log(len(counts))


def _warnings(classes: Sequence[ClassCount], imbalance: float, bad_rows: int) -> list[str]:
    told = class_warnings(classes, imbalance, "条")
    if bad_rows:
        told.append(f"{bad_rows} 行读不了，没有算进来 → manifest validate 看原因")
    return told


def class_warnings(classes: Sequence[ClassCount], imbalance: float, unit: str) -> list[str]:
    """Of classes with few examples, of much larger ones, of a single one; ``unit`` is what an example is counted in."""
    told = []
    if few := [one for one in classes if one.count < FEW]:
        names = "、".join(f"{one.label}（{one.count}）" for one in few[:10]) + ("…" if len(few) > 10 else "")
        told.append(f"{len(few)} 个类不到 {FEW} {unit}：{names} → 补标，或并入别的类")
    if imbalance > STRONG_IMBALANCE:
        told.append(
            f"最大的类“{classes[0].label}”是最小的“{classes[-1].label}”的 {imbalance:g} 倍 → 补标小类，或训练时加样本权重"
        )
    if len(classes) < 2:
        told.append("只有一个类 → 训练至少要两个")
    return told


def stats_text(stats: Stats) -> str:
    """A table for a person."""
    width = max((len(one.label) for one in stats.classes), default=0)
    bars = [
        f"  {one.label.ljust(width, '　')}  {one.count:>8}  {one.share:>6.1%}  {'█' * math.ceil(one.share * 40)}"
        for one in stats.classes
    ]
    head = f"{stats.examples} 条，{len(stats.classes)} 个类，平均每条 {stats.labels_per_example:g} 个标签，重复 {stats.duplicates} 条"
    rest = f"最大/最小 {stats.imbalance:g}，均匀度 {stats.balance:g}；长度 p50 {stats.length_p50}，p95 {stats.length_p95}，最长 {stats.length_max}"
    return "\n".join([head, *bars, rest, *(f"注意：{one}" for one in stats.warnings)])
