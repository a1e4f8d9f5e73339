"""What to click or say next: real questions of this knowledge base, in the words the reader understands."""

from collections.abc import Iterable, Sequence

from chatbot.answering.inquiry import Answered, Missing
from chatbot.answering.knowledge import Knowledge
from chatbot.faq_modules.base import FaqCandidate
from chatbot.knowledge_graph.graph import KnowledgeGraph, Path, display_name
from chatbot.messages import say, shown_question

_MAY_BE_MEANT = 0.08
_RELATED = 3
_LIMIT = 6
_SIBLINGS = 2


class Suggestions:
    """Deterministic: the same reply offers the same chips."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._graph = knowledge.graph

    def about(self, entity: str, besides: Sequence[Path] = ()) -> tuple[str, ...]:
        """Things to ask of one entity: its first leaves, in the order of the operator's files."""
        leaves = [path for path in self._graph.by_name[entity].telling_leaves if path not in besides]
        return tuple(self._of(entity, path) for path in leaves[:4])

    def after(self, found: Answered) -> tuple[str, ...]:
        """Follow-ups of an answer."""
        if found.source == "kg":
            chips = self._after_graph(found.entities[0], found.attributes[0])
        else:
            chips = [self._that(kin) for kin in _kin(self._graph, found.entities)[:1]]
            chips += map(shown_question, self._knowledge.related(found.question or "", _RELATED))
        return _distinct([*chips, *self._knowledge.examples], 3)

    def besides(self, found: Answered, faq: Sequence[FaqCandidate]) -> tuple[str, ...]:
        """What else may have been meant, where an answer is not sure to be to what was asked."""
        others = [one for one in faq if one.question != found.question]
        likely = [one for one in others if one.confidence >= _MAY_BE_MEANT] or others
        chips = [shown_question(one.question) for one in likely[:2]]
        return _distinct([*chips, *self._knowledge.examples[: 2 - len(chips)], say("chip_handoff")], 3)

    def instead_of(self, missing: Missing) -> tuple[str, ...]:
        """What the files do have, when what was asked is not in them."""
        chips: list[str] = []
        if missing.entities:
            entity = missing.entities[0]
            able = [k for k in _kin(self._graph, missing.entities) if self._has(k, missing.attributes)]
            chips += [self._that(name) for name in able[:2]]
            chips += self.about(entity, missing.attributes)[:2]
        return _distinct([*chips, *self._knowledge.examples[:2], say("chip_handoff")], _LIMIT)

    def may_be_meant(self, asked: str, entity: str) -> tuple[Path, ...]:
        """The attributes of ``entity`` on record that ``asked``, which names none, is nearest to."""
        leaves = self._graph.by_name[entity].leaves
        near = self._knowledge.planner.near.nearest(asked, 2 * _RELATED)
        return tuple(path for path in near if path in leaves)[:_RELATED]

    def of_each(self, entity: str, paths: Iterable[Path]) -> tuple[str, ...]:
        """The questions for ``paths`` of ``entity``."""
        return tuple(self._of(entity, path) for path in paths)

    def those(self, entities: Iterable[str]) -> tuple[str, ...]:
        """A chip for each of ``entities``, that goes on with what was asked."""
        return tuple(self._that(entity) for entity in entities)

    def _after_graph(self, entity: str, path: Path) -> list[str]:
        known = self._graph.by_name[entity]
        telling = (leaf for leaf in known.leaves if leaf == path or known.tells_more(leaf))
        siblings = _siblings(telling, path)  # no more are looked at than are offered
        chips = [self._of(entity, leaf) for leaf in siblings[:_SIBLINGS]]
        others = [kin for kin in _kin(self._graph, (entity,)) if path in self._graph.by_name[kin].leaves]
        return chips + [self._that(kin) for kin in others[:1]]

    def _has(self, entity: str, paths: Sequence[Path]) -> bool:
        return bool(paths) and all(self._knowledge.planner.vocabulary.has(entity, path) for path in paths)

    def _of(self, entity: str, path: Path) -> str:
        name = self._graph.short_names[entity]
        return say("chip_of", entity=name, attribute=display_name(path[-1]))

    def _that(self, entity: str) -> str:
        return say("chip_that", entity=self._graph.short_names[entity])


def _siblings(leaves: Iterable[Path], path: Path) -> list[Path]:
    """Leaves under the same node, those behind ``path`` first; just enough of them."""
    before: list[Path] = []
    behind: list[Path] = []
    passed = False
    for leaf in leaves:
        if leaf == path:
            passed = True
        elif leaf[:-1] == path[:-1]:
            (behind if passed else before).append(leaf)
            if len(behind) == _SIBLINGS:
                break
    return [*behind, *before]


def _kin(graph: KnowledgeGraph, entities: Sequence[str]) -> list[str]:
    """Other entities of the same series."""
    if not entities:
        return []
    return [n for n in graph.kin(entities[0]) if n not in entities]


def _distinct(chips: Iterable[str], limit: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chips))[:limit]
