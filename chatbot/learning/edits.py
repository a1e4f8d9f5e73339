"""A change written into the operator's files as an operator would: a line appended, a line mended, all else as it was."""

import json
from collections.abc import Sequence
from functools import singledispatch
from pathlib import Path

from chatbot.errors import DataError, InvalidChangeError
from chatbot.faq_modules.answers import GENERAL
from chatbot.faq_modules.dataset import ANSWERS, MAP_FILE, QUESTIONS, load_label_map
from chatbot.faq_modules.lines import file_name
from chatbot.learning.changes import (
    AddAttributeAlias,
    AddEntityAlias,
    AddParaphrase,
    AddQuestion,
    AddSmallTalk,
    Change,
    RemoveAnswer,
    RemoveParaphrase,
    RemoveSmallTalk,
    SetAnswer,
    SetSmallTalkAnswer,
    SetValue,
    WriteLexicon,
)
from chatbot.learning.layout import Layout

_BOM = b"\xef\xbb\xbf"


def apply_changes(changes: Sequence[Change], layout: Layout) -> None:
    """Write all of ``changes`` into the files of ``layout``, in order.

    Raises:
        InvalidChangeError: one that cannot be made, and why. DataError: a file that cannot be read.
    """
    for change in changes:
        _apply(change, layout)


@singledispatch
def _apply(change: object, layout: Layout) -> None:
    raise InvalidChangeError(f"不认识的修改：{type(change).__name__}")


@_apply.register
def _(change: AddParaphrase, layout: Layout) -> None:
    _known_question(change.question, layout)
    _add_lines(layout.config.faq_data_dir / QUESTIONS / file_name(change.question), [change.text])


@_apply.register
def _(change: RemoveParaphrase, layout: Layout) -> None:
    _remove_line(
        layout.config.faq_data_dir / QUESTIONS / file_name(change.question), change.question, change.text
    )


@_apply.register
def _(change: RemoveSmallTalk, layout: Layout) -> None:
    _remove_line(_talk(layout) / QUESTIONS / file_name(change.topic), change.topic, change.text)


@_apply.register
def _(change: AddQuestion, layout: Layout) -> None:
    config = layout.config
    _add_topic(
        config.faq_query_label_idx_map,
        config.faq_data_dir,
        change.question,
        change.paraphrases,
        change.answer,
    )


@_apply.register
def _(change: SetAnswer, layout: Layout) -> None:
    _known_question(change.question, layout)
    file = layout.config.faq_data_dir / ANSWERS / file_name(change.entity or GENERAL)
    _set_answer(file, change.question, change.answer)


@_apply.register
def _(change: SetSmallTalkAnswer, layout: Layout) -> None:
    if not (_talk(layout) / QUESTIONS / file_name(change.topic)).exists():
        raise InvalidChangeError(f"没有闲聊“{change.topic}” → 检查名称，或先新建")
    _set_answer(_talk(layout) / ANSWERS / GENERAL, change.topic, change.answer)


@_apply.register
def _(change: RemoveAnswer, layout: Layout) -> None:
    owner = change.entity or GENERAL
    file = layout.config.faq_data_dir / ANSWERS / file_name(owner)
    lines = _lines(file) if file.exists() else []
    kept = [line for line in lines if not line.startswith(f"[{change.question}]\t")]
    if len(kept) == len(lines):
        raise InvalidChangeError(f"“{owner}”没有“{change.question}”的答案")
    if any(line.strip() for line in kept):
        _write(file, kept)
    else:
        file.unlink()


@_apply.register
def _(change: WriteLexicon, layout: Layout) -> None:
    file = _lexicon(layout) / change.file
    if not file.is_file() or file.parent != _lexicon(layout) or file.suffix != ".txt":
        raise InvalidChangeError(f"词典目录里没有 {change.file[:80]} → 从“词典”里选一个文件")
    text = change.text.replace("\r\n", "\n").rstrip("\n")
    _write(file, text.split("\n"))


@_apply.register
def _(change: AddAttributeAlias, layout: Layout) -> None:
    _add_alias(_lexicon(layout) / "attribute_synonyms.txt", change.attribute, change.alias)


@_apply.register
def _(change: AddEntityAlias, layout: Layout) -> None:
    _add_alias(_lexicon(layout) / "entity_aliases.txt", change.name, change.alias)


@_apply.register
def _(change: AddSmallTalk, layout: Layout) -> None:
    folder = _talk(layout)
    if (folder / QUESTIONS / file_name(change.topic)).exists():
        _add_lines(folder / QUESTIONS / file_name(change.topic), change.paraphrases)
    else:
        _add_topic(folder / MAP_FILE, folder, change.topic, change.paraphrases, change.answer)


@_apply.register
def _(change: SetValue, layout: Layout) -> None:
    if not change.path or change.path[0] == "实体":
        raise InvalidChangeError(f"不能改“{'/'.join(change.path)}” → 路径从属性类别写起")
    file = _entity_file(change.entity, layout)
    text = file.read_bytes().removeprefix(_BOM).decode()
    tree = json.loads(text)
    node = tree
    for name in change.path[:-1]:
        node = node.setdefault(name, {})
        if not isinstance(node, dict):
            raise InvalidChangeError(f"“{name}”是一个值，下面不能再分")
    if change.value:
        node[change.path[-1]] = change.value
    elif node.pop(change.path[-1], None) is None:
        raise InvalidChangeError(f"{change.entity} 没有“{'/'.join(change.path)}”")
    indent = next(
        (len(line) - len(line.lstrip()) for line in text.splitlines()[1:] if line.startswith(" ")), None
    )
    shown = json.dumps(tree, ensure_ascii=False, indent=indent)
    file.write_bytes(
        (_BOM if file.read_bytes().startswith(_BOM) else b"") + (shown + "\n" * text.endswith("\n")).encode()
    )


def _entity_file(entity: str, layout: Layout) -> Path:
    folder = layout.config.knowledge_graph_data_dir
    direct = folder / f"{file_name(entity)}.json"
    if direct.is_file():
        return direct
    for file in sorted(folder.glob("*.json")):
        header = json.loads(file.read_bytes().removeprefix(_BOM)).get("实体", {})
        if header.get("名称") == entity:
            return file
    raise InvalidChangeError(f"知识图谱里没有“{entity}” → 检查名称，一字不差")


def _known_question(question: str, layout: Layout) -> None:
    if question not in {known.text for known in load_label_map(layout.config.faq_query_label_idx_map)}:
        raise InvalidChangeError(f"没有标准问“{question}” → 检查名称，或先新建标准问")


def _add_topic(label_map: Path, folder: Path, question: str, paraphrases: Sequence[str], answer: str) -> None:
    known = load_label_map(label_map)
    if question in {one.text for one in known}:
        raise InvalidChangeError(f"标准问“{question}”已经有了 → 换一个名称，或给它加相似问")
    if not answer.strip():
        raise InvalidChangeError(f"“{question}”还没有答案 → 写上答案")
    if not question.strip() or "\t" in question or "\n" in question:
        raise InvalidChangeError("标准问不能是空的，也不能有 Tab 或换行")
    _append(label_map, [f"{question}\t{max((one.label for one in known), default=-1) + 1}"])
    _add_lines(folder / QUESTIONS / file_name(question), paraphrases)
    _append(folder / ANSWERS / GENERAL, [f"[{question}]\t{_one_line(answer)}"])


def _remove_line(file: Path, question: str, text: str) -> None:
    lines = _lines(file)
    kept = [line for line in lines if line.strip() != text.strip()]
    if len(kept) == len(lines):
        raise InvalidChangeError(f"“{question}”没有相似问“{text}”")
    if not any(line.strip() for line in kept):
        raise InvalidChangeError(f"“{text}”是“{question}”唯一的相似问 → 先加一个别的")
    _write(file, kept)


def _set_answer(file: Path, question: str, answer: str) -> None:
    head, line = f"[{question}]\t", f"[{question}]\t{_one_line(answer)}"
    lines = _lines(file) if file.exists() else []
    if any(found.startswith(head) for found in lines):
        _write(file, [line if found.startswith(head) else found for found in lines])
    else:
        _append(file, [line])


def _talk(layout: Layout) -> Path:
    if layout.config.chitchat_data_dir is None:
        raise InvalidChangeError("没有闲聊数据目录 → 在配置里写上 chitchat_data_dir")
    return layout.config.chitchat_data_dir


def _lexicon(layout: Layout) -> Path:
    if layout.config.lexicon_dir is None:
        raise InvalidChangeError("没有词典目录 → 在配置里写上 lexicon_dir")
    return layout.config.lexicon_dir


def _add_alias(file: Path, name: str, alias: str) -> None:
    if not alias.strip() or set(alias) & set("|\t\r\n#"):
        raise InvalidChangeError(f"别名“{alias}”不能是空的，也不能有 | # Tab 或换行")
    lines = _lines(file) if file.exists() else []
    for place, line in enumerate(lines):
        found, tab, aliases = line.partition("\t")
        if tab and found.strip() == name:
            if alias in aliases.split("|"):
                raise InvalidChangeError(f"“{name}”已经有别名“{alias}”")
            lines[place] = f"{line.rstrip()}|{alias}"
            _write(file, lines)
            return
    _append(file, [f"{name}\t{alias}"])


def _add_lines(file: Path, texts: Sequence[str]) -> None:
    known = {line.strip() for line in _lines(file)} if file.exists() else set()
    for text in texts:
        if not text.strip() or "\t" in text or "\n" in text:
            raise InvalidChangeError("相似问不能是空的，也不能有 Tab 或换行")
        if text.strip() in known:
            raise InvalidChangeError(f"“{text}”已经在 {file.name} 里了")
        known.add(text.strip())
    _append(file, [text.strip() for text in texts])


def _one_line(answer: str) -> str:
    if not answer.strip():
        raise InvalidChangeError("答案是空的 → 写上答案")
    return " ".join(answer.split("\n")).replace("\r", "").strip()


# -- lines, with the file's own line ends and mark -----------------------------------------------------------


def _append(file: Path, lines: Sequence[str]) -> None:
    """New lines at the end; nothing before them is touched."""
    raw = file.read_bytes() if file.exists() else b""
    end = b"\r\n" if b"\r\n" in raw else b"\n"
    if raw and not raw.endswith(b"\n"):
        raw += end
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(raw + b"".join(line.encode() + end for line in lines))


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_bytes().removeprefix(_BOM).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(file, f"读不了：{error}") from error
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


def _write(file: Path, lines: Sequence[str]) -> None:
    raw = file.read_bytes()
    end = "\r\n" if b"\r\n" in raw else "\n"
    mark = _BOM if raw.startswith(_BOM) else b""
    tail = end if raw.endswith(b"\n") else ""
    file.write_bytes(mark + (end.join(lines) + tail).encode())
