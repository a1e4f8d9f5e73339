"""The HTTP surface, attacked from its own OpenAPI document with schemathesis, over a real service on the demo domain."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from chatbot.app import build_edge, build_service
from chatbot.config import load_engine_config
from chatbot.web.application import create_web_app
from tools.fuzz.targets import Findings

SERVICE = "fuzz"
EXPECTED_5XX = {503}
"""``/readyz`` and a store that is away say so on purpose."""

SLOW = {"/v1/lint": 2, "/v1/login": 20}
"""Cases in a hundred for addresses that start a process or derive a key each time."""


@contextmanager
def attacked(root: Path, folder: Path) -> Iterator[tuple[Any, dict[str, str]]]:
    """The application over a copy of the demo domain in ``folder``, and the header of an administrator."""
    shutil.copytree(root / "user_datasets", folder / "user_datasets")
    environ = {"CHATBOT_STATE_DIR": str(folder / "state"), "CHATBOT_LOG_LEVEL": "error"}
    config = load_engine_config(folder / "user_datasets" / "chatbot_deploy_eas.json", environ)
    service = build_service(config)
    edge = build_edge(config, service)
    edge.staff.add_user("fuzz", "fuzz", "admin")
    token = edge.staff.issue_token("fuzz", "fuzz", "fuzz")
    with open(os.devnull, "wb") as nowhere:
        app = create_web_app(service, config, SERVICE, nowhere, edge)
        try:
            yield app, {"Authorization": f"Bearer {token}"}
        finally:
            edge.close()
            service.close()


def fuzz_http(root: Path, folder: Path, cases: int) -> list[Findings]:
    """About ``cases`` requests, spread over all operations, half of them against the document on purpose."""
    with attacked(root, folder) as (app, header):
        schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
        operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
        each = max(2, cases // len(operations))
        return [_fuzz_operation(operation, header, each) for operation in operations]


def _fuzz_operation(operation: Any, header: dict[str, str], cases: int) -> Findings:
    found = Findings(f"{operation.method.upper()} {operation.path}")
    wanted = max(2, cases * SLOW.get(operation.path, 100) // 100)
    positive = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    negative = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    for strategy, share in ((positive, wanted - wanted // 2), (negative, wanted // 2)):
        try:
            _attack(strategy, header, share, found)
        except Exception as error:  # an operation without parameters has nothing that could be wrong
            if type(error).__name__ not in ("Unsatisfiable", "SkipTest"):
                raise
    return found


def _attack(strategy: st.SearchStrategy[Any], header: dict[str, str], cases: int, found: Findings) -> None:
    @settings(
        max_examples=cases, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def attack(case: Any) -> None:
        found.cases += 1
        response = case.call(headers=header)
        found.outcomes[str(response.status_code)] += 1
        if problem := _problem(response.status_code, response.content, response.headers):
            found.fault(f"{problem} ← {case.as_curl_command()[:400]}")

    attack()


def _problem(status: int, body: bytes, headers: Any) -> str:
    """What is wrong with a response; empty when nothing is."""
    if status >= 500 and status not in EXPECTED_5XX:
        return f"{status}: {body[:200]!r}"
    if status >= 400:
        try:
            error = json.loads(body)["error"]
            if set(error) >= {"code", "message", "trace_id"}:
                return ""
        except (ValueError, KeyError, TypeError):
            pass
        return f"{status} is not of the one shape: {body[:200]!r}"
    return ""
