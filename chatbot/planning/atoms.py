"""Conditions in an utterance: values, features, quantities and names, negated and joined as it was said."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.graph import display_name
from chatbot.knowledge_graph.plan import AnyOf, Clause, Condition, Path, leaf_conditions
from chatbot.planning.atom import Atom
from chatbot.planning.bind import Binder, Misfit
from chatbot.planning.denials import joins, needed_or_not, negated
from chatbot.planning.links import Link, ValueSense
from chatbot.planning.valued_names import predicated, said_beside, shares_a_name
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_ASKED_BEFORE = regex("(?:几个?|多少个?|多大|什么|哪种|啥)$")  # 几个排气管 asks for a value
_ASKED_BEHIND = regex(
    "(?:都|分别|各自?)?(?:是|用的是|用的|配的是|配的|要|得|有)?(?:(?:什么|啥)(?!车)|哪种|哪一种|多[大久长远快]|多少(?![钱万])|几[个种根]?|怎[么样])"
)
_AND = regex("(?:[和跟与及、,，\\s]|还有|以及)*")
_ASKS_VALUE = regex("几|多少|多大|多久|多远|多长|什么|啥|哪|怎|还是")
_BOUNDS = {"<", "<=", ">", ">="}
_BUDGET = tuple("预算 够 拿下 拿得下 买得到 买得下 能买 可以买 买得起 搞定 只有 手里 手上".split())
_BEARS = regex("(?:带|配|装|有)(?:有|了|着)?(?:个|一个)?$")
_OPTIONAL = "(?:选配|选装)"  # 能选装吗 asks whether there is a way, and a standard one is
_OPTIONAL_BEFORE, _OPTIONAL_BEHIND = (
    regex(f"(?<![能可以]){_OPTIONAL}(?:了|的)?$"),
    regex(f"(?:是|得|要|需要?|只能)*{_OPTIONAL}"),
)
_LISTS = regex("的(?:车|有|$|suv|轿车|mpv|都?有哪)")
_WHICH, _GIFT = regex("谁|哪"), "赠送"
_COMMON = regex("通用|均可|都可|皆可|都行|皆宜")
_ONLY = regex("(?:专用|专属|专享|独享|专门|限定)")
_CLOSING = frozenset("也行 也可以 都行 也成 也凑合 也能接受".split())  # said behind what may be either


@dataclass(frozen=True, slots=True)
class Conditions:
    """All atoms, the links they used, and quantities that fit nothing; ``loose``: one is about nothing known."""

    atoms: tuple[Atom, ...]
    used: frozenset[int]
    misfits: tuple[Misfit, ...] = ()
    loose: bool = False


class AtomReader:
    """Links → atoms."""

    def __init__(self, vocabulary: Vocabulary, binder: Binder) -> None:
        self._vocabulary, self._binder = vocabulary, binder
        self._needed = needed_or_not(vocabulary.columns)

    def read(
        self,
        links: Sequence[Link],
        text: str,
        *,
        verify: bool,
        before: Sequence[Clause] = (),
        last: Sequence[Path] = (),
        asking: bool = False,
    ) -> Conditions:
        """Every condition, in reading order, with negation applied; ``before`` are those of the query before,
        ``last`` the attributes that were asked for last.

        ``asking``: what names an attribute asks for its value (快充呢 of the car that is spoken of).
        """
        atoms: list[Atom] = []
        used: set[int] = set()
        misfits: list[Misfit] = []
        loose = False
        bounds = [c for c in leaf_conditions(tuple(before)) if c.op in _BOUNDS]
        bounded = bounds[-1].attribute if bounds else None
        budget = any(word in text for word in _BUDGET)
        for at, link in enumerate(links):
            if link.quantity:
                bound = self._binder.bind(at, links, text, bounded)
                if bound is None or isinstance(bound, Misfit):
                    misfits += [bound] if bound else []
                    loose = loose or bound is None
                    continue
                kept = any(c.attribute == bound.path and c.op in ("<", "<=") for c in bounds)
                clause = self._binder.condition(bound, budget=budget or kept, verify=verify)
                by = bound.by
                start = min(link.start, by.start) if by else link.start
                atoms.append(Atom(start, link.end, bound.path, clause, kind="quantity"))
                used |= {at} | {i for i, other in enumerate(links) if other is by}
        for at, link in enumerate(links):
            if at in used or self._is_ranked(at, links, asks=_WHICH.search(text) is not None):
                continue
            if link.attribute and (asking or _ASKED_BEHIND.match(text, link.end)):
                continue  # 天窗是什么样的 asks for the value
            if link.attribute and link.value and self._is_one_of_several(at, links, text):
                continue
            feature = self._feature(at, links, text)
            if link.value and not (feature and _same_thing(link, feature.path)):
                sense = self._chosen(link, links, text, last)
                atoms.append(Atom(link.start, link.end, sense.path, sense.clause))
                used.add(at)
            elif feature:
                atoms.append(feature)
                used.add(at)
        atoms = _said_once(_told_apart(sorted(atoms, key=lambda atom: atom.start), text))
        said = [self._with_common(atom, text) for atom in negated(atoms, links, text, self._needed)]
        return Conditions(tuple(said), frozenset(used), tuple(misfits), loose)

    def _with_common(self, atom: Atom, text: str) -> Atom:
        """女的: also what is 男女通用, where that is a value beside it; not what is asked to be 女性专用, or not to be it."""
        clause = atom.clause
        if (
            atom.negated
            or not isinstance(clause, Condition)
            or clause.op != "="
            or _ONLY.match(text, atom.end)
        ):
            return atom
        column = self._vocabulary.columns.column(clause.attribute) if atom.kind == "value" else None
        value = str(clause.value)
        common = (
            [t for t in column.plain if value in t and t != value and _COMMON.search(t)] if column else []
        )
        either = tuple(Condition(clause.attribute, "=", text) for text in common)
        return replace(atom, clause=AnyOf((clause, *either))) if either else atom

    def _chosen(self, link: Link, links: Sequence[Link], text: str, last: Sequence[Path]) -> ValueSense:
        """Of several attributes that hold the value, the one that is named beside it, or was asked for last, else the commonest."""
        if (whole := predicated(link, links, text, self._vocabulary.finder.aliases)) is not None:
            return whole
        senses = [sense for sense in link.senses if isinstance(sense, ValueSense)]
        named = {p for other in links if other.attribute and other is not link for p in other.attribute.paths}
        near = said_beside(link, links, text) if len(senses) > 1 else ""
        ranks = (
            (
                s.path not in named,
                not shares_a_name(s.path, near),
                s.path not in last,
                -self._coverage(s.path),
            )
            for s in senses
        )
        return min(zip(ranks, senses, strict=True), key=lambda pair: (pair[0], pair[1].path))[1]

    def _coverage(self, path: Path) -> int:
        column = self._vocabulary.columns.column(path)
        return len(column.rows) if column else 0

    def _is_ranked(self, at: int, links: Sequence[Link], *, asks: bool) -> bool:
        """快充最快, 快充哪个快: the value is also the name of what is ranked; 自动挡最便宜 ranks no gearboxes."""
        behind, end = _behind_which(at, links)
        attribute = links[at].attribute
        if attribute is None or behind is None or behind.start > end or behind.degree is None:
            return False
        if behind.degree.word == "好" and not any(map(self._vocabulary.dimension, attribute.paths)):
            return False  # 四驱最好: a wish
        measured = behind.degree.path is None or any(map(self._vocabulary.dimension, attribute.paths))
        return measured and (asks or behind.degree.strength != "plain")

    def _is_one_of_several(self, at: int, links: Sequence[Link], text: str) -> bool:
        """快充 of 续航和快充: a number is asked for beside another, and no value is wished for."""
        link = links[at]
        if not self._is_number(link):
            return False
        before = next((x for x in reversed(links[:at]) if not _AND.fullmatch(x.text)), None)
        behind = next((x for x in links[at + 1 :] if not _AND.fullmatch(x.text)), None)
        beside = [(before, text[before.end : link.start])] if before else []
        beside += [(behind, text[link.end : behind.start])] if behind else []
        plain = (x for x, gap in beside if not (x.value or x.degree) and _AND.fullmatch(gap))
        return any(map(self._is_number, plain))

    def _is_number(self, link: Link) -> bool:
        return link.attribute is not None and any(map(self._vocabulary.dimension, link.attribute.paths))

    def _feature(self, at: int, links: Sequence[Link], text: str) -> Atom | None:
        """有天窗, 带激光雷达, 没有备胎: an attribute whose values say whether the thing is there."""
        link = links[at]
        asked = _ASKS_VALUE.search(link.text) or _ASKED_BEFORE.search(text[: link.start])
        if link.attribute is None or link.degree or asked:
            return None
        if path := next((p for p in link.attribute.paths if p in self._vocabulary.flags), None):
            if text.endswith(_GIFT[-1], 0, link.start) and self._is_given(path):  # 送手写笔的
                return Atom(link.start - 1, link.end, path, Condition(path, "=", _GIFT), kind="feature")
            state = "选配" if "选" in text and _is_optional(link, text) else "有"
            return Atom(link.start, link.end, path, Condition(path, "has", state), kind="feature")
        path, lists = link.attribute.paths[0], _LISTS.match(text, link.end)  # 带前备箱的
        if not (lists and _BEARS.search(text[: link.start]) and self._some_have(path)):
            return None
        return Atom(link.start, link.end, path, Condition(path, ">", 0.0), kind="feature")

    def _is_given(self, path: Path) -> bool:
        """Whether some come with it for nothing, and others do not."""
        column = self._vocabulary.columns.column(path)
        return column is not None and _GIFT in column.plain

    def _some_have(self, path: Path) -> bool:
        """Whether it is a number that only some entities have."""
        some = 0 < self._coverage(path) < len(self._vocabulary.graph.entities)
        return some and bool(self._vocabulary.dimension(path))


def _behind_which(at: int, links: Sequence[Link]) -> tuple[Link | None, int]:
    """The link behind ``links[at]``, or behind the 哪个 that follows it; and where what stands before that one ends."""
    end = links[at].end
    for link in links[at + 1 :]:
        if not (link.plays("which") and link.start == end):
            return link, end
        end = link.end
    return None, end


def _said_once(atoms: list[Atom]) -> list[Atom]:
    """六座以及六座以上: the number itself is within the bound that is said of it."""
    bounds = {
        (c.attribute, c.value) for a in atoms if isinstance(c := a.clause, Condition) and c.op in (">=", "<=")
    }
    return [
        a
        for a in atoms
        if not (isinstance(c := a.clause, Condition) and c.op == "=" and (c.attribute, c.value) in bounds)
    ]


def _told_apart(atoms: Sequence[Atom], text: str) -> list[Atom]:
    """L2级辅助驾驶: a thing right behind a value whose attribute bears its name says whose value it is, and is no wish."""
    names = [display_name(atom.path[-1]).lower() if atom.path else "" for atom in atoms]
    return [
        atom
        for at, atom in enumerate(atoms)
        if not (
            at
            and atom.kind == "feature"
            and atoms[at - 1].kind == "value"
            and text[atoms[at - 1].end : atom.start] in ("", "的")
            and text[atom.start : atom.end] in names[at - 1]
        )
    ]


def _is_optional(link: Link, text: str) -> bool:
    """选配hud的, 天窗选装的: there as an option only."""
    before = _OPTIONAL_BEFORE.search(text[: link.start])
    return before is not None or _OPTIONAL_BEHIND.match(text, link.end) is not None


def _same_thing(link: Link, path: Path) -> bool:
    """天窗 is a feature though some values end in it; 全景天窗 is a value."""
    clauses = [s.clause for s in link.senses if isinstance(s, ValueSense) and s.path == path]
    held = any(isinstance(clause, Condition) and clause.op == "contains" for clause in clauses)
    return held and link.text in display_name(path[-1]).lower()


def joined(atoms: Sequence[Atom], links: Sequence[Link], text: str) -> tuple[Clause, ...]:
    """The clauses of ``atoms``: neighbours with 或 between them, or of one attribute with 、, are alternatives."""
    groups: list[list[Atom]] = []
    for atom in atoms:
        if groups and _alternatives(groups[-1][-1], atom, links, text):
            alike = next((g for g in reversed(groups) if g[-1].path == atom.path), groups[-1])
            alike.append(atom)
        else:
            same = next((g for g in groups if _exclusive(g[-1], atom)), None)
            (same.append(atom) if same else groups.append([atom]))
    clauses = [_either(group) for group in groups]
    narrower = [
        c for c in clauses if not isinstance(c, AnyOf)
    ]  # 混动，油电混合那种: the one that is among the others
    return tuple(c for c in clauses if not (isinstance(c, AnyOf) and set(c.clauses) & set(narrower)))


def _alternatives(left: Atom, right: Atom, links: Sequence[Link], text: str) -> bool:
    if left.negated != right.negated or left.negated:
        return False
    gap = text[left.end : right.start]
    between = [x for x in links if x.start >= left.end and x.end <= right.start]
    alike = left.path == right.path
    if any(x.plays("or") and (alike or x.text not in _CLOSING) for x in between):
        return True
    same = alike and (right.kind == "value" or _exactly(left, right))
    behind = next((x for x in links if x.start >= right.end and not x.plays("filler", "so", "head")), None)
    if same and behind and behind.plays("or") and behind.text not in ("或", "或者"):
        return True
    return same and bool(joins(gap))


def _exactly(*atoms: Atom) -> bool:
    """5座和7座: no value is both."""
    return all(isinstance(atom.clause, Condition) and atom.clause.op == "=" for atom in atoms)


def _exclusive(left: Atom, right: Atom) -> bool:
    """Two different values of one attribute, of which an entity has one (汽油 纯电, 六座七座): both cannot be meant."""
    same = left.path == right.path and not (left.negated or right.negated) and left.path != ()
    return same and left.kind == right.kind != "feature" and _exactly(left, right)


def _either(group: Sequence[Atom]) -> Clause:
    said = (atom.said for atom in group)
    parts = (part for clause in said for part in (clause.clauses if isinstance(clause, AnyOf) else (clause,)))
    clauses = tuple(dict.fromkeys(parts))
    return clauses[0] if len(clauses) == 1 else AnyOf(clauses)
