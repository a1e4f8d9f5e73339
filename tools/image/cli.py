"""``python -m tools image train | evaluate | export | predict | dataset …``; a verb's work is imported when it is called."""

import typer

from tools.image.dataset.cli import app as dataset_app
from tools.image.fetch import fetch
from tools.image.predict_cli import predict_verb
from tools.image.training_cli import evaluate_verb, export_verb, train_verb

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="图片分类：数据集、训练、评测、离线预测、导出、取模型。",
)


@app.callback()
def image() -> None:
    """图片分类。"""


app.add_typer(dataset_app, name="dataset")
app.command("predict")(predict_verb)
app.command("train")(train_verb)
app.command("evaluate")(evaluate_verb)
app.command("export")(export_verb)
app.command("fetch")(fetch)
