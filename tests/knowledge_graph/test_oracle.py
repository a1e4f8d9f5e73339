"""The engine against an independent evaluator: the same rows, counts, orders, groups and figures on every plan."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chatbot.knowledge_graph.columns import Column
from chatbot.knowledge_graph.execute import MAX_ROWS, Engine
from chatbot.knowledge_graph.plan import Path, Plan
from chatbot.knowledge_graph.result import Result
from tests.knowledge_graph.graphs import DEMO, Tree, engine_of, synthetic_trees, trees_of
from tests.knowledge_graph.oracle import Car, Oracle, cars_of
from tests.knowledge_graph.plans import PlanMaker
from tests.real_cars import CARS, needs_cars

Gaps = dict[tuple[Path, str], int]
DEMO_PLANS, SYNTHETIC_GRAPHS, PLANS_EACH, SHARED_PLANS = 1000, 40, 25, 40


def check(plan: Plan, engine: Engine, cars: Sequence[Car]) -> None:
    result = engine.run(plan, MAX_ROWS)
    cars = coalesced(cars, plan)
    oracle = Oracle(cars, plan)
    check_cells(result, cars)
    if plan.op == "lookup":
        assert [row.entity for row in result.rows] == list(plan.entities)
        assert result.attributes == plan.attributes
        return
    names = [row.entity for row in result.rows]
    left_out: Gaps = {(left.attribute, left.reason): left.count for left in result.left_out}
    path = plan.attributes[0]
    expected = oracle.left_out()
    if plan.op in ("filter", "count"):
        ranked = oracle.ranked(path, plan.order == "desc", None)
        rest = [car.name for car in oracle.matched if car.name not in set(ranked)]
        assert (names, result.total) == ([*ranked, *rest][:MAX_ROWS], len(oracle.matched))
    elif plan.op == "superlative":
        assert names == oracle.ranked(path, plan.order == "desc", plan.limit)
        expected = _merged(expected, oracle.unmeasured(path, oracle.matched))
    elif plan.op == "group":
        assert {group.value: group.count for group in result.groups} == oracle.groups(path)
        missing = sum(path not in car.leaves for car in oracle.matched)
        expected = _merged(expected, {(path, "missing"): missing} if missing else {})
    elif plan.op == "aggregate":
        check_aggregate(result, oracle, engine.columns.column(path))
        expected = _merged(expected, oracle.unmeasured(path, oracle.matched))
    elif plan.op == "nearest":
        closest = oracle.closest(path, plan.limit or 0)
        assert names == (closest or [])
        expected = left_out  # who is left out of a nearest plan has its own test
    elif plan.op == "verify":
        words = {True: "yes", False: "no", None: "unknown"}
        assert {v.entity: v.answer for v in result.verdicts} == {
            n: words[oracle.truth[n]] for n in plan.entities
        }
    else:
        check_comparison(result, oracle, engine.columns.column(path))
        expected = left_out  # a comparison leaves nobody out
    assert left_out == expected
    if plan.op in ("filter", "count", "verify"):
        assert result.left_out_total == sum(oracle.truth[car.name] is None for car in oracle.scope)


def coalesced(cars: Sequence[Car], plan: Plan) -> list[Car]:
    """The cars with, at the first path of each of the plan's groups, the first value that they have of the group."""
    result = []
    for car in cars:
        leaves = dict(car.leaves)
        for group in plan.same:
            leaves.pop(group[0], None)
            first = next((path for path in group if path in car.leaves), None)
            if first is not None:
                leaves[group[0]] = car.leaves[first]
        result.append(replace(car, leaves=leaves))
    return result


def check_cells(result: Result, cars: Sequence[Car]) -> None:
    """What is shown is the raw text of the file, and nothing where the file has none."""
    leaves = {car.name: car.leaves for car in cars}
    for row in result.rows:
        for path, cell in zip(result.attributes, row.cells, strict=True):
            if path[0] != "实体":
                assert (cell.raw if cell else None) == leaves[row.entity].get(path)


def _merged(first: Gaps, second: Gaps) -> Gaps:
    """Entities that a condition could not judge are not among the matched: the counts of one place add up."""
    return {key: first.get(key, 0) + second.get(key, 0) for key in {*first, *second}}


def check_aggregate(result: Result, oracle: Oracle, column: Column | None) -> None:
    expected, found = oracle.aggregate(result.plan.attributes[0]), result.aggregate
    assert (expected is None) == (found is None)
    if expected and found and column and column.main:
        factor = float(column.main.factor)
        figures = (found.low * factor, found.high * factor, found.mean * factor, found.median * factor)
        assert found.count == expected[0]
        assert figures == pytest.approx([float(figure) for figure in expected[1:]], rel=1e-9)


def check_comparison(result: Result, oracle: Oracle, column: Column | None) -> None:
    path, found = result.plan.attributes[0], result.comparisons[0]
    cars = {car.name: car for car in oracle.cars}
    keys = {name: oracle.key(cars[name], path) for name in result.plan.entities}
    known = sorted({key for key in keys.values() if key is not None}, reverse=found.direction != "down")
    assert [value is None for value in found.values] == [key is None for key in keys.values()]
    several = len(known) > 1
    assert found.winners == (
        tuple(name for name, key in keys.items() if several and key == known[0]) if found.direction else ()
    )
    if several and column and column.main and found.lead is not None and found.spread is not None:
        factor = float(column.main.factor)
        assert found.lead * factor == pytest.approx(float(abs(known[0] - known[1])), rel=1e-9)
        assert found.spread * factor == pytest.approx(float(abs(known[0] - known[-1])), rel=1e-9)


def check_all(trees: list[Tree], seed: int, count: int) -> None:
    engine, cars = engine_of(trees), cars_of(trees)
    maker = PlanMaker(cars, seed)
    for _ in range(count):
        plan = maker.plan()
        try:
            check(plan, engine, cars)
        except AssertionError as error:
            raise AssertionError(f"{plan}") from error


def test_the_engine_agrees_with_brute_force_on_the_demo_graph() -> None:
    check_all(trees_of(DEMO), 1, DEMO_PLANS)


@pytest.mark.parametrize("seed", range(SYNTHETIC_GRAPHS))
def test_the_engine_agrees_with_brute_force_on_graphs_with_mixed_units_and_types(seed: int) -> None:
    check_all(synthetic_trees(seed), seed, PLANS_EACH)


@needs_cars
def test_the_engine_agrees_with_brute_force_on_the_shared_real_graph() -> None:
    check_all(trees_of(CARS), 3, SHARED_PLANS)


def test_enough_plans_are_compared() -> None:
    assert DEMO_PLANS + SYNTHETIC_GRAPHS * PLANS_EACH >= 2000
