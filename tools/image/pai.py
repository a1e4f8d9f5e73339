"""``python -m tools pai -name ev_predict_ext -Dmodel_path='…' …``: a command of PAI's client, run here as it was typed.

The options are those of Alibaba Cloud's "Introduction to offline prediction" and "Image classification" (EasyVision).
"""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated

import typer

import chatbot
from tools.image.dataset.cli import roots_of
from tools.image.predict_cli import run_pictures

NAME = "ev_predict_ext"
OFFERED: Mapping[str, str] = {
    "model_path": "模型目录", "model_type": "classifier", "input_oss_file": "图片列表", "output_oss_file": "结果",
    "image_type": "url", "num_worker": "工作进程数", "batch_size": "模型一次算多少张",
}  # fmt: skip
REQUIRED = ("model_path", "input_oss_file", "output_oss_file")
CLOUD_ONLY: Mapping[str, str] = {
    "cpuRequired": "本机按 num_worker 用核", "gpuRequired": "在 CPU 上算", "buckets": "用 --root 对应到本机目录",
    "arn": "本机不需要授权", "ossHost": "用 --root 对应到本机目录", "cluster": "多台机器用 image predict --engine ray",
    "lifecycle": "结果是文件，不过期", "queue_size": "引擎自己定", "buf_size": "引擎自己定", "memRequired": "不限",
}  # fmt: skip
TABLES = ("input_table", "output_table", "image_col", "reserved_columns", "result_column", "partitions")
_OWN = ("--root", "--json", "--restart")


@dataclass(frozen=True, slots=True)
class Command:
    """What was typed, by its parts; ``own`` are options of this program, not of PAI's."""

    name: str
    options: Mapping[str, str]
    roots: tuple[str, ...] = ()
    as_json: bool = False
    restart: bool = False
    project: str = ""


def pai(
    words: Annotated[list[str], typer.Argument(help="-name ev_predict_ext -Dmodel_path='…' …")],
) -> None:
    """照 PAI 客户端的写法运行：pai -name ev_predict_ext -D选项=值 …；另可加 --root、--json、--restart。

    例：python -m tools pai -name ev_predict_ext -Dmodel_path='models/car' -Dmodel_type='classifier'
    -Dinput_oss_file='oss://b/filelist.txt' -Doutput_oss_file='oss://b/result.txt' -Dimage_type='url' -Dnum_worker=2
    --root "oss://b/=data/"
    """
    chatbot.one_thread_a_process()
    from tools.image.offline import AskedPictures

    try:
        command = parsed(words)
        options = checked(command)
        asked = AskedPictures(
            options["model_path"], options["input_oss_file"], options["output_oss_file"],
            options.get("model_type", "classifier"), options.get("image_type", "url"),
            roots_of([*command.roots, *os.environ.get("IMAGE_ROOTS", "").split()]),
            _count(options, "num_worker", os.cpu_count() or 1), _count(options, "batch_size", 16),
            restart=command.restart,
        )  # fmt: skip
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    for line in reported(command):
        print(line, file=sys.stderr)
    run_pictures(asked, as_json=command.as_json)


def parsed(words: Sequence[str]) -> Command:
    """The command by its parts: ``-name N``, ``-project P``, ``-Dkey=value`` or ``-Dkey value``; quotes may be left on.

    Raises:
        ValueError: a word that belongs to nothing, an option twice, or one without a value.
    """
    given: dict[str, str] = {}
    roots: list[str] = []
    flags = {"--json": False, "--restart": False}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in flags:
            flags[word] = True
        elif word.startswith("--"):
            key, equals, value = word.partition("=")
            if key != "--root":
                raise ValueError(f"没有选项 {word} → PAI 的选项写成 -D名字=值；另有 {'、'.join(_OWN)}")
            roots.append(_unquoted(value if equals else _next(rest, word)))
        elif word.startswith("-D") and len(word) > 2:
            key, equals, value = word[2:].partition("=")
            _put(given, f"-D{key}", value if equals else _next(rest, word))
        elif word in ("-name", "-project"):
            _put(given, word, _next(rest, word))
        else:
            raise ValueError(f"看不懂“{word}” → 写成 -name {NAME} -D名字=值 …")
    options = {key[2:]: value for key, value in given.items() if key.startswith("-D")}
    return Command(
        given.get("-name", ""),
        options,
        tuple(roots),
        flags["--json"],
        flags["--restart"],
        given.get("-project", ""),
    )


def checked(command: Command) -> Mapping[str, str]:
    """The options that are honoured here.

    Raises:
        ValueError: another command, an option that is not known, or one that is missing.
    """
    if command.name != NAME:
        said = f"没有命令 {command.name}" if command.name else "没有写 -name"
        raise ValueError(f"{said} → 这里有 {NAME}（图片分类的离线预测）")
    known = [*OFFERED, *CLOUD_ONLY, *TABLES]
    for key in command.options:
        if key in TABLES:
            raise ValueError(f"-D{key}: 这里没有 MaxCompute 表 → 用 -Dinput_oss_file、-Doutput_oss_file")
        if key not in known:
            near = get_close_matches(key, known, 1, 0.5)
            raise ValueError(
                f"没有选项 -D{key}" + (f"，是不是 -D{near[0]}？" if near else f" → 有 {'、'.join(OFFERED)}")
            )
    if missing := [f"-D{key}" for key in REQUIRED if not command.options.get(key)]:
        raise ValueError(f"缺 {'、'.join(missing)} → 补上")
    return {key: value for key, value in command.options.items() if key in OFFERED}


def reported(command: Command) -> list[str]:
    """A line for each option that only a cloud can honour: it is named, with what happens instead."""
    lines = [
        f"-D{key}={value}: 只有云上才有用，这里不用（{CLOUD_ONLY[key]}）"
        for key, value in command.options.items()
        if key in CLOUD_ONLY
    ]
    return [f"-project {command.project}: 只有云上才有用，这里不用", *lines] if command.project else lines


def _count(options: Mapping[str, str], key: str, default: int) -> int:
    value = options.get(key, "")
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 1024:
        raise ValueError(f"-D{key}={value}: 应是 1 到 1024 的整数 → 改成整数")
    return int(value)


def _put(given: dict[str, str], key: str, value: str) -> None:
    if key in given:
        raise ValueError(f"{key} 写了两次 → 去掉一个")
    given[key] = _unquoted(value)


def _next(rest: list[str], word: str) -> str:
    if not rest or (rest[0].startswith("-") and len(rest[0]) > 1):
        raise ValueError(f"{word} 后面没有值 → 写成 {word}{'=值' if word.startswith('-D') else ' 值'}")
    return rest.pop(0)


def _unquoted(value: str) -> str:
    """Without the quotation marks that a shell would have taken off."""
    text = value.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command("pai", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})(pai)
