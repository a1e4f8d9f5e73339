"""The promises of a FAQ module, for every implementation: subclass, and give a ``matcher`` fixture over ``corpus``."""

from collections.abc import Sequence

import numpy as np
import pytest

from chatbot.faq_modules.base import FaqCandidate, Matcher, QuestionScorer
from chatbot.faq_modules.corpus import Corpus

ODD_TEXTS = ["😀", "a", "的", "?" * 50, "续航" * 400, "\U000f0000\ue000", "ẞ\u0301x", "0" * 30]


class MatcherContract:
    """What the choice relies on."""

    asked = "首付要几成"

    def test_candidates_come_best_first_at_most_one_a_question_and_at_most_k(self, matcher: Matcher) -> None:
        found = matcher.match(self.asked, 2)
        assert 1 <= len(found) <= 2
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
        assert len({one.label for one in found}) == len(found)

    def test_scores_lie_in_0_to_1_and_name_the_module_and_a_paraphrase(
        self, matcher: Matcher, corpus: Corpus
    ) -> None:
        for one in matcher.match(self.asked, 10):
            assert 0 <= one.score <= 1
            assert one.module == matcher.name
            assert one.matched in corpus.originals
            assert corpus.questions[corpus.labels.index(one.label)] == one.question

    def test_the_same_utterance_gives_the_same_list(self, matcher: Matcher) -> None:
        assert list(matcher.match(self.asked, 5)) == list(matcher.match(self.asked, 5))

    def test_a_paraphrase_word_for_word_finds_its_question(self, matcher: Matcher, corpus: Corpus) -> None:
        for text, owner in zip(corpus.texts, corpus.owners.tolist(), strict=True):
            assert matcher.match(text, 3)[0].label == corpus.labels[owner]

    def test_an_empty_utterance_gets_nothing(self, matcher: Matcher) -> None:
        assert not matcher.match("", 5)
        assert not matcher.match("   ", 5)

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
    def test_no_text_makes_it_raise(self, matcher: Matcher, text: str) -> None:
        found: Sequence[FaqCandidate] = matcher.match(text, 5)
        assert len(found) <= 5


class QuestionScorerContract(MatcherContract):
    """The same, and ``score_questions``, for a module that offers it."""

    def test_the_array_of_all_scores_is_that_of_the_candidates(
        self, matcher: Matcher, corpus: Corpus
    ) -> None:
        assert isinstance(matcher, QuestionScorer)
        scores = matcher.score_questions(self.asked)
        assert scores is not None and scores.values.shape == (len(corpus.questions),)
        for one in matcher.match(self.asked, 10):
            owner = corpus.labels.index(one.label)
            assert np.isclose(scores.values[owner], one.score, atol=1e-6)
            assert scores.matched(owner) == one.matched
