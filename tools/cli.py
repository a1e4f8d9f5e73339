"""The verbs of ``python -m tools``; a verb's module is imported when it is called, so that ``--help`` is fast."""

import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib import import_module

import typer

from chatbot import one_thread_a_process
from chatbot.errors import ChatbotError

VERBS = {
    "train-two-tower": ("tools.train_two_tower.cli:train_two_tower", "训练双塔编码器"),
    "export-features": ("tools.features.cli:export_features", "导出相似问的特征"),
    "rebuild-index": ("tools.index.cli:rebuild_index", "离线重建 FAQ 索引"),
    "train-intents": ("tools.intents.cli:train", "训练运营者的意图"),
    "text": ("tools.text.cli:app", "文本分类：text train | evaluate | predict | export"),
    "image": ("tools.image.cli:app", "图片分类：image dataset | train | evaluate | predict | export"),
    "evaluate": ("tools.evaluate.cli:app", "评测：evaluate faq …"),
    "kg": ("tools.kg.cli:app", "知识图谱：kg values …"),
    "bench": ("tools.bench.cli:app", "测速：bench faq …"),
    "predict": ("tools.predict.cli:predict", "离线预测：模型 × 文件"),
    "pai": ("tools.image.pai:app", "照 PAI 客户端的写法：pai -name ev_predict_ext …"),
    "manifest": ("tools.manifest.cli:app", "标注数据：manifest convert …"),
    "fuzz": ("tools.fuzz.cli:fuzz", "乱发请求、喂坏文件，找 500"),
}
PROGRAM = "python -m tools"
MEASURED = ("bench", "evaluate")
USAGE = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a verb; exits 0 when done, 1 when the work failed or a check found faults, 2 on wrong usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in ("--help", "-h"):
        print(overview())
        return
    if not words or words[0] not in VERBS:
        print(overview() if not words else unknown(words[0]), file=sys.stderr)
        sys.exit(USAGE)
    if words[0] in MEASURED:
        one_thread_a_process()  # as the service runs
    try:
        application(words[0])(words[1:], prog_name=f"{PROGRAM} {words[0]}")
    except ChatbotError as error:
        print(f"错误：{error.message}", file=sys.stderr)
        sys.exit(1)


def overview() -> str:
    """The help page: one line a verb."""
    verbs = "\n".join(f"  {name:<17}{text}" for name, (_, text) in VERBS.items())
    example = f"例：{PROGRAM} rebuild-index --config user_datasets/chatbot_deploy_eas.json"
    return f"用法：{PROGRAM} 命令 [选项]\n\n离线工具：\n{verbs}\n\n{PROGRAM} 命令 --help 看选项与例子。\n{example}"


def unknown(verb: str) -> str:
    """The message for a verb that is not there, with the nearest one."""
    guess = get_close_matches(verb, VERBS, 1)
    return (
        f"没有命令“{verb}”" + (f"，是不是 {guess[0]}？" if guess else "") + f"（{PROGRAM} --help 列出全部）"
    )


def application(verb: str) -> typer.Typer:
    """The typer application of ``verb``; a plain function becomes one."""
    module, _, attribute = VERBS[verb][0].partition(":")
    found: typer.Typer | Callable[..., object] = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):
        return found
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(verb)(found)
    return app
