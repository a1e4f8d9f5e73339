"""Deadlines and connections below the store."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import redis

from chatbot.session.connect import RedisSettings, connect
from chatbot.session.embedded import EmbeddedRedis
from chatbot.session.transport import FOREIGN_ERRORS, FRESH_SECONDS, DirectTransport, Transport, bounded


def test_bounded_gives_the_result() -> None:
    assert bounded(lambda: 7, time.monotonic() + 1) == 7


def test_bounded_raises_what_the_work_raises() -> None:
    def work() -> None:
        raise redis.ResponseError("no")

    with pytest.raises(redis.ResponseError, match="no"):
        bounded(work, time.monotonic() + 1)


def test_bounded_gives_up_in_time_and_hands_a_late_result_over() -> None:
    go, late = threading.Event(), []
    handed_over = threading.Event()

    def work() -> str:
        go.wait(5)
        return "connection"

    def receive(result: str) -> None:
        late.append(result)
        handed_over.set()

    started = time.monotonic()
    with pytest.raises(redis.TimeoutError):
        bounded(work, started + 0.05, late=receive)
    assert time.monotonic() - started < 1
    go.set()
    assert handed_over.wait(5)
    assert late == ["connection"]


@pytest.fixture
def silent_address() -> Iterator[tuple[str, int]]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()


@pytest.mark.parametrize("password", [None, "secret"], ids=["no password", "password"])
def test_a_server_that_never_answers_is_given_up_in_time(
    silent_address: tuple[str, int], password: str | None
) -> None:
    host, port = silent_address
    transport = connect(RedisSettings(host=host, port=port, password=password, db=3))
    started = time.monotonic()
    with pytest.raises(FOREIGN_ERRORS):
        transport.call("PING")
    assert time.monotonic() - started < 1
    transport.close()


def test_a_name_whose_resolution_hangs_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hanging(*_: object) -> list[object]:
        release.wait(10)
        raise OSError("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    transport = connect(RedisSettings(host="redis.example", port=6379))
    started = time.monotonic()
    with pytest.raises(redis.TimeoutError):
        transport.call("PING")
    assert time.monotonic() - started < 1.5
    release.set()
    transport.close()


def test_a_connection_is_kept_for_the_next_command(server: EmbeddedRedis, transport: Transport) -> None:
    first = transport.call("CLIENT", "ID")
    assert transport.call("CLIENT", "ID") == first


def test_an_idle_connection_that_died_meanwhile_is_replaced_unnoticed(
    server: EmbeddedRedis, transport: Transport
) -> None:
    first = transport.call("CLIENT", "ID")
    killer = connect(RedisSettings(host=f"unix://{server.socket}"))
    assert killer.call("CLIENT", "KILL", "ID", first) == 1
    killer.close()
    time.sleep(2 * FRESH_SECONDS)
    assert transport.call("CLIENT", "ID") != first


def test_many_threads_share_one_transport(transport: Transport) -> None:
    answers: list[bytes] = []

    def ask(number: int) -> None:
        for turn in range(50):
            word = f"{number}-{turn}".encode()
            answers.append(word if transport.call("ECHO", word) == word else b"mixed up")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 800
    assert b"mixed up" not in answers


def test_an_answer_of_error_does_not_mix_up_the_next_one(transport: Transport) -> None:
    with pytest.raises(redis.ResponseError):
        transport.call("NO-SUCH-COMMAND")
    assert transport.call("ECHO", "a") == b"a"


def test_close_may_be_called_twice(server: EmbeddedRedis) -> None:
    transport = connect(RedisSettings(host=f"unix://{server.socket}"))
    transport.call("PING")
    transport.close()
    transport.close()


def test_one_server_is_reached_over_tcp_with_user_password_and_db(
    tcp_redis: Callable[..., int],
) -> None:
    port = tcp_redis(config="user bot on >secret ~* &* +@all\nuser default off\n")
    transport = connect(RedisSettings(host="127.0.0.1", port=port, username="bot", password="secret", db=2))
    assert isinstance(transport, DirectTransport)
    assert transport.call("ACL", "WHOAMI") == b"bot"
    assert b"db=2" in transport.call("CLIENT", "INFO")
    transport.close()
    refused = connect(RedisSettings(host="127.0.0.1", port=port, username="bot", password="wrong"))
    with pytest.raises(redis.AuthenticationError):
        refused.call("PING")
    refused.close()
