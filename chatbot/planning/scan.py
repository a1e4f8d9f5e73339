"""An utterance as links: what each part of it may mean, left to right, and what is left unexplained."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.phrases import find_quantities
from chatbot.knowledge_graph.plan import AllOf, Clause, Condition
from chatbot.knowledge_graph.units import PERSONS, UnitTable
from chatbot.normalization.entity_link import EntityLink
from chatbot.normalization.pinyin import PinyinDecoder
from chatbot.normalization.siblings import sibling
from chatbot.normalization.text import content, has_han, normalize
from chatbot.planning.asked_times import asked_times
from chatbot.planning.asked_ways import asked_degrees, asked_ways, names_no_attribute
from chatbot.planning.blanks import blanked, masked_by, unexplained
from chatbot.planning.false_readings import (
    as_they_stand,
    bounds,
    counts_people,
    counts_the_named,
    counts_the_unknown,
    is_a_code,
    is_each,
    is_half_of_a_year,
)
from chatbot.planning.links import (
    AttributeSense,
    EntitySense,
    Link,
    QuantitySense,
    RoleSense,
    Sense,
    ValueSense,
)
from chatbot.planning.measured import Measured
from chatbot.planning.measures import asked_measures
from chatbot.planning.part_names import spans_of_parts
from chatbot.planning.places import bare_numbers, find_places
from chatbot.planning.rewriting import Rewriter
from chatbot.planning.roles import role_words
from chatbot.planning.said_of_links import kind_before, kinds_said_again, said_twice, tails
from chatbot.planning.series_beside import with_its_make
from chatbot.planning.sound_repair import SoundRepair, mendable
from chatbot.planning.spaced_pinyin import BETWEEN_LETTERS, BETWEEN_SYLLABLES, run_together, with_de
from chatbot.planning.values_index import MAX_ENDS
from chatbot.planning.vocabulary import Vocabulary
from chatbot.planning.ways_said import as_said
from chatbot.regex import regex

MAX_SCAN = 200
REMEMBERED = 1024  # orders of the senses of a word
_THING = frozenset({"thing"})  # 充电桩 is not about charging: it stays unknown
_STOCK = frozenset({"thing", "stock"})  # so does 现车, and it is no slip either
MAX_MENDING = 2  # a mended word may let the next one be seen
_TWICE = regex(r"(?!慢慢|快快)([^\W\d])\1+")  # 油油耗
_INSIDE = regex(
    r"(?<=[\d万秒升米里w块元个座钱吨匹])(?:往里(?=$|[,。的])|[以一义意议已亿依之][内里类類])(?![饰容])"
)
_COUNTED_PERSONS = regex(r"(?<=[\d一二两三四五六七八九十])[个名位](?=人)")
_YEAR = regex(r"20\d\d款")
_POINTING = regex(r"[那这](?=\d)")  # 那25万以内 is a quantity, 那2个 is not


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
        self,
        vocabulary: Vocabulary,
        units: UnitTable,
        measured: Measured,
        decoder: PinyinDecoder | None = None,
        in_grammar: Callable[[str], str] = str,
    ) -> None:
        """``in_grammar`` puts the word of the grammar for what is sold, where pinyin comes to be that."""
        self._in_grammar = in_grammar
        self._vocabulary, self._measured = vocabulary, measured
        self._units = units.counting(PERSONS) if PERSONS in measured.units else units
        self._finder, self._common = vocabulary.finder, vocabulary.common_words
        pieces = vocabulary.derived.json("pieces of versions", lambda: _version_pieces(vocabulary))
        self._names = frozenset(vocabulary.entities.names)
        self._siblings = vocabulary.graph.by_name if vocabulary.graph.series_depth == 1 else {}
        leads = dict.fromkeys(e.keywords[0] for e in vocabulary.graph.entities if e.keywords)
        self._makes = tuple(dict.fromkeys(map(normalize, leads)))
        self._rewriter = Rewriter(self._finder, self._names.union(pieces), vocabulary.dimension)
        self._stock = frozenset(word for word, roles in role_words().items() if "stock" in roles)
        self._ordered = lru_cache(maxsize=REMEMBERED)(_ordered)
        said = [word for words in vocabulary.concepts.words.values() for word in words]
        self._times = asked_times(vocabulary.columns.paths, self._finder.aliases, vocabulary.dimension)
        words = [*said, *vocabulary.entities.names, *mendable(self._finder)]
        self._repair = SoundRepair(
            words,
            self._finder.aliases,
            decoder,
            vocabulary.derived.json("latin to mend to", self._latin_words),
            vocabulary.classifying_texts(),
            vocabulary.derived,
        )

    def _latin_words(self) -> list[str]:
        """suv, mpv, hud: Latin words that slips are mended to; of values only those that classify."""
        columns = self._vocabulary.columns

        def classifies(sense: Sense) -> bool:
            column = columns.column(sense.path) if isinstance(sense, ValueSense) else None
            return isinstance(sense, AttributeSense) or (column is not None and column.distinct <= MAX_ENDS)

        words = ((w, senses) for w, senses in self._finder.aliases.items() if w.isascii() and w.isalpha())
        return [word for word, senses in words if any(map(classifies, senses))]

    def as_written(self, text: str, near: str = "") -> Scan:
        """Links of a normalised ``text``, nothing mended. ``near`` is the entity that the conversation speaks of."""
        scan = self._read(self._rewriter.rewrite(text[:MAX_SCAN]), near)
        whole = with_its_make(scan.text, scan.links, self._makes, self._names)
        return self._read(whole, near) if whole else scan

    def mendable(self, scan: Scan) -> bool:
        """Whether what is not known may be a slip; a thing, or a kind of thing, that the graph lacks is none."""
        absent = self._vocabulary.lacks(scan.text) or self._vocabulary.lacks_make(scan.text)
        if absent or names_no_attribute(scan.text) or not self._stock.isdisjoint(scan.unknown):
            return False
        spans = [scan.text[start:end] for start, end in spans_of_parts(scan.text)]
        return not any(piece in span for piece in scan.unknown for span in spans)  # 轮胎多重

    def mended(self, first: Scan, near: str = "") -> Scan:
        """``first`` with its unknown words read by how they sound and what they look like."""
        text = first.text
        spans = [(link.start, link.end) for link in first.links]
        mended = self._repair.letters(text, [s for s in spans if text[s[0] : s[1]].isascii()])
        if not has_han(text):
            joined = self._without_spaces(text)  # decoded better; but xianfengban jiage are two words
            apart = self._read(normalize(with_de(mended)), near) if has_han(mended) else None
            whole = self._read(normalize(joined), near) if joined != mended else None
            if apart is None or (whole is not None and whole.coverage > apart.coverage):
                mended = joined
        elif BETWEEN_SYLLABLES.search(text):  # zui gui的轿车
            joined = normalize(self._without_spaces(text, BETWEEN_SYLLABLES))
            mended = joined if self._read(joined, near).coverage > first.coverage else mended
        mended = self._in_grammar(normalize(with_de(mended))) if mended != text else text
        best = self._read(mended, near) if mended != text else first
        if best.unknown and (once := _TWICE.sub(lambda found: found[1], best.text)) != best.text:
            again = self._read(once, near)
            best = again if again.coverage > best.coverage else best
        cut_short = best.unknown and any(link.entity for link in best.links)  # its pieces may be misheard too
        latest, misspelt = best, cut_short or self._names_misspelt(best)
        for _ in range(MAX_MENDING):
            repaired = self._repair.repair(latest.text, _explained(latest)) if latest.unknown else latest.text
            if repaired == latest.text and not misspelt:
                break  # it would read the same again
            latest, misspelt = self._read(repaired, near, fuzzy=True), False
            best = latest if latest.coverage > best.coverage else best
        return replace(best, mended=best.text != text)

    def _without_spaces(self, text: str, between: re.Pattern[str] = BETWEEN_LETTERS) -> str:
        """zui pianyi de suv: pinyin typed with a space behind each word or character, read as one run."""
        joined = run_together(text, between, self._finder.aliases)
        links = self._read(joined, "").links
        return self._repair.letters(joined, [(x.start, x.end) for x in links if x.text.isascii()])

    def _names_misspelt(self, scan: Scan) -> bool:
        """Whether a part that is not known is like the name of an entity; a typo is looked for only where none is exact."""
        if not scan.unknown or any(link.entity for link in scan.links):
            return False
        return bool(self._vocabulary.entities.link(scan.text, besides=self._common))

    def _read(self, text: str, near: str, *, fuzzy: bool = False) -> Scan:
        text = _INSIDE.sub("以内", text)
        text = _COUNTED_PERSONS.sub("", text) if PERSONS in self._measured.units else text
        links = self._entities(text, near, fuzzy=fuzzy)
        links += kinds_said_again(text, links)
        masked = masked_by(text, links)
        links += find_places(masked, links)
        links += as_said(
            asked_ways(masked_by(text, links), self._vocabulary.concepts), text, self._vocabulary
        )
        links += self._times.find(masked_by(text, links))
        links += asked_degrees(masked_by(text, links), self._finder.aliases)
        masked = masked_by(text, links)
        mentions = self._finder.find(masked)
        spelled = [m for m in mentions if any(c.isdigit() for c in m.alias) or "百" in m.alias or is_each(m)]
        spelled = [m for m in spelled if not bounds(masked, m.start, m.end)]
        numbers = blanked(masked, [(m.start, m.end) for m in spelled])
        known = {mention.start for mention in mentions} | {link.start for link in links}
        for phrase in find_quantities(_POINTING.sub("|", numbers), self._units):
            if phrase.exact and phrase.text in self._finder.aliases:
                continue  # 两个 is a word of the grammar here
            phrase = self._measured.meant(phrase)
            if is_a_code(phrase, self._measured.units) or counts_people(phrase, text):
                continue
            if is_half_of_a_year(phrase, text) or counts_the_unknown(phrase, text, known):
                continue
            if counts_the_named(phrase, text, links):
                links.append(Link(phrase.start, phrase.end, phrase.text, (RoleSense("so"),)))
                continue
            links.append(Link(phrase.start, phrase.end, phrase.text, (QuantitySense(phrase),)))
        taken = [(link.start, link.end) for link in links]
        free = blanked(masked, taken)
        for mention in mentions if free == masked else self._finder.find(free):
            links.append(Link(mention.start, mention.end, mention.alias, self._ordered(mention.targets)))
        links += bare_numbers(text, links, self._units)
        links += asked_measures(text, links, self._units, self._vocabulary.concepts, self._vocabulary.columns)
        links = tails(text, sorted(links, key=lambda link: link.start), self._vocabulary.unit)
        links = [x for x in links if x.roles not in (_THING, _STOCK) and not said_twice(x, text)]
        links = as_they_stand(links, text)
        unknown = unexplained(text, links)
        said = len(content(text)) or 1
        return Scan(text, tuple(links), unknown, 1 - sum(map(len, unknown)) / said)

    def _entities(self, text: str, near: str, *, fuzzy: bool) -> list[Link]:
        links, known = [], self._vocabulary.entities
        named = self._named(text, near, fuzzy=fuzzy)
        if not named and near and (end := kind_before(text, self._finder.find, known.in_some_name)):
            named = self._named("," * end + text[end:], near, fuzzy=fuzzy)
        for found in named:
            if found.score < 1 and not found.candidates:
                continue
            said = "".join(text[start:end] for start, end in found.spans)
            beside = self._siblings and near and sibling(near, found.candidates, said, self._siblings)
            sense = EntitySense((beside,) if beside else found.candidates, self._clause(found))
            for index, (start, end) in enumerate(found.spans):
                senses: tuple[Sense, ...] = (sense,) if index == 0 else (RoleSense("part"),)
                links.append(Link(start, end, text[start:end], senses, found.score))
        return links

    def _named(self, text: str, near: str, *, fuzzy: bool) -> tuple[EntityLink, ...]:
        known = self._finder.aliases
        return self._vocabulary.entities.link(
            text, fuzzy=fuzzy, besides=self._common, ordinary=known, near=near
        )

    def _clause(self, found: EntityLink) -> Clause | None:
        """The keyword conditions that say what was named, or ``None`` when an alias is no keyword."""
        if not found.plain:
            return None
        known = self._vocabulary.keyword_of
        rows = [self._vocabulary.entities.rows(name) for name in found.names]
        clauses = tuple(_named(known[one], found.names) for one in rows if one in known)
        if len(clauses) < len(rows):
            return None
        clauses = tuple(dict.fromkeys(clauses))
        return clauses[0] if len(clauses) == 1 else AllOf(clauses)


def _named(conditions: Sequence[Condition], names: Sequence[str]) -> Condition:
    """小米SU7 is the series, though its brand has no other; what none of the keywords is called is the most general."""
    for condition in conditions:
        said = normalize(str(condition.value)).replace(" ", "")
        if said in names or (_YEAR.fullmatch(said) and said[2:] in names):
            return condition  # 19款, though all of that year are of one series
    return conditions[0]


def _version_pieces(vocabulary: Vocabulary) -> list[str]:
    """The words of what tells the versions of a series apart."""
    words = {word for entity in vocabulary.graph.entities for word in entity.keywords[3:]}
    return sorted({piece for word in words for piece in normalize(word).split()})


def _explained(scan: Scan) -> list[bool]:
    """For each character whether a link covers it."""
    known = [False] * len(scan.text)
    for link in scan.links:
        known[link.start : link.end] = [True] * (link.end - link.start)
    return known


def _ordered(targets: frozenset[Sense]) -> tuple[Sense, ...]:
    return tuple(sorted(targets, key=repr)) if len(targets) > 1 else tuple(targets)
