"""Every attribute asked for in many ways, as written before the words that read them; and what only sounds like one."""

import pytest

from chatbot.planning.asked_ways import _ways, asked_ways
from chatbot.planning.word_order import in_order
from tests.kbqa.test_ways_of_asking import ROOT, knowledge, talk
from tests.kbqa.ways import understood, ways

WAYS = ROOT / "tests" / "data" / "kbqa" / "ways"


@pytest.mark.parametrize("name", ["demo", "no_attribute"])
def test_ways_of_asking_that_were_understood_stay_so(name: str) -> None:
    lost = [
        way.question for way in ways(WAYS / f"{name}.txt") if not understood(way, talk(way.question).plan)
    ]
    assert not lost


def test_every_match_of_a_pattern_holds_one_of_its_keys() -> None:
    for question in (way.question for way in ways(WAYS / "demo.txt")):
        assert not [
            way.concept for way in _ways() if way.pattern.search(question) and way.keys.isdisjoint(question)
        ]


def test_nothing_is_read_across_what_is_masked() -> None:
    concepts = knowledge().planner.vocabulary.concepts
    assert list(asked_ways("充满||多久", concepts)) == []
    (link,) = asked_ways("|充满得等几个钟头|", concepts)
    assert (link.start, link.end) == (1, 9)


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("前轮用的什么悬挂", "前悬挂用的什么"),
        ("后面刹车盘还是鼓", "后刹是盘还是鼓刹"),
        ("后独立悬架的", "后悬架是独立悬架的"),
        ("92的能加不", "能加92不"),
        ("灵不灵活", "灵活不灵活"),
        ("好不好看", "好不好看"),
    ],
)
def test_parts_that_stand_apart_are_put_together(said: str, plain: str) -> None:
    assert in_order(said, {"灵活不灵活", "灵活"}.__contains__) == plain


@pytest.mark.parametrize(
    "said", ["X7旗舰版电池多重", "X7旗舰版发动机是谁家的", "X7旗舰版后排屏幕多大", "X7旗舰版中控台什么材质"]
)
def test_what_is_asked_of_a_part_is_not_told_of_the_whole_car(said: str) -> None:
    reply = talk(said)
    assert not reply.evidence
    assert "没有" in reply.answer


@pytest.mark.parametrize("said", ["能跑200公里每小时以上的", "时速能到200以上的车"])
def test_a_speed_is_no_distance(said: str) -> None:
    plan = talk(said).plan
    assert plan is not None
    assert {condition.attribute[-1] for condition in plan.conditions} == {"最高车速(km/h)"}


def test_a_number_is_there_where_it_is_told() -> None:
    """带前备箱的 are those that have a volume on record, and no more."""
    graph = knowledge().graph
    having = {e.name for e in graph.entities if any(p[-1].startswith("前备厢容积") for p in e.leaves)}
    assert {row.entity for row in talk("带前备箱的有哪些").rows or ()} == having
