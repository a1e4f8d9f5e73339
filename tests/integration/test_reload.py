"""Reloads, stops and deaths of workers while users talk: what may fail, and what may not."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.serving import ROOT, Running, serving, until

GEARBOX = "标准续航升级版的变速箱是什么类型"


class Users:
    """Three users who talk without a pause; one opens a connection for each turn."""

    def __init__(self, port: int) -> None:
        self.port, self.answered = port, 0
        self.failures: list[str] = []
        self.refused = 0
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._talk, args=(n,), daemon=True) for n in range(3)]

    def __enter__(self) -> "Users":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(30)

    def _talk(self, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        body = json.dumps({"sent": GEARBOX, "session_id": f"user-{number}"}).encode()
        while not self._over.is_set():
            try:
                if connection.sock is None:
                    connection.connect()
            except ConnectionRefusedError:
                self.refused += 1
                self._over.set()
                break
            try:
                connection.request("POST", "/", body)
                response = connection.getresponse()
                text = response.read().decode()
                self.answered += 1
                if response.status != 200 or "手动变速箱" not in text:
                    self.failures.append(f"{response.status} {text[:200]}")
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                connection.close()
            if number == 0:
                connection.close()
        connection.close()


@contextmanager
def copied_service(folder: Path, workers: int = 2) -> Iterator[tuple[Running, Path]]:
    """A service on a copy of the demo domain, whose files a test may change."""
    data = folder / "data"
    shutil.copytree(ROOT / "user_datasets", data, ignore=shutil.ignore_patterns(".versions"))
    config = data / "chatbot_deploy_eas.json"
    with serving(folder, "--config", str(config), "--port", "0", "--workers", str(workers)) as running:
        until(lambda: len(running.workers()) == workers)
        yield running, config


def command(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "CHATBOT_STATE_DIR": str(folder / "state")},
    )  # fmt: skip


def test_a_reload_takes_over_configuration_and_knowledge_without_a_failed_request(tmp_path: Path) -> None:
    with copied_service(tmp_path) as (running, config):
        before = set(running.workers())
        settings = json.loads(config.read_text())
        config.write_text(json.dumps({**settings, "handoff_text": "这就请同事来"}, ensure_ascii=False))
        with Users(running.port) as users:
            done = command(tmp_path, "chatbot", "reload", "--config", str(config), "--json")
            until(lambda: len(running.workers()) == 2 and not before & set(running.workers()), 40)
            answered = users.answered
            until(lambda: users.answered > answered + 20)
        assert (done.returncode, users.failures, users.refused) == (0, [], 0), done.stderr
        assert json.loads(done.stdout)["services"] == [
            {"pid": running.process.pid, "reloaded": True, "error": ""}
        ]
        assert running.ask("转人工", "after")["answer"] == "这就请同事来"


def test_published_knowledge_is_taken_over_without_a_failed_request(tmp_path: Path) -> None:
    with copied_service(tmp_path) as (running, config):
        before = running.ask(GEARBOX, "a")["kb_version"]
        question = config.parent / "car_faqs" / "questions" / "保养灯怎么归零"
        with question.open("a", encoding="utf-8") as file:
            file.write("仪表上那个扳手灯咋弄没\n")
        with Users(running.port) as users:
            done = command(tmp_path, "tools", "rebuild-index", "--config", str(config))
            assert done.returncode == 0, done.stderr
            until(lambda: running.ask(GEARBOX, "b")["kb_version"] != before, 40)
            old = {before}
            until(lambda: not old & {running.ask(GEARBOX, f"c{n}")["kb_version"] for n in range(12)}, 40)
        assert (users.failures, users.refused) == ([], 0)
        assert running.ask("仪表上那个扳手灯咋弄没", "d")["evidence"][0]["question"] == "保养灯怎么归零"


def test_what_cannot_be_loaded_changes_nothing_and_is_told(tmp_path: Path) -> None:
    with copied_service(tmp_path, workers=1) as (running, config):
        workers, good = running.workers(), config.read_text()
        config.write_text('{"faq_modules": 3}')
        done = command(tmp_path, "chatbot", "reload", "--config", str(config))
        assert done.returncode == 1
        os.kill(running.process.pid, signal.SIGHUP)
        until(lambda: running.request("GET", "/readyz")[0] == 503, 30)
        assert "faq_modules" in running.request("GET", "/readyz")[1].decode()
        assert "手动变速箱" in running.ask(GEARBOX, "still")["answer"]
        assert running.workers() == workers
        config.write_text(good)
        done = command(tmp_path, "chatbot", "reload", "--config", str(config))
        assert done.returncode == 0, done.stderr
        until(lambda: running.request("GET", "/readyz")[0] == 200, 30)


def test_a_reload_without_a_running_service_says_so(tmp_path: Path) -> None:
    done = command(tmp_path, "chatbot", "reload")
    assert (done.returncode, done.stdout) == (1, "")
    assert "chatbot serve" in done.stderr


def test_a_stop_answers_every_connection_that_was_accepted(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--workers", "2") as running, Users(running.port) as users:
        until(lambda: users.answered > 50)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(20) == 0
        until(lambda: users.refused > 0)
    assert users.failures == []


def test_a_killed_worker_costs_at_most_the_turns_in_flight_on_it(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--workers", "2") as running, Users(running.port) as users:
        until(lambda: len(running.workers()) == 2)
        for _ in range(3):
            answered, workers = users.answered, set(running.workers())
            os.kill(workers.pop(), signal.SIGKILL)
            until(lambda workers=workers: len(set(running.workers()) - workers) == 1)
            until(lambda answered=answered: users.answered > answered + 30)
    assert len(users.failures) <= 3 * 3
    assert not [failure for failure in users.failures if "429" in failure]


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGWINCH], ids=lambda number: number.name)
def test_other_signals_do_no_harm(number: signal.Signals, tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--workers", "1") as running:
        running.process.send_signal(number)
        time.sleep(0.3)
        assert "手动变速箱" in running.ask(GEARBOX, "a")["answer"]
