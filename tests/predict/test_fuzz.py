"""Whatever a client makes of the document, no request ends in a 500."""

import json
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from chatbot.predict.hosting import House
from chatbot.predict.metrics import PredictMetrics
from chatbot.predict.service import create_predict_app
from tests.predict.fakes import FakePredictor
from tests.predict.test_service import hosted

CASES = 60


def attack(operation: Any, mode: GenerationMode) -> list[str]:
    found: list[str] = []

    @settings(
        max_examples=CASES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        response = case.call()
        if response.status_code >= 500:
            found.append(f"{response.status_code} ← {case.as_curl_command()[:300]}")
        elif response.status_code >= 400 and set(json.loads(response.content)) != {"error", "request_id"}:
            found.append(f"{response.content[:200]!r}")

    try:
        send()
    except Exception as error:  # an operation without parameters has nothing that could be wrong
        if type(error).__name__ not in ("Unsatisfiable", "SkipTest"):
            raise
    return found


def test_no_request_that_the_document_suggests_ends_in_a_500() -> None:
    metrics = PredictMetrics()
    house = House([hosted("open", FakePredictor(), metrics)])
    house.start()
    schema = schemathesis.openapi.from_wsgi("/openapi.json", create_predict_app(house, metrics))
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    faults = [
        fault
        for operation in operations
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        for fault in attack(operation, mode)
    ]
    house.stop()
    assert len(operations) == 7 and faults == []
