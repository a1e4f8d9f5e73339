"""Columns on disk: one immutable, versioned folder of plain arrays, written aside and published by one rename."""

import json
import os
import shutil
import tokenize
from pathlib import Path as FilePath
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from chatbot.errors import DataError
from chatbot.knowledge_graph.build_columns import FORMAT, build_columns, columns_version
from chatbot.knowledge_graph.columns import Block, Columns, MeasureGroup
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.strings import Strings
from chatbot.knowledge_graph.units import UnitTable

SNAPSHOTS = "graph"  # the folder of all versions, in the state folder
_META = "columns.json"
_ARRAYS = tuple(Block.__dataclass_fields__)
_TEXTS = ("raw", "normal", "plain")
_HINT = "删除这个目录，下次启动会重建"


def save_columns(columns: Columns, root: FilePath) -> FilePath:
    """Writes ``root/<version>/``; a version that is there already is kept as it is. Returns the folder.

    Raises:
        DataError: the disk is full or not writable; nothing half-written is left to be read.
    """
    folder = root / columns.version
    aside = root / f".{columns.version}.{os.getpid()}"
    try:
        if folder.is_dir():
            return folder
        aside.mkdir(parents=True, exist_ok=True)
        for name in _ARRAYS:
            np.save(aside / f"{name}.npy", getattr(columns.block, name), allow_pickle=False)
        for name, strings in zip(_TEXTS, columns.strings, strict=True):
            np.save(aside / f"{name}.npy", strings.data, allow_pickle=False)
            np.save(aside / f"{name}_offsets.npy", strings.offsets, allow_pickle=False)
        (aside / _META).write_text(json.dumps(_meta(columns), ensure_ascii=False), encoding="utf-8")
        os.replace(aside, folder)
    except OSError as error:
        if folder.is_dir():  # another process published the same version first
            return folder
        raise DataError(root, f"写不了图谱快照：{error.strerror}", hint="检查磁盘空间和权限") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _meta(columns: Columns) -> dict[str, object]:
    return {
        "format": FORMAT,
        "version": columns.version,
        "names": columns.names,
        "files": columns.files,
        "sections": columns.sections,
        "groups": [[[g.label, g.dimension, g.unit, g.factor] for g in kinds] for kinds in columns.groups],
    }


def load_columns(folder: FilePath) -> Columns:
    """The columns in ``folder``, memory-mapped: pages are read as they are used and shared by all workers.

    Raises:
        DataError: not a snapshot, one of another format, or a file that is missing or cut short.
    """
    try:
        meta = json.loads((folder / _META).read_text(encoding="utf-8"))
        if meta["format"] != FORMAT:
            raise DataError(folder, f"图谱快照的格式是 {meta['format']}，需要 {FORMAT}", hint=_HINT)
        columns = Columns(
            version=meta["version"],
            names=tuple(meta["names"]),
            files=tuple(meta["files"]),
            sections=tuple(tuple(tuple(path) for path in paths) for paths in meta["sections"]),
            groups=tuple(tuple(MeasureGroup(*kind) for kind in kinds) for kinds in meta["groups"]),
            block=Block(**{name: _array(folder, name) for name in _ARRAYS}),
            strings=cast(
                tuple[Strings, Strings, Strings],
                tuple(Strings(_array(folder, n), _array(folder, f"{n}_offsets")) for n in _TEXTS),
            ),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(folder, f"图谱快照不完整或已损坏：{error}", hint=_HINT) from error
    _check(columns, folder)
    return columns


def _array(folder: FilePath, name: str) -> NDArray[Any]:
    file = folder / f"{name}.npy"
    try:
        mapped = np.load(file, mmap_mode="r", allow_pickle=False)
    except (
        EOFError,
        OverflowError,
        tokenize.TokenError,
    ) as error:  # empty; a length below 0; a header cut short
        raise ValueError(f"{name}.npy: {error}") from error
    return cast(
        NDArray[np.generic], np.asarray(mapped)
    )  # a plain view: memmap objects slice ten times slower


def _check(columns: Columns, folder: FilePath) -> None:
    block = columns.block
    whole = (
        len(columns.files) == len(columns.names)
        and len(columns.sections) == len(columns.groups) == len(block.row_start) - 1
        and len(block.rows) == len(block.codes) == block.row_start[-1]
        and len(block.section_of) == block.section_start[-1]
        and len(block.flags) == block.text_start[-1]
        and len(block.low) == len(block.high) == len(block.text_of) == block.measure_start[-1]
        and all(
            len(strings) == len(block.flags) and strings.offsets[-1] == len(strings.data)
            for strings in columns.strings
        )
    )
    if not whole:
        raise DataError(folder, "图谱快照不完整或已损坏：各文件长度对不上", hint=_HINT)


def open_columns(graph: KnowledgeGraph, units: UnitTable, root: FilePath | None) -> Columns:
    """The snapshot of this graph below ``root`` when there is a sound one, else columns built and saved there.

    ``root=None`` builds in memory. A broken snapshot is replaced.
    """
    if root is None:
        return build_columns(graph, units)
    folder = root / columns_version(graph.version, units)
    if folder.is_dir():
        try:
            return load_columns(folder)
        except DataError:
            shutil.rmtree(folder, ignore_errors=True)
    return load_columns(save_columns(build_columns(graph, units), root))


def forget_old(root: FilePath, kept: str, before: int = 1) -> None:
    """Removes the snapshots below ``root`` but the version ``kept`` and the ``before`` latest others.

    A process that has mapped one that is removed keeps what it has; what was left half-written goes too.
    """
    others = [folder for folder in root.iterdir() if folder.is_dir() and folder.name != kept]
    whole = [folder for folder in others if not folder.name.startswith(".")]
    latest = sorted(whole, key=lambda folder: folder.stat().st_mtime_ns, reverse=True)[:before]
    for folder in others:
        if folder not in latest:
            shutil.rmtree(folder, ignore_errors=True)
