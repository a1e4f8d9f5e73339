"""Backups: everything that must last comes back byte for byte; nothing else gets in, and failures change nothing."""

import errno
import io
import json
import os
import shutil
import sqlite3
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chatbot.backup import restoring
from chatbot.backup.archive import MANIFEST, BackupError, unpack
from chatbot.backup.making import make_backup
from chatbot.backup.restoring import restore_backup
from chatbot.cli.verbs import app
from chatbot.config import EngineConfig, load_engine_config
from chatbot.service_status import ServiceStatus, write_status
from chatbot.store.records import InboxRow
from chatbot.store.sql_store import open_store


@pytest.fixture
def config(tmp_path: Path) -> EngineConfig:
    """A small knowledge base with a store, a bad case, an undelivered handoff and a session file."""
    data, state = tmp_path / "data", tmp_path / "state"
    for folder in ("faq/questions", "faq/answers", "kg", "lexicon"):
        (data / folder).mkdir(parents=True)
    (data / "faq" / "questions" / "多少钱").write_text("价格\n贵吗\n", "utf-8")
    (data / "kg" / "甲.json").write_text("{}", "utf-8")
    (data / "faq" / "query_label_idx_map.txt").write_text("多少钱\t0\n", "utf-8")
    (data / "faq" / "features.cache").write_bytes(b"only saves time")
    file = data / "engine.json"
    file.write_text(
        json.dumps({"faq_data_dir": "faq", "knowledge_graph_data_dir": "kg", "state_dir": str(state)})
    )
    for folder in ("handoffs", "redis"):
        (state / folder).mkdir(parents=True)
    (state / "handoffs" / "1-a.json").write_text("{}")
    (state / "redis" / "appendonly.aof").write_text("sessions")
    (state / "bad_cases.jsonl").write_text('{"sent": "?"}\n')
    engine = load_engine_config(file, {}, require_built=False)
    store = open_store(engine)
    store.inbox.add(InboxRow("m1", 1, "s", "request", "转人工"))
    store.close()
    return engine


def contents(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def back(archive: Path, data: Path, state: Path, **options: bool) -> restoring.Restored:
    return restore_backup(archive, data, lambda _: state, **options)


def messages(state: Path) -> list[str]:
    with sqlite3.connect(state / "store.db") as database:
        found = [text for (text,) in database.execute("SELECT text FROM inbox ORDER BY at_ms")]
    database.close()
    return found


def test_what_was_backed_up_comes_back_elsewhere(config: EngineConfig, tmp_path: Path) -> None:
    archive, data, state = tmp_path / "b.tar.gz", tmp_path / "new" / "data", tmp_path / "new" / "state"
    make_backup(config, archive)
    assert archive.stat().st_mode & 0o077 == 0
    restored = back(archive, data, state)
    want = contents(config.source.parent)
    del want["faq/features.cache"]
    assert contents(data) == want and restored.kept == ()
    assert messages(state) == ["转人工"]
    assert {path.name for path in state.iterdir()} == {"store.db", "bad_cases.jsonl", "handoffs"}
    assert load_engine_config(data / "engine.json", {}, require_built=False).faq_data_dir == data / "faq"


def test_the_store_is_copied_as_of_one_moment_while_it_is_written_to(
    config: EngineConfig, tmp_path: Path
) -> None:
    over = threading.Event()

    def write() -> None:
        store, number = open_store(config), 10
        while not over.is_set():
            store.inbox.add(InboxRow(f"m{number}", number, "s", "customer", str(number)))
            number += 1
        store.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        make_backup(config, tmp_path / "b.tar.gz")
    finally:
        over.set()
        writer.join()
    back(tmp_path / "b.tar.gz", tmp_path / "d", tmp_path / "s")
    texts = messages(tmp_path / "s")
    assert texts == ["转人工", *map(str, range(10, 10 + len(texts) - 1))]


def test_nothing_is_replaced_without_being_told_to_and_the_old_is_kept(
    config: EngineConfig, tmp_path: Path
) -> None:
    archive, data, state = tmp_path / "b.tar.gz", tmp_path / "d", tmp_path / "s"
    make_backup(config, archive)
    with pytest.raises(BackupError, match="--force"):
        make_backup(config, archive)
    make_backup(config, archive, overwrite=True)
    data.mkdir()
    (data / "mine").write_text("old")
    before = contents(tmp_path)
    with pytest.raises(BackupError, match="--force"):
        back(archive, data, state)
    assert contents(tmp_path) == before
    restored = back(archive, data, state, overwrite=True)
    assert (data / "engine.json").is_file() and not (data / "mine").exists()
    assert [contents(kept) for kept in restored.kept] == [{"mine": b"old"}]
    again = back(archive, data, state, overwrite=True)
    assert len(again.kept) == 4 and messages(state) == ["转人工"]


@pytest.mark.parametrize("failing", [1, 2, 3, 4, 5, 6])
def test_a_restore_that_fails_half_way_puts_everything_back(
    config: EngineConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    archive, data, state = tmp_path / "b.tar.gz", tmp_path / "d", tmp_path / "s"
    make_backup(config, archive)
    back(archive, data, state)
    (data / "engine.json").write_text((data / "engine.json").read_text() + " ")
    before, moves, rename = {**contents(data), **contents(state)}, [0], Path.rename

    def failing_rename(self: Path, target: Path) -> Path:
        moves[0] += 1
        if moves[0] == failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing_rename)
    monkeypatch.setattr(shutil, "copytree", lambda *_: failing_rename(Path("x"), Path("y")))
    monkeypatch.setattr(shutil, "copy2", lambda *_: failing_rename(Path("x"), Path("y")))
    with (
        pytest.raises(BackupError, match="没有动")
        if failing < 5
        else pytest.raises((BackupError, FileNotFoundError))
    ):
        back(archive, data, state, overwrite=True)
    monkeypatch.undo()
    assert {**contents(data), **contents(state)} == before
    assert not list(tmp_path.glob(".*restoring*"))


def tampered(
    source: Path, target: Path, change: Callable[[tarfile.TarFile, tarfile.TarInfo, bytes], bool]
) -> Path:
    """A copy of an archive; ``change`` adds what it likes and says whether the member stays."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            data = old.extractfile(member).read()  # type: ignore[union-attr]  # all are plain files
            if change(new, member, data):
                new.addfile(member, io.BytesIO(data))
    return target


def added(name: str, **fields: Any) -> Callable[[tarfile.TarFile, tarfile.TarInfo, bytes], bool]:
    def change(tar: tarfile.TarFile, member: tarfile.TarInfo, data: bytes) -> bool:
        if member.name == MANIFEST:
            info = tarfile.TarInfo(name)
            for field, value in fields.items():
                setattr(info, field, value)
            tar.addfile(info)
        return True

    return change


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (added("../outside"), "路径"),
        (added("/etc/outside"), "路径"),
        (added("data/../../outside"), "路径"),
        (added("elsewhere/x"), "路径"),
        (added("data"), "路径"),
        (added("data/link", type=tarfile.SYMTYPE, linkname="/etc/passwd"), "不是普通文件"),
        (added("data/hard", type=tarfile.LNKTYPE, linkname="data/engine.json"), "不是普通文件|两次|普通"),
        (added("data/device", type=tarfile.CHRTYPE), "不是普通文件"),
        (added("data/fifo", type=tarfile.FIFOTYPE), "不是普通文件"),
        (added("data/folder", type=tarfile.DIRTYPE), "不是普通文件"),
        (added("data/more"), "与清单不符"),
        (added("data/engine.json"), "两次"),
        (lambda tar, member, data: member.name != "data/kg/甲.json", "与清单不符"),
        (lambda tar, member, data: member.name != MANIFEST, "没有可读的清单"),
    ],
)
def test_an_archive_that_was_tampered_with_is_refused_and_changes_nothing(
    config: EngineConfig,
    tmp_path: Path,
    change: Callable[[tarfile.TarFile, tarfile.TarInfo, bytes], bool],
    part: str,
) -> None:
    make_backup(config, tmp_path / "good.tar.gz")
    bad = tampered(tmp_path / "good.tar.gz", tmp_path / "bad.tar.gz", change)
    before = contents(tmp_path)
    with pytest.raises(BackupError, match=part):
        back(bad, tmp_path / "d", tmp_path / "s")
    assert contents(tmp_path) == before and not (tmp_path.parent / "outside").exists()


def test_a_changed_byte_or_a_cut_off_file_is_noticed(config: EngineConfig, tmp_path: Path) -> None:
    make_backup(config, tmp_path / "good.tar.gz")
    whole = (tmp_path / "good.tar.gz").read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    for name, data in {"cut": whole[:middle], "flipped": flipped, "text": b"hello"}.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / f"{name}-out").mkdir()
        with pytest.raises(BackupError):
            unpack(tmp_path / name, tmp_path / f"{name}-out")


def test_a_database_of_its_own_and_data_elsewhere_are_named_as_left_out(
    config: EngineConfig, tmp_path: Path
) -> None:
    (tmp_path / "far").mkdir()
    shutil.move(config.source.parent / "kg", tmp_path / "far" / "kg")
    config.source.write_text(
        json.dumps({"faq_data_dir": "faq", "knowledge_graph_data_dir": str(tmp_path / "far" / "kg")})
    )
    engine = load_engine_config(config.source, {"CHATBOT_STORE_URL": "postgresql://h/d"}, require_built=False)
    manifest = make_backup(engine, tmp_path / "b.tar.gz")
    assert [line.partition(":")[0] for line in manifest.left_out] == ["knowledge_graph_data_dir", "store_url"]


def test_a_backup_that_does_not_fit_leaves_the_old_one(
    config: EngineConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "b.tar.gz"
    archive.write_text("the last good one")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BackupError, match="No space"):
        make_backup(config, archive, overwrite=True)
    assert archive.read_text() == "the last good one" and not list(tmp_path.glob(".b.tar*"))


def test_a_running_service_is_not_restored_under(config: EngineConfig, tmp_path: Path) -> None:
    make_backup(config, tmp_path / "b.tar.gz")
    service = tmp_path / "s" / "metrics-x"
    service.mkdir(parents=True)
    write_status(service, ServiceStatus(os.getpid()))
    with pytest.raises(BackupError, match="先停掉服务"):
        back(tmp_path / "b.tar.gz", tmp_path / "d", tmp_path / "s")


def test_the_commands_say_what_they_did(config: EngineConfig, tmp_path: Path) -> None:
    run, archive = CliRunner(), str(tmp_path / "b.tar.gz")
    done = run.invoke(app, ["backup", "--output", archive, "--config", str(config.source), "--json"])
    assert (done.exit_code, json.loads(done.stdout)["files"]) == (0, 7)
    done = run.invoke(app, ["backup", "--output", archive, "--config", str(config.source)])
    assert done.exit_code == 1 and "--force" in done.output
    done = run.invoke(app, ["restore", archive, "--data-dir", str(tmp_path / "d"), "--json"])
    assert (
        done.exit_code == 1 and "--force" in done.output
    )  # the state that the configuration names stands there
    shutil.rmtree(config.state_dir)
    done = run.invoke(app, ["restore", archive, "--data-dir", str(tmp_path / "d"), "--json"])
    shown = json.loads(done.stdout)
    assert (done.exit_code, shown["state_dir"], shown["config"]) == (
        0,
        str(config.state_dir),
        str(tmp_path / "d" / "engine.json"),
    )
    assert messages(config.state_dir) == ["转人工"]
    assert run.invoke(app, ["restore", str(tmp_path / "nowhere")]).exit_code == 2
