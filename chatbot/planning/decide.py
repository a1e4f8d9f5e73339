"""Which operator the parts of a question ask for, and with what."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.knowledge_graph.directions import Directions
from chatbot.knowledge_graph.plan import (
    NAME,
    AnyOf,
    Clause,
    Comparator,
    Condition,
    Not,
    Order,
    Path,
    Plan,
    keyword_level,
    leaf_conditions,
)
from chatbot.planning.asked_sets import asked_right_before, asks_which_values
from chatbot.planning.atom import Atom
from chatbot.planning.atoms import joined
from chatbot.planning.clauses import kind_and_brand, paths_of
from chatbot.planning.denied_things import of_the_refused
from chatbot.planning.parts import Parts, Ranking, Thing, by_how_much
from chatbot.planning.read_parts import numeric
from chatbot.planning.usual import usual
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

NEAR_SHARE = 0.15
_NEAR_EXTENT = 0.03  # of a part of a value: no two cars differ much in their length
_WHICH_IS_BETTER = regex(
    "(?:哪|谁)(?:一?[个款台辆])?(?:更|比较)?(?:好|强|值|划算|合适|值得买)|怎么选|咋选|该选|选哪|买哪"
)
_KINDS = regex("几种|哪几[种类档]|几类|几档")
_PRICE = regex("价|多少钱")
_WHICH_KINDS = regex("(?:哪|有|分)(?:哪)?几[种类样]|什么种类|哪些种类")
_HOW_MUCH = regex("(?<![个款台辆种大长宽高重快慢远省])(?:要|得|是|花)?多少$")  # 七座的大概要多少
_MONEY = regex("钱|价")
_A_BIT = regex("点|些")
_IN_UNITS = regex(
    "(?P<加速>几秒|多少秒|零点几)|(?P<油耗>[多少]烧|烧多少|省几个油|几个油|省多少油)|(?P<电耗>省多少电|几度电)"
    "|(?P<价格>[多少]花(?:多少|几)|[差贵宜多少]了?几万|几万块?$|[差贵宜]几千)|(?P<续航>几公里|多少公里|[多少]跑(?:多少|几))"
)
_MEASURES = ("加速", "油耗", "电耗", "价格", "续航")
_TOLD_INSTEAD = (("油耗", "电耗"), ("马力", "功率"))


def measured_by(text: str) -> str:
    """What a difference or a bare question is in, by the unit it is asked in: 差几秒, 多烧多少, 贵几万; empty where it says none."""
    found = _IN_UNITS.search(text)
    return next((concept for concept in _MEASURES if found and found[concept]), "")


class Decider:
    """Parts → a plan that stands on its own; what is carried over comes before."""

    def __init__(self, vocabulary: Vocabulary, directions: Directions) -> None:
        self.vocabulary, self.columns, self.directions = vocabulary, vocabulary.columns, directions
        self.price = next(iter(vocabulary.concepts.paths("价格")), None)

    def compare(self, parts: Parts, entities: tuple[str, ...]) -> Plan | None:
        """The named things side by side, when that is what is asked."""
        if len(entities) < 2:
            return None
        ranked = tuple(self.told_of(entities, rank.path) for rank in parts.rankings)
        asked = numeric(self.vocabulary, parts.attributes)
        better = _WHICH_IS_BETTER.search(parts.text) is not None
        if not (ranked or parts.has("compare") or better or (parts.has("which") and asked)):
            return None
        if parts.attributes and not (asked or ranked):
            return None  # 座椅材质一样吗 asks for what each has
        paths = tuple(dict.fromkeys((*ranked, *asked))) or self._usual(parts, entities)
        order = parts.rankings[0].order if len(parts.rankings) == 1 else None
        return Plan("compare", entities, paths, order=order) if paths else None

    def _usual(self, parts: Parts, entities: tuple[str, ...]) -> tuple[Path, ...]:
        """The price for 差多少; what both have of the usual attributes for a comparison as such."""
        if paths := self.in_units(parts.text):
            return paths
        if self.price and any(word in parts.text for word in ("差价", "价差", "差多少", "相差", "钱")):
            return (self.price,)
        return self.usual(entities)

    def in_units(self, text: str) -> tuple[Path, ...]:
        """What the unit in the text measures: 百公里加速时间 of 几秒."""
        concept = measured_by(text)
        return tuple(self.vocabulary.concepts.paths(concept))[:1] if concept else ()

    def told_of(self, entities: Sequence[str], path: Path) -> Path:
        """``path``, or the 电耗 where 省 was taken for the 油耗 and all of ``entities`` run on electricity.

        So with 马力, which people say for power, and of which no car without an engine has a value.
        """
        if path == self.price and sum(self.raw(name, path) is not None for name in entities) == 1:
            return self._other_price(entities) or path
        paths = self.vocabulary.concepts.paths
        other = next((told for said, told in _TOLD_INSTEAD if path in paths(said)), "")
        if not other or any(self.raw(name, path) is not None for name in entities):
            return path
        return next((p for p in paths(other) if all(self.raw(n, p) is not None for n in entities)), path)

    def _other_price(self, entities: Sequence[str]) -> Path | None:
        """The list price, where only one of ``entities`` has another yet."""
        money = (p for p in self.columns.paths if _MONEY.search(p[-1]) and self.vocabulary.dimension(p))
        return next((p for p in money if all(self.raw(name, p) is not None for name in entities)), None)

    def usual(self, entities: Sequence[str]) -> tuple[Path, ...]:
        """What any of ``entities`` has of the attributes that people compare."""
        return usual(self.columns, self.vocabulary.concepts, entities)

    def _raw(self, row: int, path: Path) -> str | None:
        column = self.columns.column(path)
        return column.text_at(row) if column else None

    def raw(self, entity: str, path: Path) -> str | None:
        """The raw value of an entity."""
        return self._raw(self.columns.position[entity], path) if entity in self.columns.position else None

    def relative(self, parts: Parts, entity: str, rank: Ranking) -> Plan | None:
        """比它便宜的 …: those whose value is better than the entity's."""
        by = by_how_much(parts, rank)
        condition = self._beyond(rank, entity, by)
        if condition is None:
            return None
        parts = replace(parts, atoms=tuple(atom for atom in parts.atoms if atom is not by))
        also = [self._beyond(r, entity) for r in parts.rankings if r.path != rank.path]
        more = tuple(one for one in also if one is not None)
        others = self.clauses(replace(parts, things=tuple(t for t in parts.things if t.names != (entity,))))
        order: Order | None = rank.order
        if _A_BIT.search(parts.text[rank.start : rank.end]):  # 贵一点: the nearest first
            order = "asc" if rank.order == "desc" else "desc"
        if parts.has("count", "total"):
            return Plan("count", (), (rank.path,), (condition, *more, *others))
        return Plan("filter", (), (rank.path,), (condition, *more, *others), order)

    def between(self, parts: Parts) -> Plan | None:
        """比A贵但比B便宜的: each thing bounds what is said behind it."""
        bounds: list[Clause] = []
        for rank in parts.rankings:
            before = [t for t in parts.things if t.single and t.end <= rank.start]
            bound = self._beyond(rank, before[-1].names[0]) if before else None
            if bound is None:
                return None
            bounds.append(bound)
        others = self.clauses(replace(parts, things=()))
        return Plan("filter", (), (parts.rankings[0].path,), (*bounds, *others), "asc")

    def nearest(self, parts: Parts, entity: str) -> Plan | None:
        """跟它差不多价位的: within 15 % of its value, closest first."""
        asked = numeric(self.vocabulary, parts.attributes)
        better = tuple(rank for rank in parts.rankings if rank.strength == "more")
        ranked = () if better and _PRICE.search(parts.text) else tuple(r.path for r in parts.rankings)
        path = next(iter((*asked, *ranked)), self.price)
        if path is None or not self._around(entity, path):
            return None
        also = [self._beyond(rank, entity) for rank in better if rank.path != path]
        bounds = tuple(bound for bound in also if bound is not None)
        others = self.clauses(replace(parts, things=tuple(t for t in parts.things if t.names != (entity,))))
        return Plan("nearest", (entity,), (path,), (*self._around(entity, path), *bounds, *others))

    def _around(self, entity: str, path: Path) -> tuple[Clause, ...]:
        if (measured := self.measured(entity, path)) is None:
            return ()
        middle, unit = measured
        share = _NEAR_EXTENT if self.columns.column(path) is None else NEAR_SHARE
        bottom, top = (float(f"{middle * (1 + side * share):.6g}") for side in (-1, 1))
        return Condition(path, ">=", bottom, unit), Condition(path, "<=", top, unit)

    def measured(self, entity: str, path: Path) -> tuple[float, str] | None:
        """The number that an entity has, and its unit; of a range the middle, of 长*宽*高 the part that is meant."""
        column, label = self.columns.resolve(path) or (None, "")
        main = column.main if column else None
        if column is None or main is None or entity not in self.columns.position:
            return None
        low, high, has = column.measures(main.dimension, label)
        code = column.code_at(self.columns.position[entity])
        if code is None or not has[code]:
            return None
        return (low[code] + high[code]) / 2 / float(main.factor), main.unit

    def _beyond(self, rank: Ranking, entity: str, by: Atom | None = None) -> Condition | None:
        """What is better by ``rank`` than an entity, ``by`` so much; ``None`` where it has no value."""
        op: Comparator = "<" if rank.order == "asc" else ">"
        if by is not None:
            return self._beyond_by(rank, entity, by)
        if self.columns.column(rank.path) is None:  # a part of a value: the raw text would be all of it
            found = self.measured(entity, rank.path)
            return Condition(rank.path, op, float(f"{found[0]:.6g}"), found[1]) if found else None
        raw = self.raw(entity, rank.path)
        return Condition(rank.path, op, raw) if raw is not None else None

    def _beyond_by(self, rank: Ranking, entity: str, by: Atom) -> Condition | None:
        """比它便宜一万的: by that much at least."""
        told, found = tuple(leaf_conditions((by.clause,))), self.measured(entity, rank.path)
        ends = [c.value for c in told if isinstance(c.value, float)]
        if found is None or not ends or {c.unit for c in told} != {found[1]}:
            return None
        way = -1 if rank.order == "asc" else 1
        value = float(f"{found[0] + way * sum(ends) / len(ends):.6g}")
        return Condition(rank.path, "<=" if way < 0 else ">=", value, found[1])

    def verify(self, parts: Parts, *entities: str) -> Plan | None:
        """Whether the conditions hold for each entity."""
        if not parts.atoms:
            return None
        clauses = joined(parts.atoms, parts.scan.links, parts.text)
        return Plan("verify", entities, (), clauses)

    # -- all that match -----------------------------------------------------------------------------------

    def clauses(self, parts: Parts) -> tuple[Clause, ...]:
        """The conditions said, names included."""
        names = [*of_the_refused(parts, self.vocabulary.graph), *map(self.scope, parts.things)]
        return (
            *_brands([n for n in names if n is not None]),
            *joined(parts.atoms, parts.scan.links, parts.text),
        )

    def said(self, parts: Parts) -> tuple[Clause, ...]:
        """The conditions said, without names."""
        return joined(parts.atoms, parts.scan.links, parts.text)

    def scope(self, thing: Thing) -> Clause | None:
        """A named thing as a condition."""
        clause: Clause = thing.clause or AnyOf(tuple(Condition(NAME, "=", name) for name in thing.names))
        return Not(clause) if thing.negated else clause

    def better(self, path: Path) -> Order:
        """The order that puts the better first."""
        return "asc" if self.directions.of(path[-1]) == "down" else "desc"

    def together(self, one: Condition, other: Condition) -> bool:
        """Whether some value of the attribute holds both texts; or one is a brand, and the other a kind that it has too."""
        if one.attribute[0] == NAME[0]:
            return kind_and_brand(one, other, self.vocabulary.graph)
        column = self.columns.column(one.attribute)
        texts = column.plain if column else []
        return any(str(one.value) in text and str(other.value) in text for text in texts)

    def superlatives(self, parts: Parts, conditions: tuple[Clause, ...]) -> tuple[Plan, ...]:
        """One plan for each 最…; for 哪个快 too."""
        ranked = [r for r in parts.rankings if r.strength == "most"] or list(parts.rankings)
        plans = []
        for rank in {(r.path, r.order): r for r in ranked}.values():
            plans.append(
                Plan("superlative", (), (rank.path,), conditions, rank.order, parts.place or parts.limit or 1)
            )
        return tuple(plans)

    def aggregate(self, parts: Parts, conditions: tuple[Clause, ...], last: Plan | None) -> Plan | None:
        """The range and average of what is named; of 平均呢, after a range, of what ``last`` told the range of."""
        asked = numeric(self.vocabulary, parts.attributes)
        path = next(iter((*asked, *(r.path for r in parts.rankings))), None)
        if path is None and (_MONEY.search(parts.text) or _HOW_MUCH.search(parts.text)):
            path = self.price
        path = last.attributes[0] if path is None and last and last.op == "aggregate" else path
        return Plan("aggregate", (), (path,), conditions) if path else None

    def group(self, parts: Parts, conditions: tuple[Clause, ...]) -> Plan | None:
        """有哪些品牌: the distinct values of an attribute that holds no numbers."""
        told = {atom.path for atom in parts.atoms}  # 级别是中型SUV的车有哪些 asks for the cars
        for paths in parts.attributes:
            path = next((p for p in paths if not self.vocabulary.dimension(p)), None)
            if path is None and (
                _KINDS.search(parts.text) or asks_which_values(paths[0], parts, self.columns)
            ):
                path = paths[0]  # 高压平台有几种电压
            if path and (path not in told or asked_right_before(path, parts)):
                return Plan("group", (), (path,), conditions)
        atoms = [atom for atom in parts.atoms if atom.kind != "quantity" and not atom.negated]
        if _WHICH_KINDS.search(parts.text) and len(parts.atoms) == len(atoms) == 1 and not parts.attributes:
            atom = atoms[0]  # 天窗有哪几种, 混动分哪几种
            kept = tuple(c for c in conditions if c != atom.said) if atom.kind == "feature" else conditions
            return Plan("group", (), (atom.path,), kept) if atom.path and atom.path[0] != NAME[0] else None
        return None

    def counted_each(self, conditions: tuple[Clause, ...]) -> Plan | None:
        """宝马和奔驰各有多少款: by the attribute that several values are named of."""
        several = [c for c in conditions if isinstance(c, AnyOf)]
        paths = {path for clause in several for path in paths_of(clause)}
        if len(several) != 1 or len(paths) != 1 or NAME in paths:
            return None
        path = paths.pop()
        brand = self.vocabulary.concepts.paths("品牌") if path == keyword_level(1) else ()
        return Plan("group", (), (next(iter(brand), path),), conditions)

    def shown(self, conditions: Sequence[Clause], parts: Parts) -> tuple[Path, ...]:
        """Columns that a table shows beside those of its conditions: what was asked for, else the price."""
        asked = tuple(paths[0] for paths in parts.attributes if paths[0][0] != NAME[0])
        return asked or ((self.price,) if self.price else ())


def _brands(clauses: list[Clause]) -> tuple[Clause, ...]:
    """Several names: any of them; a name that is not wanted stays apart."""
    wanted = [c for c in clauses if not isinstance(c, Not)]
    refused = [c for c in clauses if isinstance(c, Not)]
    either = [AnyOf(tuple(wanted))] if len(wanted) > 1 else wanted
    return (*either, *refused)
