"""Entity linking: names, keywords, partial names, aliases and typos in a text → entities.

Sets of entities at work are bit masks over ``KnowledgeGraph.entities``: an intersection is one machine operation. What
is kept for each alias is its sorted positions.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from chatbot.derived import Derived
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.normalization.alias_words import alias_words, weak_words
from chatbot.normalization.approximate import SOUNDS_ALIKE, ApproximateFinder, end_of, latin_of
from chatbot.normalization.denied_piece import denied_piece
from chatbot.normalization.entity_link import EntityLink
from chatbot.normalization.fragments import FragmentReader
from chatbot.normalization.grouping import grouped
from chatbot.normalization.mentions import MentionFinder
from chatbot.normalization.name_index import NameIndex
from chatbot.normalization.named import Named
from chatbot.normalization.pieces import Piece, narrowed
from chatbot.normalization.pinyin import sounds
from chatbot.normalization.postings import Postings, bits
from chatbot.normalization.sold_names import without_end
from chatbot.normalization.spellings import SUFFIXES, bare_series
from chatbot.normalization.text import normalize
from chatbot.normalization.within_words import LongerWords, without_asked_for
from chatbot.regex import regex

FUZZY_CUTOFF = 75.0
_MAKE = regex("牌(?![照子价号])")  # 不要凛川牌的
_SLIP_FROM = 4  # characters of a name that a slip is looked for in
_HAN = regex(r"[\u4e00-\u9fff]+")
_RUNS_ON = regex(
    r"\s?(?P<litres>\d\.\d)?[tl]?\s?(?:插电混动|插电式混动|插混|插电|phev|新能源|纯电动|纯电|电动)版?(?!汽车|车|的|续航里程|续航|里程|能)"
)
_MOST, _FAMILY = "最", "系列"


class EntityLinker:
    """Built once for a knowledge graph and a lexicon; reads only."""

    def __init__(
        self,
        graph: KnowledgeGraph,
        aliases: Mapping[str, tuple[str, ...]],
        derived: Derived | None = None,
        plain_words: Mapping[str, str] = MappingProxyType({}),
        ends: Collection[str] = (),
        attributes: Collection[str] = (),
    ) -> None:
        """``plain_words``: what everybody calls what a maker's word in a name says (xdrive: 四驱); ``ends``: words for what
        is sold that names end in, which are no evidence of a name; in a longer word of ``attributes`` no name is seen."""
        self._graph, self._ends, kept = graph, ends, derived or Derived()
        self._attributes, self._longer = attributes, LongerWords(attributes)
        self._keywords = {normalize(word) for entity in graph.entities for word in entity.keywords}
        told = cache(lambda: alias_words(graph.entities, aliases))
        self._masks = Postings.kept(kept, "names", lambda: told()[0])
        self._weak = Postings.kept(kept, "weak names", lambda: weak_words(graph.entities, self._masks))
        self._letters = {one for one in self._weak if len(one) == 1 and one.isascii() and one.isalpha()}
        self._beside: MentionFinder[str] = MentionFinder(dict.fromkeys(self._weak, ()))
        self._finder: MentionFinder[str] = MentionFinder(dict.fromkeys(self._masks, ()))
        typed = (alias for alias in self._masks if len(alias) >= 3)
        self._approximate = ApproximateFinder(
            typed, min_slip_length=_SLIP_FROM, cutoff=FUZZY_CUTOFF, derived=kept
        )
        names = NameIndex(graph.entities, plain_words, kept)
        self._fragments = FragmentReader(graph.entities, names, kept.json("leading", lambda: told()[1]))
        self._by_bare_name: dict[str, int] = {}
        for index, entity in enumerate(graph.entities):
            for bare in bare_series(entity.keywords):
                self._by_bare_name[bare] = self._by_bare_name.get(bare, 0) | 1 << index
        self._sold = (1 << len(graph.entities)) - 1 if ends and graph.series_depth == 1 else 0
        self._position = {entity.name: index for index, entity in enumerate(graph.entities)}

    @property
    def names(self) -> Iterable[str]:
        """Every alias the linker knows, normalised."""
        return self._masks

    def in_some_name(self, piece: str) -> bool:
        """Whether two or more Chinese characters stand in the name of some entity: 旗领, 至尊."""
        return len(piece) > 1 and self._fragments.index.han((1 << len(self._graph.entities)) - 1, piece) > 0

    def rows(self, alias: str) -> bytes:
        """The entities an alias stands for, as ``postings.packed`` positions in ``graph.entities``."""
        return self._masks.rows(alias) if alias in self._masks else self._weak.rows(alias)

    def link(
        self,
        text: str,
        *,
        fuzzy: bool = True,
        besides: Container[str] = (),
        ordinary: Container[str] = (),
        near: str = "",
    ) -> tuple[EntityLink, ...]:
        """Groups of mentions in reading order; mentions that fit together name one thing.

        A typo is looked for only where nothing is named exactly. Aliases in ``besides`` are not seen; pieces of names
        in ``ordinary`` only right beside another piece. ``near`` is the entity that is spoken of: what names no series
        may be of its.
        """
        found = self._link(text, fuzzy, besides, ordinary, near)
        if found and (denied := denied_piece(text, self.in_some_name, ordinary)):
            rest = self._link(denied.out_of(text), fuzzy, besides, ordinary, near)
            return denied.narrowed(rest) or found
        return found

    def _link(
        self, text: str, fuzzy: bool, besides: Container[str], ordinary: Container[str], near: str
    ) -> tuple[EntityLink, ...]:
        text = without_asked_for(text, self._attributes, self._keywords)
        mentions = (
            m for m in self._finder.find(text, self._may_begin, self._may_end) if m.alias not in besides
        )
        found = [
            Piece(m.start, m.end, m.alias, self._masks[m.alias])
            for m in mentions
            if len(m.alias) > 1 or not self.in_some_name(text[max(0, m.start - 1) : m.end])  # 汉 of 霄汉版
            if text[max(0, m.start - 1) : m.start] != _MOST  # 长续航 of 最长续航
            if not self._longer.hold(text, m.start, m.end)
        ]
        found = [self._whole(text, one) for one in found]
        series = self._series_of(near)
        if found and series and (told := self._told_at_length(text, found, series, ordinary)):
            return tuple(self._to_link(thing) for thing in told)
        if found or not self._letters.isdisjoint(text):
            found = sorted([*found, *self._named_beside(text, found, besides)], key=lambda one: one.start)
        if not found and (told := self._told(text, series, ordinary)):
            return tuple(self._to_link(thing) for thing in told)
        found = found or (self._nearest(text, besides) if fuzzy else [])
        return self._links(text, found, ordinary, series) if found else ()

    def _told_at_length(
        self, text: str, found: list[Piece], series: int, ordinary: Container[str]
    ) -> list[Named]:
        """旗悦pro of the series that is spoken of, where no more than a pro of many others would be seen."""
        if any(self._fragments.leads(Named([piece])) for piece in found):
            return []
        told = self._fragments.told(text, series, ordinary)
        held = sum(piece.end - piece.start for thing in told for piece in thing.pieces)
        return told if held > sum(piece.end - piece.start for piece in found) else []

    def _told(self, text: str, series: int, ordinary: Container[str]) -> list[Named]:
        """乐享的 of the series that is spoken of; 精英的 of any, where it is names of what is sold that are told apart so."""
        told = self._fragments.told(text, series, ordinary) if series else []
        told = told or (self._fragments.told(text, self._sold, ordinary) if self._sold else [])
        return [one for one in told if not self._longer.hold(text, one.start, one.end)]

    def misspelt(self, text: str, *, ordinary: Container[str] = ()) -> tuple[EntityLink, ...]:
        """What ``link`` finds in a text in which nothing is named exactly."""
        found = self._nearest(text, ())
        return self._links(text, found, ordinary) if found else ()

    def _links(
        self, text: str, found: list[Piece], ordinary: Container[str], series: int = 0
    ) -> tuple[EntityLink, ...]:
        groups = grouped(text, found, self._fragments.as_parts, self._fragments.widened)
        things = self._fragments.read(text, groups, ordinary)
        things = [self._of_said_kind(text, thing) for thing in self._of_its_kind(text, things)]
        if len(things) == 1 and self._may_be_of(series, things[0]):
            things = [self._fragments.refitted(text, things[0], series)]
        for thing in things:
            thing.family = text.startswith(_FAMILY, thing.end)
        return tuple(self._to_link(thing) for thing in things)

    def _of_its_kind(self, text: str, things: list[Named]) -> list[Named]:
        """cayenne e-hybrid is of the Cayenne新能源, though a series is called Cayenne; a stray max is of no other series."""
        kept: list[Named] = []
        for thing in things:
            last = kept[-1] if kept else None
            if last is None or text[last.end : thing.start].strip() or self._fragments.leads(thing):
                kept.append(thing)
            elif joined := self._fragments.having_all(last.mask, thing):  # pro of 玄影和旗享pro
                last.pieces += [replace(piece, mask=joined) for piece in thing.pieces]
            elif (kinds := self._kinds(last)) & thing.mask:
                pieces = [replace(piece, mask=kinds) for piece in last.pieces]
                kept[-1] = Named([*pieces, *thing.pieces], inherited=True)
            elif text[last.end : thing.start] == "" and (told := self._told_behind(text, last, thing)):
                last.pieces += told
            elif not all(piece.name.isascii() and piece.name.isalpha() for piece in thing.pieces):
                kept.append(thing)
        return kept

    def _told_behind(self, text: str, last: Named, thing: Named) -> list[Piece]:
        """豪华版 of 型格混动豪华版, though a car of another series is called 混动豪华版: what is left says which kind."""
        series = self._fragments.series_of(last.mask)
        if not series or thing.mask & series:
            return []
        for start in range(thing.start + 2, thing.end - 1):
            if not _HAN.fullmatch(text, thing.start, start):
                return []  # 380 of 380TSI豪华 is no kind
            pieces = self._fragments.read_on(text, start, series)
            if pieces and pieces[0].start == start and pieces[-1].end >= thing.end:
                return pieces
        return []

    def _of_said_kind(self, text: str, thing: Named) -> Named:
        """GL8插混陆尊: right behind a series what its other kind runs on; the pieces behind it are read again."""
        first = min(thing.pieces, key=lambda piece: piece.start)
        said = _RUNS_ON.match(text, first.end)
        kinds = self._by_bare_name.get(first.name, 0) if said else 0
        if said and said["litres"]:
            kinds = self._fragments.index.latin(kinds, (said["litres"],))
        if said is None or not kinds:
            return thing
        pieces = [replace(first, mask=kinds), Piece(*said.span(), said.group(), kinds)]
        rest = sorted((p for p in thing.pieces if p is not first), key=lambda piece: piece.start)
        behind = self._fragments.read_on(text, said.end(), kinds)
        for piece in behind or rest:
            if narrowed(kinds, [*pieces, piece]):
                pieces.append(piece)
        return Named(pieces, inherited=True)

    def _kinds(self, thing: Named) -> int:
        """The other kinds of a series that is named by its own name: Cayenne新能源 and Cayenne (进口) of Cayenne; of
        雅阁豪华 those that have a 豪华版 too."""
        lead, *rest = sorted(thing.pieces, key=lambda piece: piece.start)
        kinds = self._by_bare_name.get(lead.name, 0) & ~lead.mask
        return self._fragments.having_all(kinds, Named(rest)) if kinds and rest else kinds

    def _may_be_of(self, series: int, thing: Named) -> bool:
        """Whether what is named may be a version of ``series``, though another one is called so."""
        if not series or thing.mask & series:
            return False
        return thing.mask.bit_count() > 1 or not self._fragments.leads(thing)

    def _series_of(self, name: str) -> int:
        index = self._position.get(name)
        return 0 if index is None else self._fragments.series_of(1 << index)

    def _may_begin(self, alias: str, text: str, start: int) -> bool:
        """q3 of 24q3 is whole there: what stands before is the year of one."""
        year = text[max(0, start - 2) : start]
        alone = len(year) == 2 and year.isdigit() and not text[start].isdigit()
        alone = alone and not (start > 2 and text[start - 3].isascii() and text[start - 3].isalnum())
        return alone and self._fragments.index.latin(self._masks[alias], (year,)) > 0

    def _may_end(self, alias: str, text: str, end: int) -> bool:
        """model3 of model3高性能 is whole there, 探岳x of 探岳x330tsi too: what follows is of the same names."""
        if text[end - 1].isdigit() == text[end].isdigit() and (text[end].isdigit() or alias.isascii()):
            return False  # but 宋plus of 宋plusdmi112
        return self._fragments.goes_on(self._masks[alias], text, end)

    def _named_beside(self, text: str, found: list[Piece], besides: Container[str]) -> list[Piece]:
        """Short names that count only with another one: s5尊享, and both of b舒适."""
        for one in found:
            text = text[: one.start] + "|" * (one.end - one.start) + text[one.end :]
        weak = [Piece(m.start, m.end, m.alias, self._weak[m.alias]) for m in self._beside.find(text)]
        weak = [w for w in weak if w.name not in besides]
        return [w for w in weak if any(w.mask & one.mask for one in found) or self._begins(w, text)]

    def _begins(self, letter: Piece, text: str) -> bool:
        """b of b舒适: the letter of a series, and right behind it a piece of a name there."""
        if letter.name not in self._letters:
            return False
        behind = self._fragments.read_on(text, letter.end, letter.mask)
        return bool(behind) and _HAN.fullmatch(text, letter.end, behind[0].end) is not None

    def _whole(self, text: str, found: Piece) -> Piece:
        """The mention, with a 版, 型 or 款 behind it counted in, also where it is misspelt: 标准续航升级板."""
        if found.name.endswith(SUFFIXES) or found.end >= len(text):
            return found
        if _MAKE.match(text, found.end) and self._fragments.is_brand(found.name):
            return replace(found, end=found.end + 1)
        char = text[found.end]
        if char in SUFFIXES:
            return replace(found, end=found.end + 1)
        heard = sounds(char)[0]
        for suffix in SUFFIXES[:3]:
            name = found.name + suffix
            if name in self._masks and heard & sounds(suffix)[0]:
                return Piece(found.start, found.end + 1, name, self._masks[name], SOUNDS_ALIKE)
        return found

    def _nearest(self, text: str, besides: Container[str]) -> list[Piece]:
        """The one alias most like a part of ``text``, by letters or by sound."""
        near = self._approximate.nearest(text)
        if near is None or near.name in besides:
            return []
        if latin_of(near.name) != latin_of(text[near.start : near.end]):
            return []  # E9 is not E3
        if near.score != SOUNDS_ALIKE and 0 < len(without_end(near.name, self._ends)) < _SLIP_FROM:
            return []  # nor is 护肝套餐 a slip of 护心套餐
        return [Piece(near.start, end_of(near, text), near.name, self._masks[near.name], near.score)]

    def _to_link(self, thing: Named) -> EntityLink:
        meant = self._fragments.meant(thing)
        pieces = sorted(thing.pieces, key=lambda piece: piece.start)
        known = all(piece.name in self._masks or piece.name in self._weak for piece in pieces)
        return EntityLink(
            candidates=tuple(self._graph.entities[i].name for i in bits(meant)),
            spans=tuple((piece.start, piece.end) for piece in pieces),
            names=tuple(piece.name for piece in pieces),
            score=min(piece.score for piece in pieces),
            plain=known and not thing.inherited and meant == thing.mask,
        )
