"""``chatbot serve``: what it starts, from options, description and environment."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be served."""
    calls: list[Any] = []

    def serve(config: Any, serving: Any, ready: Any) -> None:
        calls.append((config, serving))
        ready("http://127.0.0.1:8079/", None)

    monkeypatch.setattr("chatbot.wsgi.serve", serve)
    return calls


def described(config: Path, **more: Any) -> Path:
    file = config.parents[1] / "desc.json"
    env = [
        {"name": "chatbot_config", "value": str(config)},
        {"name": "CHATBOT_FAQ_CANDIDATES", "value": "7"},
        {"name": "CHATBOT_MAX_SUGGESTIONS", "value": "3"},
    ]
    file.write_text(json.dumps({"name": "presales", "containers": [{"env": env, "port": 9001}], **more}))
    return file


def test_the_address_to_open_is_printed(run: Run, started: list[Any]) -> None:
    result = run("serve")
    assert result.exit_code == 0
    assert "打开 http://127.0.0.1:8079/" in result.stdout
    serving = started[0][1]
    assert (serving.service_name, serving.host, serving.port) == ("chatbot", "127.0.0.1", 8079)


def test_json_is_one_object(run: Run, started: list[Any]) -> None:
    body = json.loads(run("serve", "--workers", "3", "--json").stdout)
    assert body == {"url": "http://127.0.0.1:8079/", "service": "chatbot", "workers": 3, "pid": os.getpid()}


def test_a_description_is_honoured_and_options_go_before_it(
    run: Run, started: list[Any], config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATBOT_MAX_SUGGESTIONS", "5")
    monkeypatch.setenv(
        "CHATBOT_FAQ_CANDIDATES", ""
    )  # restored at the end, because serve adds to the environment
    monkeypatch.delenv("CHATBOT_FAQ_CANDIDATES")
    file = described(config, metadata={"instance": 3, "memory": 512, "cpu": 2})
    result = run("serve", "--service-desc", file)
    read_config, serving = started[0]
    engine = read_config()
    assert (serving.service_name, serving.port, serving.workers, serving.memory_mb) == (
        "presales",
        9001,
        3,
        512,
    )
    assert (engine.faq_candidates, engine.max_suggestions) == (7, 5)
    assert "metadata.cpu" in result.stderr
    run("serve", "--service-desc", file, "--port", "0", "--workers", "1", "--host", "0.0.0.0")
    serving = started[1][1]
    assert (serving.host, serving.port, serving.workers) == ("0.0.0.0", 0, 1)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--config", "no.json"], "no.json"),
        (["--service-desc", "no.json"], "no.json"),
        (["--config", "a", "--service-desc", "b"], "只能用一个"),
    ],
)
def test_wrong_usage_is_exit_2(run: Run, started: list[Any], arguments: list[str], part: str) -> None:
    result = run("serve", *arguments)
    assert (result.exit_code, started) == (2, [])
    assert part in result.stderr


@pytest.mark.parametrize("verb", ["serve", "ask", "shell", "test", "lint"])
def test_every_verb_helps_with_an_example_and_has_json(run: Run, verb: str) -> None:
    text = run(verb, "--help").stdout
    assert f"例：chatbot {verb}" in text and "--json" in text


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").stdout.startswith("chatbot 0.")
