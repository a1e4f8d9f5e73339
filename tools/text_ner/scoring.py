"""Entity F1: an entity counts when its start, its end and its type are right (CoNLL 2003)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chatbot.predict.nlp.ner_model import NerModel
from chatbot.predict.nlp.ner_tags import Span
from tools.text_ner.data import Annotated


@dataclass(frozen=True, slots=True)
class Counted:
    """``right`` found and annotated, ``found`` in all, ``annotated`` in all."""

    right: int
    found: int
    annotated: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.annotated if self.annotated else 0.0

    @property
    def f1(self) -> float:
        both = self.found + self.annotated
        return 2 * self.right / both if both else 0.0


@dataclass(frozen=True, slots=True)
class EntityScores:
    """All types together, and each by itself."""

    whole: Counted
    kinds: Mapping[str, Counted]

    def as_dict(self) -> dict[str, object]:
        """For ``--json``; shares of 0 to 1."""
        return {
            "entity_f1": round(self.whole.f1, 4),
            "precision": round(self.whole.precision, 4),
            "recall": round(self.whole.recall, 4),
            "macro_f1": round(sum(one.f1 for one in self.kinds.values()) / max(1, len(self.kinds)), 4),
            "n": self.whole.annotated,
            "by_kind": {
                kind: {"f1": round(one.f1, 4), "precision": round(one.precision, 4),
                       "recall": round(one.recall, 4), "n": one.annotated}
                for kind, one in self.kinds.items()
            },
        }  # fmt: skip


def compare(pairs: Iterable[tuple[Sequence[Span], Sequence[Span]]]) -> EntityScores:
    """Of each pair, what was found and what is annotated."""
    right, found, annotated = Counter[str](), Counter[str](), Counter[str]()
    for ours, theirs in pairs:
        found.update(span.kind for span in ours)
        annotated.update(span.kind for span in theirs)
        right.update(span.kind for span in set(ours) & set(theirs))
    kinds = {
        kind: Counted(right[kind], found[kind], annotated[kind]) for kind in sorted({*found, *annotated})
    }
    return EntityScores(Counted(right.total(), found.total(), annotated.total()), kinds)


def score(model: NerModel, sentences: Sequence[Annotated]) -> EntityScores:
    """``model`` against annotations."""
    return compare((model.spans(one.text), one.spans) for one in sentences)
