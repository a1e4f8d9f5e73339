"""Which of several things have a value, on record or by a word for it in their names: 四驱 of xDrive."""

from collections.abc import Callable, Sequence

from chatbot.knowledge_graph.plan import Clause, Plan
from chatbot.planning.atom import Atom
from chatbot.planning.called_so import called_so, wanted
from chatbot.planning.vocabulary import Vocabulary


class HavingValues:
    """Built once for a vocabulary; ``holding`` gives the entities that a plan finds."""

    def __init__(self, vocabulary: Vocabulary, holding: Callable[[Plan], tuple[str, ...]]) -> None:
        self._vocabulary, self._holding = vocabulary, holding

    def having(self, names: Sequence[str], atom: Atom, text: str) -> tuple[str, ...]:
        """Those of ``names`` that have the value, or a word for it in their names."""
        return self.of_clause(names, atom.clause, text[atom.start : atom.end])

    def called(self, names: Sequence[str], clause: Clause, said: str) -> tuple[str, ...]:
        """Those of ``names`` that have a word for the value in them."""
        return called_so(names, {said, *self._vocabulary.words_for(clause), *wanted(clause)})

    def of_clause(self, names: Sequence[str], clause: Clause, said: str) -> tuple[str, ...]:
        holding = set(self._holding(Plan("filter", tuple(names), (), (clause,))))
        named = self.called(names, clause, said)
        return tuple(name for name in names if name in holding or name in named)
