"""Rebuilding a large FAQ: what is taken over, what readers see, and what survives a fault."""

import errno
import logging
import os
from pathlib import Path

import numpy as np
import pytest

from chatbot.config import EngineConfig, load_engine_config
from chatbot.errors import DataError, StaleIndexError
from chatbot.faq_modules.features import cache_folder, read_features
from chatbot.faq_modules.large import index as index_module
from chatbot.faq_modules.large.files import index_folder, index_folders, open_index
from chatbot.faq_modules.opening import open_retriever
from chatbot.faq_modules.retrieval import FaqRetriever
from tests.faq_modules.small_faq import HashEncoder
from tools.bench.faq import write_faq
from tools.bench.questions import SyntheticFaq, held_out_questions, synthetic_faq
from tools.features import export as export_module
from tools.features.lines import FeatureLines
from tools.index import large as large_module
from tools.index import rebuild as rebuild_module
from tools.index.large import LINES, known_lines
from tools.index.rebuild import check, rebuild


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> HashEncoder:
    encoder = HashEncoder(dimension=16)
    monkeypatch.setattr(rebuild_module, "load_document_encoder", lambda model_dir: encoder)
    monkeypatch.setattr(index_module, "LARGE_FROM", 100)
    monkeypatch.setattr(rebuild_module, "is_large", index_module.is_large)
    return encoder


@pytest.fixture
def faq() -> SyntheticFaq:
    return synthetic_faq(400, 20)


@pytest.fixture
def config(tmp_path: Path, faq: SyntheticFaq, encoder: HashEncoder) -> EngineConfig:
    return load_engine_config(write_faq(tmp_path, faq, tmp_path / "model"), {}, require_built=False)


def add(config: EngineConfig, question: str, paraphrase: str) -> None:
    with (config.faq_data_dir / "questions" / question).open("a") as file:
        file.write(paraphrase + "\n")


def opened(config: EngineConfig, encoder: HashEncoder) -> FaqRetriever:
    return open_retriever(config.faq_data_dir, encoder, features=config.pretrained_feature_vectors_path)


def test_a_large_rebuild_states_how_it_searches_and_opens_without_encoding_anything(
    config: EngineConfig, encoder: HashEncoder, faq: SyntheticFaq
) -> None:
    result = rebuild(config)
    assert (result.search.kind, result.count, result.encoded) == ("ivf", 400, 400)
    assert result.search.recall_at_1 >= 0.99 and result.search.measured_on > 0
    assert not check(config).stale
    encoder.encoded.clear()
    retriever = opened(config, encoder)
    assert encoder.encoded == []
    assert retriever.retrieve(faq.paraphrases[7][3])[0].label == 7
    features = read_features(config.pretrained_feature_vectors_path, encoder.fingerprint)
    stored = open_index(index_folder(config.pretrained_feature_vectors_path))
    place = stored.originals.every().index(faq.paraphrases[7][3])
    assert np.array_equal(
        stored.vectors[place], features.vectors[features.texts.index(faq.paraphrases[7][3])]
    )  # type: ignore[attr-defined]


def test_one_more_line_encodes_one_text_and_gives_the_bytes_of_a_full_rebuild(
    config: EngineConfig, encoder: HashEncoder, faq: SyntheticFaq
) -> None:
    rebuild(config)
    add(config, faq.questions[3], "后来才写的一句")
    encoder.encoded.clear()
    result = rebuild(config)
    assert (result.encoded, result.reused) == (1, 400)
    assert len(encoder.encoded) <= 1 + 17  # and some to compare them with what was written
    incremental = config.pretrained_feature_vectors_path.read_bytes()
    one = open_index(index_folder(config.pretrained_feature_vectors_path))
    config.pretrained_feature_vectors_path.unlink()
    rebuild(config)
    assert config.pretrained_feature_vectors_path.read_bytes() == incremental
    whole = open_index(index_folder(config.pretrained_feature_vectors_path))
    assert np.array_equal(one.vectors, whole.vectors) and one.version == whole.version
    assert np.array_equal(one.chars.owners, whole.chars.owners)
    assert opened(config, encoder).retrieve("后来才写的一句")[0].label == 3


def test_many_changes_make_new_lists_and_few_keep_them(
    config: EngineConfig, encoder: HashEncoder, faq: SyntheticFaq
) -> None:
    rebuild(config)
    first = open_index(index_folder(config.pretrained_feature_vectors_path)).search
    add(config, faq.questions[3], "后来才写的一句")
    rebuild(config)
    second = open_index(index_folder(config.pretrained_feature_vectors_path)).search
    assert np.array_equal(first.centroids(), second.centroids()) and second.plan == first.plan
    add(config, faq.questions[4], "\n".join(f"第{i}句新话" for i in range(150)))
    rebuild(config)
    third = open_index(index_folder(config.pretrained_feature_vectors_path)).search
    assert not np.array_equal(second.centroids()[:8], third.centroids()[:8])


def test_a_reader_of_an_old_version_goes_on_and_old_versions_are_removed(
    config: EngineConfig, encoder: HashEncoder, faq: SyntheticFaq
) -> None:
    rebuild(config)
    old = opened(config, encoder)
    before = old.retrieve(held_out_questions(faq, 1)[0][0])
    for number in range(3):
        add(config, faq.questions[0], f"第{number}次改动")
        rebuild(config)
    assert old.retrieve(held_out_questions(faq, 1)[0][0]) == before
    assert (
        old.retrieve("第0次改动")[0].confidence
        < 0.9
        < opened(config, encoder).retrieve("第0次改动")[0].confidence
    )
    folders = index_folders(config.pretrained_feature_vectors_path)
    assert len(folders) == 2 and folders[-1] == index_folder(config.pretrained_feature_vectors_path)


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("where", ["save_index", "posix_fallocate"])
def test_a_disk_that_is_full_leaves_features_and_index(
    config: EngineConfig, encoder: HashEncoder, faq: SyntheticFaq, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    rebuild(config)
    text = config.pretrained_feature_vectors_path.read_bytes()
    files = sorted(cache_folder(config.pretrained_feature_vectors_path).rglob("*"))
    add(config, faq.questions[3], "后来才写的一句")
    with monkeypatch.context() as patched:
        patched.setattr(large_module if where == "save_index" else os, where, full)
        with pytest.raises(DataError, match="No space left") as caught:
            rebuild(config)
    assert "旧索引未动" in caught.value.hint
    assert config.pretrained_feature_vectors_path.read_bytes() == text
    assert sorted(cache_folder(config.pretrained_feature_vectors_path).rglob("*")) == files
    assert rebuild(config).count == 401


def test_the_disk_takes_a_growing_file_piece_by_piece_and_says_when_it_does_not(
    config: EngineConfig, encoder: HashEncoder, faq: SyntheticFaq, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_module, "BATCH", 20)
    monkeypatch.setattr(export_module, "_FLUSHED", 1000)
    taken: list[int] = []
    monkeypatch.setattr(os, "fdatasync", taken.append)
    rebuild(config)
    assert len(taken) > 1
    before = config.pretrained_feature_vectors_path.read_bytes()
    add(config, faq.questions[3], "\n".join(f"新的第{number}句" for number in range(100)))
    monkeypatch.setattr(os, "fdatasync", full)
    with pytest.raises(DataError, match="写不了"):
        rebuild(config)
    assert config.pretrained_feature_vectors_path.read_bytes() == before


def test_where_lines_lie_is_remembered_and_not_believed_when_it_is_wrong(
    config: EngineConfig, encoder: HashEncoder, faq: SyntheticFaq
) -> None:
    rebuild(config)
    features = config.pretrained_feature_vectors_path
    remembered = known_lines(features)
    assert remembered is not None
    found = np.concatenate([bounds for _, bounds in FeatureLines(features).blocks()])
    assert np.array_equal(remembered, found)
    assert FeatureLines(features, remembered).spans == FeatureLines(features).spans
    remembered[5, 2] -= 3
    remembered[6, 0] -= 3
    np.save(index_folder(features) / LINES, remembered)
    assert FeatureLines(features, remembered).spans == FeatureLines(features).spans
    add(config, faq.questions[3], "后来才写的一句")
    assert (rebuild(config).encoded, check(config).stale) == (1, False)


def test_a_version_that_reads_back_wrong_removes_none_of_those_before(
    config: EngineConfig, encoder: HashEncoder, faq: SyntheticFaq, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(config)
    add(config, faq.questions[3], "后来才写的一句")
    rebuild(config)
    kept = index_folders(config.pretrained_feature_vectors_path)
    add(config, faq.questions[4], "又写的一句")
    monkeypatch.setattr(encoder, "_seed", "silently other weights")
    monkeypatch.setattr(HashEncoder, "fingerprint", "hash-one")
    with pytest.raises(DataError, match="不符"):
        rebuild(config)
    assert index_folders(config.pretrained_feature_vectors_path) == kept and len(kept) == 2


def test_a_damaged_index_is_logged_and_built_again_in_memory(
    config: EngineConfig, encoder: HashEncoder, faq: SyntheticFaq, caplog: pytest.LogCaptureFixture
) -> None:
    rebuild(config)
    whole = opened(config, encoder)
    folder = index_folder(config.pretrained_feature_vectors_path)
    (folder / "vectors.ivf").write_bytes((folder / "vectors.ivf").read_bytes()[:1000])
    again = check(config)
    assert again.stale and "vectors.ivf" in again.reason
    with caplog.at_level(logging.WARNING):
        mended = opened(config, encoder)
    assert "rebuild-index" in caplog.text and "vectors.ivf" in caplog.text
    assert mended.version == whole.version
    assert mended.retrieve(faq.paraphrases[7][3])[0].label == 7
    rebuild(config)
    assert not check(config).stale


def test_features_without_their_index_are_stale_and_still_serve(
    config: EngineConfig, encoder: HashEncoder, faq: SyntheticFaq
) -> None:
    rebuild(config)
    features = config.pretrained_feature_vectors_path
    os.utime(features, ns=(1, 1))
    assert check(config).stale
    assert opened(config, encoder).retrieve(faq.paraphrases[7][3])[0].label == 7


def test_a_standard_question_that_has_another_name_now_answers_under_it(
    config: EngineConfig, encoder: HashEncoder, faq: SyntheticFaq, caplog: pytest.LogCaptureFixture
) -> None:
    rebuild(config)
    rows = (config.faq_data_dir / "query_label_idx_map.txt").read_text()
    (config.faq_data_dir / "query_label_idx_map.txt").write_text(
        rows.replace(f"{faq.questions[7]}\t", "新名字\t")
    )
    (config.faq_data_dir / "questions" / faq.questions[7]).rename(
        config.faq_data_dir / "questions" / "新名字"
    )
    with caplog.at_level(logging.WARNING):
        found = opened(config, encoder).retrieve(faq.paraphrases[7][3])
    assert found[0].question == "新名字" and "标准问" in caplog.text


def test_an_index_of_another_encoder_is_refused_with_the_way_to_rebuild(
    config: EngineConfig, encoder: HashEncoder
) -> None:
    rebuild(config)
    with pytest.raises(StaleIndexError, match="rebuild-index"):
        opened(config, HashEncoder("two", dimension=16))


def test_texts_under_two_standard_questions_are_counted_without_their_marks(
    config: EngineConfig, encoder: HashEncoder, faq: SyntheticFaq
) -> None:
    add(config, faq.questions[1], "同一句话")
    add(config, faq.questions[2], "同一句话？")
    assert rebuild(config).conflicts == 1


def test_development_questions_are_asked_of_the_whole_large_index(
    config: EngineConfig, encoder: HashEncoder, faq: SyntheticFaq
) -> None:
    rows = "".join(f"{text},{faq.questions[label]}\n" for text, label in _distinct(faq, 160))
    (config.faq_data_dir / "dev.csv").write_text("sent,label\n" + rows.replace("，", "").replace("？", ""))
    result = rebuild(config)
    assert result.choice == "fitted (dev.csv)"
    assert opened(config, encoder).choice.origin == "dev.csv"


def _distinct(faq: SyntheticFaq, count: int) -> list[tuple[str, int]]:
    return list({text: label for text, label in held_out_questions(faq, 2 * count)}.items())[:count]
