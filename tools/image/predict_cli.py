"""``python -m tools image predict``, and the run that ``python -m tools pai`` shares with it."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

import chatbot
from tools.image.dataset.cli import AsJson, RootOption, roots_of

if TYPE_CHECKING:  # PIL and numpy are not for --help
    from tools.image.offline import AskedPictures


def predict_verb(
    model_path: Annotated[str, typer.Option(help="模型目录，或它的 .tar.gz")],
    input_oss_file: Annotated[
        str, typer.Option(help="图片列表，一行一个地址；也可是图片目录、.jsonl、.manifest")
    ],
    output_oss_file: Annotated[str, typer.Option(help="结果：一行一张，地址, {JSON}")],
    model_type: Annotated[str, typer.Option(help="classifier")] = "classifier",
    image_type: Annotated[str, typer.Option(help="url：列表里是路径或任何 fsspec 认识的地址")] = "url",
    num_worker: Annotated[
        int | None, typer.Option(min=0, max=1024, help="工作进程数；0 在本进程里算；默认一核一个")
    ] = None,
    batch_size: Annotated[int, typer.Option(min=1, max=4096, help="模型一次算多少张")] = 16,
    root: RootOption = None,
    engine: Annotated[str, typer.Option(help="local 或 ray（多台机器）")] = "local",
    resume: Annotated[bool, typer.Option("--resume/--restart", help="接着没做完的写，或从头来")] = True,
    as_json: AsJson = False,
) -> None:
    """离线预测：按列表的顺序一张一行，坏的图片写明原因；中断（哪怕 kill -9）后重跑会接着写。

    例：python -m tools image predict --model-path models/car --model-type classifier --input-oss-file filelist.txt
    --output-oss-file result.txt --image-type url --num-worker 2
    """
    chatbot.one_thread_a_process()  # the workers share the processors
    from tools.image.offline import AskedPictures

    workers = (os.cpu_count() or 1) if num_worker is None else num_worker
    run_pictures(
        AskedPictures(
            model_path, input_oss_file, output_oss_file, model_type, image_type, roots_of(root or []), workers,
            batch_size, engine, restart=not resume,
        ),
        as_json=as_json,
    )  # fmt: skip


def run_pictures(asked: "AskedPictures", *, as_json: bool) -> None:
    """Do what is asked; exits 1 where no picture could be predicted on, 130 when interrupted.

    Raises:
        ChatbotError: it cannot be done.
    """
    from tools.image.offline import listing_of, picture_job
    from tools.predict.asked import UsageError
    from tools.predict.cli import ran, tell

    try:
        job = picture_job(asked)
    except UsageError as error:
        raise typer.BadParameter(error.message) from error
    result = ran(job, quiet=as_json)
    if job.source == listing_of(job.output):
        job.source.unlink(missing_ok=True)
    tell(result, as_json=as_json, row="张")
