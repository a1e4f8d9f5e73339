"""Reads an operator's JSON object: every fault names the file, line and column, and the way out."""

import json
from pathlib import Path
from typing import TypeAlias

from chatbot.errors import ConfigError

MAX_BYTES = 1024 * 1024

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def read_json_object(file: Path, what: str) -> dict[str, Json]:
    """The object in ``file``; UTF-8 with or without BOM. ``what`` is what the file is, for the messages.

    Raises:
        ConfigError: no such file, unreadable, too large, not UTF-8, broken JSON, a key twice, not an object.
    """
    text = _read_text(file, what)
    if not text.strip():
        raise ConfigError(f"{file}: {what}是空的 → 写入一个 JSON 对象 {{…}}")
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _without_twins(pairs, file))
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"{file}:{error.lineno}:{error.colno}: 不是合法的 JSON，第 {error.lineno} 行第 {error.colno} 列：{error.msg}"
            " → 检查逗号、引号和括号是否成对（JSON 里不能写注释）"
        ) from error
    except RecursionError as error:
        raise ConfigError(f"{file}: 括号嵌套得太深 → 检查括号是否成对") from error
    if not isinstance(value, dict):
        raise ConfigError(f"{file}: {what}应是一个 JSON 对象 {{…}}，现在是{kind_of(value)}")
    return value


def kind_of(value: Json) -> str:
    """What a person calls a JSON value of this type."""
    names = {dict: "对象", list: "列表", str: "文字", bool: "布尔值", int: "整数", float: "小数"}
    return names.get(type(value), "null")


def shown(value: Json) -> str:
    """``value`` as it stands in a file, cut short for a message."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:80] + "…"


def _read_text(file: Path, what: str) -> str:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{file}: 大于 {MAX_BYTES // 1024} KiB，不像{what} → 检查给的是不是这个文件")
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"{file}: 找不到{what} → 检查路径，或先建立这个文件") from error
    except OSError as error:
        raise ConfigError(
            f"{file}: 读不了{what}（{error.strerror}）→ 检查它是不是文件、有没有读权限"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: 不是 UTF-8（第 {error.start} 字节）→ 用 UTF-8 重新保存") from error


def _without_twins(pairs: list[tuple[str, Json]], file: Path) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ConfigError(f"{file}: 键“{twice}”写了两次 → 删掉一个")
    return result
