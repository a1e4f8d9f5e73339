"""Dashboard and alerts name only metrics and labels that ``/metrics`` has."""

import re
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from chatbot.deploy.monitoring import ALERTS, PANELS, alert_rules, dashboard
from chatbot.metrics import ChatMetrics
from chatbot.reply import Reply
from tests.fakes import FakeChatService

EXPRESSIONS = [query for panel in PANELS for query, _ in panel.queries] + [
    alert.expression for alert in ALERTS
]


@pytest.fixture(scope="module")
def exposed() -> dict[str, set[str]]:
    """Sample name → its labels, of a service to which everything has happened once."""
    metrics = ChatMetrics()
    metrics.turn(Reply("a", "answer", "faq", "answering", degraded=True), 0.01)
    metrics.error("session_busy")
    metrics.rows_written(1)
    metrics.rows_dropped(1)
    text = metrics.exposition(FakeChatService()).decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.name: set(sample.labels) for sample in samples}


def labels_in(expression: str) -> Iterator[str]:
    for group in re.findall(r"\bby \(([^)]*)\)|ignoring\(([^)]*)\)", expression):
        yield from (label.strip() for label in "".join(group).split(","))
    yield from re.findall(r"[{,]\s*(\w+)\s*=", expression)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_metric_and_label_named_is_exposed(expression: str, exposed: dict[str, set[str]]) -> None:
    named = set(re.findall(r"\bchatbot_\w+", expression))
    assert named and named <= exposed.keys()
    known = set().union(*(exposed[name] for name in named))
    assert set(labels_in(expression)) <= known


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_brackets_match(expression: str) -> None:
    for opening, closing in ("()", "[]", "{}"):
        assert expression.count(opening) == expression.count(closing)


def test_every_exposed_metric_of_ours_is_on_the_dashboard(exposed: dict[str, set[str]]) -> None:
    shown = " ".join(query for panel in PANELS for query, _ in panel.queries)
    families = {
        re.sub(r"_(total|bucket|sum|count|created)$", "", name) for name in exposed if "chatbot_" in name
    }
    assert [name for name in sorted(families) if name not in shown] == []


def test_panels_do_not_overlap_and_each_has_its_queries() -> None:
    panels = dashboard()["panels"]
    assert isinstance(panels, list)
    places = {(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels}  # type: ignore[index,call-overload]
    assert len(places) == len(PANELS)


def test_alerts_say_how_long_how_bad_and_what_to_do() -> None:
    (group,) = alert_rules()["groups"]  # type: ignore[misc]
    for rule in group["rules"]:  # type: ignore[index,call-overload]
        assert rule["for"] and rule["labels"]["severity"] and rule["annotations"]["summary"]  # type: ignore[index,call-overload]
