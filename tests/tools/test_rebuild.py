"""Export and rebuild: what is encoded, what is published, and what survives a fault."""

import errno
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot import knowledge_source
from chatbot.app import watched_paths
from chatbot.config import EngineConfig, load_engine_config
from chatbot.errors import DataError
from chatbot.faq_modules.features import read_features
from chatbot.knowledge_graph.snapshot import load_columns
from tests.faq_modules.small_faq import HashEncoder, write_config, write_faq
from tools.features import export as export_module
from tools.features.export import export, input_rows
from tools.index import rebuild as rebuild_module
from tools.index.rebuild import check, rebuild


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> HashEncoder:
    encoder = HashEncoder()
    monkeypatch.setattr(rebuild_module, "load_document_encoder", lambda model_dir: encoder)
    return encoder


@pytest.fixture
def config(tmp_path: Path) -> EngineConfig:
    file = write_config(tmp_path, tmp_path / "model")
    return load_engine_config(file, {}, require_built=False)


def add(config: EngineConfig, question: str, paraphrase: str) -> None:
    with (config.faq_data_dir / "questions" / question).open("a") as file:
        file.write(paraphrase + "\n")


def test_a_first_rebuild_encodes_all_and_publishes_them(config: EngineConfig, encoder: HashEncoder) -> None:
    result = rebuild(config)
    assert (result.count, result.encoded, result.reused) == (6, 6, 0)
    features = read_features(config.pretrained_feature_vectors_path, encoder.fingerprint)
    assert list(features.texts)[:1] == ["想试驾怎么约"]
    assert not check(config).stale


def test_only_what_changed_is_encoded_again(config: EngineConfig, encoder: HashEncoder) -> None:
    rebuild(config)
    add(config, "首付最低多少", "首付是几个点")
    stale = check(config)
    assert (stale.stale, stale.missing, stale.left_over) == (True, 1, 0)
    result = rebuild(config)
    assert (result.encoded, result.reused) == (1, 6)
    assert not check(config).stale


def test_a_removed_paraphrase_leaves_the_index(config: EngineConfig, encoder: HashEncoder) -> None:
    rebuild(config)
    (config.faq_data_dir / "questions" / "首付最低多少").write_text("首付几成\n")
    assert check(config).left_over == 2
    assert (rebuild(config).removed, check(config).stale) == (2, False)


def test_the_same_files_give_the_same_bytes_incremental_or_not(
    config: EngineConfig, encoder: HashEncoder
) -> None:
    rebuild(config)
    add(config, "首付最低多少", "首付是几个点")
    rebuild(config)
    incremental = config.pretrained_feature_vectors_path.read_bytes()
    config.pretrained_feature_vectors_path.unlink()
    rebuild(config)
    assert config.pretrained_feature_vectors_path.read_bytes() == incremental


def test_another_encoder_makes_the_index_stale_and_all_is_encoded_again(
    config: EngineConfig, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(config)
    other = HashEncoder("two")
    monkeypatch.setattr(rebuild_module, "load_document_encoder", lambda model_dir: other)
    assert "hash-one" in check(config).reason
    assert rebuild(config).encoded == 6


def test_a_faulty_file_stops_the_rebuild_and_the_old_index_stays(
    config: EngineConfig, encoder: HashEncoder
) -> None:
    rebuild(config)
    before = config.pretrained_feature_vectors_path.read_bytes()
    (config.faq_data_dir / "answers" / "通用").write_text("没有方括号\n")
    with pytest.raises(DataError, match="通用"):
        rebuild(config)
    assert config.pretrained_feature_vectors_path.read_bytes() == before


def test_a_full_disk_leaves_the_old_index_and_the_next_run_goes_on(
    config: EngineConfig, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(config)
    before = config.pretrained_feature_vectors_path.read_bytes()
    add(config, "首付最低多少", "首付是几个点")
    monkeypatch.setattr(export_module, "BATCH", 2)
    whole = export_module.encoded

    def full(*_: object) -> Iterator[object]:
        yield from ()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(export_module, "encoded", full)
    with pytest.raises(DataError, match="No space left") as caught:
        rebuild(config)
    assert "旧文件未动" in caught.value.hint
    assert config.pretrained_feature_vectors_path.read_bytes() == before
    monkeypatch.setattr(export_module, "encoded", whole)
    rebuild(config)
    assert not check(config).stale


def test_a_disk_that_takes_no_more_leaves_the_old_index(config: EngineConfig, encoder: HashEncoder) -> None:
    rebuild(config)
    before = config.pretrained_feature_vectors_path.read_bytes()
    add(config, "首付最低多少", "首付是几个点")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
    try:
        with pytest.raises(DataError, match="写不了"):
            rebuild(config)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert config.pretrained_feature_vectors_path.read_bytes() == before
    assert rebuild(config).count == 7


def test_two_rebuilds_at_once_do_not_mix(config: EngineConfig, encoder: HashEncoder) -> None:
    rebuild(config)
    with (
        rebuild_module.alone(config.faq_data_dir / ".versions"),
        pytest.raises(DataError, match="另一个重建"),
    ):
        rebuild(config)


def test_a_row_that_reads_back_wrong_is_not_published(
    config: EngineConfig, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(config)
    before = config.pretrained_feature_vectors_path.read_bytes()
    add(config, "首付最低多少", "首付是几个点")
    monkeypatch.setattr(encoder, "_seed", "silently other weights")
    monkeypatch.setattr(HashEncoder, "fingerprint", "hash-one")
    with pytest.raises(DataError, match="不符"):
        rebuild(config)
    assert config.pretrained_feature_vectors_path.read_bytes() == before


def test_an_interrupted_export_goes_on_where_it_stopped_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(f"第{i}句", i % 3) for i in range(20)]
    export(rows, HashEncoder(), tmp_path / "whole")
    monkeypatch.setattr(export_module, "BATCH", 4)

    def stop(done: int, total: int) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(rows, HashEncoder(), tmp_path / "out", say=stop)
    with (tmp_path / "out.part").open("a") as torn:
        torn.write("第8句\t2\t0.1,0.")
    encoder = HashEncoder()
    result = export(rows, encoder, tmp_path / "out")
    assert (result.resumed, result.encoded, len(encoder.encoded)) == (8, 12, 12)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "whole").read_bytes()
    assert list(tmp_path.glob("out.*")) == []


def test_a_part_of_another_input_is_not_continued(tmp_path: Path) -> None:
    (tmp_path / "out.part").write_text("# encoder=hash-one dimension=8 count=1\n别的\t0\t1\n")
    assert export([("甲", 0)], HashEncoder(), tmp_path / "out").resumed == 0


def test_inputs_are_a_csv_with_names_or_ids_or_a_faq_folder(tmp_path: Path) -> None:
    faq = write_faq(tmp_path / "faq")
    (faq / "names.csv").write_text("sent,label\n首付几成,首付最低多少\n")
    (tmp_path / "ids.csv").write_text("sent,label\n首付几成,7\n")
    assert input_rows(faq / "names.csv") == [("首付几成", 1)]
    assert input_rows(tmp_path / "ids.csv") == [("首付几成", 7)]
    assert input_rows(faq / "questions") == input_rows(faq)
    (faq / "names.csv").write_text("sent,label\n首付几成,没有的\n")
    with pytest.raises(DataError, match="没有的"):
        input_rows(faq / "names.csv")


def test_the_command_prints_one_json_object_and_check_exits_one_when_stale(tmp_path: Path) -> None:
    config = write_config(tmp_path, tmp_path / "no model")
    command = [sys.executable, "-m", "tools", "rebuild-index", "--config", str(config), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no model" in done.stderr
    help_page = subprocess.run([*command[:4], "--help"], capture_output=True, text=True, check=False)
    assert "rebuild-index --config" in help_page.stdout


def test_a_rebuild_stores_the_graphs_columns_and_keeps_the_version_before(
    config: EngineConfig, encoder: HashEncoder
) -> None:
    snapshots, car = config.state_dir / "graph", config.knowledge_graph_data_dir / "甲.json"
    versions = []
    for price in ("1万", "2万", "3万"):
        car.write_text(car.read_text().replace('"1万"', f'"{price}"').replace('"2万"', f'"{price}"'))
        versions.append(rebuild(config).graph)
    assert len(set(versions)) == 3
    assert {folder.name for folder in snapshots.iterdir()} == set(versions[1:])
    columns = load_columns(snapshots / versions[-1])
    column = columns.column(("属性", "报价"))
    assert column is not None and column.text_at(0) == "3万"


def test_a_faulty_graph_is_found_before_anything_is_published(
    config: EngineConfig, encoder: HashEncoder
) -> None:
    (config.knowledge_graph_data_dir / "乙.json").write_text("{")
    with pytest.raises(DataError, match=r"乙\.json"):
        rebuild(config)
    assert not config.pretrained_feature_vectors_path.exists()


def test_the_rebuilt_graph_is_taken_over_by_a_running_service(
    config: EngineConfig, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge_source, "CHECK_SECONDS", 0.01)
    monkeypatch.setattr(knowledge_source, "load_encoder", lambda model_dir: encoder)
    rebuild(config)
    live = knowledge_source.KnowledgeSource(
        lambda: knowledge_source.load_knowledge(config), watched_paths(config)
    )
    before = live.current().version
    car = config.knowledge_graph_data_dir / "甲.json"
    car.write_text(car.read_text().replace('"1万"', '"9万"'))
    rebuild(config)
    deadline = time.monotonic() + 20
    while live.current().version == before and time.monotonic() < deadline:
        time.sleep(0.02)
    column = live.current().planner.engine.columns.column(("属性", "报价"))
    assert column is not None and column.text_at(0) == "9万"
