"""An utterance as links: what each part of it may mean, left to right, and what is left unexplained."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from chatbot.knowledge_graph.phrases import find_quantities
from chatbot.knowledge_graph.plan import AllOf, Clause
from chatbot.knowledge_graph.units import UnitTable
from chatbot.normalization.entity import EntityLink
from chatbot.normalization.mentions import MentionFinder
from chatbot.normalization.pinyin import PinyinDecoder
from chatbot.normalization.text import content, normalize
from chatbot.planning.links import AttributeSense, EntitySense, Link, QuantitySense, RoleSense, Sense
from chatbot.planning.measures import asked_measures
from chatbot.planning.places import QUANTITY_WORDS, bare_numbers, find_places
from chatbot.planning.roles import role_words
from chatbot.planning.sound_repair import SoundRepair
from chatbot.planning.vocabulary import Vocabulary

MAX_SCAN = 200
MAX_MENDING = 2  # a mended word may let the next one be seen
_CHIP_COUNT = re.compile(r"\s*\(\d+\)\s*$")
_BARE_YEAR = re.compile(r"(?<![\d.])(20[12]\d)(?=[\u4e00-\u9fff]|$|\s)(?![年款以之前后到至万元公])")
_YEAR_OF_MODEL = re.compile(r"(?<=[\u4e00-\u9fff])(2\d)(?=的)")
_HAVE_HOW_MANY = re.compile(r"有(几个?|多少个?)[\u4e00-\u9fff]{1,4}")
_HESITATION = re.compile(r"[呃嗯]+[,，、。…\s]*|^(?:那个|这个|就是说|就是)[,，、。…\s]+")
_HUNDRED = re.compile(r"(?<![\d一二三四五六七八九十百千几两半])(?=百万|千万)")
_TEN_THOUSAND = re.compile(r"万万|(?<=\d)wan(?![a-z])")
_DE = re.compile(r"\s*\bde\b\s*")
_TWICE = re.compile(r"([^\W\d])\1+")  # 油油耗
_SHORT_YEAR = re.compile(
    r"(?<![\d.])(2\d)年(?=[底初上下以之]|\d{1,2}月|.{0,4}(?:上市|出的|发布|新车|的车))(?!以[内上])"
)
_INSIDE = re.compile(r"(?<=[\d万秒升米里w块元个座])(?:[以一义意议已亿依之][内里类類])(?![饰容])")
_POINTING = re.compile(r"[那这](?=\d)")  # 那25万以内 is a quantity, 那2个 is not
_VERSUS = re.compile(r"(?<=[\u4e00-\u9fff])(vs|pk)(?=[a-z0-9\u4e00-\u9fff])")
_GRAMMAR = {
    "or",
    "not",
    "count",
    "list",
    "which",
    "compare",
    "total",
    "typical",
    "average",
    "nearest",
    "others",
}
_HOW_MANY = re.compile(r"([\u4e00-\u9fff]{2,5})有(?:几个|多少个)")
_MARKS = r",.;:!?~。、 …"


def _courtesies(noise: list[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Noise before and behind a question; what is but one character only where a mark sets it apart."""
    long = "|".join(sorted((w for w in noise if len(w) > 1), key=len, reverse=True))
    short = "".join(w for w in noise if len(w) == 1)
    before = re.compile(rf"^(?:(?:{long})[{_MARKS}]*|[{short}]+[{_MARKS}]+)+")
    return before, re.compile(rf"(?:[{_MARKS}]*(?:{long})|[{_MARKS}]+[{short}]|[{_MARKS}])+$")


def always() -> bool:
    """Typos are looked for wherever a word is not known."""
    return True


@dataclass(frozen=True, slots=True)
class Scan:
    """``links`` by position in ``text``; ``unknown`` are the stretches of content that nothing explains.

    ``mended``: the text is not as it was typed. ``asides`` are clauses that are no part of the question;
    ``took_back`` and ``instead``: what was corrected in mid-sentence, and what counts in its place.
    """

    text: str
    links: tuple[Link, ...]
    unknown: tuple[str, ...]
    coverage: float
    mended: bool = False
    asides: tuple[str, ...] = ()
    took_back: str = ""
    instead: str = ""

    @property
    def score(self) -> float:
        """The weakest link, times the share of the content that is explained."""
        return min((link.score for link in self.links), default=0.0) * self.coverage


class Scanner:
    """Reads text against a vocabulary; the same text gives the same links."""

    def __init__(
        self, vocabulary: Vocabulary, units: UnitTable, decoder: PinyinDecoder | None = None
    ) -> None:
        self._vocabulary, self._units = vocabulary, units
        self._names = frozenset(vocabulary.entities.names)
        self._finder, self._common = vocabulary.finder, vocabulary.common_words
        noise = [word for word, roles in role_words().items() if roles == ("noise",)]
        self._noise_before, self._noise_behind = _courtesies(noise)
        said = [word for words in vocabulary.concepts.words.values() for word in words]
        words = [*said, *vocabulary.entities.names, *_mendable(self._finder)]
        self._repair = SoundRepair(words, self._finder.aliases, decoder)

    def scan(self, utterance: str, *, mend: Callable[[], bool] = always) -> Scan:
        """Links of the text as written; where parts of it stay unknown, and ``mend`` agrees, of how it sounds."""
        first = self.as_written(normalize(utterance))
        return self.mended(first) if first.unknown and self.mendable(first) and mend() else first

    def as_written(self, text: str) -> Scan:
        """Links of a normalised ``text``, nothing mended."""
        text = _HESITATION.sub("", _CHIP_COUNT.sub("", text[:MAX_SCAN]))
        text = _TEN_THOUSAND.sub("万", text)
        text = _HOW_MANY.sub(self._counted, self._without_noise(text))
        text = _HUNDRED.sub("一", text)
        text = _HAVE_HOW_MANY.sub(self._plainly, text)
        text = _YEAR_OF_MODEL.sub(self._model_year, text)
        text = _SHORT_YEAR.sub(r"20\1年", text)
        text = _VERSUS.sub(r" \1 ", _BARE_YEAR.sub(r"\1款", text))
        return self._read(text, fuzzy=False)

    def mendable(self, scan: Scan) -> bool:
        """Whether what is not known may be a slip; a kind of thing that the graph lacks is none."""
        return not self._vocabulary.lacks(scan.text)

    def mended(self, first: Scan) -> Scan:
        """``first`` with its unknown words read by how they sound and what they look like."""
        text = first.text
        spans = [(link.start, link.end) for link in first.links]
        mended = self._repair.letters(text, [s for s in spans if text[s[0] : s[1]].isascii()])
        mended = normalize(_DE.sub("的", mended)) if mended != text else text
        best = self._read(mended, fuzzy=False) if mended != text else first
        if best.unknown and (once := _TWICE.sub(r"\1", best.text)) != best.text:
            again = self._read(once, fuzzy=False)
            best = again if again.coverage > best.coverage else best
        latest, misspelt = best, self._names_misspelt(best)
        for _ in range(MAX_MENDING):
            repaired = self._repair.repair(latest.text, _explained(latest)) if latest.unknown else latest.text
            if repaired == latest.text and not misspelt:
                break  # it would read the same again
            latest, misspelt = self._read(repaired, fuzzy=True), False
            best = latest if latest.coverage > best.coverage else best
        return replace(best, mended=best.text != text)

    def _model_year(self, found: re.Match[str]) -> str:
        """尊享25的 is 尊享25款, where there is such a year."""
        year = f"{found.group(1)}款"
        return year if year in self._names else found.group()

    def _plainly(self, found: re.Match[str]) -> str:
        """有几个座 is 几个座, where that is a word."""
        said = found.group()[1:]
        words = [said[:end] for end in range(len(said), len(found.group(1)), -1)]
        known = any(isinstance(s, AttributeSense) for w in words for s in self._finder.aliases.get(w, ()))
        return said if known else found.group()

    def _names_misspelt(self, scan: Scan) -> bool:
        """Whether a part that is not known is like the name of an entity; a typo is looked for only where none is exact."""
        if not scan.unknown or any(link.entity for link in scan.links):
            return False
        return bool(self._vocabulary.entities.link(scan.text, besides=self._common))

    def _counted(self, found: re.Match[str]) -> str:
        """电机有几个 is 几个电机, where that is a word."""
        what = found.group(1)
        return next(
            (
                what[:i] + f"几个{what[i:]}"
                for i in range(len(what) - 1)
                if f"几个{what[i:]}" in self._finder.aliases
            ),
            found.group(),
        )

    def _without_noise(self, text: str) -> str:
        """``text`` without the courtesies before and behind the question; all of it when that is all there is."""
        inner = self._noise_behind.sub("", self._noise_before.sub("", text))
        return inner if content(inner) else text

    def _read(self, text: str, *, fuzzy: bool) -> Scan:
        text = _INSIDE.sub("以内", text)
        links = self._entities(text, fuzzy=fuzzy)
        masked = _masked(text, links)
        links += find_places(masked, links)
        masked = _masked(text, links)
        mentions = self._finder.find(masked)
        spelled = [m for m in mentions if any(c.isdigit() for c in m.alias) or "百" in m.alias]
        numbers = _blanked(masked, [(m.start, m.end) for m in spelled])
        for phrase in find_quantities(_POINTING.sub("|", numbers), self._units):
            if phrase.exact and phrase.text in self._finder.aliases:
                continue  # 两个 is a word of the grammar here
            links.append(Link(phrase.start, phrase.end, phrase.text, (QuantitySense(phrase),)))
        taken = [(link.start, link.end) for link in links]
        free = _blanked(masked, taken)
        for mention in mentions if free == masked else self._finder.find(free):
            links.append(Link(mention.start, mention.end, mention.alias, _ordered(mention.targets)))
        links += bare_numbers(text, links, self._units)
        links += asked_measures(text, links, self._units, self._vocabulary.concepts)
        links.sort(key=lambda link: link.start)
        unknown = _unexplained(text, links)
        said = len(content(text)) or 1
        return Scan(text, tuple(links), unknown, 1 - sum(map(len, unknown)) / said)

    def _entities(self, text: str, *, fuzzy: bool) -> list[Link]:
        links = []
        for found in self._vocabulary.entities.link(text, fuzzy=fuzzy, besides=self._common):
            if found.score < 1 and not found.candidates:
                continue
            sense = EntitySense(found.candidates, self._clause(found))
            for index, (start, end) in enumerate(found.spans):
                senses: tuple[Sense, ...] = (sense,) if index == 0 else (RoleSense("part"),)
                links.append(Link(start, end, text[start:end], senses, found.score))
        return links

    def _clause(self, found: EntityLink) -> Clause | None:
        """The keyword conditions that say what was named, or ``None`` when an alias is no keyword."""
        masks = [self._vocabulary.entities.mask(name) for name in found.names]
        clauses = tuple(self._vocabulary.keyword_of[m] for m in masks if m in self._vocabulary.keyword_of)
        if len(clauses) < len(masks):
            return None
        clauses = tuple(dict.fromkeys(clauses))
        return clauses[0] if len(clauses) == 1 else AllOf(clauses)


def _mendable(finder: MentionFinder[Sense]) -> list[str]:
    """Words that carry content, the words of quantities, and those of the grammar that are not said in passing."""
    words = [word for word, senses in finder.aliases.items() if len(word) > 2 or _carries(senses)]
    return [*words, *QUANTITY_WORDS]


def _carries(senses: frozenset[Sense]) -> bool:
    return any(not isinstance(sense, RoleSense) or sense.role in _GRAMMAR for sense in senses)


def _explained(scan: Scan) -> list[bool]:
    """For each character whether a link covers it."""
    known = [False] * len(scan.text)
    for link in scan.links:
        known[link.start : link.end] = [True] * (link.end - link.start)
    return known


def _ordered(targets: frozenset[Sense]) -> tuple[Sense, ...]:
    return tuple(sorted(targets, key=repr)) if len(targets) > 1 else tuple(targets)


def _masked(text: str, links: list[Link]) -> str:
    return _blanked(text, [(link.start, link.end) for link in links])


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with the spans as bars: nothing is found in or across them."""
    for start, end in spans:
        text = text[:start] + "|" * (end - start) + text[end:]
    return text


def _unexplained(text: str, links: list[Link]) -> tuple[str, ...]:
    left = _blanked(text, [(link.start, link.end) for link in links])
    return tuple(piece for piece in map(content, re.split(r"[^\w]+", left)) if piece)
