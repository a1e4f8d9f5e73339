"""What makes two runs the same job: the bytes of the input and of the model, and every option that shows in the output."""

import hashlib
from pathlib import Path

from chatbot.errors import DataError, ModelError
from tools.predict.work import Work

_SHOWN = 16


def file_digest(file: Path) -> str:
    """Of a file's bytes.

    Raises:
        DataError: it cannot be read.
    """
    try:
        with file.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()[:_SHOWN]
    except OSError as error:
        raise DataError(file, f"读不了（{error.strerror}）", hint="检查路径与权限") from error


def model_digest(folder: Path) -> str:
    """Of all files of a model directory and their names.

    Raises:
        ModelError: one of them cannot be read.
    """
    digest = hashlib.sha256()
    try:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            digest.update(f"{file.relative_to(folder).as_posix()}\0{file_digest(file)}\n".encode())
    except DataError as error:
        raise ModelError(error.message) from error
    return digest.hexdigest()[:_SHOWN]


def plan_of(work: Work, source: Path, kind: str) -> dict[str, str]:
    """The job by its parts, named as the operator names them. How many workers do it, and which engine, is not in it.

    Raises:
        DataError, ModelError: the input or the model cannot be read.
    """
    return {
        "--input": f"{source.stat().st_size} 字节 {file_digest(source)}",
        "--model-dir": model_digest(work.model_dir),
        "--processor": work.processor,
        "--format": kind,
        "--columns": ",".join(f"{name}={column}" for name, column in work.choice.inputs),
        "--append-columns": ",".join(f"{name}={column}" for name, column in work.choice.appended),
        "--batch-size": str(work.batch_size),
        "model_config": repr(sorted(work.settings.items())),
        "--output": " ".join((work.rendering.kind, *work.rendering.only)),
        **(work.fetch.plan() if work.fetch else {}),
    }
