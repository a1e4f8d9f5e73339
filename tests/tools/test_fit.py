"""Fitting the choice: the likelihood, held-out questions, promises, and what is published."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from chatbot.config import EngineConfig, load_engine_config
from chatbot.errors import DataError
from chatbot.faq_modules.choice import PRIOR, ChoiceModel
from chatbot.faq_modules.choice_file import CHOICE_FILE, EVIDENCE_FILE, read_choice
from chatbot.faq_modules.corpus import Corpus, build_corpus
from chatbot.faq_modules.dataset import load_dataset
from chatbot.faq_modules.retrieval import DEFAULT_MODULES, build_index, make_retriever
from chatbot.faq_modules.signals import OWN_SIGNALS, QUERY_SIGNALS, SignalTable
from tests.faq_modules.small_faq import HashEncoder, write_config, write_faq
from tools.index import choice as choice_module
from tools.index import rebuild as rebuild_module
from tools.index.choice import fit_data
from tools.index.conformal import Outcome, area_under_roc, coverage_curve, thresholds_for
from tools.index.fit import (
    ENOUGH,
    ENOUGH_PARAPHRASES,
    FitData,
    Labelled,
    balanced,
    fit_choice,
    reached,
)
from tools.index.held_out import (
    AUTHORED,
    TAKEN_AWAY,
    Asking,
    asked,
    held_out_examples,
    stratified_folds,
    without,
    without_questions,
)
from tools.index.logit import Example, fit_weights
from tools.index.rebuild import rebuild
from tools.index.scope import CrossedScope, ScopeTexts

NO_SCOPE = CrossedScope(ScopeTexts((), ()), folds=5, seed=0)

TOPICS = ("试驾", "首付", "提车", "保险", "充电", "轮胎", "贷款", "发票")
ASKS = (
    "怎么办{}",
    "{}要多久",
    "想问下{}的事",
    "{}多少钱",
    "关于{}",
    "{}去哪里弄",
    "我的{}呢",
    "{}可以吗",
    "帮我看下{}",
)


def examples(count: int, weights: Sequence[float], seed: int = 0) -> list[Example]:
    """Questions answered as the model with ``weights`` would answer them."""
    rng, made = np.random.default_rng(seed), []
    for _ in range(count):
        values = rng.normal(size=(4, 2)).astype(np.float32)
        query = (1.0, float(rng.random()), float(rng.random()))
        logits = np.append(np.dot(query, weights[2:]), values @ weights[:2])
        shares = np.exp(logits - logits.max())
        drawn = int(rng.choice(5, p=shares / shares.sum()))
        table = SignalTable(np.arange(4), values, query, np.zeros(4, dtype=np.bool_))
        made.append(Example(table, drawn - 1, drawn > 0))
    return made


def test_the_weights_that_made_the_answers_are_found_again() -> None:
    truth = np.array([2.0, -1.0, 0.5, 1.0, -0.5])
    found = fit_weights(examples(8000, truth.tolist()), np.zeros(5), np.full(5, 1e-3))
    np.testing.assert_allclose(found, truth, atol=0.25)


def test_a_strong_prior_holds_the_weights_and_none_is_moved_without_examples_to_say_so() -> None:
    prior = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    found = fit_weights(examples(50, [9, -9, 0, 0, 0]), prior, np.array([1e9, 1e-3, 1e9, 1e9, 1e9]))
    np.testing.assert_allclose(np.delete(found, 1), np.delete(prior, 1), atol=1e-4)
    assert found[1] < 0


def test_candidates_of_different_number_share_one_fit() -> None:
    made = examples(200, [2, -1, 0, 0, 0])
    cut = [replace(one, table=one.table.only(np.arange(2))) if one.gold < 2 else one for one in made]
    assert np.isfinite(fit_weights(cut, np.zeros(5), np.ones(5))).all()


@pytest.mark.parametrize("target", [0.01, 0.05, 0.2])
def test_the_threshold_is_the_lowest_that_keeps_the_promise(target: float) -> None:
    rng = np.random.default_rng(1)
    outcomes = [Outcome(float(c), bool(rng.random() < c), bool(rng.random() < 0.8)) for c in rng.random(400)]
    found = thresholds_for(outcomes, target)
    n = len(outcomes)

    def risk(threshold: float) -> float:
        wrong = sum(one.confidence >= threshold and not one.right for one in outcomes)
        return wrong / (n + 1) + 1 / (n + 1)

    lower = [one.confidence for one in outcomes if one.confidence < found.answer - 1e-4]
    assert risk(found.answer + 1e-4) <= target
    assert not lower or risk(max(lower)) > target


def test_the_promise_holds_on_new_questions() -> None:
    rng = np.random.default_rng(2)
    rates = []
    for _ in range(40):
        old, new = (
            [Outcome(c, bool(rng.random() < c**0.3), True) for c in rng.random(500)] for _ in range(2)
        )
        threshold = thresholds_for(old, 0.05).answer
        rates.append(np.mean([one.confidence >= threshold and not one.right for one in new]))
    assert np.mean(rates) <= 0.055


def test_nothing_is_answered_when_no_threshold_keeps_the_promise() -> None:
    assert thresholds_for([Outcome(0.9, False, True)] * 20, 0.02).answer >= 0.9
    assert thresholds_for([Outcome(0.9, False, True)] * 20, 0.02).coverage <= 1.0


def test_the_area_under_the_curve_is_the_share_of_pairs_in_order() -> None:
    inside, outside = [0.9, 0.5, 0.4], [0.5, 0.1]
    outcomes = [Outcome(c, True, True) for c in inside] + [Outcome(c, False, False) for c in outside]
    pairs = [(a > b) + 0.5 * (a == b) for a in inside for b in outside]
    assert area_under_roc(outcomes) == pytest.approx(np.mean(pairs))


def test_the_coverage_curve_falls_and_so_does_the_share_of_wrong_answers() -> None:
    rng = np.random.default_rng(3)
    curve = coverage_curve([Outcome(float(c), bool(rng.random() < c), True) for c in rng.random(300)])
    assert [p.coverage for p in curve] == sorted((p.coverage for p in curve), reverse=True)
    assert [p.wrong for p in curve] == sorted((p.wrong for p in curve), reverse=True)


def test_folds_are_even_within_every_question() -> None:
    owners = np.repeat(np.arange(7, dtype=np.int32), 10)
    folds = stratified_folds(owners, 5, seed=0)
    for owner in range(7):
        assert np.bincount(folds[owners == owner], minlength=5).tolist() == [2] * 5
    assert (folds == stratified_folds(owners, 5, seed=0)).all()


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    questions = {f"{topic}的问题": tuple(ask.format(topic) for ask in ASKS) for topic in TOPICS}
    return build_corpus(load_dataset(write_faq(tmp_path / "faq", questions, {})))


def test_a_held_out_paraphrase_is_not_in_the_index_it_is_asked_of(corpus: Corpus) -> None:
    encoder = HashEncoder(dimension=16)
    index = build_index(corpus, encoder.encode(corpus.texts))
    made = list(held_out_examples(index, encoder, DEFAULT_MODULES, NO_SCOPE, most=20))
    clean = [one for one in made if one.kind == "clean"]
    assert len(clean) == 20
    assert all(one.table.exact is None for one in clean)


def test_a_near_miss_is_asked_of_an_index_in_which_nothing_has_the_words_of_its_question(
    corpus: Corpus,
) -> None:
    encoder = HashEncoder(dimension=16)
    index = build_index(corpus, encoder.encode(corpus.texts))
    made = list(held_out_examples(index, encoder, DEFAULT_MODULES, NO_SCOPE, most=len(corpus.texts)))
    near = [one for one in made if one.kind == TAKEN_AWAY]
    assert len(near) == len(corpus.texts)
    unknown = QUERY_SIGNALS.index("nothing_known")
    for one in near:
        assert one.gold == -1 and not one.has_answer
        assert len(one.table.owners) in (len(TOPICS) - 1, len(TOPICS) - 2)
        assert one.table.query[unknown] > 0.2  # 试驾 in 试驾要多久
    assert all(one.table.query[unknown] < 0.2 for one in made if one.kind == "clean")


def test_a_corpus_without_questions_numbers_the_others_anew(corpus: Corpus) -> None:
    kept: NDArray[np.bool_] = ~np.isin(corpus.owners, [1, 4])
    kept[0] = False
    smaller = without_questions(corpus, np.array([1, 4]), kept)
    assert smaller.questions == tuple(q for place, q in enumerate(corpus.questions) if place not in (1, 4))
    for text, owner in zip(smaller.texts, smaller.owners.tolist(), strict=True):
        assert smaller.questions[owner] == corpus.questions[corpus.owners[list(corpus.texts).index(text)]]
    assert len(smaller.texts) == int(kept.sum())


def test_a_smaller_corpus_keeps_texts_and_owners_together(corpus: Corpus) -> None:
    kept: NDArray[np.bool_] = np.arange(len(corpus.texts)) % 2 == 0
    smaller = without(corpus, kept)
    assert list(smaller.texts) == [text for text, keep in zip(corpus.texts, kept, strict=True) if keep]
    assert (smaller.owners == corpus.owners[kept]).all()


def test_an_example_knows_the_row_of_its_answer(corpus: Corpus) -> None:
    encoder = HashEncoder(dimension=16)
    retriever = make_retriever(build_index(corpus, encoder.encode(corpus.texts)), encoder)
    with_answer, without_answer = asked(
        Asking(retriever, NO_SCOPE, "轮胎多少钱呀"), "轮胎多少钱呀", 5, "clean"
    )
    assert with_answer.table.owners[with_answer.gold] == 5
    assert 5 not in without_answer.table.owners


def development(count: int) -> list[Labelled]:
    return [
        Labelled(f"{extra}{ask.format(topic)}", owner)
        for extra in ("那个", "请问", "嗯")
        for owner, topic in enumerate(TOPICS)
        for ask in ASKS
    ][:count]


def test_too_few_questions_leave_the_prior_and_none_is_asked(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.index.fit._examples", lambda *_: pytest.fail("there is nothing to fit"))
    encoder = HashEncoder(dimension=16)
    small = without(corpus, np.arange(len(corpus.texts)) % 4 == 0)
    assert len(small.texts) < ENOUGH_PARAPHRASES
    index = build_index(small, encoder.encode(small.texts))
    model = fit_choice(index, encoder, DEFAULT_MODULES, FitData(development(ENOUGH - 1)))
    assert model.weights == PRIOR.weights and model.origin.startswith("prior")


def test_few_paraphrases_are_fitted_on_too_and_a_right_answer_is_sure(corpus: Corpus) -> None:
    encoder = HashEncoder(dimension=16)
    index = build_index(corpus, encoder.encode(corpus.texts))
    assert ENOUGH_PARAPHRASES <= len(corpus.texts) < ENOUGH
    model = fit_choice(index, encoder, DEFAULT_MODULES, FitData())
    assert model.origin == "paraphrases"
    assert model.weights["size"] == PRIOR.weights["size"]  # one fewer than the others would give it away

    def sure(choice: ChoiceModel, question: str) -> float:
        faq = make_retriever(replace(index, choice=choice), encoder, respells=False)
        return faq.retrieve(question)[0].confidence

    assert sure(PRIOR, "贷款麻烦不麻烦") < 0.4 < sure(model, "贷款麻烦不麻烦")
    assert sure(model, "天窗要多久") < 0.1


def test_a_length_that_paraphrases_taught_never_tells_whether_any_is_meant(corpus: Corpus) -> None:
    encoder = HashEncoder(dimension=16)
    index = build_index(corpus, encoder.encode(corpus.texts))
    weights = fit_choice(index, encoder, DEFAULT_MODULES, FitData()).weights
    assert weights["nothing_alike"] == weights["length"] != PRIOR.weights["length"]
    assert weights["nothing_apart"] != 0.0
    asked = FitData(development=development(200))
    weights = fit_choice(index, encoder, DEFAULT_MODULES, asked).weights
    frozen = weights["nothing_alike"], weights["nothing_apart"]  # strangers' own questions say it all
    assert frozen == pytest.approx((0.0, 0.0), abs=0.001)


def test_what_no_other_paraphrase_leads_to_teaches_the_fit_nothing() -> None:
    names = ("module:a", *OWN_SIGNALS)
    values = np.zeros((5, len(names)), dtype=np.float32)
    values[:, names.index("bm25")] = [0.9, 0.8, 0.7, 0.1, 0.0]
    table = SignalTable(np.arange(5), values, (1.0, 0.0, 0.0, 0.0))
    made = [Example(table, gold) for gold in (0, 2, 3, -1)] + [Example(table, -1, False)]
    assert reached(made, names) == [made[0], made[1], made[4]]


@pytest.mark.parametrize("authored, near", [(0, 0.25), (50, 0.135), (100, 0.02), (900, 0.02)])
def test_near_misses_of_its_own_weigh_more_where_few_were_authored(authored: int, near: float) -> None:
    table = SignalTable(np.arange(1), np.zeros((1, 1), dtype=np.float32), (1.0, 0.0, 0.0, 0.0))
    made = [Example(table, 0)] * 10 + [Example(table, -1, False, kind=TAKEN_AWAY)] * 5
    made += [Example(table, -1, False, kind=AUTHORED)] * authored
    weight = Counter[str]()
    for one in balanced(made):
        weight[one.kind] += one.weight
    assert weight[TAKEN_AWAY] == pytest.approx(near * 10)
    assert weight[AUTHORED] == pytest.approx(min(authored / 100, 1) * 10)


def test_the_fit_learns_that_vectors_out_of_a_hash_tell_nothing(corpus: Corpus) -> None:
    encoder = HashEncoder(dimension=16)
    index = build_index(corpus, encoder.encode(corpus.texts))
    data = FitData(development(200), ("今天天气好吗", "股票涨了没", "明天吃什么") * 5, ("你好呀",), (0.02,))
    model = fit_choice(index, encoder, DEFAULT_MODULES, data)
    assert model.origin == "dev.csv"
    assert abs(model.weights["module:feature_vector_faq_match"]) < model.weights["class"]
    assert model.figures["top1_clean"] > 0.95
    assert [promise.target for promise in model.thresholds] == [0.02]
    assert model == fit_choice(index, encoder, DEFAULT_MODULES, data)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EngineConfig:
    encoder = HashEncoder(dimension=16)
    monkeypatch.setattr(rebuild_module, "load_document_encoder", lambda model_dir: encoder)
    loaded = load_engine_config(write_config(tmp_path, tmp_path / "model"), {}, require_built=False)
    folder = loaded.faq_data_dir
    for topic in TOPICS:
        (folder / "questions" / f"{topic}的问题").write_text("\n".join(ask.format(topic) for ask in ASKS))
    labels = [*(folder / "query_label_idx_map.txt").read_text().splitlines()]
    labels += [f"{topic}的问题\t{place + len(labels)}" for place, topic in enumerate(TOPICS)]
    (folder / "query_label_idx_map.txt").write_text("\n".join(labels))
    rows = [f"{one.text},{TOPICS[one.owner]}的问题" for one in development(200)]
    (folder / "dev.csv").write_text("sent,label\n" + "\n".join(rows))
    return loaded


def test_a_rebuild_fits_publishes_and_keeps_what_has_not_changed(config: EngineConfig) -> None:
    first = rebuild(config, target=0.03)
    assert first.choice == "fitted (dev.csv)"
    assert first.answer_threshold is not None and 0 <= first.answer_threshold <= 1
    model = read_choice(config.faq_data_dir / CHOICE_FILE)
    assert 0.03 in [promise.target for promise in model.thresholds]
    assert (config.faq_data_dir / EVIDENCE_FILE).is_file()
    assert rebuild(config, target=0.03).choice == "kept (dev.csv)"


def test_another_target_or_another_dev_csv_is_fitted_anew(config: EngineConfig) -> None:
    rebuild(config)
    assert rebuild(config, target=0.07).choice == "fitted (dev.csv)"
    path = config.faq_data_dir / "dev.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-1]))
    assert rebuild(config, target=0.07).choice == "fitted (dev.csv)"


def test_one_more_paraphrase_keeps_the_choice(config: EngineConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice_module, "KEPT_CHANGES", 0.05)
    rebuild(config)
    with (config.faq_data_dir / "questions" / f"{TOPICS[0]}的问题").open("a") as file:
        file.write("\n顺便打听一件事")
    assert rebuild(config).choice == "kept (dev.csv)"


def test_a_question_of_dev_csv_that_the_index_has_is_not_fitted_on(config: EngineConfig) -> None:
    text = ASKS[0].format(TOPICS[0])
    with (config.faq_data_dir / "dev.csv").open("a") as file:
        file.write(f"\n{text}！,{TOPICS[0]}的问题\n{text},{TOPICS[0]}的问题\n")
    dataset = load_dataset(config.faq_data_dir)
    asked = [one.text for one in fit_data(config, dataset, build_corpus(dataset)).development]
    assert len(asked) == 201 and asked[-1] == f"{text}！"


def test_a_fault_in_dev_csv_names_its_line_and_publishes_nothing(config: EngineConfig) -> None:
    with (config.faq_data_dir / "dev.csv").open("a") as file:
        file.write("\n说了什么,没有这个标准问\n")
    with pytest.raises(DataError, match=r"dev\.csv:20[23].*没有这个标准问"):
        rebuild(config)
    assert not (config.faq_data_dir / CHOICE_FILE).exists()
    assert not config.pretrained_feature_vectors_path.exists()


def test_the_file_of_the_demo_holds_what_its_retriever_needs() -> None:
    path = Path(__file__).parents[2] / "user_datasets" / "car_faqs" / CHOICE_FILE
    model = read_choice(path)
    assert json.loads(path.read_text())["origin"] == "dev.csv"
    assert {*QUERY_SIGNALS} <= {*model.weights}
    assert model.figures["top1_clean"] >= 0.95
