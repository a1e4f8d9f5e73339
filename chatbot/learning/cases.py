"""Bad cases in groups of one meaning, the most people first, each with what can be done about it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from chatbot.answering.knowledge import Knowledge
from chatbot.encoders.base import Encoder
from chatbot.knowledge_graph.graph import KnowledgeGraph, display_name
from chatbot.learning.grouping import meaning_groups
from chatbot.normalization.reader import Reader
from chatbot.normalization.text import content, normalize
from chatbot.store.records import BadCaseRow

NEAREST = 3
_ALIKE = 45.0
OfferKind = Literal["paraphrase", "question", "synonym", "attribute_alias", "small_talk", "ignore"]


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to do about a group: ``kind``, and to what; ``score`` in [0, 1] is how likely it fits."""

    kind: OfferKind
    target: str = ""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class CaseGroup:
    """Bad cases of one meaning. ``title`` is the most central; ``sessions`` is how many people it hurt."""

    title: str
    sessions: int
    cases: tuple[BadCaseRow, ...]
    reasons: tuple[tuple[str, int], ...]
    offers: tuple[Offer, ...] = ()


def group_cases(
    cases: Sequence[BadCaseRow], knowledge: Knowledge, encoder: Encoder, *, most: int = 200
) -> tuple[CaseGroup, ...]:
    """The ``most`` groups that hurt the most people, worst first.

    Words alone count, not the entity they are asked about: 云岚S5能贷款吗 and 这车能贷款不 are one group.
    """
    if not cases:
        return ()
    texts = [meaning(case.sent, knowledge.reader) for case in cases]
    unique = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    sessions: list[set[str]] = [set() for _ in unique]
    for case, text in zip(cases, texts, strict=True):
        sessions[unique[text]].add(case.session_id)
    weights = np.array([len(found) for found in sessions], dtype=np.int64)
    centres = meaning_groups(list(unique), encoder.encode(list(unique)), weights)
    members: dict[int, list[BadCaseRow]] = {}
    for case, text in zip(cases, texts, strict=True):
        members.setdefault(int(centres[unique[text]]), []).append(case)
    names = list(unique)
    groups = [_group(names[centre], found, knowledge) for centre, found in members.items()]
    groups.sort(key=lambda group: (-group.sessions, -len(group.cases), group.title))
    adviser = Adviser(knowledge, encoder)
    return tuple(adviser.advised(group) for group in groups[:most])


def meaning(sent: str, reader: Reader) -> str:
    """The words of ``sent`` without the entity: what it is grouped by."""
    question = content(reader.read(sent).question)
    return question or content(normalize(sent)) or sent


def _group(centre: str, cases: Sequence[BadCaseRow], knowledge: Knowledge) -> CaseGroup:
    said = Counter(case.sent for case in cases if meaning(case.sent, knowledge.reader) == centre)
    title = said.most_common(1)[0][0]
    reasons = Counter(case.reason for case in cases)
    return CaseGroup(
        title, len({case.session_id for case in cases}), tuple(cases), tuple(reasons.most_common())
    )


class Adviser:
    """Says what can be done about a group. All six kinds are always offered, the likeliest targets first."""

    def __init__(self, knowledge: Knowledge, encoder: Encoder) -> None:
        self._knowledge, self._encoder = knowledge, encoder
        self._attributes = _attribute_names(knowledge.graph)
        self._vectors: NDArray[np.float32] = encoder.encode(self._attributes)
        self._words = sorted({word for entity in knowledge.graph.entities for word in entity.keywords})

    def advised(self, group: CaseGroup) -> CaseGroup:
        """``group`` with its offers."""
        offers = [
            *self._paraphrases(group),
            *self._aliases(group),
            *self._synonyms(group),
            *self._talk(group),
        ]
        offers.sort(key=lambda offer: -offer.score)
        offers += [Offer("question"), Offer("ignore")]
        return CaseGroup(group.title, group.sessions, group.cases, group.reasons, tuple(offers))

    def _paraphrases(self, group: CaseGroup) -> list[Offer]:
        found = self._knowledge.faq.retrieve(meaning(group.title, self._knowledge.reader), NEAREST)
        return [Offer("paraphrase", one.question, round(one.confidence, 4)) for one in found]

    def _aliases(self, group: CaseGroup) -> list[Offer]:
        core = self._knowledge.reader.read(group.title).core
        if not core or not self._attributes:
            return [Offer("attribute_alias")]
        likeness = self._vectors @ self._encoder.encode([core])[0]
        best = np.argsort(-likeness, kind="stable")[:2].tolist()
        return [Offer("attribute_alias", self._attributes[at], _share(float(likeness[at]))) for at in best]

    def _synonyms(self, group: CaseGroup) -> list[Offer]:
        """A car nobody knows by that name: the words nearest to it. Else a synonym may be wanted, without a guess."""
        unknown = [case.nearest for case in group.cases if case.reason == "unknown_entity"]
        if not unknown:
            return [Offer("synonym")]
        found = process.extract(unknown[0], self._words, scorer=fuzz.ratio, limit=2, score_cutoff=_ALIKE)
        return [Offer("synonym", word, round(score / 100, 4)) for word, score, _ in found] or [
            Offer("synonym")
        ]

    def _talk(self, group: CaseGroup) -> list[Offer]:
        found = self._knowledge.small_talk.retrieve(normalize(group.title), 1)
        return [Offer("small_talk", one.question, round(one.confidence, 4)) for one in found] or [
            Offer("small_talk")
        ]


def _share(cosine: float) -> float:
    return round(
        min(max(cosine, 0.0), 1.0) * 0.5, 4
    )  # an attribute's name is short: likeness says less than it seems


def _attribute_names(graph: KnowledgeGraph) -> list[str]:
    return sorted({display_name(path[-1]) for path, node in graph.tree.items() if path and node.is_leaf})
