"""The service under its production server: several workers, killed ones, a Redis that dies, a port that is taken."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from redis import Redis

from chatbot.learning.layout import Layout
from chatbot.learning.versions import Versions
from chatbot.session.state_dir import socket_path
from chatbot.web.openapi import ChatReply
from tests.integration.serving import ROOT, Running, serving, until
from tests.learning.conftest import demo_copy

GEARBOX = "标准续航升级版的变速箱是什么类型"
PIPES = "A型号有几个排气管"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One service for the tests that break nothing."""
    with serving(tmp_path_factory.mktemp("serve")) as running:
        yield running


def turns_counted(running: Running) -> float:
    text = running.request("GET", "/metrics")[1].decode()
    return sum(float(value) for value in re.findall(r"^chatbot_turns_total\{.*\} (\S+)$", text, re.MULTILINE))


def redis_of(running: Running) -> psutil.Process:
    """The bundled redis-server that this service started."""
    state = str(Path(running.log).parent)
    found = [p for p in psutil.process_iter(["name", "cmdline", "cwd"]) if p.info["name"] == "redis-server"]
    return next(
        p for p in found if state in " ".join(p.info["cmdline"] or ()) or state in (p.info["cwd"] or "")
    )


def on_disk(running: Running) -> bool:
    """Whether the bundled redis-server has handed all it acknowledged to the kernel."""
    with closing(Redis(unix_socket_path=str(socket_path(running.log.parent / "state" / "redis")))) as redis:
        return redis.info("persistence")["aof_buffer_length"] == 0


def test_it_says_where_it_is_and_answers_there(service: Running) -> None:
    assert service.announced["url"] == f"http://127.0.0.1:{service.port}/"
    assert (service.announced["service"], service.announced["workers"]) == ("chatbot", 2)
    reply = service.ask(GEARBOX, "first")
    ChatReply.model_validate(reply, strict=True)
    assert "手动变速箱" in reply["answer"] and reply["evidence"]
    assert service.ask(GEARBOX, "first", "/api/predict/chatbot")["answer"] == reply["answer"]


def test_it_is_alive_and_ready_and_shows_its_page(service: Running) -> None:
    for path in ("/healthz", "/readyz", "/", "/widget.js", "/docs", "/openapi.json"):
        assert service.request("GET", path)[0] == 200, path


def test_a_conversation_goes_on_whichever_worker_answers(service: Running) -> None:
    for n in range(6):
        assert service.ask(PIPES, f"talk-{n}")["answer_type"] == "clarify"
        assert service.ask("第二个", f"talk-{n}")["answer_type"] == "answer"


def test_simultaneous_messages_of_one_session_are_all_answered(service: Running) -> None:
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: service.ask(GEARBOX, "crowd"), range(24)))
    assert {"手动变速箱" in reply["answer"] for reply in replies} == {True}
    assert not any("degraded" in reply for reply in replies)


def test_the_counters_of_all_workers_are_in_every_exposition(service: Running) -> None:
    before = turns_counted(service)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: service.ask("您好", f"count-{n}"), range(40)))
    assert {turns_counted(service) - before for _ in range(6)} == {40.0}


def test_every_turn_is_one_log_line_and_every_line_is_json(service: Running) -> None:
    service.ask("您好", "logged-1")
    lines = [line for line in service.logged() if line.get("session_id") == "logged-1"]
    assert [line["event"] for line in lines] == ["turn"]
    assert "您好" not in json.dumps(lines, ensure_ascii=False)


@pytest.mark.parametrize("chunked", [False, True], ids=["with-length", "chunked"])
def test_a_body_over_the_limit_is_refused_and_the_service_goes_on(service: Running, chunked: bool) -> None:
    body = b'{"sent": "a"}' + b" " * (2 * 1024 * 1024)
    parts = (body[i : i + 65536] for i in range(0, len(body), 65536))
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    connection.request("POST", "/", parts if chunked else body, encode_chunked=chunked,
                       headers={"Transfer-Encoding": "chunked"} if chunked else {})  # fmt: skip
    assert connection.getresponse().status == 413
    connection.close()
    assert service.ask("您好", "after-large")["answer"]


@pytest.mark.parametrize(
    "raw",
    [b"nonsense\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"GET / HTTP/1.1\r\nA: \0\r\n\r\n", b"\x16\x03\x01"],
    ids=["no-http", "bad-length", "nul-in-header", "tls"],
)  # fmt: skip
def test_what_is_no_http_is_closed_and_the_service_goes_on(service: Running, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        assert b"200 OK" not in connection.recv(65536)
    assert service.ask("您好", "after-nonsense")["answer"]


def test_a_port_that_is_taken_is_exit_1_with_the_way_out(service: Running, tmp_path: Path) -> None:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "chatbot", "serve", "--port", str(service.port)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "CHATBOT_STATE_DIR": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert f"端口 {service.port} 已被占用" in done.stderr and "--port" in done.stderr
    assert time.monotonic() - started < 20


def test_a_killed_worker_is_replaced_and_nothing_is_forgotten(service: Running) -> None:
    service.ask(PIPES, "survivor")
    before, counted = set(service.workers()), turns_counted(service)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(set(service.workers()) - before) == 2)
    until(lambda: service.request("GET", "/healthz")[0] == 200)
    assert service.ask("第二个", "survivor")["answer_type"] == "answer"
    assert turns_counted(service) == counted + 1


def test_a_killed_redis_costs_the_context_of_a_moment_and_heals(service: Running) -> None:
    assert service.ask(PIPES, "redis")["answer_type"] == "clarify"
    until(lambda: on_disk(service))
    killed = redis_of(service)
    killed.kill()
    for n in range(5):
        started = time.monotonic()
        reply = service.ask(GEARBOX, f"meanwhile-{n}")
        assert "手动变速箱" in reply["answer"]
        assert time.monotonic() - started < 1.5
    until(lambda: service.request("GET", "/readyz")[0] == 200)
    until(lambda: "degraded" not in service.ask("您好", "healed"))
    until(lambda: "degraded" not in service.ask("您好", "healed-in-the-other-worker"))
    assert service.ask("第二个", "redis")["answer_type"] == "answer"


def test_workers_that_are_replaced_gracefully_take_nothing_with_them(service: Running) -> None:
    before, counted = set(service.workers()), turns_counted(service)
    service.process.send_signal(signal.SIGHUP)
    until(lambda: len(service.workers()) == 2 and not before & set(service.workers()), 20)
    assert service.ask("您好", "after-hup")["answer"]
    assert turns_counted(service) == counted + 1


def test_counters_that_cannot_be_written_cost_no_answer(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--workers", "1") as running:
        for folder in (tmp_path / "state").glob("metrics-*"):
            shutil.rmtree(folder)
        assert running.ask("您好", "a")["answer"]
        assert running.request("POST", "/", b"")[0] == 400


def test_a_stop_is_clean(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--workers", "1") as running:
        running.ask("您好", "last")
        redis, folders = redis_of(running), list((tmp_path / "state").glob("metrics-*"))
        assert len(folders) == 1
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(15) == 0
    assert not folders[0].exists()
    until(lambda: not redis.is_running())


def test_a_service_description_is_honoured(tmp_path: Path) -> None:
    description = tmp_path / "desc.json"
    config = ROOT / "user_datasets" / "chatbot_deploy_eas.json"
    description.write_text(
        json.dumps(
            {
                "name": "presales",
                "containers": [
                    {
                        "image": "registry.example.com/x",
                        "env": [
                            {"name": "chatbot_config", "value": str(config)},
                            {"name": "CHATBOT_LOG_LEVEL", "value": "warning"},
                        ],
                        "port": 8079,
                    }
                ],
                "metadata": {"instance": 1, "memory": 1},
            }
        )
    )
    with serving(tmp_path, "--service-desc", str(description), "--port", "0") as running:
        assert (running.announced["service"], running.announced["workers"]) == ("presales", 1)
        assert running.ask("您好", "a", "/api/predict/presales")["answer"]
        assert running.request("POST", "/api/predict/chatbot", b"{}")[0] == 404
        events = [line["event"] for line in running.logged()]
    assert any("containers[0].image" in event for event in events)
    assert any("1 MB of the service description" in event for event in events)
    assert "turn" not in events


@pytest.mark.parametrize(
    ("arguments", "status", "part"),
    [
        (["--config", "nowhere.json"], 2, "nowhere.json"),
        (["--service-desc", "nowhere.json"], 2, "nowhere.json"),
        (["--config", "a.json", "--service-desc", "b.json"], 2, "--service-desc"),
        (["--port", "70000"], 2, "--port"),
        (["--workers", "0"], 2, "--workers"),
        (["--host", "256.0.0.1", "--port", "0"], 1, "256.0.0.1"),
        (["--host", "203.0.113.7", "--port", "0"], 1, "203.0.113.7"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_served_is_refused(
    arguments: list[str], status: int, part: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chatbot", "serve", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "CHATBOT_STATE_DIR": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (status, "")
    assert part in done.stderr


def test_turns_are_in_the_store_when_the_service_has_ended(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        for number in range(30):
            running.ask(GEARBOX, f"session-{number}")
    with closing(sqlite3.connect(f"file:{next(tmp_path.rglob('store.db'))}?mode=ro", uri=True)) as database:
        assert database.execute("SELECT count(*) FROM turns").fetchone() == (30,)


@pytest.mark.slow
def test_twenty_publications_go_live_in_the_running_service_without_a_failed_request(tmp_path: Path) -> None:
    config = demo_copy(tmp_path / "kb")
    answers = config.faq_data_dir / "answers" / "通用"
    line = next(line for line in answers.read_text().splitlines() if line.startswith("[怎么下定买车]"))
    versions, kept = Versions(Layout(config)), []
    for number in range(2):
        answers.write_text(answers.read_text().replace(line, f"[怎么下定买车]\t第{number}版"))
        kept.append(versions.keep(Layout(config), parent="", author="", note="", kb_version=""))
        answers.write_text(answers.read_text().replace(f"[怎么下定买车]\t第{number}版", line))
    model = str(config.feature_generator_model_dir)
    versions.install(kept[0])
    with serving(
        tmp_path,
        "--config",
        str(config.source),
        "--port",
        "0",
        "--workers",
        "2",
        CHATBOT_FEATURE_GENERATOR_MODEL_DIR=model,
    ) as running:
        heard = [running.ask("怎么下定买车", "s")["answer"]]
        for number in range(1, 21):
            versions.install(kept[number % 2])
            heard += [running.ask("怎么下定买车", f"s{number}-{again}")["answer"] for again in range(5)]
        assert heard[0] == "第0版" and set(heard) <= {"第0版", "第1版"}
        versions.install(kept[1])
        until(lambda: {running.ask("怎么下定买车", f"e{n}")["answer"] for n in range(6)} == {"第1版"}, 30)
