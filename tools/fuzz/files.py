"""More parsers for ``parsers.py``: question sheets, uploaded tables, and every file that the programs write for themselves."""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import MISSING, fields, replace
from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from chatbot.backends.outbox import Outbox
from chatbot.backup.archive import unpack
from chatbot.config import EngineConfig, load_engine_config
from chatbot.encoders.ngram import TOKENIZER_FILE, WEIGHTS_FILE, load_ngram
from chatbot.faq_modules.choice import ChoiceModel, Thresholds
from chatbot.faq_modules.choice_file import choice_json, dual_bytes, read_choice, read_dual
from chatbot.faq_modules.corpus import Corpus
from chatbot.jobs.record import read_job
from chatbot.knowledge_graph.build_columns import build_columns
from chatbot.knowledge_graph.loader import load_graph
from chatbot.knowledge_graph.snapshot import load_columns, save_columns
from chatbot.knowledge_graph.units import load_units
from chatbot.learning.layout import Layout
from chatbot.learning.versions import Versions
from chatbot.security.uploads import UploadGuard
from chatbot.service_status import STATUS_FILE, read_status
from chatbot.store.recorder import read_line
from chatbot.store.records import TurnRow
from chatbot.testing.sheet import load_sheet
from chatbot.web.admin.adapters.exchange import FAQ_COLUMNS, GRAPH_COLUMNS, TableExchange
from chatbot.web.admin.adapters.library import FileLibrary
from tools.fuzz.pictures import picture_targets
from tools.fuzz.targets import Parse, Target, file_parse, workbook


def file_targets(data: Path) -> Iterator[Target]:
    """Parsers of whole files, with seeds from the demo domain in ``data``."""
    sheet: list[list[str | int]] = [["question", "expected"], ["多少钱", "问价格"], ["几座", 5]]
    yield Target("question sheet csv", file_parse("s.csv", load_sheet), (b'question,expected\na,"b,""c"\n',))
    yield Target("question sheet xlsx", file_parse("s.xlsx", load_sheet), (workbook(sheet),))
    yield from picture_targets()
    yield from _table_targets(data)
    yield from _index_targets(data)
    yield from _state_targets(data)


def _table_targets(data: Path) -> Iterator[Target]:
    """Spreadsheets that an operator uploads at the console, read against the demo's files."""

    @cache
    def exchange() -> TableExchange:
        config = _config(data)
        return TableExchange(config, FileLibrary(config), UploadGuard())

    name = sorted((data / "car_knowledge_graph").glob("*.json"))[0].stem
    faq = f"{','.join(FAQ_COLUMNS)}\n问上市时间,相似问,,几时卖\n问上市时间,答案,通用,'=今年\n".encode()
    graph = f"{','.join(GRAPH_COLUMNS)}\n{name},属性/级别,小型车\n".encode()
    seeds = (faq, graph, ",".join(FAQ_COLUMNS).encode())
    yield Target("console table csv", lambda body, _: exchange().read("t.csv", body), seeds)
    rows = [list(FAQ_COLUMNS), ["问上市时间", "相似问", "", "几时卖"]]
    yield Target("console table xlsx", lambda body, _: exchange().read("t.xlsx", body), (workbook(rows),))


def _index_targets(data: Path) -> Iterator[Target]:
    """What ``rebuild-index`` and training write and every start reads."""
    corpus = Corpus(
        ("问价格", "问座位"), (0, 1), ("多少钱", "几座"), ("多少钱", "几座"), np.array([0, 1], np.int32)
    )
    choice = ChoiceModel({"vector": 1.5}, "demo", (Thresholds(0.05, 0.7, 0.3, 0.9),), {"top1": 0.9}, "abc")
    yield Target("choice model", file_parse("c.json", read_choice), (choice_json(choice).encode(),))
    dual = dual_bytes(np.ones((2, 2), np.float32), corpus)
    yield Target("class evidence", file_parse("e.safetensors", lambda file: read_dual(file, corpus)), (dual,))
    vocabulary = json.dumps({"model": {"vocab": {"[UNK]": 0, "价": 1, "<价": 2}}}).encode()
    weights = save({"embeddings": np.ones((3, 4), np.int8), "weights": np.ones(3, np.float32)})
    whole = {TOKENIZER_FILE: vocabulary, WEIGHTS_FILE: weights, "modules.json": b"[]"}
    for file in (TOKENIZER_FILE, WEIGHTS_FILE):
        yield Target(f"encoder {file}", _one_of(whole, file), (whole[file],))
    yield from _snapshot_targets(data)


def _one_of(whole: dict[str, bytes], wounded: str) -> Parse:
    """An encoder's folder that is good but for one file; whatever loads must encode."""

    def run(body: bytes, folder: Path) -> object:
        for name, content in whole.items():
            (folder / name).write_bytes(body if name == wounded else content)
        return load_ngram(folder).encode(["价格"])

    return run


def _snapshot_targets(data: Path) -> Iterator[Target]:
    """The graph's columns: the description and one array of each kind."""

    @cache
    def good() -> dict[str, bytes]:
        with tempfile.TemporaryDirectory(prefix="cf-") as folder:
            graph = Path(folder, "graph")
            graph.mkdir()
            for file in sorted((data / "car_knowledge_graph").glob("*.json"))[:2]:
                shutil.copy(file, graph)
            columns = build_columns(load_graph(graph), load_units(data / "lexicon" / "units.txt"))
            saved = save_columns(columns, Path(folder, "columns"))
            return {file.name: file.read_bytes() for file in sorted(saved.iterdir())}

    def parse(wounded: str) -> Parse:
        def run(body: bytes, folder: Path) -> object:
            for name, content in good().items():
                (folder / name).write_bytes(body if name == wounded else content)
            return load_columns(folder)

        return run

    for name in ("columns.json", "row_start.npy", "raw_offsets.npy"):
        yield Target(f"graph snapshot {name}", parse(name), (good()[name],))


def _state_targets(data: Path) -> Iterator[Target]:
    """Small files of the state folder, and the backup of it all."""
    texts = dict.fromkeys((field.name for field in fields(TurnRow) if field.default is MISSING), "")
    turn = {**texts, "at_ms": 1, "masked": False, "rows_limit": 20, "confidence": 0.5}
    yield Target("journal line", lambda body, _: read_line(body), (json.dumps([turn, None]).encode(),))
    job = (
        b'{"job_id": "j", "kind": "lint", "subject": "", "actor": "a", "started_ms": 1, "result": {"a": [1]}}'
    )
    yield Target("job", file_parse("j.json", lambda file: read_job(file.parent, "j")), (job,))
    status = file_parse(STATUS_FILE, lambda file: read_status(file.parent))
    yield Target("service status", status, (b'{"pid": 1, "reloads": 2, "error": ""}',))
    letter = b'{"body": {"a": 1}, "attempts": 2, "reason": "r"}'
    yield Target("handoff letter", file_parse("l.json", lambda file: _letters(file.parent)), (letter,))
    version = b'{"name": "v1", "parent": "", "at_ms": 1, "author": "a", "note": "n", "kb_version": "k", "files": {"lexicon/a.txt": "ab"}}'
    yield Target("version", _version(data), (version,))
    yield Target("backup", _backup, (_archive(),))


def _letters(folder: Path) -> int:
    box, found = Outbox(folder), 0
    for letter in box.take_all():
        box.let_go(letter)
        found += 1
    return found


def _version(data: Path) -> Parse:
    @cache
    def config() -> EngineConfig:
        return _config(data)

    def run(body: bytes, folder: Path) -> object:
        (folder / "v1.json").write_bytes(body)
        return Versions(Layout(replace(config(), versions_dir=folder))).all()

    return run


def _backup(body: bytes, folder: Path) -> object:
    """``body`` is the tar inside: wounds of the compression alone would never get past its checksum."""
    packed, inside = folder / "b.tar.gz", folder / "inside"
    packed.write_bytes(gzip.compress(body, 1))
    inside.mkdir()
    return unpack(packed, inside)


def _archive() -> bytes:
    held = {"data/engine.json": b"{}", "state/x": b"y"}
    entries = [{"path": n, "size": len(c), "sha256": hashlib.sha256(c).hexdigest()} for n, c in held.items()]
    about = {
        "config": "engine.json",
        "made_at": "",
        "app_version": "0",
        "entries": entries,
        "left_out": [],
        "format": 1,
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in {**held, "manifest.json": json.dumps(about).encode()}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def _config(data: Path) -> EngineConfig:
    return load_engine_config(data / "chatbot_deploy_eas.json", {}, require_built=False)
