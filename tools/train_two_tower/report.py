"""The report page of a run: one HTML file with its curves drawn as SVG, no script and no link."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from tools.train_two_tower.evaluation import Confusion
from tools.train_two_tower.loop import Outcome

_WIDTH, _HEIGHT, _PAD = 560, 200, 40
_STYLE = """
:root{color-scheme:light dark}body{font:15px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #8888;padding:.3rem .6rem;text-align:left}
svg{max-width:100%;height:auto}.axis{stroke:#888;fill:none}.a{stroke:#2563eb;fill:none;stroke-width:2}
.b{stroke:#d97706;fill:none;stroke-width:2}text{font-size:12px;fill:currentColor}
"""


def write_report(path: Path, outcome: Outcome, facts: Mapping[str, object], warnings: Sequence[str]) -> None:
    """Writes the page: figures, curves of loss and recall@k, the worst confusions, settings and warnings."""
    points = outcome.points
    steps = [point.step for point in points]
    parts = [
        "<h1>双塔训练报告</h1>",
        f"<p>最佳检查点：第 {outcome.best_step} 步（共 {outcome.steps} 步），验证集 recall@1 = "
        f"{outcome.score.recall_at_1:.4f}，recall@5 = {outcome.score.recall_at_5:.4f}。</p>",
        "<h2>损失</h2>",
        curve(steps[1:], {"loss": [point.loss for point in points[1:]]}),
        "<h2>recall@k</h2>",
        curve(
            steps, {"recall@1": [p.recall_at_1 for p in points], "recall@5": [p.recall_at_5 for p in points]}
        ),
        "<h2>最常见的混淆</h2>",
        _confusions(outcome.score.confusions),
        "<h2>设置</h2>",
        _table(("项", "值"), [(str(name), str(value)) for name, value in facts.items()]),
    ]
    if warnings:
        parts += ["<h2>提示</h2><ul>", *(f"<li>{escape(warning)}</li>" for warning in warnings), "</ul>"]
    page = "\n".join(parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>双塔训练报告</title><style>{_STYLE}</style>'
    path.write_text(f"{head}\n{page}\n</html>\n", encoding="utf-8")


def curve(steps: Sequence[int], lines: Mapping[str, Sequence[float]]) -> str:
    """An SVG of one or two lines over ``steps``."""
    values = [value for line in lines.values() for value in line]
    if not steps:
        return "<p>（没有数据）</p>"
    low, high = min(values), max(values)
    span, length = (high - low) or 1.0, (steps[-1] - steps[0]) or 1
    drawn = []
    for style, (name, line) in zip("ab", lines.items(), strict=False):
        at = " ".join(
            f"{_PAD + (step - steps[0]) / length * _WIDTH:.1f},{_PAD + (high - value) / span * _HEIGHT:.1f}"
            for step, value in zip(steps, line, strict=True)
        )
        drawn.append(f'<polyline class="{style}" points="{at}"><title>{escape(name)}</title></polyline>')
    legend = " · ".join(f"{name}（末值 {line[-1]:.4f}）" for name, line in lines.items())
    bottom, right = _PAD + _HEIGHT, _PAD + _WIDTH
    return (
        f'<svg viewBox="0 0 {right + _PAD} {bottom + _PAD}" role="img" aria-label="{escape(legend)}">'
        f'<path class="axis" d="M{_PAD},{_PAD}V{bottom}H{right}"/>{"".join(drawn)}'
        f'<text x="{_PAD}" y="20">{escape(legend)}</text>'
        f'<text x="2" y="{_PAD + 4}">{high:.3g}</text><text x="2" y="{bottom}">{low:.3g}</text>'
        f'<text x="{_PAD}" y="{bottom + 20}">{steps[0]}</text>'
        f'<text x="{right - 20}" y="{bottom + 20}">{steps[-1]} 步</text></svg>'
    )


def _confusions(confusions: Sequence[Confusion]) -> str:
    if not confusions:
        return "<p>没有：验证集全部答对。</p>"
    rows = [(each.label, each.predicted, str(each.count), each.example) for each in confusions]
    return _table(("应为", "判为", "次数", "例句"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"
