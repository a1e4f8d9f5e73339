"""The whole of retrieval: order, probabilities, what is opened from which file, and what serving imports."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from chatbot.errors import DataError, StaleIndexError
from chatbot.faq_modules.base import FaqCandidate
from chatbot.faq_modules.choice import PRIOR, Choice, ChoiceModel, Thresholds
from chatbot.faq_modules.choice_file import CHOICE_FILE, EVIDENCE_FILE, choice_json, dual_bytes, read_choice
from chatbot.faq_modules.context import ModuleContext
from chatbot.faq_modules.corpus import Corpus, build_corpus
from chatbot.faq_modules.dataset import load_dataset
from chatbot.faq_modules.latin import LatinDecoder
from chatbot.faq_modules.opening import open_retriever
from chatbot.faq_modules.related import RelatedQuestions
from chatbot.faq_modules.retrieval import FaqRetriever, build_index, build_retriever, make_retriever
from chatbot.faq_modules.scope import ScopeEvidence
from chatbot.faq_modules.signals import OWN_SIGNALS, QUERY_SIGNALS, SignalTable
from tests.faq_modules.small_faq import HashEncoder, write_faq
from tools.features.export import export

ROOT = Path(__file__).parents[2]
MANY = {
    "怎么预约试驾": ("想试驾怎么约", "试驾去哪里报名", "可以约个试驾吗", "试驾要预约么"),
    "首付最低多少": ("首付几成", "最少要付多少首付", "首付要多少", "买车首付比例"),
    "多久能提车": ("几天能提车", "订了要等多久", "提车要等吗", "什么时候交车"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_faq(tmp_path / "faq", MANY)


@pytest.fixture
def corpus(folder: Path) -> Corpus:
    return build_corpus(load_dataset(folder))


@pytest.fixture
def retriever(folder: Path) -> FaqRetriever:
    return build_retriever(load_dataset(folder), HashEncoder())


def test_candidates_come_most_probable_first_and_add_up_to_at_most_1(retriever: FaqRetriever) -> None:
    found = retriever.retrieve("首付是几成")
    assert found[0].question == "首付最低多少"
    confidences = [one.confidence for one in found]
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < sum(confidences) <= 1


def test_a_question_word_for_word_is_certain(retriever: FaqRetriever) -> None:
    for text, label in (("首付几成", 1), ("怎么预约试驾", 0), ("订了要等多久", 2)):
        (best,) = retriever.retrieve(text, 1)
        assert (best.label, best.matched) == (label, text)
        assert best.confidence > 0.98


def test_a_paraphrase_of_two_questions_is_certain_of_neither(tmp_path: Path) -> None:
    both = {"甲问": ("就这样说", "甲的说法"), "乙问": ("就这样说", "乙的说法")}
    retriever = build_retriever(load_dataset(write_faq(tmp_path / "faq", both, {})), HashEncoder())
    assert [one.confidence for one in retriever.retrieve("就这样说")] == pytest.approx([0.5, 0.5], abs=0.01)


@pytest.mark.parametrize(
    "text", ["", "  ", "😀😀", "？！。", "\x00\u200b"], ids=["empty", "blank", "emoji", "marks", "invisible"]
)
def test_what_has_no_letter_gets_no_candidate(retriever: FaqRetriever, text: str) -> None:
    assert retriever.retrieve(text) == ()


@pytest.mark.parametrize("text", ["续" * 2000, "\ud800坏", "x" * 300, "1", "首付" * 500], ids=range(5))
def test_any_text_gets_probabilities(retriever: FaqRetriever, text: str) -> None:
    for one in retriever.retrieve(text):
        assert 0 <= one.confidence <= 1 and np.isfinite(one.confidence)


def test_initials_that_fit_two_phrases_are_read_as_the_one_that_is_asked_about(tmp_path: Path) -> None:
    asked = {
        "异地可以买车吗": ("我在别的城市买行吗", "别的城市买了能上牌吗", "去别的城市买可以吗"),
        "快充伤电池吗": ("快充电池寿命会短吗", "老快充影响电池寿命吗"),
    }
    retriever = build_retriever(load_dataset(write_faq(tmp_path / "faq", asked, {})), HashEncoder())
    ways = LatinDecoder(retriever.corpus.texts).decodings("快充dcsm会不会短")
    assert {"快充的城市买会不会短", "快充电池寿命会不会短"} <= {*ways}
    assert retriever.retrieve("快充dcsm会不会短", 1)[0].question == "快充伤电池吗"


def test_k_limits_the_list_and_does_not_change_it(retriever: FaqRetriever) -> None:
    assert retriever.retrieve("试驾首付", 2) == retriever.retrieve("试驾首付", 10)[:2]


def test_threads_get_what_one_thread_gets(retriever: FaqRetriever) -> None:
    asked = ["首付几成呀", "怎么约试驾", "什么时候能提车", "shoufu要多少"] * 25
    alone = [retriever.retrieve(text) for text in asked]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(retriever.retrieve, asked)) == alone


def test_a_large_knowledge_base_ranks_as_a_small_one_does(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = make_retriever(build_index(corpus, HashEncoder().encode(corpus.texts)), HashEncoder())
    monkeypatch.setattr("chatbot.faq_modules.question_index.DENSE_CELLS", 0)
    monkeypatch.setattr("chatbot.faq_modules.feature_vector_faq_match.SCORES_ALL", 0)
    large = make_retriever(build_index(corpus, HashEncoder().encode(corpus.texts)), HashEncoder())
    for text in ("首付是几成", "订车要等几天", "试驾报名"):
        first, second = small.retrieve(text, 1)[0], large.retrieve(text, 1)[0]
        assert (first.question, first.module) == (second.question, second.module)


class Loud:
    """A module that is sure of one question."""

    name = "loud"

    def __init__(self, context: ModuleContext) -> None:
        self._corpus = context.corpus

    def match(self, utterance: str, k: int) -> list[FaqCandidate]:
        corpus = self._corpus
        return [FaqCandidate(corpus.labels[2], corpus.questions[2], corpus.originals[-1], 1.0, self.name)]


def test_a_module_of_ones_own_takes_part_and_is_named_in_evidence(corpus: Corpus) -> None:
    index = build_index(corpus, HashEncoder().encode(corpus.texts))
    loud = {"module:loud": 20.0, "nothing": 5.0}
    index = replace(index, choice=ChoiceModel(loud, "test"))
    retriever = make_retriever(index, HashEncoder(), modules=("tests.faq_modules.test_retrieval:Loud",))
    (best,) = retriever.retrieve("你好", 1)
    assert (best.question, best.module, best.score) == ("多久能提车", "loud", 1.0)


def test_the_probability_is_that_of_the_formula() -> None:
    table = SignalTable(
        owners=np.arange(2),
        values=np.array([[0.5, 1.0], [0.25, 0.0]], dtype=np.float32),
        query=(1.0, 0.5, 0.1),
        exact=np.zeros(2, dtype=np.bool_),
    )
    weights = {"a": 2.0, "b": 1.0, "nothing": 0.5, "nothing_known": -1.0, "nothing_length": 3.0}
    found = Choice(ChoiceModel(weights, ""), ("a", "b")).probabilities(table)
    shares = np.exp([2.0, 0.5, 0.5 - 0.5 + 0.3])
    np.testing.assert_allclose(found, shares[:2] / shares.sum(), rtol=1e-5)


def test_the_prior_speaks_of_every_signal() -> None:
    modules = {"module:feature_vector_faq_match", "module:fuzzy_closest_faq_match"}
    assert {*OWN_SIGNALS, *QUERY_SIGNALS, *modules} == {*PRIOR.weights}


def test_vectors_come_from_the_features_and_only_what_is_missing_is_encoded(
    folder: Path, tmp_path: Path
) -> None:
    encoder, features = HashEncoder(), tmp_path / "features.out"
    dataset = load_dataset(folder)
    export([(p.text, p.label) for p in dataset.paraphrases], encoder, features)
    with (folder / "questions" / "首付最低多少").open("a") as file:
        file.write("头款是几个点\n")
    encoder.encoded.clear()
    retriever = open_retriever(folder, encoder, features=features)
    assert sorted(encoder.encoded) == sorted([*MANY, "头款是几个点"])
    assert retriever.retrieve("头款是几个点", 1)[0].question == "首付最低多少"


def test_features_of_another_encoder_are_refused_with_the_way_out(folder: Path, tmp_path: Path) -> None:
    export([("首付几成", 1)], HashEncoder("one"), tmp_path / "features.out")
    with pytest.raises(StaleIndexError, match="rebuild-index"):
        open_retriever(folder, HashEncoder("two"), features=tmp_path / "features.out")


def test_a_fitted_choice_beside_the_questions_is_taken(folder: Path) -> None:
    model = ChoiceModel({"bm25": 9.0}, "dev.csv", (Thresholds(0.02, 0.8, 0.3, 0.7),), {"top1": 0.9}, "abc")
    (folder / CHOICE_FILE).write_text(choice_json(model))
    assert open_retriever(folder, HashEncoder()).choice == model


def test_evidence_of_scope_is_read_back_and_speaks_for_no_answer(folder: Path) -> None:
    scope = ScopeEvidence({"驾": 2.0, "驾照": 3.0, "首": -1.0}, -0.5)
    model = ChoiceModel({"bm25": 9.0, "nothing": 2.0, "nothing_scope": 4.0}, "dev.csv", scope=scope)
    (folder / CHOICE_FILE).write_text(choice_json(model))
    retriever = open_retriever(folder, HashEncoder())
    assert retriever.choice == model
    for text, beyond in (("驾照首付", 4.0 / 7**0.5), ("首付首付", -1.0 / 4**0.5)):
        table, found = retriever.signals(text)
        assert table.query[-1] == pytest.approx((beyond - 0.5) / 5)
        without = replace(table, query=(*table.query[:-1], 0.0))
        before = Choice(model, retriever.signal_names).probabilities(without)
        assert bool(found.max() < before.max()) is (beyond > 0.5)


@pytest.mark.parametrize(
    "scope", ["[]", '{"bias": 1}', '{"weights": [1], "bias": 0}', '{"weights": {}, "bias": "x"}']
)
def test_damaged_evidence_of_scope_says_how_to_mend_it(folder: Path, scope: str) -> None:
    text = choice_json(ChoiceModel({"bm25": 9.0}, "dev.csv"))
    (folder / CHOICE_FILE).write_text(text.replace('"scope": null', f'"scope": {scope}'))
    with pytest.raises(DataError, match="rebuild-index"):
        open_retriever(folder, HashEncoder())


def test_a_classifier_is_taken_only_for_exactly_its_texts(folder: Path, corpus: Corpus) -> None:
    wrong = np.full((len(corpus.texts), 3), 70, dtype=np.float16)
    (folder / EVIDENCE_FILE).write_bytes(dual_bytes(wrong, corpus))
    taken = open_retriever(folder, HashEncoder()).signals("首付几成")[0].values
    (folder / EVIDENCE_FILE).write_bytes(
        dual_bytes(wrong, replace(corpus, originals=("other", *corpus.originals[1:])))
    )
    fitted = open_retriever(folder, HashEncoder()).signals("首付几成")[0].values
    column = 2 + OWN_SIGNALS.index("class")
    assert taken[:, column].min() > 2 > fitted[:, column].max()


@pytest.mark.parametrize("name", [CHOICE_FILE, EVIDENCE_FILE])
@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe broken"], ids=["empty", "not all there", "bytes"])
def test_a_damaged_choice_says_so_and_how_to_mend_it(folder: Path, name: str, damage: bytes) -> None:
    (folder / name).write_bytes(damage)
    with pytest.raises(DataError, match=r"rebuild-index") as fault:
        open_retriever(folder, HashEncoder())
    assert name in str(fault.value)


def test_a_choice_file_reads_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / CHOICE_FILE
    path.write_text(choice_json(PRIOR))
    assert read_choice(path) == PRIOR


def test_serving_the_default_configuration_imports_no_training_library() -> None:
    code = (
        "import sys; from pathlib import Path; from chatbot.encoders.load import load_encoder;"
        "from chatbot.faq_modules.opening import open_retriever; faq = Path('user_datasets/car_faqs');"
        "encoder = load_encoder(faq / 'text_match_two_tower_model_dir');"
        "retriever = open_retriever(faq, encoder, features=faq / 'query_features.out');"
        "assert retriever.retrieve('保养灯怎么归零')[0].confidence > 0.9;"
        "print(sorted({'torch', 'sklearn', 'scipy', 'jieba', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("wrapped", ["请问{}呀,谢谢", "您好，在吗？想问一下{}哈", "嗯那个{}～"])
def test_courtesies_around_a_question_change_nothing_of_what_is_found(corpus: Corpus, wrapped: str) -> None:
    encoder = HashEncoder()
    retriever = make_retriever(build_index(corpus, encoder.encode(corpus.texts)), encoder)
    for asked in ("试驾要不要预约", "首付最少几成", "订车几天能提"):
        assert retriever.retrieve(wrapped.format(asked)) == retriever.retrieve(asked)


def test_the_likely_ones_are_the_highest_probabilities_of_equal_ones_the_first() -> None:
    random = np.random.default_rng(5)
    choice = Choice(ChoiceModel({"one": 9.0, "two": 4.0, "nothing": 3.0}, "test"), ("one", "two"))
    for size in (0, 1, 40, 41):
        values = random.random((size, 2)).astype(np.float32)
        values[1::2] = values[: size - size % 2 : 2]  # equal pairs
        table = SignalTable(np.arange(size), values, (1.0, 0.5, 0.1))
        known = choice.probabilities(table)
        order = np.argsort(-known, kind="stable")
        wanted = [row for row in order.tolist() if known[row] >= 1e-3 * known.max()]
        for k in (2, 100):
            found = choice.likely(table, k)
            assert [row for _, row in found] == wanted[:k]
            np.testing.assert_allclose([share for share, _ in found], known[wanted[:k]], rtol=1e-5)


def test_what_is_near_a_standard_question_is_another_and_the_same_each_time(tmp_path: Path) -> None:
    near = {
        **MANY,
        "试驾要带什么证件": ("试驾带驾照吗", "试驾要带身份证吗", "去试驾需要带什么", "试驾证件要求"),
        "空调滤芯多久换": ("滤芯几个月换", "空调格更换周期", "换空调滤网", "滤芯寿命"),
    }
    related = RelatedQuestions(
        build_retriever(load_dataset(write_faq(tmp_path / "faq", near)), HashEncoder())
    )
    found = related("怎么预约试驾", 3)
    assert found[0] == "试驾要带什么证件"
    assert "怎么预约试驾" not in found
    assert related("怎么预约试驾", 1) == found[:1]
    assert related("没有这一问", 3) == ()


def test_a_paraphrase_is_known_word_for_word_courtesies_aside(retriever: FaqRetriever) -> None:
    assert retriever.knows("首付几成") and retriever.knows("请问首付几成？")
    assert not retriever.knows("首付要几成")


def test_no_candidate_is_surer_than_the_bound_that_asks_no_module(retriever: FaqRetriever) -> None:
    letters = "".join({*"".join(retriever.corpus.texts), *"今天气不错啊"})
    rng = np.random.default_rng(3)
    texts = ["".join(rng.choice(list(letters), size=size)) for size in rng.integers(1, 12, 200)]
    for text in map(retriever.heard, [*texts, *retriever.corpus.texts, "shoufu jicheng", "？？"]):
        best = max((one.confidence for one in retriever.retrieve_heard(text)), default=0.0)
        assert not best or retriever.may_reach(text, best)
    assert not retriever.may_reach("今天天气不错", 0.7)
    assert not retriever.may_reach("？？", 0.0)


@pytest.mark.parametrize("weight", [-4.0, 4.0])
def test_the_bound_holds_whatever_the_modules_say(weight: float) -> None:
    names = ("module:a", "module:b", *OWN_SIGNALS)
    rng = np.random.default_rng(4)
    weights = {name: float(w) for name, w in zip(names, rng.normal(0, 3, len(names)), strict=True)}
    choice = Choice(ChoiceModel({**weights, "module:a": weight, "nothing": 3.0}, "test"), names)
    for _ in range(100):
        values = rng.normal(0, 1, (5, len(names))).astype(np.float32)
        values[:, :2] = rng.uniform(-1, 1, (5, 2))
        table = SignalTable(np.arange(5), values, (1.0, 0.2, 0.1))
        at_one = np.concatenate([np.ones((5, 2), dtype=np.float32), values[:, 2:]], axis=1)
        bound = choice.at_most(SignalTable(table.owners, at_one, table.query))
        assert choice.probabilities(table).max() <= bound <= 1.0
    exact = replace(table, exact=np.array([False, True, False, False, False]))
    assert choice.at_most(exact) == 1.0
