"""A change set: what an operator wants different, as values that go to JSON and back."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, get_args

from chatbot.errors import InvalidChangeError


@dataclass(frozen=True, slots=True)
class AddParaphrase:
    """``text`` is another way to ask the standard ``question``."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class RemoveParaphrase:
    """``text`` is no way to ask ``question`` any more."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class AddQuestion:
    """A new standard question with its paraphrases and an answer that holds for every entity."""

    question: str
    paraphrases: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """The answer to ``question``, for one ``entity`` or, when that is empty, for all."""

    question: str
    answer: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class AddAttributeAlias:
    """People say ``alias`` for the graph's ``attribute``."""

    attribute: str
    alias: str


@dataclass(frozen=True, slots=True)
class AddEntityAlias:
    """People say ``alias`` for the entity or keyword ``name``."""

    name: str
    alias: str


@dataclass(frozen=True, slots=True)
class AddSmallTalk:
    """Small talk: a new ``topic`` with its answer, or more ``paraphrases`` of one that is there (``answer`` empty)."""

    topic: str
    paraphrases: tuple[str, ...]
    answer: str = ""


@dataclass(frozen=True, slots=True)
class SetValue:
    """The value of a leaf of ``entity`` in the graph; an empty ``value`` takes it out."""

    entity: str
    path: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True)
class RemoveAnswer:
    """The answer to ``question`` of ``entity``, or of all when that is empty, is taken out."""

    question: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class SetSmallTalkAnswer:
    """What is said to the small-talk ``topic``."""

    topic: str
    answer: str


@dataclass(frozen=True, slots=True)
class RemoveSmallTalk:
    """``text`` is no wording of the small-talk ``topic`` any more."""

    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class WriteLexicon:
    """The lexicon ``file`` (its name in the lexicon folder), written anew as a whole."""

    file: str
    text: str


Change = (
    AddParaphrase
    | RemoveParaphrase
    | AddQuestion
    | SetAnswer
    | AddAttributeAlias
    | AddEntityAlias
    | AddSmallTalk
    | SetValue
    | RemoveAnswer
    | SetSmallTalkAnswer
    | RemoveSmallTalk
    | WriteLexicon
)
_KINDS: dict[str, Any] = {kind.__name__: kind for kind in get_args(Change)}


def dump_changes(changes: Sequence[Change]) -> str:
    """``[{"kind": "AddParaphrase", "question": …, "text": …}, …]``."""
    return json.dumps([{"kind": type(one).__name__, **asdict(one)} for one in changes], ensure_ascii=False)


def load_changes(text: str) -> tuple[Change, ...]:
    """The changes in ``text``.

    Raises:
        InvalidChangeError: not a list of changes; names the place and what is expected.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidChangeError(f"修改清单不是 JSON：{error}") from error
    if not isinstance(found, list):
        raise InvalidChangeError(
            '修改清单应是列表 → [{"kind": "AddParaphrase", "question": "…", "text": "…"}]'
        )
    return tuple(_change(place, row) for place, row in enumerate(found, 1))


def _change(place: int, row: object) -> Change:
    kind = _KINDS.get(str(row.get("kind"))) if isinstance(row, dict) else None
    if kind is None or not isinstance(row, dict):
        raise InvalidChangeError(f"第 {place} 项的 kind 不认识 → 可用：{'、'.join(_KINDS)}")
    given = {name: value for name, value in row.items() if name != "kind"}
    expected = {field.name: field for field in fields(kind)}
    if unknown := [name for name in given if name not in expected]:
        raise InvalidChangeError(
            f"第 {place} 项（{kind.__name__}）里不认识 {unknown[0]} → 可用：{'、'.join(expected)}"
        )
    for name, field in expected.items():
        if str(field.type).startswith("tuple"):
            given[name] = _texts(place, name, given.get(name))
        elif not isinstance(given.get(name, ""), str) or (
            name not in given and name not in ("entity", "answer")
        ):
            raise InvalidChangeError(f"第 {place} 项（{kind.__name__}）的 {name} 应是文字")
    try:
        change: Change = kind(**given)
    except TypeError as error:
        raise InvalidChangeError(
            f"第 {place} 项（{kind.__name__}）缺少内容：{'、'.join(expected)}"
        ) from error
    return change


def _texts(place: int, name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(text, str) for text in value):
        raise InvalidChangeError(f"第 {place} 项的 {name} 应是文字的列表，至少一个")
    return tuple(value)
