"""The whole retrieval by candidates: against the one that looks at everything, and through its files."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from chatbot.encoders.base import Encoder
from chatbot.errors import ConfigError, DataError
from chatbot.faq_modules.base import FaqCandidate
from chatbot.faq_modules.context import ModuleContext
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.large.files import open_index, save_index
from chatbot.faq_modules.large.index import LargeIndex
from chatbot.faq_modules.retrieval import DEFAULT_MODULES, FaqRetriever, build_index, make_retriever
from chatbot.faq_modules.signals import OWN_SIGNALS, QUERY_SIGNALS
from tools.bench.questions import SyntheticFaq, held_out_questions


@pytest.fixture(scope="module")
def exact(corpus: Corpus, encoder: Encoder) -> FaqRetriever:
    return make_retriever(build_index(corpus, encoder.encode(corpus.texts)), encoder)


@pytest.fixture(scope="module")
def by_candidates(index: LargeIndex, encoder: Encoder) -> FaqRetriever:
    return make_retriever(index, encoder)


def test_candidates_answer_as_the_retrieval_that_looks_at_everything(
    faq: SyntheticFaq, exact: FaqRetriever, by_candidates: FaqRetriever
) -> None:
    asked = held_out_questions(faq, 300)
    ours = [by_candidates.retrieve(text)[0].label for text, _ in asked]
    theirs = [exact.retrieve(text)[0].label for text, _ in asked]
    assert np.mean([mine == other for mine, other in zip(ours, theirs, strict=True)]) >= 0.97
    right = [label for _, label in asked]
    assert np.mean(np.array(ours) == right) >= np.mean(np.array(theirs) == right) - 0.01


def test_the_signals_of_a_candidate_are_those_it_has_among_all(
    faq: SyntheticFaq, index: LargeIndex, encoder: Encoder, exact: FaqRetriever, by_candidates: FaqRetriever
) -> None:
    same = [
        2 + OWN_SIGNALS.index(name) for name in ("bm25", "coverage", "sound_bm25", "sound_coverage", "length")
    ]
    for text, _ in held_out_questions(faq, 30):
        table, _ = by_candidates.signals(text)
        whole, _ = exact.signals(text)
        assert 10 < len(table.owners) < 110
        assert np.allclose(table.values[:, same], whole.values[table.owners][:, same], atol=1e-4)
        query = [*whole.query]
        query[QUERY_SIGNALS.index("nothing_apart")] = 0.0
        assert table.query == pytest.approx(query, abs=1e-5)
        cosines = index.vectors @ encoder.encode([by_candidates.heard(text)])[0]
        best = np.maximum.reduceat(cosines, index.corpus.starts[:-1]).clip(0)
        assert np.all(table.values[:, 0] <= best[table.owners] + 1e-5)
        assert table.values[:, 0].max() == pytest.approx(best.max(), abs=1e-5)


def test_a_text_word_for_word_is_the_answer_with_its_evidence(
    corpus: Corpus, by_candidates: FaqRetriever
) -> None:
    for place in range(0, len(corpus.texts), 311):
        best = by_candidates.retrieve(corpus.originals[place])[0]
        assert (best.label, best.matched) == (
            corpus.labels[corpus.owners[place]],
            corpus.originals[place],
        )
        assert best.confidence > 0.9


@pytest.mark.parametrize("text", ["", "？？", "😀"])
def test_an_utterance_without_content_gets_nothing(by_candidates: FaqRetriever, text: str) -> None:
    assert by_candidates.retrieve(text) == ()


@pytest.mark.parametrize("text", ["龘", "xyzzy", "\ud800龘", "a" * 2000, "怎" * 2000])
def test_no_utterance_breaks_it(by_candidates: FaqRetriever, text: str) -> None:
    found = by_candidates.retrieve(text)
    assert all(0 <= one.confidence <= 1 for one in found)
    assert found == by_candidates.retrieve(text)


class Only:
    """A module of somebody else that knows one label."""

    name = "only"

    def __init__(self, context: ModuleContext) -> None:
        self._question = context.corpus.questions[5]
        self.texts = len(context.corpus.texts)

    def match(self, utterance: str, k: int) -> Sequence[FaqCandidate]:
        return (FaqCandidate(5, self._question, "它说的", 0.75, self.name),)


def test_any_other_module_scores_the_candidates_it_proposes(
    faq: SyntheticFaq, index: LargeIndex, encoder: Encoder
) -> None:
    name = f"{__name__}:Only"
    retriever = make_retriever(index, encoder, modules=(name, *DEFAULT_MODULES))
    table, _ = retriever.signals(faq.questions[5])
    scores = dict(zip(table.owners.tolist(), table.values[:, 0].tolist(), strict=True))
    assert scores.pop(5) == 0.75 and set(scores.values()) == {0.0}


@pytest.mark.parametrize("modules", [(), ("fuzzy_closest_faq_match",) * 2, ("no_such_module",)])
def test_modules_that_cannot_be_are_refused(
    index: LargeIndex, encoder: Encoder, modules: Sequence[str]
) -> None:
    with pytest.raises(ConfigError, match="faq_modules"):
        make_retriever(index, encoder, modules=modules)


@pytest.fixture
def folder(index: LargeIndex, tmp_path: Path) -> Path:
    save_index(index, tmp_path)
    return tmp_path


def test_an_index_from_the_disk_answers_as_the_one_in_memory_and_is_mapped(
    faq: SyntheticFaq, folder: Path, encoder: Encoder, by_candidates: FaqRetriever
) -> None:
    stored = open_index(folder, thorough=True)
    assert isinstance(stored.vectors.base, np.memmap) and isinstance(stored.chars.owners.base, np.memmap)
    again = make_retriever(stored, encoder)
    assert again.version == by_candidates.version
    for text, _ in held_out_questions(faq, 40):
        assert again.retrieve(text) == by_candidates.retrieve(text)


def test_every_file_that_is_cut_short_or_missing_is_found_at_once(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for damaged in (whole[: len(whole) // 2], b""):
            path.write_bytes(damaged)
            with pytest.raises(DataError, match="rebuild-index"):
                open_index(folder)
        path.unlink()
        with pytest.raises(DataError, match="rebuild-index"):
            open_index(folder)
        path.write_bytes(whole)
    open_index(folder)


def test_a_byte_that_has_changed_is_found_by_a_thorough_look(folder: Path) -> None:
    path = folder / "vectors.npy"
    raw = bytearray(path.read_bytes())
    raw[-5] ^= 1
    path.write_bytes(raw)
    open_index(folder)
    with pytest.raises(DataError, match=r"vectors\.npy"):
        open_index(folder, thorough=True)


def test_the_choice_of_an_index_is_the_one_it_is_given(index: LargeIndex, encoder: Encoder) -> None:
    changed = replace(index, choice=replace(index.choice, origin="another"))
    assert make_retriever(changed, encoder).choice.origin == "another"
