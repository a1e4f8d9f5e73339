"""Scripted conversations: a YAML file of turns with expectations, played against the service. docs/testing.md."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from time import perf_counter

import yaml

from chatbot.errors import ChatbotError, DataError
from chatbot.expectations import EXPECTATIONS, Wanted
from chatbot.reply import Message, Reply
from chatbot.service import Talking

MAX_BYTES = 4 * 1024 * 1024
_HINT = "格式见 docs/testing.md"


class ScriptError(DataError):
    """A script that is not of the documented form."""

    code = "invalid_script"


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation: its name, what it wants, where it stands."""

    name: str
    wanted: Wanted
    line: int


@dataclass(frozen=True, slots=True)
class ScriptedTurn:
    """What the user does: says ``say``, or clicks suggestion number ``click`` (from 1) of the reply before."""

    say: str | None
    click: int | None
    checks: tuple[Check, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Script:
    """One conversation; it has a session of its own."""

    name: str
    turns: tuple[ScriptedTurn, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that did not hold. ``turn`` counts from 1; ``line`` is the expectation's."""

    turn: int
    sent: str
    line: int
    problem: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one conversation went."""

    name: str
    turns: int
    failures: tuple[Failure, ...]
    elapsed_ms: float

    @property
    def passed(self) -> bool:
        return not self.failures


def load_scripts(file: Path) -> tuple[Script, ...]:
    """The conversations in ``file``.

    Raises:
        ScriptError: not YAML, another form, an expectation that does not exist; names the file and the line.
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ScriptError(file, f"大于 {MAX_BYTES // 2**20} MiB", hint="拆成几个文件")
        root = yaml.compose(file.read_bytes().decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise ScriptError(file, f"读不了对话脚本：{error.strerror}", hint="检查路径和权限") from error
    except UnicodeDecodeError as error:
        raise ScriptError(file, f"不是 UTF-8（第 {error.start} 字节）", hint="用 UTF-8 重新保存") from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "结构有误"
        line = mark.line + 1 if mark else None
        raise ScriptError(
            file, f"不是合法的 YAML：{problem}", line=line, hint="检查缩进、冒号和引号"
        ) from error
    if not isinstance(root, yaml.SequenceNode) or not root.value:
        raise ScriptError(file, "里面没有对话", hint=f"顶层应是对话的列表，{_HINT}")
    return tuple(_Reader(file).script(node) for node in root.value)


def play(script: Script, service: Talking) -> Outcome:
    """Hold the conversation in a new session and check every reply."""
    started = perf_counter()
    failures = tuple(_played(script, service, f"test-{secrets.token_hex(8)}"))
    return Outcome(script.name, len(script.turns), failures, round((perf_counter() - started) * 1000, 1))


def _played(script: Script, service: Talking, session_id: str) -> Iterator[Failure]:
    suggestions: tuple[str, ...] = ()
    for number, turn in enumerate(script.turns, 1):
        if turn.click is not None and turn.click > len(suggestions):
            problem = f"上一条答复只有 {len(suggestions)} 个建议"
            yield Failure(number, f"（点第 {turn.click} 个）", turn.line, problem)
            return
        sent = suggestions[turn.click - 1] if turn.click is not None else turn.say or ""
        try:
            reply = service.turn(Message(sent, session_id, f"{session_id}-{number}"))
        except ChatbotError as error:
            yield Failure(number, sent, turn.line, f"没有答复：{error.message}")
            return
        suggestions = reply.suggestions
        yield from (Failure(number, sent, check.line, problem) for check, problem in _unmet(turn, reply))


def _unmet(turn: ScriptedTurn, reply: Reply) -> Iterator[tuple[Check, str]]:
    for check in turn.checks:
        found = EXPECTATIONS[check.name].unmet(reply, check.wanted)
        if found is not None:
            yield check, f"{check.name}: 应是 {_shown(check.wanted)}，实际是 {_shown(found)}"


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


class _Reader:
    """YAML nodes into scripts; every complaint names the line."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def script(self, node: yaml.Node) -> Script:
        fields = self._mapping(node, "对话", ("name", "turns"))
        name, turns = fields.get("name"), fields.get("turns")
        if name is None or turns is None:
            raise self._error(node, f"对话缺少 {'name' if name is None else 'turns'}")
        if not isinstance(turns, yaml.SequenceNode) or not turns.value:
            raise self._error(turns, "turns 应是至少一轮的列表")
        read = tuple(self._turn(item) for item in turns.value)
        if read[0].click is not None:
            raise self._error(turns.value[0], "第一轮没有建议可点，应是 say")
        return Script(str(self._value(name)), read, node.start_mark.line + 1)

    def _turn(self, node: yaml.Node) -> ScriptedTurn:
        fields = self._mapping(node, "一轮", ("say", "click", "expect"))
        if ("say" in fields) == ("click" in fields):
            raise self._error(node, "一轮里 say 与 click 要写其中一个，只写一个")
        say = self._value(fields["say"]) if "say" in fields else None
        click = self._value(fields["click"]) if "click" in fields else None
        if "say" in fields and not isinstance(say, str):
            raise self._error(fields["say"], f"say 应是文字，现在是 {say}，请加引号")
        if "click" in fields and (isinstance(click, bool) or not isinstance(click, int) or click < 1):
            raise self._error(fields["click"], f"click 应是从 1 数起的整数，现在是 {click}")
        checks = tuple(self._checks(fields["expect"])) if "expect" in fields else ()
        return ScriptedTurn(say, click, checks, node.start_mark.line + 1)  # type: ignore[arg-type]  # checked above

    def _checks(self, node: yaml.Node) -> Iterator[Check]:
        for name, value in self._mapping(node, "expect", tuple(EXPECTATIONS)).items():
            wanted = self._value(value)
            problem = EXPECTATIONS[name].refused(wanted)
            if problem:
                raise self._error(value, f"{name} {problem}，现在是 {wanted}")
            yield Check(name, wanted, value.start_mark.line + 1)  # type: ignore[arg-type]  # refused() checked it

    def _mapping(self, node: yaml.Node, what: str, allowed: tuple[str, ...]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._error(node, f"{what}应是“键: 值”")
        fields: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(getattr(key, "value", ""))
            if name not in allowed:
                near = get_close_matches(name, allowed, 1, 0.5)
                hint = f"是不是想写 {near[0]}？" if near else f"可用：{'、'.join(allowed)}"
                raise self._error(key, f"{what}里不认识“{name}”", hint)
            if name in fields:
                raise self._error(key, f"{what}里“{name}”写了两次")
            fields[name] = value
        return fields

    def _value(self, node: yaml.Node) -> object:
        try:
            return yaml.SafeLoader("").construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError) as error:
            raise self._error(node, "值看不懂") from error

    def _error(self, node: yaml.Node, problem: str, hint: str = _HINT) -> ScriptError:
        return ScriptError(self._file, problem, line=node.start_mark.line + 1, hint=hint)
