"""What a graph measures, and within which bounds: so that 120Hz or 5000毫安 finds its attribute in any of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from chatbot.knowledge_graph.columns import Columns, MeasureGroup
from chatbot.knowledge_graph.phrases import QuantityPhrase
from chatbot.knowledge_graph.plan import Path
from chatbot.knowledge_graph.units import COUNT, DATE, MONEY, PERSONS, UnitTable
from chatbot.planning.bare_units import unit_left_out
from chatbot.planning.links import Link
from chatbot.planning.money import budget, plain_money
from chatbot.regex import regex

_HEADER = "实体"
_STORAGE, _GRAMS, _WATT = "存储", "g", "瓦"
_WAN = 10_000
_SIZES = frozenset((2, 3, 4, 6, 8, 12, 16, 18, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048))
_AT_MOST, _AT_LEAST = regex("上限|最[多大高长]|满[员团]"), regex("下限|最[少小低短]")
_NO_BUDGET = 100  # from so many on a bare number is seldom said of 万
_LESS, _MORE = 0.5, 2.0  # times the lowest and the highest value: what people may have in mind


class Measured:
    """Built once for a graph; what it tells is worked out when first asked."""

    def __init__(self, columns: Columns, units: UnitTable, price: Path | None) -> None:
        self._columns, self._units, self._price = columns, units, price

    @cached_property
    def units(self) -> frozenset[str]:
        """The units in which any attribute is mostly given."""
        return frozenset(group.unit for groups in self._columns.groups for group in groups)

    @cached_property
    def _paths(self) -> Mapping[str, tuple[Path, ...]]:
        found: dict[str, list[Path]] = {}
        for path, groups in zip(self._columns.paths, self._columns.groups, strict=True):
            plain = [group for group in groups if not group.label]  # 大1匹 stands beside 1.5匹
            if path[0] != _HEADER and plain and len({group.dimension for group in groups}) == 1:
                found.setdefault(plain[0].dimension, []).append(path)
        return {dimension: tuple(paths) for dimension, paths in found.items()}

    def alone(self, phrase: QuantityPhrase) -> Path | None:
        """The only attribute that is measured in the dimension of ``phrase`` and has values about there; of several the only
        one that is given in its unit (1.5匹 is no 制冷量 in watts), or that is named after such a bound (人数上限)."""
        if phrase.dimension in (COUNT, DATE, MONEY) or (phrase.exact and phrase.unit == PERSONS):
            return None  # two who travel are no bound
        near = [p for p in self._paths.get(phrase.dimension, ()) if self._holds(p, phrase)]
        alike = [p for p in near if phrase.unit in {group.unit for group in self._groups(p)}]
        limits = [path for path in alike if _limits(path, phrase)]
        return next((those[0] for those in (near, alike, limits) if len(those) == 1), None)

    def _groups(self, path: Path) -> Sequence[MeasureGroup]:
        column = self._columns.column(path)
        return column.groups if column else ()

    def may_cost(self, phrase: QuantityPhrase) -> bool:
        """Whether a number is about as high as what is sold here costs, in yuan: 3000以内 of telephones."""
        return self._price is not None and self.may_be(self._price, phrase)

    def may_be(self, path: Path, phrase: QuantityPhrase) -> bool:
        """Whether a number is about as high as the values of an attribute are, in its base unit."""
        lowest, highest = self._bounds(path)
        ends = list(_ends(phrase))
        return bool(ends) and all(lowest * _LESS <= end <= highest * _MORE for end in ends)

    def rather_money(self, paths: Sequence[Path], phrase: QuantityPhrase) -> bool:
        """Whether a bare bound is about as high as prices are, and far from all values of ``paths``: 一级能效3000以内."""
        if not paths or plain_money(phrase) is None or not self.may_cost(phrase):
            return False
        return not any(path == self._price or self._could_be(path, phrase) for path in paths)

    def _could_be(self, path: Path, phrase: QuantityPhrase) -> bool:
        """Whether a bare number may be said of the attribute, in its unit or in one that is left out in talk."""
        found = self._columns.resolve(path)
        if found is None or found[0].main is None or unit_left_out(phrase, path, self._columns):
            return True
        lowest, highest = self._bounds(found[0].path)
        factor = float(found[0].main.factor)
        return all(lowest * _LESS <= end * factor <= highest * _MORE for end in _ends(phrase))

    def named_before(self, links: Sequence[Link], phrase: QuantityPhrase) -> Path | None:
        """What is named last of ``links``, where a bare bound lies among its values and is no budget: 离地高的suv 190以上."""
        bare = not phrase.unit and phrase.dimension == COUNT and not phrase.exact
        if not bare or any(end < _NO_BUDGET for end in _ends(phrase)):
            return None
        for link in reversed(links):
            paths = link.attribute.paths if link.attribute else ()
            paths = paths or ((link.degree.path,) if link.degree and link.degree.path else ())
            if found := next(
                (path for path in paths if path != self._price and self._lies_in(path, phrase)), None
            ):
                return found
        return None

    def _lies_in(self, path: Path, phrase: QuantityPhrase) -> bool:
        """Whether a bare number is one of the values of an attribute, in its own unit."""
        found = self._columns.resolve(path)
        if found is None or found[0].main is None:
            return False
        lowest, highest = self._bounds(found[0].path)
        return all(lowest <= end * float(found[0].main.factor) <= highest for end in _ends(phrase))

    def money(self, phrase: QuantityPhrase) -> QuantityPhrase | None:
        """A bare bound as yuan, where things cost about so many, else as ten thousands of them; ``None`` for no amount."""
        plain = plain_money(phrase)
        return plain if plain and self.may_cost(phrase) else budget(phrase)

    def meant(self, phrase: QuantityPhrase) -> QuantityPhrase:
        """16g of what has 16GB, and weighs no 16 grams; 67w of what takes 67 watts, and costs no 670,000 yuan."""
        if phrase.unit == _GRAMS and self._paths.get(_STORAGE) and all(e in _SIZES for e in _ends(phrase)):
            return replace(phrase, unit="GB", dimension=_STORAGE)
        if phrase.assumed and "w" in phrase.text and _WATT in self.units and not self.may_cost(phrase):
            low, high = (end / _WAN if isinstance(end, float) else end for end in (phrase.low, phrase.high))
            return replace(phrase, low=low, high=high, unit=_WATT, dimension="功率", assumed=False)
        return phrase

    def _holds(self, path: Path, phrase: QuantityPhrase) -> bool:
        lowest, highest = self._bounds(path)
        factor = self._factor(phrase.unit)
        return any(lowest <= end * factor <= highest for end in _ends(phrase))

    def _factor(self, spelled: str) -> float:
        unit = self._units.find(spelled)
        return float(unit.factor) if unit else 1.0

    def _bounds(self, path: Path) -> tuple[float, float]:
        column = self._columns.column(path)
        if column is None or not len(column.low):
            return 0.0, 0.0
        return float(column.low.min()), float(column.high.max())


def _limits(path: Path, phrase: QuantityPhrase) -> bool:
    """Whether the name says that no more, or no less, than its value is possible, as the bound asks for."""
    named = _AT_MOST if phrase.low is None else _AT_LEAST if phrase.high is None else None
    return named is not None and named.search(path[-1]) is not None


def _ends(phrase: QuantityPhrase) -> Iterator[float]:
    return (end for end in (phrase.low, phrase.high) if isinstance(end, float))
