"""The FAQ modules among very many paraphrases: the two that are built in score candidates, any other proposes its own."""

from collections.abc import Mapping, Sequence

import numpy as np
from rapidfuzz.fuzz import ratio

from chatbot.encoders.base import Encoder
from chatbot.faq_modules import feature_vector_faq_match, fuzzy_closest_faq_match
from chatbot.faq_modules.base import FaqCandidate, Matcher, QuestionScores
from chatbot.faq_modules.context import ModuleContext, Settings, build_modules, check_names
from chatbot.faq_modules.large.candidates import Candidates, CandidateScorer
from chatbot.faq_modules.large.index import LargeIndex
from chatbot.faq_modules.large.texts import spread
from chatbot.faq_modules.question_index import QuestionIndex

_FIRST_TEXTS = 32
_NEAREST, _LIKED, _OF_LIKED = 24, 6, 4
_PROPOSED = 64


class VectorScorer:
    """Cosine with the nearest paraphrase; where none is among the hits, with the nearest of the first 32."""

    name = feature_vector_faq_match.NAME

    def __init__(self, index: LargeIndex) -> None:
        self._index, self._starts = index, index.corpus.starts

    def score(self, utterance: str, candidates: Candidates) -> QuestionScores:
        """Cosines, cut off at 0 and 1."""
        owners, index = candidates.owners, self._index
        best = np.full(len(owners), -1.0, dtype=np.float32)
        place = np.full(len(owners), -1, dtype=np.int64)
        rows = owners.searchsorted(index.corpus.owners[candidates.hits])
        best[rows[::-1]], place[rows[::-1]] = candidates.similarity[::-1], candidates.hits[::-1]
        others = np.flatnonzero(place < 0)
        if len(others):
            firsts = self._starts[owners[others]]
            counts = np.minimum(self._starts[owners[others] + 1] - firsts, _FIRST_TEXTS)
            at = np.cumsum(counts) - counts
            places, _ = spread(firsts, counts)
            scores = index.vectors[places] @ candidates.vector
            best[others] = np.maximum.reduceat(scores, at)
            place[others] = firsts
            for row, start, count in zip(others.tolist(), at.tolist(), counts.tolist(), strict=True):
                place[row] += int(scores[start : start + count].argmax())
        originals = index.originals
        return QuestionScores(best.clip(0.0, 1.0), lambda row: originals[int(place[row])])


class FuzzyScorer:
    """RapidFuzz ``ratio`` with the nearest paraphrases by vector, and with some of the standard questions BM25 likes best."""

    name = fuzzy_closest_faq_match.NAME

    def __init__(self, index: LargeIndex) -> None:
        self._index, self._starts = index, index.corpus.starts

    def score(self, utterance: str, candidates: Candidates) -> QuestionScores:
        """The best ratio of each candidate that has a paraphrase among those compared, else 0."""
        owners, index = candidates.owners, self._index
        values, nearest = [0.0] * len(owners), dict[int, int]()
        liked, hits = candidates.liked[:_LIKED], candidates.hits[:_NEAREST]
        firsts = self._starts.take(owners[liked])
        counts = np.minimum(self._starts.take(owners[liked] + 1) - firsts, _OF_LIKED)
        of_liked, whose = spread(firsts, counts)
        rows = np.concatenate([owners.searchsorted(index.corpus.owners.take(hits)), liked.take(whose)])
        places = np.concatenate([hits, of_liked])
        for row, place, text in zip(rows.tolist(), places.tolist(), index.texts.some(places), strict=True):
            score = ratio(utterance, text) / 100
            if score > values[row]:
                values[row], nearest[row] = score, place
        originals = index.originals

        def matched(row: int) -> str | None:
            place = nearest.get(row)
            return None if place is None else originals[place]

        return QuestionScores(np.array(values, dtype=np.float32), matched)


class ProposedScorer:
    """Any other module: what it proposes itself, of which candidates keep their score."""

    def __init__(self, matcher: Matcher, labels: Sequence[int]) -> None:
        self._matcher, self._owner_of = matcher, {label: owner for owner, label in enumerate(labels)}

    @property
    def name(self) -> str:
        """The module's own."""
        return self._matcher.name

    def score(self, utterance: str, candidates: Candidates) -> QuestionScores:
        """The scores of the candidates that the module names."""
        row_of = {owner: row for row, owner in enumerate(candidates.owners.tolist())}
        values = np.zeros(len(row_of), dtype=np.float32)
        found: dict[int, FaqCandidate] = {}
        for one in self._matcher.match(utterance, _PROPOSED):
            row = row_of.get(self._owner_of[one.label])
            if row is not None:
                values[row], found[row] = one.score, one
        return QuestionScores(values, lambda row: found[row].matched if row in found else None)


def build_scorers(
    names: Sequence[str], index: LargeIndex, encoder: Encoder, settings: Mapping[str, Settings]
) -> tuple[CandidateScorer, ...]:
    """The modules ``names`` over ``index``.

    Raises:
        ConfigError: A name that is not known, or one that is there twice.
    """
    check_names(names)
    built_in: dict[str, CandidateScorer] = {
        scorer.name: scorer for scorer in (VectorScorer(index), FuzzyScorer(index))
    }
    others = [name for name in names if name not in built_in]
    if others:
        corpus = index.corpus
        questions = QuestionIndex(corpus.texts, corpus.owners, len(corpus.questions))
        context = ModuleContext(corpus, encoder, index.vectors, questions)
        matchers = zip(others, build_modules(others, context, settings), strict=True)
        built_in |= {name: ProposedScorer(matcher, corpus.labels) for name, matcher in matchers}
    return tuple(built_in[name] for name in names)
