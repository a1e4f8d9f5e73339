"""The state of a training run on the disk: written in one piece, read without running code, only by the run it is of."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import torch

from chatbot.errors import ConfigError, DataError


def write_state(path: Path, state: Mapping[str, object]) -> None:
    """Write ``state`` (tensors and plain values, ``identity`` among them) beside the old file and rename it into place.

    Raises:
        DataError: it cannot be written; the old file stays.
    """
    temporary = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            torch.save(dict(state), file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise DataError(path, f"写不了（{error.strerror}）", hint="腾出空间，再运行同一条命令") from error


def read_state(path: Path, identity: str) -> Mapping[str, object] | None:
    """The state in ``path``, or None; tensors and plain values only, no code is run.

    Raises:
        ConfigError: it belongs to other settings or data.
        DataError: it is damaged.
    """
    if not path.is_file():
        return None
    try:
        state = cast(Mapping[str, object], torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:  # torch raises many kinds for a damaged file
        raise DataError(path, "不是检查点", hint="加 --no-resume 重新训练") from error
    if state.get("identity") != identity:
        raise ConfigError(f"{path}: 属于别的设置或数据 → 加 --no-resume，或换一个 --output-dir")
    return state
