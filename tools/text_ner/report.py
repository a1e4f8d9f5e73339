"""The report page of a named-entity run: one HTML file, as that of a classifier; a chain gives no probability to calibrate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chatbot.predict.nlp.ner_tags import Span
from tools.text.report import shaded, table, write_page
from tools.text_ner.scoring import EntityScores

FILE = "report/index.html"
_MOST_WRONG = 40
_AROUND = 12
_APART, _MISSED, _NONE = "边界不同", "没找到", "不是实体"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One text with an entity that was not found as annotated, or found and not annotated."""

    text: str
    said: str


@dataclass(slots=True)
class Confusion:
    """``counts``: annotated type (or ``_NONE``) → what was found in its place → how many."""

    kinds: Sequence[str]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)

    def add(self, text: str, found: Sequence[Span], annotated: Sequence[Span]) -> None:
        """What was found in ``text`` beside what is annotated."""
        by_place = {(one.start, one.end): one.kind for one in found}
        for one in annotated:
            met = by_place.get((one.start, one.end)) or (_APART if _meets(one, found) else _MISSED)
            self._count(one.kind, met)
            if met != one.kind:
                self._tell(text, one, f"{one.kind} → {met}")
        for one in found:
            if not _meets(one, annotated):
                self._count(_NONE, one.kind)
                self._tell(text, one, f"{_NONE} → {one.kind}")

    def rows(self) -> list[list[int]]:
        """As a matrix: types and ``_NONE``, by types, ``_APART`` and ``_MISSED``."""
        return [
            [self.counts.get(row, {}).get(column, 0) for column in (*self.kinds, _APART, _MISSED)]
            for row in (*self.kinds, _NONE)
        ]

    def _count(self, row: str, column: str) -> None:
        cells = self.counts.setdefault(row, {})
        cells[column] = cells.get(column, 0) + 1

    def _tell(self, text: str, span: Span, said: str) -> None:
        if len(self.wrong) < _MOST_WRONG:
            start, end = max(0, span.start - _AROUND), span.end + _AROUND
            marked = f"{text[start : span.start]}【{text[span.start : span.end]}】{text[span.end : end]}"
            self.wrong.append(Wrong(marked, said))


def confusion(kinds: Sequence[str], found: Iterable[tuple[str, Sequence[Span], Sequence[Span]]]) -> Confusion:
    """Of texts with what was found and what is annotated in them."""
    made = Confusion(kinds)
    for text, ours, theirs in found:
        made.add(text, ours, theirs)
    return made


def write_report(
    path: Path,
    scores: EntityScores | None,
    mixed: Confusion | None,
    losses: Sequence[float],
    facts: Mapping[str, object],
) -> None:
    """Write the page: figures, per-type table, confusion, curve, settings, examples that went wrong."""
    parts = ["<h1>实体识别训练报告</h1>"]
    if scores and mixed:
        whole = scores.whole
        parts += [
            f'<p class="big">实体 F1 {whole.f1:.4f} · 精确率 {whole.precision:.4f} · 召回率 {whole.recall:.4f}'
            f"（验证集 {whole.annotated} 个实体）</p>",
            "<p>起点、终点和类型都对才算对；数字由部署用的模型（int8）在验证集上算出。</p>",
            "<h2>每种实体 · per type</h2>",
            _kinds(scores),
            "<h2>混淆矩阵 · confusion matrix</h2>",
            shaded((*mixed.kinds, _NONE), (*mixed.kinds, _APART, _MISSED), mixed.rows()),
        ]
    else:
        parts.append("<p>没有留出验证集：例子太少，或没有给 --dev。</p>")
    curve = [(str(number), f"{loss:.4f}") for number, loss in enumerate(losses, 1)]
    parts += ["<h2>训练曲线 · curve</h2>", table(("遍", "损失"), curve)]
    if mixed and mixed.wrong:
        wrong = [(one.said, one.text) for one in mixed.wrong]
        parts += ["<h2>错的例子 · what went wrong</h2>", table(("标注 → 找到", "原文"), wrong)]
    settings = [(str(name), str(value)) for name, value in facts.items()]
    write_page(path, "实体识别训练报告", [*parts, "<h2>设置 · settings</h2>", table(("项", "值"), settings)])


def _kinds(scores: EntityScores) -> str:
    rows = [
        (
            kind,
            f"{one.precision:.4f}",
            f"{one.recall:.4f}",
            f"{one.f1:.4f}",
            str(one.annotated),
            str(one.found),
        )
        for kind, one in scores.kinds.items()
    ]
    return table(("类型", "精确率", "召回率", "F1", "标注的", "找到的"), rows)


def _meets(one: Span, others: Sequence[Span]) -> bool:
    """Whether it shares a character with any of ``others``."""
    return any(one.start < other.end and other.start < one.end for other in others)
