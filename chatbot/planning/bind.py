"""Which attribute a quantity is about: the one named beside it, else the one its unit or dimension stands for."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.directions import Directions
from chatbot.knowledge_graph.phrases import QuantityPhrase
from chatbot.knowledge_graph.plan import AllOf, Clause, Condition, Path
from chatbot.knowledge_graph.units import COUNT, MONEY
from chatbot.planning.bare_units import unit_left_out
from chatbot.planning.by_unit import broken_through, long_as_a_car, meant_by_unit
from chatbot.planning.links import Link
from chatbot.planning.measured import Measured
from chatbot.planning.money import as_money, in_counts, times
from chatbot.planning.ranges import in_ranges, lying_within
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

NEAR = 6  # characters between an attribute and its quantity
_COUNTED = {"座": "座位", "门": "车门", "缸": "气缸", "挡": "档位", "档": "档位"}
_COUNTED_BY = regex(r"[\d一二两三四五六七八九十]个?([座门缸挡档])")
_COUNTED_IN = {"油耗", MONEY}  # 5个油, 20个
_EXTENT = regex(r"(?:车身?|全)?([长宽高])度?")
_EXTENTS = frozenset("长宽高")
_NEARLY = 0.03
_SIZES = "英寸"  # a unit that sizes are named in
_SPEED = "速度"
_DRIVES = regex("(?:最[快高多])?(?:能|可以|会)?[跑开飙走](?:得?到|得|的)?")
_GAP = 3  # characters between 长 and its quantity
_DIGITS = regex(r"\d+(?:\.\d+)?")
_NEXT = regex(r"[,、且和并]?|但|并且|而且")


@dataclass(frozen=True, slots=True)
class Bound:
    """A quantity and its attribute; ``by`` is the link that names it, if one does."""

    path: Path
    phrase: QuantityPhrase
    by: Link | None = None


@dataclass(frozen=True, slots=True)
class Misfit:
    """A quantity that cannot be said of the attribute beside it (续航30万), or of none."""

    path: Path
    phrase: QuantityPhrase


class Binder:
    """Binds by words first, then by dimension."""

    def __init__(self, vocabulary: Vocabulary, directions: Directions, measured: Measured) -> None:
        self._vocabulary, self._directions, self._measured = vocabulary, directions, measured

    def bind(
        self, at: int, links: Sequence[Link], text: str, last: Path | None = None
    ) -> Bound | Misfit | None:
        """The attribute of the quantity ``links[at]``; ``None`` when nothing says which.

        ``last`` is what was measured before in the conversation: 500以上呢.
        """
        phrase = links[at].quantity
        assert phrase is not None
        if inherited := self._inherited(at, links, text):
            return inherited
        if extent := self._extent(at, links, text):
            return extent
        beside = [*self._before(at, links, text), *self._after(at, links, text)]
        beside = [x for x in beside if not self._measured.rather_money(_paths(x), phrase)]
        for link in beside:
            for path in _paths(link):
                if self._fits(path, phrase):
                    return Bound(path, self._in_its_unit(path, phrase), link)
        behind = next((x for x in beside if x.attribute and x.start == links[at].end), None)
        told = phrase.unit == _SIZES or (phrase.exact and phrase.text.endswith("个"))
        if behind and behind.attribute and told:  # 20寸轮毂 is no size of a screen, 四个气囊 no price
            return Misfit(behind.attribute.paths[0], phrase)
        if (
            last
            and not self._measured.rather_money((last,), phrase)
            and not phrase.unit
            and phrase.dimension == COUNT
            and not any(link.attribute for link in beside)
        ):
            return Bound(last, self._in_its_unit(last, phrase))
        return self._usual(at, links, text, beside)

    def _usual(
        self, at: int, links: Sequence[Link], text: str, beside: Sequence[Link]
    ) -> Bound | Misfit | None:
        """What the unit or the dimension stands for, unless an attribute is named that it does not fit."""
        phrase = links[at].quantity
        assert phrase is not None
        if phrase.dimension == MONEY:  # 有氛围灯的10万以内
            beside = [link for link in beside if not self._says_whether(link)]
        if default := self.default(phrase):
            close = next((x for x in beside if x.attribute and self._adjacent(x, links[at], text)), None)
            driven = phrase.dimension == _SPEED and close and _DRIVES.fullmatch(close.text)
            if close and close.attribute and self._measures(close) and not driven:
                return Misfit(close.attribute.paths[0], phrase)
            phrase = self._in_its_unit(default, phrase) if _named_in(default, phrase) else as_money(phrase)
            return Bound(default, phrase)
        if named_before := self._measured.named_before(links[:at], phrase):
            return Bound(named_before, self._in_its_unit(named_before, phrase))
        if (price := self._budget(phrase)) and not any(map(self._measures, beside)):
            return price
        named = next((x.attribute.paths[0] for x in beside if x.attribute), None)
        return Misfit(named, phrase) if named else None

    def _says_whether(self, link: Link) -> bool:
        """天窗, 四驱: what is there or not, and no number."""
        return link.attribute is not None and link.attribute.paths[0] in self._vocabulary.flags

    def _measures(self, link: Link) -> bool:
        return link.attribute is not None and bool(self._vocabulary.dimension(link.attribute.paths[0]))

    def _budget(self, phrase: QuantityPhrase) -> Bound | None:
        """四驱 30以内: a bare bound where nothing says what is measured is the price; 3000以内 of what costs so much."""
        price, money = next(iter(self._vocabulary.concepts.paths("价格")), None), self._measured.money(phrase)
        return Bound(price, money) if price and money else None

    def condition(self, bound: Bound, *, budget: bool, verify: bool) -> Clause:
        """What the quantity demands; a plain one means at most, at least, about or just that, as one would say."""
        path = bound.path
        phrase = broken_through(bound.phrase, self._vocabulary.dimension(path))
        if in_ranges(self._vocabulary.columns, path):
            return lying_within(path, phrase)
        if phrase.exact and isinstance(phrase.low, float):
            phrase = self._loosened(phrase, path, budget=budget, verify=verify)
        found = phrase.conditions(path)
        return found[0] if len(found) == 1 else AllOf(found)

    def _loosened(self, phrase: QuantityPhrase, path: Path, *, budget: bool, verify: bool) -> QuantityPhrase:
        measured = self._vocabulary.dimension(path) not in (COUNT, "日期", "")
        if phrase.dimension in (COUNT, "日期") and not phrase.unit and not measured:
            return phrase
        if phrase.dimension == MONEY and not (budget or verify):
            return phrase.around()
        if phrase.unit == _SIZES and not verify and isinstance(phrase.low, float) and phrase.low % 1:
            return phrase  # 15.6寸中控屏 is a kind of screen; 15寸 may be rounded
        way = self._directions.of(path[-1])
        if path[-1] in _EXTENTS and isinstance(phrase.low, float):  # 有5米长吗, 长5米的
            return replace(phrase, high=None) if verify else phrase.around(_NEARLY)
        if (phrase.dimension == COUNT and not measured) or way is None:
            return phrase
        return replace(phrase, low=None) if way == "down" else replace(phrase, high=None)

    def _before(self, at: int, links: Sequence[Link], text: str) -> list[Link]:
        start = links[at].start
        for link in reversed(links[:at]):
            gap = text[link.end : start]
            if link.quantity or any(mark in gap for mark in ",;。、但而") or start - link.end > NEAR:
                break
            if _paths(link):
                return [link]
            if link.entity or link.value or link.plays("or", "and"):
                break
        return []

    def _after(self, at: int, links: Sequence[Link], text: str) -> list[Link]:
        end = links[at].end
        for link in links[at + 1 :]:
            if link.start - end > 3 or link.quantity or any(m in text[end : link.start] for m in ",;。、"):
                break
            if link.attribute:
                return [link]
            if link.value or link.entity or link.degree or link.plays("or", "and", "not"):
                break
        return []

    @staticmethod
    def _adjacent(link: Link, quantity: Link, text: str) -> bool:
        gap = text[link.end : quantity.start] if link.end <= quantity.start else "…"
        return gap in ("", "要", "是", "在", "有", "得", "能", "的")

    def _fits(self, path: Path, phrase: QuantityPhrase) -> bool:
        dimensions = self._vocabulary.dimensions(path)
        if phrase.dimension in dimensions or self._counts_so_many(path, phrase):
            return True
        if not phrase.unit or (in_counts(phrase) and self._vocabulary.dimension(path) in _COUNTED_IN):
            return bool(dimensions)
        if _named_in(path, phrase):
            return True
        found = self._vocabulary.columns.resolve(path)
        main = found[0].main.unit if found and found[0].main else ""
        whole = bool(main) and phrase.dimension != _SPEED and phrase.unit.startswith(f"{main}/")
        return main.startswith(f"{phrase.unit}/") or whole

    def _counts_so_many(self, path: Path, phrase: QuantityPhrase) -> bool:
        """保额300万, which is no money by its unit."""
        counts = phrase.assumed and self._vocabulary.dimension(path) == COUNT
        return counts and self._measured.may_be(path, phrase)

    def _inherited(self, at: int, links: Sequence[Link], text: str) -> Bound | None:
        """200千瓦以上300以下: a bare bound right behind another one measures the same."""
        before, phrase = links[at - 1].quantity if at else None, links[at].quantity
        if before is None or phrase is None or phrase.exact or before.dimension == "日期":
            return None
        if not _NEXT.fullmatch(text[links[at - 1].end : links[at].start]):
            return None
        other_end = (before.low is None) != (phrase.low is None) and before.dimension == phrase.dimension
        if phrase.unit and not (other_end and before.unit):
            return None  # 续航500往上 15个以内
        bound = self.bind(at - 1, links, text)
        if not isinstance(bound, Bound) or self._measured.rather_money((bound.path,), phrase):
            return None  # 500升以上3000以内
        if phrase.unit:  # 2.9米以上3米以下
            return Bound(bound.path, self._in_its_unit(bound.path, phrase))
        last = bound.phrase
        by = _scale(last)
        phrase = replace(phrase, low=times(phrase.low, by), high=times(phrase.high, by))
        return Bound(bound.path, replace(phrase, unit=last.unit, dimension=last.dimension))

    def _in_its_unit(self, path: Path, phrase: QuantityPhrase) -> QuantityPhrase:
        """油耗5个 counts what the attribute measures; a bare 20 of a price is 20万."""
        main = self._vocabulary.dimension(path)
        if self._counts_so_many(path, phrase) or (main == COUNT and _named_in(path, phrase)):
            return replace(phrase, unit="", dimension=COUNT)
        if main == MONEY and not phrase.unit:
            money = as_money(replace(phrase, unit="个", text=phrase.text + "个"))
            return money if money.dimension == MONEY else phrase
        if in_counts(phrase) and phrase.dimension not in self._vocabulary.dimensions(path):
            return as_money(phrase) if main == MONEY else replace(phrase, unit="", dimension=COUNT)
        unit = self._vocabulary.unit(path)
        if phrase.unit or phrase.dimension != COUNT or not unit or main in ("", COUNT):
            return phrase
        said = unit_left_out(phrase, path, self._vocabulary.columns) or unit
        return replace(phrase, unit=said, dimension=main)  # 续航600 is 600 km, and the reply says so

    def default(self, phrase: QuantityPhrase) -> Path | None:
        """The attribute a quantity is about when none is named: 500公里 is range, 30万 the price."""
        concepts = self._vocabulary.concepts
        if long_as_a_car(phrase) and (length := self._vocabulary.part("长")):
            return length
        counted = _COUNTED_BY.search(phrase.text)
        word = counted.group(1) if counted else ""
        if phrase.dimension == COUNT and word in _COUNTED:
            return next(iter(concepts.paths(_COUNTED[word])), None)
        if as_money(phrase) is not phrase:
            return next(iter(concepts.paths("价格")), None)
        for name in meant_by_unit(phrase):
            for path in concepts.paths(name):
                if self._fits(path, phrase):
                    return path
        return self._measured.alone(phrase)

    def _extent(self, at: int, links: Sequence[Link], text: str) -> Bound | None:
        """车长5米以上, 宽1.9米, 4米6长: a part of 长*宽*高; 轴距长2.9米 is about the wheelbase."""
        phrase = links[at].quantity
        bare = phrase is not None and not phrase.unit and phrase.dimension == COUNT  # 车长4.9以上
        if phrase is None or not (bare or phrase.dimension == "长度"):
            return None
        before = next((x for x in reversed(links[:at]) if not x.plays("so", "filler", "has", "keep")), None)
        behind = links[at + 1] if at + 1 < len(links) else None
        for link, gap in (
            (before, text[before.end : links[at].start] if before else ""),
            (behind, text[links[at].end : behind.start] if behind else ""),
        ):
            named = _EXTENT.fullmatch(link.text) if link and len(gap) <= _GAP else None
            if link is None or named is None or not (link.attribute or link.degree):
                continue
            i = links.index(link)
            told = links[i - 1] if i else None
            if link.degree and told and told.attribute and told.end == link.start:
                return None
            if path := self._vocabulary.part(named.group(1)):
                return Bound(path, self._in_its_unit(path, phrase), link)
        return None


def _named_in(path: Path, phrase: QuantityPhrase) -> bool:
    """Whether the attribute's name ends in the unit, and its values leave it out: 高压平台V."""
    name = path[-1]
    before = name[: -len(phrase.unit)][-1:]
    return bool(phrase.unit) and name.endswith(phrase.unit) and (before == "/" or not before.isascii())


def _scale(phrase: QuantityPhrase) -> float:
    """What 万 or 千 made of the number as it was written."""
    written = _DIGITS.search(phrase.text)
    end = phrase.low if isinstance(phrase.low, float) else phrase.high
    return (
        end / float(written.group()) if written and isinstance(end, float) and float(written.group()) else 1.0
    )


def _paths(link: Link) -> tuple[Path, ...]:
    """The attributes a link may name for a quantity."""
    if link.attribute:
        return link.attribute.paths
    return (link.degree.path,) if link.degree and link.degree.path and link.degree.strength == "plain" else ()


def as_conditions(clause: Clause) -> tuple[Condition, ...]:
    """The plain conditions of a clause that joins only by 且."""
    if isinstance(clause, Condition):
        return (clause,)
    if isinstance(clause, AllOf):
        return tuple(c for part in clause.clauses for c in as_conditions(part))
    return ()
