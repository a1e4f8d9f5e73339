"""Every leaf as a typed value: numbers in base units, ranges, lists, parts, dates, yes/no, text.

The raw text is kept and is what is shown; a reading is only what is compared. What has no certain reading stays
text. Numbers go from decimal text to ``float`` once, so that equal quantities are equal in any unit.
"""

import calendar
import re
import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Literal

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.graph import asked_whether, display_name, unit_in_name
from chatbot.knowledge_graph.quantities import Span, read_span
from chatbot.knowledge_graph.units import COUNT, DATE, MONEY, Unit, UnitTable
from chatbot.regex import regex

Kind = Literal["number", "range", "list", "parts", "date", "flag", "text"]
Flag = Literal["yes", "no", "optional"]

MAX_READ = 200  # a longer text is prose
_YES = (
    "有 支持 标配 是 true yes ● √ 具备 配备 含 包含 包括 带 需要 需 要 必须 可以 可 能 允许 赠送 附赠 免费送"
)
_NO = (
    "无 没有 没 不支持 否 false no - -- × 未配备 不具备 不含 不包含 不包括 不带 不需要 不需 不要 不用 无需 无须 不必 免 "
    "不可以 不可 不能 不允许 不送 不赠送"
)
_OPTIONAL = "选配 选装 可选 可选装 ○ 可加 可加做 可加项 可加购 可加配 可自费加做"
_FLAGS: dict[str, Flag] = {
    **dict.fromkeys(_YES.split(), "yes"),
    **dict.fromkeys(_NO.split(), "no"),
    **dict.fromkeys(_OPTIONAL.split(), "optional"),
}
_SAYS_MORE = regex(r"([\u4e00-\u9fff]{1,5})\s?[(,，;；。、]")  # 无(可加做), 不用，但要提前预约
_SAID_SO = regex(r"([\u4e00-\u9fff]{1,3})(?:$|[(,，;；。、])")
_FROM_BIRTH = regex(r"(?:出生)?满?\d+\s?(?:天|日|个?月)\s?(?=[-~—至到]\s?\d+\s?周?岁)")  # 28天-55岁
_MARK = regex(r"\((标配|选配|选装|无)\)")
_MARKED_PARTS = regex(r"([^\s()/\-]{1,6})(?:\((标配|选配|选装|无)\)|(-))(?:\s*/\s*|$)")
_DATE = regex(r"((?:19|20)\d\d)[.\-/年]\s?(0?[1-9]|1[0-2])(?:[.\-/月]\s?(0?[1-9]|[12]\d|3[01]))?[月日号]?")
_YEAR = regex(r"((?:19|20)\d\d)年?")
_DATE_NAME = regex("时间|日期|年份|年月|上市|发布")
_PRICE_NAME = regex("价(?![值位比])|费用|售价|定金|订金|首付|尾款")
_TIMES = regex(r"\s*[*×xX]\s*")
_BETWEEN = regex(r"[\s,，;；、/|]+|或|和|及")
_LABEL = regex(r"[^\d\s,，;；、/|()（）*<>≤≥]")
_TRAILING = regex(r"[\u4e00-\u9fffA-Za-z]{0,6}(?:\([^()\d]{0,12}\))?")
OWN_UNIT = regex(r"(\d+(?:\.\d+)?)\s?([\u4e00-\u9fff]{1,2}|[A-Za-z]{1,4})")
_BOUND_BEFORE = regex(
    "(不低于|至少|大于|超过|高于|≥|>=?)|(不超过|不高于|小于|低于|不到|≤|<=?|最多)|(约|大约|大概)"
)
_BOUND_AFTER = regex(r"(以上|起|\+)|(以下|以内|之内)|(左右|上下|之间|不等)")
_FROM = "起"
_MAX_LABEL = 8


@dataclass(frozen=True, slots=True)
class Measure:
    """``low`` to ``high`` (equal for a plain number; infinite for an open end) in the dimension's base unit.

    ``unit`` is the one it was written in; a unit the table lacks is its own dimension. ``label`` names a part.
    """

    low: float
    high: float
    unit: str
    dimension: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A leaf: its raw text, what kind it was read as, whether the thing is there, and its measures.

    ``flag`` is ``None`` when the text does not say; a measure alone says that it is there when it is not 0.
    """

    raw: str
    kind: Kind
    flag: Flag | None = None
    measures: tuple[Measure, ...] = ()


def parse_value(raw: str, attribute: str, units: UnitTable) -> Value:
    """``raw`` as a leaf of the attribute named ``attribute`` (with its unit in brackets, if it has one)."""
    text = unicodedata.normalize("NFKC", raw).strip()
    whole = flag_word(text)
    if whole:
        return Value(raw, "flag", whole)
    if len(text) > MAX_READ:
        return Value(raw, "text")
    if so := _whether(text, attribute):
        return Value(raw, "text", so)
    if denied := _denied(text):
        return Value(raw, "text", denied)
    flag = flag_of(text)
    marked = _marked_parts(raw, text) if flag else None
    if marked:
        return marked
    bare = _FROM_BIRTH.sub("0", _MARK.sub("", text).strip())
    if len(_MARK.findall(text)) <= 1:
        for read in (_as_date, _as_list, _as_single, _as_parts):
            value = read(bare, attribute, units)
            if value:
                return replace(value, raw=raw, flag=flag)
    return Value(raw, "text", flag)


def flag_word(text: str) -> Flag | None:
    """What a text that is nothing but a word for yes, no or optional says; ``None`` for any other."""
    return _FLAGS.get(text.strip("()").lower())


def _whether(text: str, attribute: str) -> Flag | None:
    """What 可加床(100元) and 不可加床 say of 可否加床: what its name asks, said again with a word for yes or no."""
    what = asked_whether(attribute)
    found = _SAID_SO.match(text.replace(what, "", 1)) if what and what in text else None
    return _FLAGS.get(found[1]) if found else None


def _denied(text: str) -> Flag | None:
    """What a text that says more behind its 无 or 可加做 says; a 有 is left to the text, which is there in any case."""
    found = _SAYS_MORE.match(text)
    said = _FLAGS.get(found[1]) if found else None
    return said if said != "yes" else None


def flag_of(text: str) -> Flag | None:
    """What the marks (标配), (选配), (无) in ``text`` say: the best of them."""
    marks = {_FLAGS[mark] for mark in _MARK.findall(text)}
    order: tuple[Flag, ...] = ("yes", "optional", "no")
    return next((flag for flag in order if flag in marks), None)


def plain_text(raw: str) -> str:
    """``raw`` without its marks: ``(标配)真皮`` → ``真皮``; a mark alone stays."""
    return _MARK.sub("", unicodedata.normalize("NFKC", raw)).strip() or raw


def _marked_parts(raw: str, text: str) -> Value | None:
    """``前(标配) / 后-``: a flag for each part; as a measure 1 for yes, 0.5 for optional, 0 for no."""
    if _MARKED_PARTS.sub("", text).strip():
        return None
    worth: dict[Flag, float] = {"yes": 1.0, "optional": 0.5, "no": 0.0}
    measures = []
    for label, mark, _ in _MARKED_PARTS.findall(text):
        number = worth[_FLAGS[mark or "-"]]
        measures.append(Measure(number, number, "", "有无", label))
    return Value(raw, "parts", flag_of(text), tuple(measures)) if measures else None


def date_interval(text: str) -> tuple[float, float] | None:
    """``2024``, ``2024.03``, ``2024年3月5日`` as first and last day (proleptic ordinals), else ``None``."""
    found = _DATE.fullmatch(text) or _YEAR.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in (*found.groups(), None, None)[:3])
    try:
        first = date(year, month or 1, day or 1)
        last = first if day else date(year, month or 12, calendar.monthrange(year, month or 12)[1])
    except ValueError:
        return None
    return float(first.toordinal()), float(last.toordinal())


def _as_date(text: str, attribute: str, units: UnitTable) -> Value | None:
    if unit_in_name(attribute) or (_YEAR.fullmatch(text) and not _DATE_NAME.search(attribute)):
        return None
    days = date_interval(text)
    return Value(text, "date", None, (Measure(*days, "", DATE),)) if days else None


def _as_list(text: str, attribute: str, units: UnitTable) -> Value | None:
    """``4750*1921*1624`` of ``长*宽*高(mm)`` → parts 长, 宽, 高; else they are called 第1项, 第2项."""
    pieces = _TIMES.split(text)
    if len(pieces) < 2:
        return None
    spans = [read_span(piece, 0, units) for piece in pieces]
    if not all(span and span.end == len(piece) for span, piece in zip(spans, pieces, strict=True)):
        return None
    names = _TIMES.split(display_name(attribute))
    labels = names if len(names) == len(pieces) else [f"第{i}项" for i in range(1, len(pieces) + 1)]
    last = spans[-1].unit if spans[-1] else None
    measures = tuple(
        measure_of(span if span.unit else replace(span, unit=last), attribute, units, label)
        for span, label in zip(spans, labels, strict=True)
        if span
    )
    return Value(text, "list", None, measures)


def _as_single(text: str, attribute: str, units: UnitTable) -> Value | None:
    """One number or range, with a bound before or behind it: ``525km``, ``约100-200``, ``500公里以上``."""
    before = _BOUND_BEFORE.match(text)
    start = before.end() if before else 0
    span = read_span(text, start, units)
    if span is None:
        return _own_unit(text)
    after = _BOUND_AFTER.match(text, span.end)
    end = after.end() if after else span.end
    rest = text[end:]
    if not (rest == "" or (_TRAILING.fullmatch(rest) and (span.unit or rest.startswith("(")))):
        return _own_unit(text)
    measure = measure_of(span, attribute, units)
    if measure.dimension != MONEY or after is None or after.group() != _FROM:
        measure = _bounded(measure, before, after)  # a price of 999起 is told, and compared, as 999
    return Value(text, "range" if measure.low != measure.high else "number", None, (measure,))


def _own_unit(text: str) -> Value | None:
    """``92号``, ``128色``, ``5G``: a number in a unit the table lacks, comparable with its like."""
    found = OWN_UNIT.fullmatch(text)
    if found is None or len(found[1]) > 15:
        return None
    number = float(found[1])
    return Value(text, "number", None, (Measure(number, number, found[2], found[2]),))


def _bounded(measure: Measure, before: re.Match[str] | None, after: re.Match[str] | None) -> Measure:
    groups = [found.groups() for found in (before, after) if found]
    if any(group[0] for group in groups):
        return replace(measure, high=float("inf"))
    if any(group[1] for group in groups):
        return replace(measure, low=float("-inf"))
    return measure


def _as_parts(text: str, attribute: str, units: UnitTable) -> Value | None:
    """``快充一小时，慢充10小时``, ``三年或10万公里``: labelled quantities, each with its unit."""
    measures: list[Measure] = []
    at, label = 0, ""
    while at < len(text):
        gap = _BETWEEN.match(text, at)
        if gap and not label:
            at = gap.end()
            continue
        span = read_span(text, at, units)
        if span and span.unit:
            label = label or _counted(span, text)
            _add(measures, measure_of(span, attribute, units, label), adjacent=not label and not gap)
            at, label = span.end, ""
            continue
        if not _LABEL.match(text, at) or len(label) >= _MAX_LABEL:
            break
        label, at = label + text[at], at + 1
    rest = label + text[at:]
    keys = {(measure.label, measure.dimension) for measure in measures}
    if not measures or len(keys) < len(measures) or not _TRAILING.fullmatch(rest):
        return None
    return Value(text, "parts" if len(measures) > 1 else "number", None, tuple(measures))


def _counted(span: Span, text: str) -> str:
    """What is counted, where the measure word says it: ``5门5座`` → 门, 座."""
    if span.unit is None or span.unit.dimension != COUNT:
        return ""
    word = text[span.start : span.end].lstrip("0123456789零一二两三四五六七八九十百. ")
    return "" if word == span.unit.name else word


def _add(measures: list[Measure], measure: Measure, adjacent: bool) -> None:
    """One more part; ``1小时30分钟`` is one."""
    last = measures[-1] if measures else None
    if adjacent and last and last.dimension == measure.dimension and measure.high < last.low:
        measures[-1] = replace(last, low=last.low + measure.low, high=last.high + measure.high)
    else:
        measures.append(measure)


def measure_of(span: Span, attribute: str, units: UnitTable, label: str = "") -> Measure:
    """``span`` in base units; without a unit of its own it takes the one the attribute's name says."""
    unit = span.unit or name_unit(attribute, units)
    if unit is None:
        return Measure(float(span.low), float(span.high), "", COUNT, label)
    factor = unit.factor
    if not span.unit and unit.dimension == MONEY and span.scale > 1:  # 29.38万 under 指导价(万元)
        factor = Decimal(1)
        unit = units.find("元") or unit
    return Measure(float(span.low * factor), float(span.high * factor), unit.name, unit.dimension, label)


def name_unit(attribute: str, units: UnitTable) -> Unit | None:
    """The unit that an attribute's name implies: ``最大功率(kW)`` → kW; a price → 元; else ``None``."""
    written = unicodedata.normalize("NFKC", unit_in_name(attribute))
    if written:
        return units.find(written) or Unit(written, written, Decimal(1))
    return units.find("元") if _PRICE_NAME.search(attribute) else None
