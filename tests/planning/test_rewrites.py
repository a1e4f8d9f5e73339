"""Rules that are tried only where their characters stand write what all of them in turn write."""

import csv
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.needed import all_needed, characters_needed
from chatbot.planning import asked_ways, notation, part_names, spoken_tail
from chatbot.planning.rewrites import Rewrites

_RULES = (notation._REWRITES, spoken_tail._PLAINLY, spoken_tail._AT_LAST)


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("油耗", "油"),
        ("[一-三]?[个台]车", "车"),
        ("(?:便宜|[贵快])(?=过)", "过"),
        ("便宜|贵", "便贵"),
        (r"(?<=[款型])\s?", "款型"),
        ("(?:大约)+?", "大"),
        ("(?:大约)*", None),
        (r"\d[a-z]", "abcdefghijklmnopqrstuvwxyz"),
        ("[\u4e00-\u9fff]", None),
        ("[^油]|油", None),
        ("(?!油)(?<!耗)", None),
        ("(?i:a)", None),
        (r"(?P<x>超)没(?P=x)", "超"),
    ],
)
def test_the_characters_that_a_pattern_cannot_do_without(pattern: str, needed: str | None) -> None:
    assert characters_needed(pattern) == (None if needed is None else frozenset(needed))


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("一箱油.{0,3}跑", "一箱油跑"),
        ("(?:(?:贵|便宜)多少)吗?", ["贵便", "多", "少"]),
        ("(?:大约)*", ""),
        ("车(?!型)", "车"),
    ],
)
def test_every_part_that_a_pattern_cannot_do_without(pattern: str, needed: str | list[str]) -> None:
    assert all_needed(pattern) == tuple(map(frozenset, needed))


def test_ways_of_asking_and_measures_are_found_where_their_patterns_find_them() -> None:
    ways, asked = 0, _asked()
    for text in asked:
        fitting = asked_ways._fitting(text)
        ways += len(fitting)
        every = [way for way in asked_ways._ways() if way.pattern.search(text)]
        assert [way for way in fitting if way.pattern.search(text)] == every
        for measure in part_names.MEASURES:
            spans = [hit.span() for hit in measure.asked.finditer(text)]
            assert [hit.span() for hit in measure.asks(text)] == spans
    assert ways < 3 * len(asked)  # of hundreds


def test_a_template_is_expanded_only_where_its_rule_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    monkeypatch.setattr(re, "_subx", lambda *told: made.append(told))
    rules = Rewrites([(re.compile("([长宽])度"), r"车\1"), (re.compile("(车)子"), r"\1")])
    assert rules("长得快") == "长得快"
    assert not made
    monkeypatch.undo()
    assert rules("长度和宽度，车子") == "车长和车宽，车"


def _one_by_one(rules: Rewrites, text: str) -> str:
    for pattern, plain in rules._rules:
        text = re.compile(pattern.pattern).sub(plain, text)
    return text


def _asked() -> list[str]:
    folder = Path(__file__).parents[2] / "user_datasets" / "car_faqs"
    with (folder / "test.csv").open(encoding="utf-8-sig") as file:
        return [row["sent"].lower() for row in csv.DictReader(file)][:150]


def _garbled(rules: Rewrites) -> list[str]:
    """Pieces of the patterns themselves side by side: most rules fit some of them."""
    pieces = re.findall(
        r"[\u4e00-\u9fffa-z0-9.]{1,4}", " ".join(pattern.pattern for pattern, _ in rules._rules)
    )
    drawn = random.Random(7)
    return ["".join(drawn.choices(pieces, k=drawn.randint(1, 6))) for _ in range(3000)]


@pytest.mark.parametrize("rules", _RULES)
@pytest.mark.parametrize("texts", [lambda rules: _asked(), _garbled])
def test_rules_that_are_passed_over_would_have_changed_nothing(
    rules: Rewrites, texts: Callable[[Rewrites], list[str]]
) -> None:
    for text in texts(rules):
        assert rules(text) == _one_by_one(rules, text)


def test_a_rule_sees_what_those_before_it_wrote_and_no_rule_is_tried_twice() -> None:
    rules = Rewrites(((re.compile("甲"), "乙"), (re.compile("乙"), "丙"), (re.compile("丙"), "甲")))
    assert rules("甲") == "甲"
    assert rules("x乙") == "x甲"
    assert rules("x") == "x"
