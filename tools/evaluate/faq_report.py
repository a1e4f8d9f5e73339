"""The page of ``--report``: risk and coverage, reliability, noise, confidence in and out of scope. Inline SVG, no script."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from tools.evaluate.faq import FaqEvaluation
from tools.evaluate.measures import Asked

_WIDTH, _HEIGHT, _PAD = 420, 260, 40
_STYLE = (
    "body{font:15px/1.6 system-ui,sans-serif;max-width:960px;margin:2em auto;padding:0 1em;color:#222;background:#fff}"
    "svg{background:#fafafa;border:1px solid #ddd;margin:.5em 1em .5em 0}table{border-collapse:collapse}"
    "td,th{border:1px solid #ddd;padding:.2em .7em;text-align:left}"
    "@media(prefers-color-scheme:dark){body{background:#161616;color:#ddd}svg{background:#222;border-color:#444}"
    "td,th{border-color:#444}text{fill:#ccc}}"
)


def write_report(folder: Path, found: FaqEvaluation) -> Path:
    """Writes ``folder/index.html`` and returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        "<h1>FAQ 检索评测</h1>",
        _scores(found),
        "<h2>门槛、覆盖与答错</h2>",
        _risk_coverage(found.asked, found.refused),
        "<h2>置信度是否可信</h2>",
        _reliability(found.asked),
    ]
    if found.noise:
        parts += ["<h2>噪声（百分点）</h2>", _bars([(one.kind, one.points) for one in found.noise])]
    if found.signals:
        ranked = sorted({**found.signals, **found.rivals}.items(), key=lambda entry: -entry[1])
        parts += [
            "<h2>各信号与对照方法（首位正确率）</h2>",
            _bars([(name, 100 * share) for name, share in ranked]),
        ]
    wrong = [one for one in found.asked if one.rank != 1][:50]
    parts += [f"<h2>排错的题（前 {len(wrong)} 条）</h2>", _mistakes(wrong)]
    page = (
        f"<!doctype html><html lang=zh><meta charset=utf-8><title>FAQ 检索评测</title><style>{_STYLE}</style>"
    )
    path = folder / "index.html"
    path.write_text(page + "\n".join(parts) + "</html>\n", encoding="utf-8")
    return path


def _scores(found: FaqEvaluation) -> str:
    from tools.evaluate.faq_text import NAMES

    rows = "".join(
        f"<tr><th>{name}</th><td>{getattr(found.scores, key)}</td></tr>" for key, name in NAMES.items()
    )
    return f"<table>{rows}</table>"


def _mistakes(wrong: Sequence[Asked]) -> str:
    rows = "".join(
        f"<tr><td>{escape(one.question.text)}</td><td>{escape(one.candidates[0].question if one.candidates else '—')}"
        f"</td><td>{one.confidence:.2f}</td><td>{one.rank or '—'}</td></tr>"
        for one in wrong
    )
    return f"<table><tr><th>问题</th><th>排在首位的</th><th>置信度</th><th>对的排第几</th></tr>{rows}</table>"


def _risk_coverage(asked: Sequence[Asked], refused: Sequence[Asked]) -> str:
    thresholds = [step / 50 for step in range(51)]
    covered = [(t, sum(one.confidence >= t for one in asked) / len(asked)) for t in thresholds]
    wrong = [
        (t, sum(one.confidence >= t and one.rank != 1 for one in asked) / len(asked)) for t in thresholds
    ]
    lines = [("直接回答", "#2a7", covered), ("答错", "#c33", wrong)]
    if refused:
        astray = [(t, sum(one.confidence >= t for one in refused) / len(refused)) for t in thresholds]
        lines.append(("范围外的被回答", "#e90", astray))
    return _lines(lines, "门槛")


def _reliability(asked: Sequence[Asked]) -> str:
    points = []
    for low in range(10):
        inside = [one for one in asked if low / 10 <= one.confidence < (low + 1) / 10 + (low == 9)]
        if inside:
            mean = sum(one.confidence for one in inside) / len(inside)
            points.append((mean, sum(one.rank == 1 for one in inside) / len(inside)))
    return _lines([("实测正确率", "#27c", points), ("理想", "#999", [(0.0, 0.0), (1.0, 1.0)])], "置信度")


def _lines(lines: Sequence[tuple[str, str, Sequence[tuple[float, float]]]], below: str) -> str:
    inner_width, inner_height = _WIDTH - 2 * _PAD, _HEIGHT - 2 * _PAD
    drawn = []
    for place, (name, colour, points) in enumerate(lines):
        path = " ".join(
            f"{_PAD + x * inner_width:.1f},{_HEIGHT - _PAD - y * inner_height:.1f}" for x, y in points
        )
        drawn.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"/>')
        drawn.append(
            f'<text x="{_PAD + 8}" y="{_PAD - 22 + 15 * place}" fill="{colour}">{escape(name)}</text>'
        )
    axes = (
        f'<path d="M{_PAD},{_PAD}V{_HEIGHT - _PAD}H{_WIDTH - _PAD}" fill="none" stroke="#888"/>'
        f'<text x="{_PAD - 12}" y="{_HEIGHT - _PAD + 16}">0</text><text x="{_WIDTH - _PAD - 6}" '
        f'y="{_HEIGHT - _PAD + 16}">1</text><text x="{_PAD - 16}" y="{_PAD + 4}">1</text>'
        f'<text x="{_WIDTH / 2 - 20}" y="{_HEIGHT - 8}">{escape(below)}</text>'
    )
    return f'<svg width="{_WIDTH}" height="{_HEIGHT + 10}" role="img">{axes}{"".join(drawn)}</svg>'


def _bars(rows: Sequence[tuple[str, float]]) -> str:
    most = max((abs(value) for _, value in rows), default=1.0) or 1.0
    drawn = "".join(
        f'<text x="4" y="{20 * place + 15}">{escape(name)}</text><rect x="240" y="{20 * place + 4}" height="13" '
        f'width="{abs(value) / most * 240:.1f}" fill="{"#c33" if value < 0 else "#2a7"}"/>'
        f'<text x="{246 + abs(value) / most * 240:.1f}" y="{20 * place + 15}">{value:.2f}</text>'
        for place, (name, value) in enumerate(rows)
    )
    return f'<svg width="560" height="{20 * len(rows) + 8}" role="img">{drawn}</svg>'
