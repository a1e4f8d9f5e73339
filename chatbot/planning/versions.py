"""Versions of a series told apart by a value: 两驱的 of a Q5, Model Y后驱, 5座和7座 of a GLC.

What is said right beside a series, and holds for some of it only, says which of them is meant; it is no question of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chatbot.knowledge_graph.plan import NAME, AnyOf, Clause, Condition, Plan
from chatbot.normalization.text import content
from chatbot.planning.atom import Atom
from chatbot.planning.beyond import starts
from chatbot.planning.called_so import called_so, other_kinds, wanted
from chatbot.planning.carry import lists
from chatbot.planning.clauses import the_series
from chatbot.planning.context import Context
from chatbot.planning.one_or_other import asks_which_of_two, one_or_other
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.pointing import of_the_few
from chatbot.planning.read_parts import is_brand, is_year
from chatbot.planning.versions_asked import asks_of_its_kin, checks_one, only_told, versions_asked
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

MAX_VERSIONS = 40
_BESIDE = regex(r"[的\s]?")
_JOINED = regex(r"[的\s]*(?:[和跟与、/]|还有|vs)?[\s]*")
_GOES_ON = regex(
    r"^(?:不[,，。!]|那|换成?|换做|改成|就?要)|也(?:没有?|有|带|支持|是)(?:吗|么|吧|没|是吧)?$|(?:的|呢|版|款)(?:就行|也行|就好|就可以|即可)?$"
)
_BY_HOW_MUCH = regex("(?:的|版)?(?:那[个款台])?(?:要|又|得|能|会)?(?:贵|便宜|快|慢|省)(?:了|出)?(?:多少|几)")
_ASKED_ON = regex("(?:那|那么)?[^,，。]{1,8}呢$")
_THAT_ONE = regex("的?(?:那|这)(?:一)?[个款台辆]")
_HAS_IT = regex("有[^的]{1,6}(?:吧|吗|么|没|没有|不)$")  # 24款有樱花粉吧
_SUFFIX = regex("[版型款]$")
_AND = regex(r"[版款型]?的?(?:和|跟|与|比|、|/|vs)")
_OF_ALL = ("list", "count", "head", "buy", "which", "exists", "has", "keep", "or", "others", "total")


class VersionReader:
    """Built once for a vocabulary; ``holding`` gives the entities that a plan finds."""

    def __init__(self, vocabulary: Vocabulary, holding: Callable[[Plan], tuple[str, ...]]) -> None:
        self._vocabulary, self._holding = vocabulary, holding

    def told(self, parts: Parts, context: Context) -> Parts:
        """``parts`` with values that tell versions apart turned into the things they stand for."""
        if not parts.things:
            asked_of = (
                (context.entities or context.shown) and not context.guiding and asks_which_of_two(parts)
            )
            parts = versions_asked(
                one_or_other(parts) if asked_of else parts, self._series(context), self._vocabulary
            )
        elif asks_of_its_kin(parts):
            parts = versions_asked(parts, self._series(context), self._vocabulary)
        if not parts.things:
            parts = self._named_so_in_the_list(parts, context)
            return self._that_one(parts, context) or self._of_the_series(parts, context)
        if len(parts.things) == 1 and (meant := self._elsewhere(parts, context)):
            return replace(parts, things=(meant,))
        parts = self._of_the_one_behind(self._of_the_one_before(parts))
        if (
            len(parts.things) == 1
            and parts.atoms
            and not parts.attributes
            and is_year(parts.things[0].clause)
            and not _HAS_IT.search(parts.text)
        ):
            return self._of_the_series(parts, context)
        parts = self._beside_one(one_or_other(parts))
        goes_on = _of_cars(context) and bool(context.attributes) and parts.text.endswith("呢")
        told = parts.attributes or parts.rankings or parts.categories
        asks = told or goes_on or parts.has("compare", "nearest")
        if not checks_one(parts) and (not asks or parts.has("list", "count", "buy", "exists")):
            return self._by_name(parts)
        return self._told_apart(parts)

    def _told_apart(self, parts: Parts) -> Parts:
        """The first thing of several cars, as those of them that the values beside it hold for."""
        for at, thing in enumerate(parts.things):
            if thing.single or thing.negated or is_brand(thing.clause) or len(thing.names) > MAX_VERSIONS:
                continue
            atoms = self._beside(thing, parts)
            found = [self._with(thing.names, atom, parts.text) for atom in atoms]
            if self._all_called_so(thing, atoms, parts.text):
                return replace(parts, atoms=tuple(atom for atom in parts.atoms if atom not in atoms))
            if not atoms or not all(0 < len(names) < len(thing.names) for names in found):
                continue
            if len({atom.path for atom in atoms}) > 1:
                continue
            told = tuple(
                replace(thing, names=names, clause=None, start=start, end=atom.end)
                for names, atom, start in zip(found, atoms, starts(thing, atoms), strict=True)
            )
            things = (*parts.things[:at], *told, *parts.things[at + 1 :])
            rest = tuple(atom for atom in parts.atoms if atom not in atoms)
            return replace(parts, things=things, atoms=rest)
        return parts

    def _all_called_so(self, thing: Thing, atoms: Sequence[Atom], text: str) -> bool:
        """四驱 of 260L动感型四驱, where every name says so: 260 L 4MATIC 动感型; 2.9T of Panamera 4S 2.9T."""
        said = text[atoms[0].start : atoms[0].end] if len(atoms) == 1 else ""
        return said != "" and self._called(thing.names, atoms[0].clause, said) == thing.names

    def _beside_one(self, parts: Parts) -> Parts:
        """C型号后驱和四驱差几秒: the other version of the series of the one that is named."""
        if len(parts.things) != 1 or not parts.things[0].single or not parts.has("compare", "which"):
            return parts
        thing = parts.things[0]
        values = [a for a in parts.atoms if a.kind == "value" and not a.negated and a.start >= thing.end]
        joint = parts.text[thing.end : values[0].start] if values else ""
        if not values or _AND.fullmatch(joint) is None:
            return parts
        kin = tuple(name for name in self._vocabulary.graph.kin(thing.names[0]) if name not in thing.names)
        names = self._with(kin, values[0], parts.text) if kin else ()
        if not names:
            return parts
        other = Thing(names, None, values[0].start, values[0].end)
        rest = tuple(atom for atom in parts.atoms if atom is not values[0])
        return replace(parts, things=(thing, other), atoms=rest)

    def _named_so_in_the_list(self, parts: Parts, context: Context) -> Parts:
        """5座的, of a list in which no value says so of any: those with the word in their names."""
        last = context.plan if lists(context.plan) else context.listed
        values = len(parts.atoms) == 1 and parts.atoms[0].kind == "value" and not parts.atoms[0].negated
        if not values or not lists(last) or last is None or not last.conditions:
            return parts
        names = self._holding(Plan("filter", (), (), last.conditions))
        if not 0 < len(names) <= MAX_VERSIONS:
            return parts
        return replace(
            parts, atoms=tuple(self._told_by_name(atom, names, parts.text) for atom in parts.atoms)
        )

    def _told_by_name(self, atom: Atom, names: tuple[str, ...], text: str) -> Atom:
        """``atom`` as it is where a value of any of ``names`` says so; else as those with the word in their names."""
        if atom.kind != "value" or atom.negated or self._holding(Plan("filter", names, (), (atom.clause,))):
            return atom
        found = self._having(names, atom.clause, text[atom.start : atom.end].rstrip("的"))
        if not found:
            return atom
        return replace(atom, clause=AnyOf(tuple(Condition(NAME, "=", name) for name in found)), path=NAME)

    def _by_name(self, parts: Parts) -> Parts:
        """CR-V四驱, where no value says so of any of them: those with the word in their names."""
        things = [t for t in parts.things if not (t.negated or t.referred or is_brand(t.clause))]
        if len(parts.things) != 1 or not things or len(things[0].names) > MAX_VERSIONS:
            return parts
        names = things[0].names
        return replace(
            parts, atoms=tuple(self._told_by_name(atom, names, parts.text) for atom in parts.atoms)
        )

    def _beside(self, thing: Thing, parts: Parts) -> list[Atom]:
        """The values right behind the name, or right before it."""
        end = thing.end
        for link in parts.scan.links:
            if link.plays("part") and 0 <= link.start - end <= 1:
                end = link.end
        values = [atom for atom in parts.atoms if atom.kind == "value" and not atom.negated]
        before = [
            a for a in values if a.end <= thing.start and _BESIDE.fullmatch(parts.text[a.end : thing.start])
        ]
        found: list[Atom] = []
        for atom in values:
            gap = parts.text[end : atom.start]
            if atom.start >= end and (_JOINED if found else _BESIDE).fullmatch(gap):
                found.append(atom)
                end = atom.end
        return found or before[-1:]

    def _with(self, names: Sequence[str], atom: Atom, text: str) -> tuple[str, ...]:
        """Those of ``names`` that have the value, or a word for it in their names."""
        return self._having(names, atom.clause, text[atom.start : atom.end])

    def _called(self, names: Sequence[str], clause: Clause, said: str) -> tuple[str, ...]:
        """Those of ``names`` that have a word for the value in them."""
        return called_so(names, {said, *self._vocabulary.words_for(clause), *wanted(clause)})

    def _having(self, names: Sequence[str], clause: Clause, said: str) -> tuple[str, ...]:
        holding = set(self._holding(Plan("filter", tuple(names), (), (clause,))))
        named = self._called(names, clause, said)
        return tuple(name for name in names if name in holding or name in named)

    def _that_one(self, parts: Parts, context: Context) -> Parts | None:
        """四驱那个, of those that were listed or compared: the one with that value; where several have it, any of these."""
        values = [atom for atom in parts.atoms if atom.kind == "value" and not atom.negated]
        pointed = next((a for a in values if _THAT_ONE.match(parts.text, a.end)), None)
        few = None if pointed else of_the_few(values, parts, context)
        pointed = pointed or few
        among = context.entities if len(context.entities) > 1 else context.last(2)
        if pointed is None or len(parts.atoms) != 1:
            return None
        for names in (among, context.shown):
            found = self._with(names, pointed, parts.text) if len(names) > 1 else ()
            said = parts.text[pointed.start : pointed.end]
            called = self._called(found, pointed.clause, said)  # 四驱疾风版, beside others that have 四驱 too
            found = called if len(called) == 1 else found
            if len(found) == 1 or (few and 0 < len(found) < len(names)):
                spans = (pointed.start, pointed.end)
                things = tuple(Thing((name,), None, *spans, referred=True) for name in found)
                return replace(parts, things=things, atoms=(), referred=True)
            if 0 < len(found) < len(names) <= MAX_VERSIONS:
                thing = Thing(found, None, pointed.start, pointed.end, referred=True)
                return replace(parts, things=(thing,), atoms=(), referred=True)
        return None

    def _of_the_series(self, parts: Parts, context: Context) -> Parts:
        """那两驱的呢, of the series that the conversation speaks of."""
        series = self._series(context)
        by_how_much = any(_BY_HOW_MUCH.match(parts.text, a.end) for a in parts.atoms)  # 自动的贵多少
        ranks = bool(parts.rankings) and not by_how_much
        asks_all = parts.has("head", "buy", "count", "list", "others", "total") or ranks
        if not series or not _of_cars(context) or asks_all or parts.scan.unknown or not parts.atoms:
            return parts
        wanted = [atom for atom in parts.atoms if not atom.negated]  # 不是四驱，是两驱的
        bare = bool(wanted) and (wanted[0].start, wanted[-1].end) == (0, len(parts.text))  # 四驱
        if (
            not wanted
            or any(atom.kind != "value" for atom in parts.atoms)
            or not (by_how_much or bare or _GOES_ON.search(parts.text) or only_told(parts))
        ):
            return parts
        named = [set(thing.names) for thing in parts.things]  # 2025款两驱的
        names = tuple(name for name in series if all(name in some for some in named))
        for atom in wanted:
            names = self._with(names, atom, parts.text) if names else ()
        if not names and (others := self._of_another_kind(series, wanted, parts.text)):
            thing = Thing(others, None, wanted[0].start, wanted[-1].end)
            return replace(parts, things=(thing,), atoms=(), _roles=parts._roles | {"told"})
        if not names and not named and _ASKED_ON.fullmatch(parts.text) and context.plan is None:
            lead = the_series(series[0], self._vocabulary.graph)  # 5座呢, of a series that has none
            whole = Thing(series, lead, wanted[0].start, wanted[0].start)
            return replace(parts, things=(whole,), _roles=parts._roles | {"list"})
        of_focus = not named and bool(set(context.entities[:1]) & set(names))
        if of_focus and by_how_much:
            return replace(parts, atoms=())  # 后驱的便宜多少, of the 后驱 that is spoken of
        another = of_focus and parts.text.endswith("的呢")  # 1.5T的呢 after one that is 1.5T
        names = tuple(name for name in names if name not in context.entities) if another else names
        if not names or len(names) == len(series) or (of_focus and not (bare or another)):
            return parts
        first, last = wanted[0], wanted[-1]
        thing = Thing(names, None, first.start, last.end)
        return replace(parts, things=(thing,), atoms=(), _roles=parts._roles | {"told"})

    def _of_another_kind(self, series: tuple[str, ...], wanted: Sequence[Atom], text: str) -> tuple[str, ...]:
        """电动的呢 of a Macan: of the Macan新能源, which is a series of its own."""
        names = other_kinds(self._vocabulary.graph, series[0])
        for atom in wanted:
            names = self._with(names, atom, text) if names else ()
        return names

    def _elsewhere(self, parts: Parts, context: Context) -> Thing | None:
        """后驱版 while a Model 3 is spoken of is not the one of another series that is called so."""
        thing, series = parts.things[0], self._series(context)
        if not series or thing.referred or set(thing.names) & set(series):
            return None
        word = _SUFFIX.sub("", content(parts.text[thing.start : thing.end]))
        for sense in self._vocabulary.values_of(word):
            names = self._having(series, sense.clause, word)
            if 0 < len(names) < len(series):
                return replace(thing, names=names, clause=None)
        return None

    def _of_the_one_before(self, parts: Parts) -> Parts:
        """后驱版 of Model Y后驱版 is no car of another series that is called so: the 后轮驱动版."""
        if len(parts.things) != 2 or any(thing.negated or thing.referred for thing in parts.things):
            return parts
        first, second = parts.things
        gap = parts.text[first.end : second.start]
        if is_brand(first.clause) or gap.strip("的 ") or set(first.names) & set(second.names):
            return parts
        word = _SUFFIX.sub("", content(parts.text[second.start : second.end]))
        for sense in self._vocabulary.values_of(word):
            if names := self._having(first.names, sense.clause, word):
                return replace(parts, things=(replace(first, names=names, clause=None, end=second.end),))
        return parts

    def _of_the_one_behind(self, parts: Parts) -> Parts:
        """四驱版的RAV4 names no car of another series that is called so: those RAV4 that have it."""
        if len(parts.things) != 2 or any(thing.negated or thing.referred for thing in parts.things):
            return parts
        first, second = parts.things
        named = second.clause is not None or not second.single
        if first.clause is not None or not named or set(first.names) & set(second.names):
            return parts
        if is_brand(second.clause) or parts.text[first.end : second.start].strip() not in ("", "的"):
            return parts
        word = _SUFFIX.sub("", content(parts.text[first.start : first.end]))
        for sense in self._vocabulary.values_of(word):
            if names := self._having(second.names, sense.clause, word):
                return replace(parts, things=(replace(second, names=names, clause=None, start=first.start),))
        return parts

    def _series(self, context: Context) -> tuple[str, ...]:
        return self._vocabulary.graph.kin(context.near(self._vocabulary.graph))


def _of_cars(context: Context) -> bool:
    return context.plan is None or context.plan.op in ("lookup", "verify", "compare")
