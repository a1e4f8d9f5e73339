"""The two modules of the contract, and a third one written by somebody else."""

from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz

from chatbot.errors import ConfigError
from chatbot.faq_modules import feature_vector_faq_match, fuzzy_closest_faq_match
from chatbot.faq_modules.base import Matcher
from chatbot.faq_modules.context import ModuleContext, build_modules, module_factory
from chatbot.faq_modules.corpus import Corpus, build_corpus
from chatbot.faq_modules.dataset import load_dataset
from chatbot.faq_modules.question_index import QuestionIndex
from tests.contracts.matcher import QuestionScorerContract
from tests.faq_modules.small_faq import QUESTIONS, HashEncoder, write_faq

MANY = {
    **QUESTIONS,
    "几天能提车": ("多久能提到车", "订了要等多久"),
    "有没有现车": ("现车有吗", "店里有现货么"),
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("faq") / "faq"
    return build_corpus(load_dataset(write_faq(folder, MANY)))


@pytest.fixture(scope="module")
def context(corpus: Corpus) -> ModuleContext:
    encoder = HashEncoder(dimension=16)
    questions = QuestionIndex(corpus.texts, corpus.owners, len(corpus.questions))
    return ModuleContext(corpus, encoder, encoder.encode(corpus.texts), questions)


class TestFeatureVector(QuestionScorerContract):
    @pytest.fixture
    def matcher(self, context: ModuleContext) -> Matcher:
        return feature_vector_faq_match.build(context)

    def test_its_scores_are_the_brute_force_cosines(self, matcher: Matcher, context: ModuleContext) -> None:
        query = context.encoder.encode([self.asked])[0]
        cosines = context.vectors @ query
        for one in matcher.match(self.asked, 10):
            owner = context.corpus.labels.index(one.label)
            assert one.score == pytest.approx(cosines[context.corpus.owners == owner].max(), abs=1e-6)


class TestFuzzyClosest(QuestionScorerContract):
    @pytest.fixture
    def matcher(self, context: ModuleContext) -> Matcher:
        return fuzzy_closest_faq_match.build(context)

    def test_its_best_is_the_best_of_all_paraphrases_by_ratio(
        self, matcher: Matcher, context: ModuleContext
    ) -> None:
        best = max(fuzz.ratio(self.asked, text) for text in context.corpus.texts)
        assert matcher.match(self.asked, 1)[0].score == pytest.approx(best / 100)


def test_an_unknown_module_names_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match="feature_vector_faq_match"):
        module_factory("feature_vectors_faq_match")


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ((), "是空的"),
        (("fuzzy_closest_faq_match", "fuzzy_closest_faq_match"), "写了两次"),
        (("nowhere.at_all:build",), "无法导入"),
        (("chatbot.faq_modules.base:nothing",), "无法导入"),
        (("chatbot.faq_modules.fuzzy_closest_faq_match:NAME",), "不是函数"),
    ],
    ids=["none", "twice", "no module", "no attribute", "no function"],
)
def test_names_that_cannot_be_used_say_why(context: ModuleContext, names: tuple[str, ...], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        build_modules(names, context, {})


def test_a_module_gets_its_own_settings_and_no_other(context: ModuleContext) -> None:
    settings = {
        "tests.faq_modules.test_matchers:remember": {"depth": 3},
        "fuzzy_closest_faq_match": {"depth": 1},
    }
    build_modules(("tests.faq_modules.test_matchers:remember",), context, settings)
    assert REMEMBERED == [{"depth": 3}]


REMEMBERED: list[object] = []


def remember(context: ModuleContext) -> Matcher:
    REMEMBERED.append(context.settings)
    return fuzzy_closest_faq_match.build(context)


def test_the_example_of_the_guide_runs_as_it_stands(tmp_path: Path, context: ModuleContext) -> None:
    guide = Path(__file__).parents[2] / "docs" / "faq_modules.md"
    code = guide.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    space: dict[str, object] = {"__name__": "example"}
    exec(compile(code, str(guide), "exec"), space)
    build = space["build"]
    assert callable(build)
    matcher = build(context)
    assert matcher.match("首付最低多少", 3)[0].question == "首付最低多少"
    assert not matcher.match("", 3)
    assert np.all([0 <= one.score <= 1 for one in matcher.match("多少", 3)])
