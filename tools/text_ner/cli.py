"""The verbs of ``python -m tools text`` for named-entity models."""

import json
from pathlib import Path

from tools.text.progress import Watcher
from tools.text.settings import TrainFiles
from tools.text_ner.commands import settings_of, train_from_files
from tools.text_ner.using import evaluate_model


def train_verb(
    files: TrainFiles, given: tuple[int | None, int | None, float | None], seed: int, *, as_json: bool
) -> None:
    """Train; ``given`` are epochs, batch size and learning rate, where the command line has them."""
    with Watcher() as watch:
        made = train_from_files(
            files, settings_of(*given, seed), lambda told, done: watch(told, done, now=True)
        )
    if as_json:
        print(json.dumps(made, ensure_ascii=False))
        return
    print(f"已训练：{made['output_dir']}（{made['version']}），用时 {made['seconds']} 秒")
    if "entity_f1" in made:
        print(_shown(made, f"验证集 {made['dev']} 条"))
    print(f"报告：{made['report']}")


def evaluate_verb(model_dir: Path, test: Path, text_column: str, tag_column: str, *, as_json: bool) -> None:
    """Measure on an annotated file."""
    scores = evaluate_model(model_dir, test, text_column, tag_column)
    print(json.dumps(scores, ensure_ascii=False) if as_json else _shown(scores, f"{scores['sentences']} 条"))


def _shown(scores: dict[str, object], what: str) -> str:
    lines = [
        f"{what}：实体 F1 {scores['entity_f1']}，准确率 {scores['precision']}，召回率 {scores['recall']}"
    ]
    by_kind = scores["by_kind"]
    assert isinstance(by_kind, dict)
    for kind, one in by_kind.items():
        lines.append(f"  {kind}\tP {one['precision']}\tR {one['recall']}\tF1 {one['f1']}\t{one['n']} 个")
    return "\n".join(lines)
