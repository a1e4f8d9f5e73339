"""The report page of a run: one HTML file with plots as SVG, tables, and the worst mistakes as pictures; no script, no link."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tools.image.curve import Point
from tools.image.data import Example
from tools.text.measures import Measures
from tools.text.report import STYLE, calibration_plot, confusion, per_label, table

FILE = "report/index.html"
MOST_MISTAKES = 24
_SIDE = 160
_STYLE = """
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:.75rem}figure{margin:0}
.grid img{width:100%;height:9rem;object-fit:contain;background:#8882}figcaption{font-size:.85rem;line-height:1.35}
.second{stroke:#dc2626;fill:none;stroke-width:2}
"""
_WIDE, _HIGH, _PAD = 560, 220, 44


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page shows; ``chances`` (n, C) are of ``dev``."""

    measures: Measures
    facts: Mapping[str, object]
    points: Sequence[Point]
    warnings: Sequence[str]
    dev: Sequence[Example]
    chances: NDArray[np.float64]
    labels: Sequence[str]


@dataclass(frozen=True, slots=True)
class Mistake:
    """The picture at ``row``: ``wrong`` has ``chance``, though the picture is not of it (or, missed, has so little)."""

    row: int
    wrong: int
    chance: float
    missed: bool


def write_report(path: Path, page: Page) -> None:
    """Write the page: figures, curves, per-class table, confusion matrix, calibration, worst mistakes, settings."""
    measures = page.measures
    parts = [
        "<h1>图片分类训练报告</h1>",
        f'<p class="big">准确率 {measures.accuracy:.4f} · 宏平均 F1 {measures.macro_f1:.4f} · '
        f"ECE {measures.calibration_error:.4f}（验证集 {measures.count} 张）</p>",
        "<p>最好的权重和概率的温度都在验证集上选出，所以这些数字略偏高；"
        "用没见过的图片再测一次：<code>python -m tools image evaluate</code>。</p>",
    ]
    if page.points:
        parts += ["<h2>训练曲线 · curves</h2>", curves(page.points), _points(page.points)]
    parts += [
        "<h2>每个类 · per class</h2>",
        per_label(measures),
        "<h2>混淆矩阵 · confusion matrix</h2>",
        confusion(measures),
        "<h2>概率的刻度 · calibration</h2>",
        f"<p>期望刻度误差（ECE）{measures.calibration_error:.4f}：说 70 % 的，应有七成是对的。</p>",
        calibration_plot(measures),
        "<h2>最严重的错误 · worst mistakes</h2>",
        _grid(page),
        "<h2>设置 · settings</h2>",
        table(("项", "值"), [(str(key), str(value)) for key, value in page.facts.items()]),
    ]
    if page.warnings:
        parts += ["<h2>提示 · notes</h2><ul>", *(f"<li>{escape(one)}</li>" for one in page.warnings), "</ul>"]
    head = f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>图片分类训练报告</title><style>{STYLE}{_STYLE}</style>'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + "\n" + "\n".join(parts) + "\n</html>\n", encoding="utf-8")


def worst(page: Page) -> list[Mistake]:
    """Of each picture its surest error, the surest first."""
    truth = np.zeros(page.chances.shape, dtype=np.bool_)
    for row, one in enumerate(page.dev):
        truth[row, list(one.labels)] = True
    if page.measures.confusion.size:
        false, missing = np.where(truth, 0.0, page.chances), np.zeros(truth.shape)
        false[truth[np.arange(len(truth)), page.chances.argmax(1)]] = 0.0
    else:
        false = np.where(~truth & (page.chances >= 0.5), page.chances, 0.0)
        missing = np.where(truth & (page.chances < 0.5), 1 - page.chances, 0.0)
    found = []
    for row in range(len(truth)):
        over, under = int(false[row].argmax()), int(missing[row].argmax())
        missed = bool(missing[row, under] > false[row, over])
        size = max(float(missing[row, under]), float(false[row, over]))
        if size > 0:
            wrong = under if missed else over
            found.append((size, Mistake(row, wrong, float(page.chances[row, wrong]), missed)))
    return [one for _, one in sorted(found, key=lambda pair: -pair[0])][:MOST_MISTAKES]


def curves(points: Sequence[Point]) -> str:
    """Loss (blue, left) and dev score (red, right) over the epochs."""
    most = max(max(one.loss for one in points), 1e-9)
    step = _WIDE / max(1, len(points) - 1)
    lines = [
        " ".join(
            f"{_PAD + at * step:.1f},{_PAD + _HIGH * (1 - value):.1f}" for at, value in enumerate(values)
        )
        for values in ([one.loss / most for one in points], [one.score for one in points])
    ]
    bottom = _PAD + _HIGH
    return (
        f'<svg viewBox="0 0 {_WIDE + 2 * _PAD} {bottom + _PAD}" role="img" aria-label="训练曲线" width="640">'
        f'<path class="axis" d="M{_PAD},{_PAD}V{bottom}H{_PAD + _WIDE}V{_PAD}"/>'
        f'<polyline class="line" points="{lines[0]}"/><polyline class="second" points="{lines[1]}"/>'
        f'<text x="4" y="{_PAD - 14}">损失（蓝，最高 {most:.2f}）</text>'
        f'<text x="{_PAD + _WIDE - 120}" y="{_PAD - 14}">验证集得分（红，最高 1）</text>'
        f'<text x="{_PAD}" y="{bottom + 20}">{points[0].epoch}</text>'
        f'<text x="{_PAD + _WIDE - 40}" y="{bottom + 20}">{points[-1].epoch} 轮</text></svg>'
    )


def _points(points: Sequence[Point]) -> str:
    rows = [(str(one.epoch), f"{one.loss:.4f}", f"{one.rate:.2e}", f"{one.score:.4f}") for one in points]
    return table(("轮", "损失", "学习率", "验证集得分"), rows)


def _grid(page: Page) -> str:
    found = worst(page)
    if not found:
        return "<p>验证集上没有错误。</p>"
    return '<div class="grid">' + "".join(_figure(page, one) for one in found) + "</div>"


def _figure(page: Page, mistake: Mistake) -> str:
    example = page.dev[mistake.row]
    true = "、".join(page.labels[one] for one in example.labels) or "（无）"
    said = "漏了" if mistake.missed else "判为"
    text = f"{escape(true)} · {said} {escape(page.labels[mistake.wrong])}（{mistake.chance:.0%}）"
    name = escape(example.name, quote=True)
    return f'<figure><img alt="{name}" title="{name}" src="{_inline(example.image(_SIDE))}"><figcaption>{text}</figcaption></figure>'


def _inline(image: Image.Image) -> str:
    """``image``, small, as an address that holds it."""
    image.thumbnail((_SIDE, _SIDE))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
