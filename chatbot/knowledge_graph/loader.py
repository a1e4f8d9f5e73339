"""Reads ``car_knowledge_graph/<entity name>.json``. Strict: every fault names the file and the way out."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import NoReturn

from chatbot.errors import DataError
from chatbot.frozen import dataclass
from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph, Path, build_tree

MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
_HEADER = "实体"

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class GraphFiles:
    """The files of a graph in name order, as they were read. ``version`` is a hash of their names and contents."""

    files: Mapping[FilePath, bytes]
    version: str

    def graph(self) -> KnowledgeGraph:
        """What is in them.

        Raises:
            DataError: a file that is not an entity, or two entities of one name.
        """
        entities: dict[str, Entity] = {}
        for file, raw in self.files.items():
            entity = parse_entity(raw, file)
            if entity.name in entities:
                raise DataError(
                    file,
                    f"实体名称“{entity.name}”与 {entities[entity.name].file} 重复",
                    hint="改名或删除其中一个文件",
                )
            entities[entity.name] = entity
        found = tuple(entities.values())
        return KnowledgeGraph(found, self.version, build_tree(found))


def load_graph(folder: FilePath) -> KnowledgeGraph:
    """All ``*.json`` files of ``folder``, in name order.

    Raises:
        DataError: a missing folder, a file that is not an entity, or two entities of one name.
    """
    return read_graph_files(folder).graph()


def read_graph_files(folder: FilePath) -> GraphFiles:
    """All ``*.json`` files of ``folder``, not yet looked into.

    Raises:
        DataError: a missing folder, none in it, or one that cannot be read.
    """
    if not folder.is_dir():
        raise DataError(
            folder,
            "没有这个知识图谱目录",
            hint="建立目录并放入 <实体名>.json，或改配置 knowledge_graph_data_dir",
        )
    digest = hashlib.sha256()
    files = {}
    for name in sorted(file.name for file in folder.glob("*.json")):
        file = folder / name
        files[file] = raw = _read(file)
        digest.update(name.encode() + b"\0" + hashlib.sha256(raw).digest())
    if not files:
        raise DataError(folder, "目录里没有 .json 文件", hint="每个实体放一个 <实体名>.json")
    return GraphFiles(files, digest.hexdigest()[:16])


def _read(file: FilePath) -> bytes:
    try:
        with file.open("rb", buffering=0) as opened:
            if os.fstat(opened.fileno()).st_size > MAX_FILE_BYTES:
                raise DataError(
                    file, f"文件大于 {MAX_FILE_BYTES // 2**20} MiB", hint="一个实体一个文件，请拆分"
                )
            return opened.readall()
    except OSError as error:
        raise DataError(file, f"读不了文件：{error.strerror}", hint="检查文件权限") from error


def parse_entity(raw: bytes, file: FilePath) -> Entity:
    """One entity from the bytes of its file.

    Raises:
        DataError: not UTF-8, broken JSON (with its line), a key twice in one object, no 实体/名称, or deeper
            than ``MAX_DEPTH``.
    """
    tree = _parse_json(raw, file)
    if not isinstance(tree, dict) or not isinstance(header := tree.get(_HEADER), dict):
        raise DataError(
            file, "缺少“实体”", hint='文件形如 {"实体": {"名称": "…", "关键词": "品牌|车系"}, "属性": {…}}'
        )
    name = header.get("名称")
    if not isinstance(name, str) or not name.strip():
        raise DataError(file, "“实体”里缺少“名称”", hint='写上 "名称": "<实体名>"')
    keywords = header.get("关键词", "")
    if not isinstance(keywords, str):
        raise DataError(
            file, f"“关键词”应是用 | 隔开的文字，现在是 {json.dumps(keywords, ensure_ascii=False)}"
        )
    words = tuple(word.strip() for word in keywords.split("|") if word.strip()) or tuple(name.split())
    leaves: dict[Path, str] = {}
    for key, below in tree.items():
        if key != _HEADER:
            _collect(below, (key,), leaves, file)
    return Entity(name.strip(), words, leaves, file.name)


def _parse_json(raw: bytes, file: FilePath) -> Json:
    def once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        result = dict(pairs)
        if len(result) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise DataError(file, f"键“{twice}”在同一层出现了两次", hint="合并或改名")
        return result

    try:
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=once)  # type: ignore[no-any-return]
    except UnicodeDecodeError as error:
        raise DataError(file, f"不是 UTF-8（第 {error.start} 字节）", hint="用 UTF-8 重新保存") from error
    except json.JSONDecodeError as error:
        problem = "文件是空的" if not raw.strip() else f"不是合法的 JSON：第 {error.colno} 列 {error.msg}"
        raise DataError(file, problem, line=error.lineno, hint="检查逗号、引号和括号是否成对") from error
    except RecursionError:
        _too_deep(file)


def _too_deep(file: FilePath) -> NoReturn:
    raise DataError(file, f"嵌套超过 {MAX_DEPTH} 层", hint="减少属性类别的层数")


def _collect(below: Json, path: Path, leaves: dict[Path, str], file: FilePath) -> None:
    if len(path) > MAX_DEPTH:
        _too_deep(file)
    if isinstance(below, dict):
        for key, deeper in below.items():
            _collect(deeper, (*path, key), leaves, file)
    elif isinstance(below, list):
        if any(isinstance(item, dict | list) for item in below):
            raise DataError(file, f"“{'/'.join(path)}”是嵌套的列表", hint="列表里只能放文字或数字")
        leaves[path] = "、".join(_text(item) for item in below)
    elif below is not None and _text(below).strip():
        leaves[path] = _text(below).strip()


def _text(leaf: Json) -> str:
    return {True: "True", False: "False"}[leaf] if isinstance(leaf, bool) else str(leaf)
