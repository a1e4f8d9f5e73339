"""The report page of a run: one HTML file, plots as SVG and tables, no script and no link."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from tools.text.curve import Point
from tools.text.measures import Measures

FILE = "report/index.html"
STYLE = """
:root{color-scheme:light dark}body{font:15px/1.6 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #8888;padding:.25rem .5rem;text-align:left}
.wide{overflow-x:auto}.cell{text-align:right;font-variant-numeric:tabular-nums}.big{font-size:1.4rem}
svg{max-width:100%;height:auto}.axis{stroke:#888;fill:none}.ideal{stroke:#888;stroke-dasharray:4 4}
.line{stroke:#2563eb;fill:none;stroke-width:2}.bar{fill:#2563eb66}text{font-size:12px;fill:currentColor}
"""
_SIZE, _PAD = 320, 44
_MOST_LABELS = 60


def write_report(
    path: Path,
    measures: Measures,
    facts: Mapping[str, object],
    points: Sequence[Point],
    warnings: Sequence[str],
) -> None:
    """Write the page: figures, per-label table, confusion matrix, calibration, curve, settings, warnings."""
    parts = [
        "<h1>文本分类训练报告</h1>",
        f'<p class="big">准确率 {measures.accuracy:.4f} · 宏平均 F1 {measures.macro_f1:.4f} · '
        f"微平均 F1 {measures.micro_f1:.4f}（验证集 {measures.count} 条）</p>",
        "<p>下面的数字都由部署用的模型（包括 int8 量化）在验证集上算出；概率的刻度也在验证集上定出。</p>",
        "<h2>每个标签 · per label</h2>",
        per_label(measures),
        "<h2>混淆矩阵 · confusion matrix</h2>",
        confusion(measures),
        "<h2>概率的刻度 · calibration</h2>",
        f"<p>期望刻度误差（ECE）{measures.calibration_error:.4f}：说 70 % 的，应有七成是对的。</p>",
        calibration_plot(measures),
    ]
    if points:
        parts += ["<h2>训练曲线 · curve</h2>", _points(points)]
    parts += ["<h2>设置 · settings</h2>", table(("项", "值"), [(str(k), str(v)) for k, v in facts.items()])]
    if warnings:
        parts += ["<h2>提示 · notes</h2><ul>", *(f"<li>{escape(one)}</li>" for one in warnings), "</ul>"]
    write_page(path, "文本分类训练报告", parts)


def write_page(path: Path, title: str, parts: Sequence[str]) -> None:
    """``parts`` (HTML) as one page that needs no other file."""
    head = f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + "\n" + "\n".join(parts) + "\n</html>\n", encoding="utf-8")


def calibration_plot(measures: Measures) -> str:
    """Share right over mean probability, a bar for how many predictions lie there."""
    bottom, most = _PAD + _SIZE, max((one.count for one in measures.bins), default=1) or 1
    width = _SIZE / len(measures.bins)
    bars, line = [], []
    for number, one in enumerate(measures.bins):
        height = one.count / most * _SIZE
        bars.append(
            f'<rect class="bar" x="{_PAD + number * width + 1:.1f}" y="{bottom - height:.1f}" '
            f'width="{width - 2:.1f}" height="{height:.1f}"><title>{one.count}</title></rect>'
        )
        if one.count:
            line.append(f"{_PAD + one.confidence * _SIZE:.1f},{bottom - one.right * _SIZE:.1f}")
    return (
        f'<svg viewBox="0 0 {_SIZE + 2 * _PAD} {bottom + _PAD}" role="img" aria-label="刻度图" width="420">'
        f'{"".join(bars)}<path class="axis" d="M{_PAD},{_PAD}V{bottom}H{_PAD + _SIZE}"/>'
        f'<path class="ideal" d="M{_PAD},{bottom}L{_PAD + _SIZE},{_PAD}"/>'
        f'<polyline class="line" points="{" ".join(line)}"/>'
        f'<text x="{_PAD}" y="{bottom + 20}">0</text><text x="{_PAD + _SIZE - 10}" y="{bottom + 20}">1</text>'
        f'<text x="{_PAD + 80}" y="{bottom + 36}">模型给的概率（柱：有多少条）</text>'
        f'<text x="4" y="{_PAD - 14}">实际答对的比例</text></svg>'
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A plain table; every cell is escaped."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><tr>{top}</tr>{body}</table></div>'


def per_label(measures: Measures) -> str:
    """Precision, recall, F1 and counts of each label."""
    rows = [
        (one.label, f"{one.precision:.4f}", f"{one.recall:.4f}", f"{one.f1:.4f}", str(one.support), str(one.predicted))
        for one in measures.labels
    ]  # fmt: skip
    return table(("标签", "精确率", "召回率", "F1", "条数", "判为它的"), rows)


def confusion(measures: Measures) -> str:
    """True labels down, predicted ones across; of very many labels only the commonest confusions."""
    names, matrix = [one.label for one in measures.labels], measures.confusion
    if not matrix.size:
        return "<p>多标签模型没有混淆矩阵；见上表。</p>"
    if len(names) > _MOST_LABELS:
        return _worst(names, measures)
    return shaded(names, names, matrix.tolist())


def shaded(rows: Sequence[str], columns: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """A matrix of counts, each cell as dark as its share of its row."""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    lines = []
    for name, row in zip(rows, counts, strict=True):
        total = sum(row) or 1
        cells = "".join(
            f'<td class="cell" style="background:rgb(37 99 235 / {value / total:.2f})">{value}</td>'
            for value in row
        )
        lines.append(f"<tr><th>{escape(name)}</th>{cells}</tr>")
    corner = "<th>实际＼判为</th>"
    return f'<div class="wide"><table><tr>{corner}{head}</tr>{"".join(lines)}</table></div>'


def _worst(names: Sequence[str], measures: Measures) -> str:
    """Of very many labels, only the commonest confusions."""
    matrix = measures.confusion.copy()
    matrix[range(len(names)), range(len(names))] = 0
    order = matrix.ravel().argsort()[::-1][:_MOST_LABELS]
    found = [(divmod(int(at), len(names)), int(matrix.ravel()[at])) for at in order]
    return table(("实际", "判为", "次数"), [(names[one], names[two], str(n)) for (one, two), n in found if n])


def _points(points: Sequence[Point]) -> str:
    return table(
        ("步", "损失", "验证集得分"),
        [(str(one.step), f"{one.loss:.4f}", f"{one.score:.4f}") for one in points],
    )
