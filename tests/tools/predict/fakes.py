"""A model that is installed as a package, and files to predict on."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chatbot.predict.model_dir import ModelCard, write_model_card
from tests.integration.model_package import install
from tools.predict.asked import Asked, job_of
from tools.predict.run import Result, run

HEADER = ("length", "version", "together")
ROWS = 120


def installed(folder: Path, version: str = "1") -> Path:
    """The package in ``folder/package`` and a model of it in ``folder/model``, which is returned."""
    (folder / "package").mkdir()
    install(folder / "package")
    (folder / "model").mkdir()
    write_model_card(folder / "model", ModelCard("counter", version))
    return folder / "model"


def questions(file: Path, rows: int = ROWS) -> Path:
    """A CSV with quoted commas, quotation marks and line breaks in it."""
    lines = [f'{number},"问 {number}, ""{"长" * (number % 7)}""\n完",{number % 3}' for number in range(rows)]
    file.write_text("\n".join(["id,title,label", *lines]) + "\n", encoding="utf-8")
    return file


def predicted(model: Path, source: Path, output: Path, **others: Any) -> Result:
    """In this process."""
    options = {"batch_size": 8, "workers": 0, **others}
    return run(job_of(Asked(model, source, output, **options)))


def command(
    model: Path, source: Path, output: Path, *options: str, package: Path | None = None
) -> tuple[list[str], dict[str, str]]:
    """The command line and environment of a real run."""
    words = [sys.executable, "-m", "tools", "predict", "--model-dir", str(model), "--input", str(source)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(package or model.parent / "package"),
        "OMP_NUM_THREADS": "1",
    }
    return [*words, "--output", str(output), "--batch-size", "8", *options], environment


def ran(model: Path, source: Path, output: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    words, environment = command(model, source, output, *options)
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=120)


def objects(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def lines_of(texts: Sequence[str]) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()
