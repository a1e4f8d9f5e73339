"""What must hold whatever the plan: conditions only narrow, orders reverse, units and their spelling do not matter."""

from dataclasses import replace
from fractions import Fraction

import pytest

from chatbot.knowledge_graph.execute import MAX_ROWS, Engine
from chatbot.knowledge_graph.plan import Condition, Not, Path, Plan
from chatbot.knowledge_graph.result import Result
from tests.knowledge_graph.graphs import DEMO, engine_of, synthetic_trees, trees_of
from tests.knowledge_graph.oracle import SAME, UNITS, cars_of, read
from tests.knowledge_graph.plans import PlanMaker

GRAPHS = {"demo": trees_of(DEMO), "synthetic": synthetic_trees(11, 60)}
ENGINES = {name: engine_of(trees) for name, trees in GRAPHS.items()}
ROUNDS = 150


@pytest.fixture(params=list(GRAPHS))
def world(request: pytest.FixtureRequest) -> tuple[Engine, PlanMaker]:
    return ENGINES[request.param], PlanMaker(cars_of(GRAPHS[request.param]), 21)


def found(result: Result) -> set[str]:
    return {row.entity for row in result.rows}


def test_adding_a_condition_never_adds_rows(world: tuple[Engine, PlanMaker]) -> None:
    engine, maker = world
    for _ in range(ROUNDS):
        plan = Plan("filter", conditions=(maker.clause(2),))
        more = replace(plan, conditions=(*plan.conditions, maker.clause(2)))
        assert found(engine.run(more, MAX_ROWS)) <= found(engine.run(plan, MAX_ROWS))


def test_a_condition_and_its_opposite_share_no_row_and_leave_only_the_unknown(
    world: tuple[Engine, PlanMaker],
) -> None:
    engine, maker = world
    for _ in range(ROUNDS):
        clause = maker.clause(2)
        yes, no = (engine.run(Plan("filter", conditions=(c,)), MAX_ROWS) for c in (clause, Not(clause)))
        unknown = len(engine.columns) - yes.total - no.total
        assert not found(yes) & found(no)
        assert (unknown == 0) == (not yes.left_out) and unknown >= 0


def test_the_other_order_is_the_reverse_up_to_ties(world: tuple[Engine, PlanMaker]) -> None:
    engine, maker = world
    for path in maker.numeric:
        up, down = (
            engine.run(Plan("superlative", (), (path,), order=order, limit=MAX_ROWS), MAX_ROWS).rows
            for order in ("asc", "desc")
        )
        keys = [[key_of(row.cells[0].raw, path) for row in rows if row.cells[0]] for rows in (up, down)]
        assert keys[0] == keys[1][::-1] == sorted(keys[0])
        assert len(up) == len(down) > 0


def key_of(raw: str, path: Path) -> Fraction:
    number = read(path, raw)
    assert number is not None
    return (number[1] + number[2]) / 2


def test_the_unit_in_which_a_bound_is_said_changes_nothing(world: tuple[Engine, PlanMaker]) -> None:
    engine, maker = world
    compared = 0
    for _ in range(ROUNDS):
        condition = maker.number_condition()
        dimension = maker.dimension[condition.attribute] or ""
        base = Fraction(repr(condition.value)) * UNITS.get(condition.unit, ("", Fraction(1)))[1]
        expected = engine.run(Plan("filter", conditions=(condition,)), MAX_ROWS)
        for unit in SAME.get(dimension, ()):
            said = float(base / UNITS[unit][1])
            if Fraction(repr(said)) * UNITS[unit][1] != base:
                continue
            other = engine.run(
                Plan("filter", conditions=(replace(condition, value=said, unit=unit),)), MAX_ROWS
            )
            assert (other.rows, other.left_out) == (expected.rows, expected.left_out)
            compared += 1
    assert compared > ROUNDS


def test_the_unit_in_which_a_value_is_written_changes_nothing() -> None:
    spelled = {"12.5万": "125000元", "300km": "300000米", "0.5小时": "30分钟", "150": "150kW"}
    path = ("属性", "某项(kW)")
    for one, other in spelled.items():
        name = path[-1] if one == "150" else "价格" if "万" in one else "某项"
        engine = engine_of(
            [{"实体": {"名称": text, "关键词": text}, "属性": {name: text}} for text in (one, other)]
        )
        result = engine.run(Plan("filter", conditions=(Condition(("属性", name), "=", other),)))
        assert found(result) == {one, other}


def test_the_same_plan_gives_the_same_result(world: tuple[Engine, PlanMaker]) -> None:
    engine, maker = world
    for _ in range(40):
        plan = maker.plan()
        assert engine.run(plan) == engine.run(plan)
