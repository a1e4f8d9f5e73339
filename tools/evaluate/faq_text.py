"""``evaluate faq`` for a person: tables in the terminal, and a page with plots."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from tools.evaluate.faq import FaqEvaluation
from tools.evaluate.research import Spread

NAMES = {
    "n": "题数",
    "top1": "首位正确",
    "top5": "前五有对的",
    "mrr": "MRR",
    "answered": "直接回答",
    "wrong_answer_rate": "答错",
    "ms_p50": "中位耗时（毫秒）",
    "ms_p99": "p99（毫秒）",
}


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*[str(cell) for cell in row])
    return table


def tables(found: FaqEvaluation) -> list[Table]:
    """What was measured, one table a subject; only those that have rows."""
    scores = found.scores
    rows = [(name, getattr(scores, key)) for key, name in NAMES.items()]
    result = [_table("问答检索", ("指标", "值"), rows)]
    if found.signals:
        result.append(_table("每个信号单独的首位正确率", ("信号", "首位正确"), list(found.signals.items())))
    if found.rivals:
        result.append(_table("同一份数据上的对照方法", ("方法", "首位正确"), list(found.rivals.items())))
    if found.noise:
        noise = [
            (
                *(one.kind, one.changed, one.top1, f"{one.points} ± {one.deviation}", one.points_of_changed),
                " ".join(map(str, one.points_by_seed)),
            )
            for one in found.noise
        ]
        heads = ("噪声", "改动了几题", "首位正确", "变化（百分点）", "只算改动的", "各种子的变化")
        result.append(_table("噪声", heads, noise))
    if found.refusal:
        kinds = list(found.refusal.auroc_by_kind.items())
        refusal = [("全部", found.refusal.auroc), *kinds, ("被直接回答的", found.refusal.answered)]
        result.append(_table(f"范围外的问题（{found.refusal.n} 条）", ("种类", "AUROC"), refusal))
    if found.promises:
        promises = [
            (one.target, one.threshold, one.coverage, one.wrong_answer_rate, one.wrong_with_out_of_scope)
            for one in found.promises
        ]
        columns = ("允许答错", "门槛", "直接回答", "实测答错", "连同范围外的答错")
        result.append(_table("答错率的承诺", columns, promises))
    return result


def print_evaluation(found: FaqEvaluation) -> None:
    """The tables on standard output."""
    console = Console()
    for table in tables(found):
        console.print(table)


def print_figures(title: str, figures: Mapping[str, float | Spread]) -> None:
    """One table of figures, those over folds with their spread."""
    rows = [
        (name, f"{value.mean:.4f} ± {value.deviation:.4f}", " ".join(f"{one:.4f}" for one in value.by_fold))
        if isinstance(value, Spread)
        else (name, f"{value:.4f}", "")
        for name, value in figures.items()
    ]
    Console().print(_table(title, ("方法", "首位正确", "各折"), rows))
