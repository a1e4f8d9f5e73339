"""A change in a sentence, for the list of a change set."""

from functools import singledispatch

from chatbot.learning.changes import (
    AddAttributeAlias,
    AddEntityAlias,
    AddParaphrase,
    AddQuestion,
    AddSmallTalk,
    RemoveAnswer,
    RemoveParaphrase,
    RemoveSmallTalk,
    SetAnswer,
    SetSmallTalkAnswer,
    SetValue,
    WriteLexicon,
)

_LONG = 60


@singledispatch
def described(change: object) -> str:
    """Chinese, in one line."""
    return type(change).__name__


@described.register
def _(change: AddParaphrase) -> str:
    return f"“{change.question}”加相似问：{change.text}"


@described.register
def _(change: RemoveParaphrase) -> str:
    return f"“{change.question}”删相似问：{change.text}"


@described.register
def _(change: AddQuestion) -> str:
    return f"新建标准问“{change.question}”，{len(change.paraphrases)} 个相似问；答：{_short(change.answer)}"


@described.register
def _(change: SetAnswer) -> str:
    return f"“{change.question}”的答案（{change.entity or '通用'}）：{_short(change.answer)}"


@described.register
def _(change: RemoveAnswer) -> str:
    return f"“{change.question}”删掉答案（{change.entity or '通用'}）"


@described.register
def _(change: AddAttributeAlias) -> str:
    return f"属性“{change.attribute}”也叫：{change.alias}"


@described.register
def _(change: AddEntityAlias) -> str:
    return f"“{change.name}”也叫：{change.alias}"


@described.register
def _(change: AddSmallTalk) -> str:
    said = f"，答：{_short(change.answer)}" if change.answer else ""
    return f"闲聊“{change.topic}”：{_short('、'.join(change.paraphrases))}{said}"


@described.register
def _(change: SetSmallTalkAnswer) -> str:
    return f"闲聊“{change.topic}”改为答：{_short(change.answer)}"


@described.register
def _(change: RemoveSmallTalk) -> str:
    return f"闲聊“{change.topic}”删掉说法：{change.text}"


@described.register
def _(change: SetValue) -> str:
    value = f"改为 {change.value}" if change.value else "删掉"
    return f"{change.entity}：{' › '.join(change.path)} {value}"


@described.register
def _(change: WriteLexicon) -> str:
    return f"改写词典 {change.file}"


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"
