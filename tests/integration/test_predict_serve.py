"""``chatbot predict serve`` as an engineer runs it: a real process, a real model swapped under load."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chatbot.predict.model_dir import ModelCard, write_model_card
from tests.integration.model_package import install

SECONDS = 60.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model, its description, and the package it needs."""
    (tmp_path / "packages").mkdir()
    install(tmp_path / "packages")
    put_model(tmp_path, "1")
    (tmp_path / "counter.json").write_text(
        json.dumps(
            {"name": "counter", "processor": "counter", "model_path": "model", "metadata": {"instance": 2}}
        )
    )
    return tmp_path


def put_model(folder: Path, version: str, **settings: Any) -> None:
    """Publish a model as the documentation says: written beside, then renamed into its place."""
    fresh, place, old = folder / f"fresh-{version}", folder / "model", folder / f"before-{version}"
    fresh.mkdir()
    write_model_card(fresh, ModelCard("counter", version, settings))
    if place.exists():
        place.rename(old)
    fresh.rename(place)


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(folder / "packages")}


def command(folder: Path, *words: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "chatbot",
        "predict",
        *words,
        "--state-dir",
        str(folder / "state"),
        "--json",
    ]


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, dict[str, Any], subprocess.Popen[str]]]:
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command(folder, "serve", str(folder / "counter.json"), "--port", "0", *options),
            stdout=subprocess.PIPE, stderr=log, text=True, env=environment(folder),
        )  # fmt: skip
    assert process.stdout is not None
    try:
        about = json.loads(process.stdout.readline() or "{}")
        assert about, (folder / "log").read_text()
        wait_for(lambda: status(about["url"] + "readyz") == 200)
        yield about["url"], about, process
    finally:
        process.send_signal(signal.SIGTERM)
        ended = process.wait(SECONDS)
        process.stdout.close()
    assert ended == 0


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def ask(url: str, text: str = "您好", token: str = "") -> dict[str, Any]:
    body = json.dumps({"first_sequence": text}).encode()
    request = urllib.request.Request(url + "api/predict/counter", body, {"Authorization": token})
    with urllib.request.urlopen(request, timeout=SECONDS) as reply:
        found: dict[str, Any] = json.load(reply)
        return found


def test_many_at_once_are_answered_together_and_each_gets_its_own(folder: Path) -> None:
    with serving(folder, "--workers", "1") as (url, _, _process), ThreadPoolExecutor(32) as pool:
        texts = ["x" * number for number in range(1, 201)]
        found = list(pool.map(lambda text: ask(url, text), texts))
    assert [one["length"] for one in found] == list(range(1, 201))
    assert max(one["together"] for one in found) > 4


def test_a_model_is_swapped_without_a_failed_request_and_a_bad_one_changes_nothing(folder: Path) -> None:
    with serving(folder) as (url, _, _process):
        seen, faults, done = list[str](), list[str](), threading.Event()

        def keep_asking() -> None:
            while not done.is_set():
                try:
                    seen.append(ask(url)["version"])
                except Exception as error:
                    faults.append(repr(error))

        threads = [threading.Thread(target=keep_asking) for _ in range(4)]
        for thread in threads:
            thread.start()
        put_model(folder, "2", load_seconds=0.5)
        wait_for(lambda: seen[-8:] == ["2"] * 8 and {ask(url)["version"] for _ in range(8)} == {"2"})
        put_model(folder, "3", broken=True)
        wait_for(lambda: "no such weights" in (folder / "log").read_text())
        put_model(folder, "4")
        wait_for(lambda: {ask(url)["version"] for _ in range(8)} == {"4"})
        done.set()
        for thread in threads:
            thread.join()
    assert faults == []
    assert "3" not in seen and next(iter(dict.fromkeys(seen))) == "1" and "4" in seen


def test_a_token_is_made_at_the_first_start_and_asked_for_ever_after(folder: Path) -> None:
    description = json.loads((folder / "counter.json").read_text())
    (folder / "counter.json").write_text(json.dumps({**description, "generate_token": True}))
    with serving(folder) as (url, about, _process):
        token = about["tokens"]["counter"]
        with pytest.raises(urllib.error.HTTPError, match="401"):
            ask(url)
        assert ask(url, token=token)["length"] == 2
    with serving(folder) as (url, about, _process):
        assert about["tokens"] == {} and ask(url, token=token)["length"] == 2


@pytest.mark.parametrize("what", ["a model that does not load", "a processor nobody knows", "a port in use"])
def test_what_cannot_be_served_is_said_before_any_worker_starts(folder: Path, what: str) -> None:
    options: list[str] = []
    if what == "a processor nobody knows":
        text = (folder / "counter.json").read_text().replace('"processor": "counter"', '"processor": "no"')
        (folder / "counter.json").write_text(text)
    elif what == "a model that does not load":
        (folder / "model" / "predictor.json").write_text("{")
    else:
        taken = socket.create_server(("127.0.0.1", 0))
        options = ["--port", str(taken.getsockname()[1])]
    done = subprocess.run(
        [*command(folder, "serve", str(folder / "counter.json")), *options],
        capture_output=True, text=True, env=environment(folder), timeout=SECONDS, check=False,
    )  # fmt: skip
    if what == "a port in use":
        taken.close()
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["error"]["message"] in done.stderr
    assert "Traceback" not in done.stderr


def test_check_loads_and_tries_a_model_without_serving(folder: Path) -> None:
    done = subprocess.run(
        command(folder, "check", str(folder / "counter.json")),
        capture_output=True, text=True, env=environment(folder), timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["services"][0]["version"] == "1"
    put_model(folder, "2", broken=True)
    done = subprocess.run(
        command(folder, "check", str(folder / "counter.json")),
        capture_output=True, text=True, env=environment(folder), timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and "no such weights" in done.stderr and "counter" in done.stderr
