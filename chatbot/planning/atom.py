"""One condition in an utterance, and where it was said."""

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.plan import Clause, Not, Path


@dataclass(frozen=True, slots=True)
class Atom:
    """One condition and where it was said. ``path`` is the attribute it is about; ``()`` for a name."""

    start: int
    end: int
    path: Path
    clause: Clause
    negated: bool = False
    kind: str = "value"

    @property
    def said(self) -> Clause:
        return Not(self.clause) if self.negated else self.clause
