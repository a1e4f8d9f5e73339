"""Decides conditions over columns in three values: an entity without a comparable value is neither in nor out.

Kleene's strong logic (S. C. Kleene, Introduction to Metamathematics, 1952, §64): what is known to hold and what
is known not to hold are two masks; the rest is unknown, and is reported as left out.
"""

from collections.abc import Callable
from dataclasses import field

import numpy as np

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.columns import FLAG_CODE, Column, Columns, Float, Mask, how_many
from chatbot.knowledge_graph.numbers import NumberCache, Numbers
from chatbot.knowledge_graph.plan import AllOf, AnyOf, Clause, Condition, Not, Path
from chatbot.knowledge_graph.result import Note, NoteCode, Reason
from chatbot.knowledge_graph.thresholds import Threshold, WrongDimension, threshold_of
from chatbot.knowledge_graph.units import UnitTable
from chatbot.normalization.text import normalize

MAX_NESTING = 50
MAX_CONDITIONS = 1000
_PRESENCE = {"有": "yes", "无": "no", "没有": "no", "选配": "optional"}


@dataclass(frozen=True, slots=True)
class Truth:
    """Two masks over the entities: known to hold, known not to hold."""

    true: Mask
    false: Mask

    @property
    def unknown(self) -> Mask:
        return ~(self.true | self.false)


# For each operator: which intervals are wholly in, and which are wholly out; one that straddles is undecided.
_INSIDE: dict[str, Callable[[Float, Float, Threshold], Mask]] = {
    "<": lambda low, high, t: high < t.low,
    "<=": lambda low, high, t: high <= t.high,
    ">": lambda low, high, t: low > t.high,
    ">=": lambda low, high, t: low >= t.low,
    "=": lambda low, high, t: (low <= t.high) & (high >= t.low),
    "!=": lambda low, high, t: (low > t.high) | (high < t.low),
}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}


@dataclass
class Conditions:
    """Judges the clauses of one plan; collects notes and gaps on the way."""

    columns: Columns
    units: UnitTable
    cache: NumberCache
    same: tuple[tuple[Path, ...], ...] = ()
    notes: dict[Note, None] = field(default_factory=dict)
    gaps: dict[tuple[Path, Reason], Mask] = field(default_factory=dict)
    thresholds: dict[Condition, Threshold] = field(default_factory=dict)
    _known: dict[Condition, Truth] = field(default_factory=dict)
    _places: dict[Path, list[tuple[Column, str]]] = field(default_factory=dict)

    def note(self, note: Note) -> None:
        self.notes[note] = None

    def everyone(self) -> Mask:
        return np.ones(len(self.columns), np.bool_)

    def nobody(self) -> Mask:
        return np.zeros(len(self.columns), np.bool_)

    def all_of(self, clauses: tuple[Clause, ...]) -> Truth:
        """Whether all hold; everybody when there are none."""
        true, false = self.everyone(), self.nobody()
        for clause in clauses:
            truth = self.judge(clause)
            true &= truth.true
            false |= truth.false
        return Truth(true, false)

    def judge(self, clause: Clause) -> Truth:
        """One clause, nested no deeper than ``MAX_NESTING`` (the caller checks)."""
        match clause:
            case Condition():
                if clause not in self._known:
                    self._known[clause] = self._condition(clause)
                return self._known[clause]
            case Not(inner):
                truth = self.judge(inner)
                return Truth(truth.false, truth.true)
            case AllOf(clauses):
                return self.all_of(clauses)
            case AnyOf(clauses):
                opposite = self.all_of(tuple(Not(one) for one in clauses))
                return Truth(opposite.false, opposite.true)

    def places(self, path: Path) -> list[tuple[Column, str]]:
        """The columns that may hold the attribute, best first, each with the part that is meant."""
        places = self._places.get(path)
        if places is None:
            group = next((group for group in self.same if group and group[0] == path), (path,))
            found = (place for one in group if (place := self.columns.resolve(one)))
            places = [*{(column.path, part): (column, part) for column, part in found}.values()]
            self._places[path] = places
        return places

    def numbers(self, path: Path, dimension: str) -> Numbers:
        """The attribute as numbers of ``dimension``; an entity's value is in the first place that it has."""
        places = self.places(path)
        for column, part in places:
            self._assume_part(column, part, dimension)
        return self.cache.of(tuple((column.path, part) for column, part in places), dimension)

    def _assume_part(self, column: Column, part: str, dimension: str) -> None:
        """A note when values hold several measures of the dimension and no part was named."""
        kinds = [i for i, g in enumerate(column.groups) if g.dimension == dimension]
        labels = [column.groups[i].label for i in kinds if column.groups[i].label]
        if part or len(labels) < 2:
            return
        per_text = np.bincount(column.text_of[np.isin(column.group_of, kinds)])
        if per_text.max() > 1:
            self.note(Note("part_assumed", column.path, labels[0], "、".join(labels)))

    def _condition(self, condition: Condition) -> Truth:
        places = self.places(condition.attribute)
        if not places:
            self.note(Note("unknown_attribute", condition.attribute))
            return Truth(self.nobody(), self.nobody())
        if condition.op == "has":
            return self._presence(condition, places)
        if condition.op == "contains":
            return self._text(condition, places, Column.containing)
        return self._comparison(condition, places)

    def _comparison(self, condition: Condition, places: list[tuple[Column, str]]) -> Truth:
        threshold = self._threshold(condition, places)
        if isinstance(threshold, Threshold):
            self.thresholds[condition] = threshold
            numbers = self.numbers(condition.attribute, threshold.dimension)
            inside, outside = (
                _INSIDE[op](numbers.low, numbers.high, threshold) & numbers.usable
                for op in (condition.op, _OPPOSITE[condition.op])
            )
            self._gap(condition.attribute, ~numbers.present, numbers.present & ~(inside | outside))
            truth = self._with_equal_text(condition, places, Truth(inside, outside))
            return self._with_unlimited(condition, places, truth)
        if condition.op in ("=", "!=") and isinstance(condition.value, str):
            equal = self._text(condition, places, Column.equal_to)
            return equal if condition.op == "=" else Truth(equal.false, equal.true)
        code: NoteCode = "wrong_dimension" if threshold.has else "bad_value"
        said = (
            f"{condition.value:g}{condition.unit}"
            if isinstance(condition.value, float | int)
            else threshold.said
        )
        self.note(Note(code, condition.attribute, said, threshold.has))
        return Truth(self.nobody(), self.nobody())

    def _with_equal_text(self, condition: Condition, places: list[tuple[Column, str]], truth: Truth) -> Truth:
        """Of values that are no numbers, a text is still known to be, or not to be, the text asked for."""
        if condition.op not in ("=", "!=") or not isinstance(condition.value, str):
            return truth
        equal = self._text(condition, places, Column.equal_to, gap=False)
        if condition.op == "!=":
            equal = Truth(equal.false, equal.true)
        rest = ~(truth.true | truth.false)
        return Truth(truth.true | (rest & equal.true), truth.false | (rest & equal.false))

    def _with_unlimited(self, condition: Condition, places: list[tuple[Column, str]], truth: Truth) -> Truth:
        """不限 holds whatever is asked for, and as much as is asked for."""
        if condition.op not in ("=", ">=", ">"):
            return truth
        meets = self.nobody()
        for column, _ in places:
            meets[column.rows[column.unlimited[column.codes]]] = True
        return Truth(truth.true | meets, truth.false & ~meets)

    def _threshold(
        self, condition: Condition, places: list[tuple[Column, str]]
    ) -> Threshold | WrongDimension:
        found = [threshold_of(condition, column, part, self.units) for column, part in places]
        return next((one for one in found if isinstance(one, Threshold)), found[0])

    def _presence(self, condition: Condition, places: list[tuple[Column, str]]) -> Truth:
        """有: marked so, or a text or a number other than 0; 无: marked so, or 0; 选配: as an option only."""
        wanted = FLAG_CODE[_PRESENCE.get(str(condition.value), "yes")]
        states = np.zeros(len(self.columns), np.int8)
        for column, part in places:
            fresh = states[column.rows] == 0
            states[column.rows[fresh]] = presence_states(column, part)[column.codes[fresh]]
        if wanted == FLAG_CODE["yes"] and (states == FLAG_CODE["optional"]).any():
            count = how_many(states == FLAG_CODE["optional"])
            self.note(Note("optional", condition.attribute, count=count))
        self._gap(condition.attribute, states == 0, self.nobody())
        return Truth(states == wanted, (states != wanted) & (states != 0))

    def _text(
        self, condition: Condition, places: list[tuple[Column, str]],
        test: Callable[[Column, str], Mask], gap: bool = True,
    ) -> Truth:  # fmt: skip
        """``test`` on the normalised text with and without its marks; of several keywords any may pass."""
        wanted = normalize(str(condition.value))
        met, present = self.nobody(), self.nobody()
        for column, _ in places:
            hits = test(column, wanted)[column.codes]
            if present.any():
                hits &= ~present[column.rows]
            met[column.rows[hits]] = True
            present[column.rows] = True
        if gap:
            self._gap(condition.attribute, ~present, self.nobody())
        return Truth(met, present & ~met)

    def _gap(self, attribute: Path, missing: Mask, incomparable: Mask) -> None:
        """Remember who could not be judged by ``attribute``; of several conditions on it, by any."""
        reasons: tuple[tuple[Reason, Mask], ...] = ("missing", missing), ("incomparable", incomparable)
        for reason, mask in reasons:
            known = self.gaps.get((attribute, reason))
            self.gaps[attribute, reason] = mask if known is None else known | mask


def presence_states(column: Column, part: str = "") -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    """One ``FLAG_CODE`` for each distinct text of a column, what it says or implies; never 0."""
    if part:
        low, _, has = column.measures("有无", part)
        parts = np.where(
            low == 0, FLAG_CODE["no"], np.where(low == 1, FLAG_CODE["yes"], FLAG_CODE["optional"])
        )
        return np.where(has, parts, presence_states(column)).astype(np.int8)
    states = column.flags.copy()
    zero = np.zeros(column.distinct, np.bool_)
    zero[column.text_of] = True
    zero[column.text_of[column.high > 0]] = False
    states[(states == 0) & zero] = FLAG_CODE["no"]
    states[states == 0] = FLAG_CODE["yes"]
    return states
