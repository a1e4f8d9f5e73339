"""Versions of the series that the conversation speaks of, told by a value: 那两驱的呢, 七座的呢, 有没有四驱的."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.knowledge_graph.plan import Path
from chatbot.planning.atom import Atom
from chatbot.planning.called_so import other_kinds
from chatbot.planning.clauses import the_series
from chatbot.planning.context import Context
from chatbot.planning.having_values import HavingValues
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.versions_asked import only_told
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_GOES_ON = regex(
    r"^(?:不[,，。!]|那|换成?|换做|改成|就?要)|也(?:没有?|有|带|支持|是)(?:吗|么|吧|没|是吧)?$|(?:的|呢|版|款)(?:就行|也行|就好|就可以|即可)?$"
)
_BY_HOW_MUCH = regex("(?:的|版)?(?:那[个款台])?(?:要|又|得|能|会)?(?:贵|便宜|快|慢|省)(?:了|出)?(?:多少|几)")
_HAS_IT = regex("(?:的|版)?(?:也|就|都)*(?:有(?:吗|么|没有?)|有没有)[啊呀呢]?$")
_ALIKE = regex(
    "(?:的|版)?(?:那[个款台])?(?:也|都|跟它|和它)*(?:是)?(?:不是)?(?:一样|相同|同样|差不多)的?(?:吗|么|嘛|不|没)?"
)
_OPENINGS = ("", "那", "那么", "那个", "这个")
_ASKED_ON = regex("(?:那|那么)?[^,，。]{1,8}呢$")


class SeriesVersions:
    """Built once for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, values: HavingValues) -> None:
        self._vocabulary, self._values = vocabulary, values

    def told(self, parts: Parts, context: Context) -> Parts:
        """那两驱的呢, of the series that the conversation speaks of."""
        series = self._vocabulary.graph.kin(context.near(self._vocabulary.graph))
        by_how_much = any(_BY_HOW_MUCH.match(parts.text, a.end) for a in parts.atoms)  # 自动的贵多少
        ranks = bool(parts.rankings) and not by_how_much
        asks_all = parts.has("head", "buy", "count", "list", "others", "total") or ranks
        single = of_single_things(context) or self._one_of_its_series(context)
        if not series or not single or asks_all or parts.scan.unknown or not parts.atoms:
            return parts
        of_one = self._asks_whether_it_has(parts, context)
        if parts.has("exists") and not of_one:
            return self._some_of_it(parts, series)
        wanted = [atom for atom in parts.atoms if not atom.negated]  # 不是四驱，是两驱的
        bare = bool(wanted) and (wanted[0].start, wanted[-1].end) == (0, len(parts.text))  # 四驱
        bare = bare or _asks_of_those(parts, wanted)
        if (
            not wanted
            or any(atom.kind != "value" for atom in parts.atoms)
            or not (by_how_much or bare or of_one or _goes_on(parts))
        ):
            return parts
        named = [set(thing.names) for thing in parts.things]  # 2025款两驱的
        names = tuple(name for name in series if all(name in some for some in named))
        for atom in wanted:
            names = self._values.having(names, atom, parts.text) if names else ()
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
        told = tuple(name for name in names if name in context.entities) if len(context.entities) > 1 else ()
        names = told or names  # 四驱贵多少, of the two that were told
        names = self._most_alike(names, context.near(self._vocabulary.graph))
        thing = Thing(names, None, first.start, last.end)
        roles = parts._roles - {"nearest"} if _alike(parts) else parts._roles
        return replace(parts, things=(thing,), atoms=(), _roles=roles | {"told"})

    def _one_of_its_series(self, context: Context) -> bool:
        """Whether something was asked of one car, after all of its series were counted or listed."""
        last = context.plan
        if last is None or last.op not in ("count", "filter") or len(context.entities) != 1:
            return False
        lead = the_series(context.entities[0], self._vocabulary.graph)
        return (
            bool(context.attributes) and last.conditions == (lead,) and context.entities[0] in context.shown
        )

    def _most_alike(self, names: tuple[str, ...], near: str) -> tuple[str, ...]:
        """七座的呢 after the 豪华佳境Pro 6座: of several with seven seats the one that else is called so too."""
        words = {name: self._words(name) for name in (*names, near)}
        shared = {name: len(words[name] & words[near]) for name in names}
        return tuple(name for name in names if shared[name] == max(shared.values()))

    def _words(self, name: str) -> set[str]:
        return {word for keyword in self._vocabulary.graph.by_name[name].keywords for word in keyword.split()}

    def _some_of_it(self, parts: Parts, series: tuple[str, ...]) -> Parts:
        """有没有四驱的, while one car is spoken of: of its series, some of which is so; 有绿色的吗 asks of that one car."""
        plain = all(a.kind == "value" and not (a.negated or self._holds_several(a.path)) for a in parts.atoms)
        names = series if plain and not parts.things else ()
        for atom in parts.atoms:
            names = self._values.having(names, atom, parts.text) if names else ()
        if not 0 < len(names) < len(series):
            return parts
        lead = the_series(series[0], self._vocabulary.graph)
        whole = Thing(series, lead, parts.atoms[0].start, parts.atoms[0].start)
        return replace(parts, things=(whole,), _roles=parts._roles | {"list"})

    def _asks_whether_it_has(self, parts: Parts, context: Context) -> bool:
        """两驱的有吗, right after the HUD: whether that version has it, and not whether there is such a version."""
        asked = set(context.attributes) & set(self._vocabulary.flags)
        return bool(asked) and not parts.attributes and _HAS_IT.search(parts.text) is not None

    def _holds_several(self, path: Path) -> bool:
        """Whether a value of the attribute is a list: 疾速红、流光银."""
        column = self._vocabulary.columns.column(path)
        return column is not None and any("、" in text for text in column.texts)

    def _of_another_kind(self, series: tuple[str, ...], wanted: Sequence[Atom], text: str) -> tuple[str, ...]:
        """电动的呢 of a Macan: of the Macan新能源, which is a series of its own."""
        names = other_kinds(self._vocabulary.graph, series[0])
        for atom in wanted:
            names = self._values.having(names, atom, text) if names else ()
        return names


def of_single_things(context: Context) -> bool:
    """Whether single cars are spoken of: they were named, or one was all that a list came to."""
    last = context.plan
    if last is None or last.op in ("lookup", "verify", "compare"):
        return True
    return last.op == "filter" and len(context.entities) == len(context.shown) == 1


def _asks_of_those(parts: Parts, wanted: Sequence[Atom]) -> bool:
    """四驱的离地间隙多高, 那混动的多少钱: an attribute is asked for of those with a value, which stands first."""
    first = wanted[0] if len(wanted) == 1 else None
    before, behind = (parts.text[: first.start], parts.text[first.end :]) if first else ("", "")
    begins = first is not None and before in _OPENINGS
    return bool(parts.attributes) and begins and behind.startswith(("的", "呢"))


def _goes_on(parts: Parts) -> bool:
    return _GOES_ON.search(parts.text) is not None or only_told(parts) or _alike(parts)


def _alike(parts: Parts) -> bool:
    """两驱是一样的不, after the 四驱 was told: of that version, and not whether the 四驱 is one."""
    return len(parts.atoms) == 1 and _ALIKE.fullmatch(parts.text, parts.atoms[0].end) is not None
