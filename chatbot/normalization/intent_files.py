"""An operator's intents as files: what each does (``intents.txt``) and how people say it (``examples.csv``).

``intents.txt``: ``intent ⇥ action ⇥ content`` a line; the content of ``handoff`` may be left out. ``examples.csv``: a row
``sent,intent`` for each example, under that header.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, get_args

from chatbot.errors import DataError
from chatbot.frozen import dataclass
from chatbot.normalization.lexicon import MAX_LINE, read_lines
from chatbot.normalization.text import content, normalize

ACTIONS_FILE, EXAMPLES_FILE, MODEL_FILE = "intents.txt", "examples.csv", "intents.safetensors"
ActionKind = Literal["handoff", "chitchat", "reply", "faq"]
KINDS: tuple[ActionKind, ...] = get_args(ActionKind)
FEWEST = 5
"""Examples that an intent must have: with fewer, nothing can be held out to see how sure it is."""
_HEADER = ["sent", "intent"]
_MEANINGS = {
    "reply": "要说的话", "chitchat": "闲聊里的一个标准问", "faq": "FAQ 里的一个标准问",
}  # fmt: skip
Report = Callable[[DataError], None]
"""Told of each fault. One that returns lets the reading go on without what is faulty."""


def stop(fault: DataError) -> None:
    """The strict report: the first fault is raised."""
    raise fault


@dataclass(frozen=True, slots=True)
class IntentAction:
    """What an intent does. ``content``: what is said (``handoff``: empty for the usual words), or a standard question."""

    kind: ActionKind
    content: str
    line: int


@dataclass(frozen=True, slots=True)
class IntentExample:
    """One way of saying an intent, as written and normalised."""

    said: str
    text: str
    intent: str
    line: int


@dataclass(frozen=True, slots=True)
class Intents:
    """All that an operator wrote of intents: ``actions`` by intent, in the order of the file."""

    folder: Path
    actions: Mapping[str, IntentAction] = field(default_factory=dict)
    examples: tuple[IntentExample, ...] = ()


def load_intents(folder: Path, report: Report = stop) -> Intents:
    """The intents of ``folder``.

    Raises:
        DataError: a file is missing or no UTF-8; an action that is none, a content that is missing, an intent twice; an
            example of no intent, empty, or of two intents; an intent with fewer than ``FEWEST`` examples.
    """
    actions: dict[str, IntentAction] = {}
    file = folder / ACTIONS_FILE
    for line, text in _lines(file, report):
        name, _, rest = (part.strip() for part in text.partition("\t"))
        action = _action(file, line, name, rest, report)
        if action and name in actions:
            report(
                DataError(
                    file, f"意图“{name}”写了两次（第 {actions[name].line} 行）", line=line, hint="只留一行"
                )
            )
        elif action:
            actions[name] = action
    examples = tuple(_examples(folder / EXAMPLES_FILE, tuple(actions), report))
    counts = Counter(one.intent for one in examples)
    for name, action in actions.items():
        if counts[name] < FEWEST:
            report(
                DataError(
                    file, f"意图“{name}”只有 {counts[name]} 个例句", line=action.line,
                    hint=f"在 {EXAMPLES_FILE} 里至少写 {FEWEST} 个，二三十个更好",
                )
            )  # fmt: skip
    return Intents(folder, actions, examples)


def _lines(file: Path, report: Report) -> list[tuple[int, str]]:
    if not file.is_file():
        report(DataError(file, "文件不存在", hint="新建它，一行一个：意图⇥动作⇥内容"))
        return []
    try:
        found = read_lines(file)
    except DataError as fault:
        report(fault)
        return []
    if not found:
        report(DataError(file, "里面没有意图", hint="一行一个：意图⇥动作⇥内容"))
    return found


def _action(file: Path, line: int, name: str, rest: str, report: Report) -> IntentAction | None:
    kind, _, said = (part.strip() for part in rest.partition("\t"))
    if not name or not kind:
        report(DataError(file, "不是“意图⇥动作⇥内容”", line=line, hint="用 Tab 隔开三列"))
        return None
    if kind not in KINDS:
        near = get_close_matches(kind, KINDS, 1, 0.5)
        hint = f"是不是 {near[0]}？" if near else f"可用：{'、'.join(KINDS)}"
        report(DataError(file, f"不认识的动作“{kind}”", line=line, hint=hint))
        return None
    if kind != "handoff" and not said:
        report(DataError(file, f"动作 {kind} 没有内容", line=line, hint=f"第三列写{_MEANINGS[kind]}"))
        return None
    return IntentAction(kind, said, line)


def _examples(file: Path, known: Sequence[str], report: Report) -> Iterator[IntentExample]:
    seen: dict[str, IntentExample] = {}
    for line, row in _rows(file, report):
        if len(row) != len(_HEADER):
            report(
                DataError(
                    file, f"有 {len(row)} 列", line=line, hint="应是 sent,intent 两列；话里有逗号的加引号"
                )
            )
            continue
        said, intent = (cell.strip() for cell in row)
        one = IntentExample(said, content(normalize(said)), intent, line)
        if fault := _fault(one, known, seen.get(one.text)):
            report(DataError(file, fault[0], line=line, hint=fault[1]))
        elif one.text not in seen:
            seen[one.text] = one
            yield one


def _fault(one: IntentExample, known: Sequence[str], twin: IntentExample | None) -> tuple[str, str] | None:
    if not one.text:
        return "例句是空的，或没有字", "写上顾客会说的话，或删掉这一行"
    if one.intent not in known:
        near = get_close_matches(one.intent, known, 1, 0.5)
        hint = f"是不是“{near[0]}”？" if near else f"先在 {ACTIONS_FILE} 里写上它的动作"
        return f"{ACTIONS_FILE} 里没有意图“{one.intent}”", hint
    if twin and twin.intent != one.intent:
        return f"“{one.said}”在第 {twin.line} 行属于“{twin.intent}”，这里属于“{one.intent}”", "只留一处"
    return None


def _rows(file: Path, report: Report) -> Iterator[tuple[int, list[str]]]:
    """The rows under the header, with their lines; empty ones are passed over."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        report(DataError(file, "文件不存在", hint="新建它，第一行写 sent,intent，下面一行一个例句"))
        return
    except OSError as error:
        report(DataError(file, f"读不了（{error.strerror}）", hint="检查权限"))
        return
    except UnicodeDecodeError as error:
        report(DataError(file, f"不是 UTF-8（第 {error.start} 字节）", hint="用 UTF-8 重新保存"))
        return
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        if (head := next(reader, [])) != _HEADER:
            report(DataError(file, f"表头是 {','.join(head)[:80]}", line=1, hint="第一行写 sent,intent"))
            return
        for row in reader:
            if any(len(cell) > MAX_LINE for cell in row):
                report(
                    DataError(
                        file, f"一格超过 {MAX_LINE} 个字", line=reader.line_num, hint="检查引号是否成对"
                    )
                )
            elif any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        report(DataError(file, f"不是合法的 csv（{error}）", line=reader.line_num, hint="检查引号是否成对"))
