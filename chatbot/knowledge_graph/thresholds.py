"""What a condition's value means for a column: an interval in one of the column's dimensions, or why there is none."""

from decimal import Decimal
from math import isfinite

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.columns import Column, MeasureGroup
from chatbot.knowledge_graph.plan import Condition
from chatbot.knowledge_graph.quantities import read_span
from chatbot.knowledge_graph.units import DATE, Unit, UnitTable
from chatbot.knowledge_graph.values import OWN_UNIT, Measure, date_interval, parse_value


@dataclass(frozen=True, slots=True)
class Threshold:
    """``low`` to ``high`` (equal but for dates and ranges) in the base unit of ``dimension``."""

    low: float
    high: float
    dimension: str


@dataclass(frozen=True, slots=True)
class WrongDimension:
    """The value was said in ``said``, the column is measured in ``has`` (empty: it holds no numbers)."""

    said: str
    has: str


def threshold_of(
    condition: Condition, column: Column, part: str, units: UnitTable
) -> Threshold | WrongDimension:
    """``condition.value`` and its unit against ``column``.

    A number without a unit is in the column's main unit; a year is a date where the column holds dates. 公里 may
    stand for km/h and 升 for L/100km where that is what the column is measured in.
    """
    main = _main(column, part)
    has = main.dimension if main else ""
    if isinstance(condition.value, str):
        return _from_text(condition, column, has, units)
    if not isfinite(condition.value):
        return WrongDimension(str(condition.value), has)
    number = Decimal(repr(float(condition.value)))
    if condition.unit:
        return _in_unit(number, condition.unit, column, main, units)
    if main is None:
        return WrongDimension(f"{condition.value:g}", "")
    if main.dimension == DATE:
        return _date(f"{condition.value:g}", has)
    return _exactly(number * Decimal(main.factor), main.dimension)


def _main(column: Column, part: str) -> MeasureGroup | None:
    if not part:
        return column.main
    return next((group for group in column.groups if group.label == part), None)


def _exactly(number: Decimal, dimension: str) -> Threshold:
    return Threshold(float(number), float(number), dimension)


def _date(text: str, has: str) -> Threshold | WrongDimension:
    days = date_interval(text)
    return Threshold(*days, DATE) if days else WrongDimension(text, has)


def _in_unit(
    number: Decimal, spelled: str, column: Column, main: MeasureGroup | None, units: UnitTable
) -> Threshold | WrongDimension:
    unit = units.find(spelled) or Unit(spelled, spelled, Decimal(1))
    if column.group(unit.dimension, ""):
        return _exactly(number * unit.factor, unit.dimension)
    if main and _spoken_for(unit.name, main.unit):
        return _exactly(number * Decimal(main.factor), main.dimension)
    return WrongDimension(unit.dimension, main.dimension if main else "")


def _spoken_for(said: str, meant: str) -> bool:
    """``km`` for ``km/h``, and the long form for a short one: ``kWh/100km`` for ``kWh``."""
    return meant.startswith(f"{said}/") or (bool(meant) and said.startswith(f"{meant}/"))


def _from_text(
    condition: Condition, column: Column, has: str, units: UnitTable
) -> Threshold | WrongDimension:
    text = str(condition.value).strip()
    days = date_interval(text)
    if days and column.group(DATE, ""):
        return Threshold(*days, DATE)
    for measure in _whole(text, column.path[-1], units):
        if column.group(measure.dimension, ""):
            return Threshold(measure.low, measure.high, measure.dimension)
    return WrongDimension(text, has)


def _whole(text: str, attribute: str, units: UnitTable) -> tuple[Measure, ...]:
    """What ``text`` measures when it is a quantity and nothing else: 92号, 三年, 5.6s, 60岁以上; not 三年不限公里."""
    span = read_span(text, 0, units)
    value = parse_value(text, attribute, units)
    whole = (span and text[span.end :] in ("", "以上", "以下")) or OWN_UNIT.fullmatch(text)
    return value.measures if whole and len(value.measures) == 1 else ()
