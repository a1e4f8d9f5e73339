"""Everything that retrieval over very many paraphrases stands on, as arrays: built here, stored and mapped elsewhere."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.choice import PRIOR, ChoiceModel
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.large.texts import CodedTexts, ExactTexts, Lines, coded
from chatbot.faq_modules.large.units import Units, build_units, count_chars
from chatbot.faq_modules.large.vector_search import (
    IvfSearch,
    SearchPlan,
    Vectors,
    assign,
    build_search,
    calibrate,
    lists_for,
    train_centroids,
)
from chatbot.frozen import dataclass
from chatbot.normalization.pinyin import fold, readings

LARGE_FROM = 20_000
CALIBRATED_ON = 1000
_MISSING = (6, 3)  # a sixth, a third
_KEEP_CENTROIDS = 0.2  # of the paraphrases may have changed since they were trained


@dataclass(frozen=True)
class LargeIndex:
    """``texts`` and ``originals`` are those of ``corpus``; ``vectors[i]`` and ``search.cells[i]`` belong to text ``i``.

    ``syllables[u]`` is the unit ``u`` of ``sounds``; ``lengths[q]`` the mean length of the texts of standard question
    ``q``; ``trained_on`` how many of the vectors the lists were made from that are still there.
    """

    corpus: Corpus
    texts: CodedTexts
    originals: Lines
    chars: Units
    sounds: Units
    syllables: tuple[str, ...]
    exact: ExactTexts
    lengths: NDArray[np.float32]
    search: IvfSearch
    version: str
    fingerprint: str
    choice: ChoiceModel = PRIOR

    @property
    def vectors(self) -> Vectors:
        """Shape (texts, dimension)."""
        return self.search.vectors

    def heard(self) -> dict[int, str]:
        """Character → its syllable, of all that the texts have."""
        syllables = map(self.syllables.__getitem__, self.sounds.of.tolist())
        return dict(zip(self.texts.alphabet.tolist(), syllables, strict=True))


def is_large(texts: int) -> bool:
    """Whether ``texts`` paraphrases are too many to look at every one for every utterance."""
    return texts > LARGE_FROM


def build_large_index(
    corpus: Corpus, vectors: Vectors, encoder: Encoder, *, previous: LargeIndex | None = None,
    known: NDArray[np.int64] | None = None,
) -> LargeIndex:  # fmt: skip
    """The index over ``corpus``, whose texts have ``vectors``.

    ``known[i]`` is the place of text ``i`` in ``previous`` or -1: its list is then known, and while most are, so are the
    lists themselves and how many of them to read.
    """
    size = len(corpus.questions)
    texts, originals = coded(corpus.texts), Lines.of(corpus.originals)
    sounds_of, syllables = sounds(texts.alphabet, previous.heard() if previous else {})
    totals = np.add.reduceat(texts.lengths(), corpus.starts[:-1])
    with ThreadPoolExecutor() as pool:  # sorting and searching leave the interpreter to each other
        units = pool.submit(_units, texts, sounds_of, corpus.owners, size)
        exact = pool.submit(ExactTexts.of, texts)
        search = _search(corpus, vectors, encoder, previous.search if previous else None, known)
    chars, heard = units.result()
    return LargeIndex(
        corpus=replace(corpus, texts=texts, originals=originals),
        texts=texts,
        originals=originals,
        chars=chars,
        sounds=heard,
        syllables=syllables,
        exact=exact.result(),
        lengths=(totals / np.diff(corpus.starts)).astype(np.float32),
        search=search,
        version=corpus.version,
        fingerprint=encoder.fingerprint,
    )


def _units(
    texts: CodedTexts, sounds_of: NDArray[np.int32], owners: NDArray[np.int32], questions: int
) -> tuple[Units, Units]:
    """By character and by syllable."""
    counted = count_chars(texts, owners, questions)
    every = np.arange(len(texts.alphabet), dtype=np.int32)
    return build_units(counted, every), build_units(counted, sounds_of)


def sounds(
    alphabet: NDArray[np.uint32], known: Mapping[int, str]
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """The syllable of each character, as a place in the syllables that are there; ``known`` are some by character."""
    place_of: dict[str, int] = {}
    heard = (known.get(code) or syllable(chr(code)) for code in alphabet.tolist())
    places = [place_of.setdefault(sound, len(place_of)) for sound in heard]
    return np.array(places, dtype=np.int32), tuple(place_of)


def syllable(char: str) -> str:
    """What ``char`` sounds like: its commonest toneless reading, marked; what is not Chinese is itself."""
    sound = fold(readings(char)[0])
    return char if sound == char else f"/{sound}/"


def _search(
    corpus: Corpus, vectors: Vectors, encoder: Encoder, old: IvfSearch | None, known: NDArray[np.int64] | None
) -> IvfSearch:
    lists = lists_for(len(vectors))
    if old is not None and known is not None and _still_fit(old, known, lists):
        cells = np.where(known >= 0, old.cells[known], 0).astype(np.int32)
        fresh = np.flatnonzero(known < 0)
        centroids = old.centroids()
        cells[fresh] = assign(vectors[fresh], centroids)
        return build_search(vectors, centroids, cells, old.plan)
    centroids = train_centroids(vectors, lists)
    plan = SearchPlan("ivf", len(centroids), 1, 0.0, 0)
    search = build_search(vectors, centroids, assign(vectors, centroids), plan)
    return calibrate(search, encoder.encode(calibration_questions(corpus.texts)))


def _still_fit(old: IvfSearch, known: NDArray[np.int64], lists: int) -> bool:
    changed = int((known < 0).sum()) + len(old.cells) - int((known >= 0).sum())
    return old.plan.lists == lists and changed <= _KEEP_CENTROIDS * len(known)


def calibration_questions(texts: Sequence[str], count: int = CALIBRATED_ON) -> list[str]:
    """Utterances near the texts and yet not they, spread over them: by turns without a sixth and a third of a text.

    What people ask is often further from every text than a typing error is.
    """
    rng = np.random.default_rng(0)
    asked = []
    for turn, place in enumerate(np.linspace(0, len(texts) - 1, min(count, len(texts))).astype(int).tolist()):
        text = texts[place]
        gone = set(rng.permutation(len(text))[: max(1, len(text) // _MISSING[turn % 2])].tolist())
        asked.append("".join(char for at, char in enumerate(text) if at not in gone) or text)
    return asked
