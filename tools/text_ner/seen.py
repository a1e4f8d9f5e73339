"""The names that training saw, as features: of each sentence only those that another sentence has too.

A name's own sentence would otherwise always find it in the list, and the model would learn to trust the list blindly.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from chatbot.normalization.aligned import same_length
from chatbot.predict.nlp.ner_features import Keys, Names, read_features
from chatbot.predict.nlp.segmenter import Segmenter
from tools.text_ner.data import Annotated

Seen = dict[str, Counter[int]]
"""For each name, how many sentences have it as which type."""


def count_names(sentences: Sequence[Annotated], kinds: Sequence[str]) -> Seen:
    """The names of all ``sentences``, written as features see them."""
    seen: Seen = defaultdict(Counter)
    for one in sentences:
        for name, kind in _own(one, kinds):
            seen[name][kind] += 1
    return seen


def names_of(seen: Seen) -> Names:
    """All that were seen."""
    return Names.of({name: tuple(sorted(types)) for name, types in seen.items()})


def training_features(
    sentences: Sequence[Annotated], kinds: Sequence[str], seen: Seen, segmenter: Segmenter
) -> Iterator[Keys]:
    """The features of each sentence, with the names that the others have."""
    names = names_of(seen)
    known = dict(names.types)
    others = Names(known, names.starts)
    for one in sentences:
        changed: dict[str, tuple[int, ...]] = {}
        for name, kind in _own(one, kinds):
            if name not in known and name not in changed:
                continue
            changed.setdefault(name, known.get(name, ()))
            left = seen[name].copy()
            for other_name, other_kind in _own(one, kinds):
                if other_name == name:
                    left[other_kind] -= 1
            types = tuple(sorted(kind for kind, count in left.items() if count > 0))
            if types:
                known[name] = types
            else:
                known.pop(name, None)
        yield read_features(one.text, segmenter, others)
        known.update(changed)


def _own(one: Annotated, kinds: Sequence[str]) -> set[tuple[str, int]]:
    return {(same_length(one.text[span.start : span.end]), kinds.index(span.kind)) for span in one.spans}
