"""Quantities in what people say."""

from itertools import pairwise

import pytest

from chatbot.knowledge_graph.phrases import find_quantities, parse_quantity
from chatbot.knowledge_graph.plan import Condition
from tests.knowledge_graph.graphs import UNITS

WAN = 10000.0
Found = tuple[float | str | None, float | str | None, str]


def found(text: str) -> list[Found]:
    return [(q.low, q.high, q.unit) for q in find_quantities(text, UNITS)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30万以内", [(None, 30 * WAN, "元")]), ("不到10万", [(None, 10 * WAN, "元")]), ("三十来万", [(27 * WAN, 33 * WAN, "元")]),
        ("￥3000以内", [(None, 3000.0, "元")]), ("RMB 2000-3000的", [(2000.0, 3000.0, "元")]), ("预算人民币三千", [(3000.0, 3000.0, "元")]),
        ("500公里以上", [(500.0, None, "km")]), ("20-30万", [(20 * WAN, 30 * WAN, "元")]), ("5秒内", [(None, 5.0, "s")]),
        ("二十个达不溜", [(20 * WAN, 20 * WAN, "元")]), ("在20万和30万之间", [(20 * WAN, 30 * WAN, "元")]),
        ("二三十万", [(20 * WAN, 30 * WAN, "元")]), ("20万以上30万以下", [(20 * WAN, None, "元"), (None, 30 * WAN, "元")]),
        ("20到30w的车", [(20 * WAN, 30 * WAN, "元")]), ("15万左右", [(13.5 * WAN, 16.5 * WAN, "元")]),
        ("续航500左右", [(450.0, 550.0, "")]), ("续航600+", [(600.0, None, "")]), ("至少6个气囊", [(6.0, None, "个")]),
        ("五座以上", [(5.0, None, "个")]), ("那五座的呢", [(5.0, 5.0, "个")]), ("半小时", [(0.5, 0.5, "h")]), ("两年半", [(2.5, 2.5, "年")]),
        ("百公里加速5秒以内", [(None, 5.0, "s")]), ("300马力以上", [(300.0, None, "Ps")]), ("30万的suv", [(30 * WAN, 30 * WAN, "元")]),
        ("2024年以后上市", [("2024", None, "")]), ("2023年3月之前", [(None, "2023.03", "")]), ("2024年上市的", [("2024", "2024", "")]),
        ("价格在30万以内续航500公里以上", [(None, 30 * WAN, "元"), (500.0, None, "km")]), ("20万起", [(20 * WAN, None, "元")]),
    ],
)  # fmt: skip
def test_a_phrase_is_a_typed_constraint(text: str, expected: list[Found]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a6l2.0t",
        "2024款",
        "这两个哪个快",
        "那两款呢",
        "第二个",
        "前五个",
        "长续航版",
        "十分好",
        "s5",
        "哪款最快",
        "",
        "百公里加速",
        "预算多少",
    ],
)
def test_names_ordinals_and_counts_are_no_quantities(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["预算30万以内的车", "要求不到10万", "加速5秒内", "大概二十来万吧"])
def test_the_span_is_where_the_words_stand(text: str) -> None:
    phrase = find_quantities(text, UNITS)[0]
    assert text[phrase.start : phrase.end] == phrase.text != ""


def test_a_bare_number_counts_only_when_asked_for() -> None:
    assert found("30") == []
    bare = parse_quantity("30", UNITS)
    assert bare is not None and (bare.low, bare.unit, bare.assumed) == (30.0, "", True)


def test_a_phrase_makes_conditions() -> None:
    path = ("属性", "报价")
    under = find_quantities("不到10万", UNITS)[0]
    between = find_quantities("20-30万", UNITS)[0]
    plain = find_quantities("20万", UNITS)[0]
    assert under.conditions(path) == (Condition(path, "<", 10 * WAN, "元"),)
    assert between.conditions(path) == (
        Condition(path, ">=", 20 * WAN, "元"),
        Condition(path, "<=", 30 * WAN, "元"),
    )
    assert plain.conditions(path) == (Condition(path, "=", 20 * WAN, "元"),)
    assert [c.value for c in plain.around().conditions(path)] == [18 * WAN, 22 * WAN]


def test_two_thousand_characters_are_read_quickly_and_without_overlap() -> None:
    text = "三十来万20-30w不到五千公里" * 120
    phrases = find_quantities(text, UNITS)
    assert len(phrases) == 360
    assert all(a.end <= b.start for a, b in pairwise(phrases))
