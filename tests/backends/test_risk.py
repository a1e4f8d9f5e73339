"""The text-risk service against a real HTTP server on loopback: in time, over one connection, open or closed when gone."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from chatbot.backends.breaker import CircuitBreaker
from chatbot.backends.risk import HttpRiskService, RiskUnavailable, Verdict
from chatbot.backends.risk_guard import RiskGuard, guarded_turn
from chatbot.errors import ConfigError
from chatbot.predict.description import PredictService
from chatbot.predict.hosting import House, host
from chatbot.predict.metrics import PredictMetrics
from chatbot.predict.service import create_predict_app
from chatbot.reply import Message, Reply
from chatbot.security.credentials import token_hash
from tests.backends.risk_desk import RiskDesk

MakeDesk = Callable[..., RiskDesk]
MakeService = Callable[..., HttpRiskService]


@pytest.fixture
def make_desk() -> Iterator[MakeDesk]:
    desks: list[RiskDesk] = []

    def make(*statuses: int, **options: object) -> RiskDesk:
        desks.append(RiskDesk(*statuses, **options))  # type: ignore[arg-type]
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture
def make_service(make_desk: MakeDesk) -> Iterator[MakeService]:
    services: list[HttpRiskService] = []

    def make(url: str, **options: object) -> HttpRiskService:
        services.append(HttpRiskService(url, **options))  # type: ignore[arg-type]
        return services[-1]

    yield make
    for service in services:
        service.close()


def test_texts_are_judged_in_order_over_one_connection(
    make_desk: MakeDesk, make_service: MakeService
) -> None:
    desk = make_desk()
    service = make_service(desk.url, token="secret", seconds=2.0)
    assert service.judge(["好", "坏话"]) == [Verdict("正常"), Verdict("低俗", ("坏话",))]
    assert [service.judge(["好"]) for _ in range(5)] == [[Verdict("正常")]] * 5
    assert service.judge([]) == []
    assert desk.connections == 1
    assert set(desk.tokens) == {"secret"}


def test_a_connection_that_was_closed_meanwhile_is_replaced(
    make_desk: MakeDesk, make_service: MakeService
) -> None:
    desk = make_desk()
    service = make_service(desk.url, seconds=2.0)
    service.judge(["好"])
    kept = service._client._idle.get_nowait()
    assert kept.sock is not None
    kept.sock.close()
    kept.sock = type("Gone", (), {"sendall": _broken, "close": lambda self: None})()
    service._client._idle.put(kept)
    assert service.judge(["坏话"]) == [Verdict("低俗", ("坏话",))]


def _broken(self: object, *_: object) -> None:
    raise BrokenPipeError


@pytest.mark.parametrize("how", [{"stall": 5.0}, {"trickle": 0.05}], ids=["stalls", "trickles"])
def test_a_slow_service_costs_no_more_than_its_time(
    make_desk: MakeDesk, make_service: MakeService, how: dict[str, float]
) -> None:
    service = make_service(make_desk(**how).url, seconds=0.2)
    begun = time.monotonic()
    with pytest.raises(RiskUnavailable, match="200 ms"):
        service.judge(["好"])
    assert time.monotonic() - begun < 1.0


@pytest.mark.parametrize(
    ("statuses", "body"),
    [((401,), b""), ((500,), b""), ((302,), b""), ((200,), b"no json"), ((200,), b"{}"), ((200,), b"[]"),
     ((200,), b'[{"words": []}]'), ((200,), b"[1]")],
)  # fmt: skip
def test_what_is_no_verdict_counts_as_none(
    make_desk: MakeDesk, make_service: MakeService, statuses: tuple[int, ...], body: bytes
) -> None:
    with pytest.raises(RiskUnavailable):
        make_service(make_desk(*statuses, body=body).url, seconds=2.0).judge(["好"])


def test_nobody_listening_is_told(make_desk: MakeDesk, make_service: MakeService) -> None:
    desk = make_desk()
    desk.close()
    with pytest.raises(RiskUnavailable, match="Refused"):
        make_service(desk.url, seconds=2.0).judge(["好"])


def test_a_service_that_keeps_failing_is_left_alone_and_tried_again(
    make_desk: MakeDesk, make_service: MakeService
) -> None:
    now = [0.0]
    desk = make_desk(500, 500, 500)
    service = make_service(desk.url, seconds=2.0, breaker=CircuitBreaker(2, 5.0, lambda: now[0]))
    for _ in range(4):
        with pytest.raises(RiskUnavailable):
            service.judge(["好"])
    assert len(desk.batches) == 2
    now[0] = 6.0
    with pytest.raises(RiskUnavailable, match="500"):
        service.judge(["好"])
    with pytest.raises(RiskUnavailable, match="left alone"):
        service.judge(["好"])
    now[0] = 12.0
    assert service.judge(["好"]) == [Verdict("正常")]
    assert service.judge(["好"]) == [Verdict("正常")]


def test_while_one_tries_again_the_others_wait() -> None:
    now = [0.0]
    breaker = CircuitBreaker(1, 5.0, lambda: now[0])
    assert breaker.admits()
    breaker.told(False)
    assert not breaker.admits()
    now[0] = 6.0
    assert [breaker.admits(), breaker.admits()] == [True, False]
    breaker.told(True)
    assert breaker.admits()


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="risk_service_url"):
        HttpRiskService("ftp://x/")


def turn_of(guard: RiskGuard, heard: list[str]) -> Callable[[str], Reply]:
    def turn(message: Message) -> Reply:
        heard.append(message.sent)
        return Reply("好", "answer", "faq", "answering")

    guarded = guarded_turn(turn, guard, ("不方便聊", "稍后再试"))
    return lambda sent: guarded(Message(sent, "s", "t"))


def test_the_dialogue_does_not_hear_a_risk_and_the_reply_says_why(
    make_desk: MakeDesk, make_service: MakeService, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []
    ask = turn_of(RiskGuard(make_service(make_desk().url, seconds=2.0), "正常", True), heard)
    with caplog.at_level(logging.INFO, "chatbot.risk"):
        refused = ask("坏话")
    assert (refused.answer, refused.why) == ("不方便聊", "risk: 低俗")
    assert (refused.answer_type, refused.answer_source) == ("fallback", "none")
    assert "低俗" in caplog.text and "坏话" not in caplog.text
    assert ask("您好").answer == ask("  ").answer == "好"
    assert heard == ["您好", "  "]


@pytest.mark.parametrize(("fail_open", "answer"), [(True, "好"), (False, "稍后再试")])
def test_without_the_service_it_goes_as_configured(
    make_desk: MakeDesk,
    make_service: MakeService,
    caplog: pytest.LogCaptureFixture,
    fail_open: bool,
    answer: str,
) -> None:
    desk = make_desk()
    desk.close()
    ask = turn_of(RiskGuard(make_service(desk.url), "正常", fail_open), [])
    reply = ask("坏话")
    assert reply.answer == answer
    assert reply.why == ("" if fail_open else "risk service unavailable")
    assert "risk service" in caplog.text


def test_many_texts_are_looked_through_in_pieces_once_each(
    make_desk: MakeDesk, make_service: MakeService
) -> None:
    desk = make_desk()
    guard = RiskGuard(make_service(desk.url, seconds=5.0), "正常", True)
    texts = [f"第{number}条{'坏话' if number == 149 else ''}" for number in range(150)]
    assert guard.risky([*texts, *texts, " "]) == {"第149条坏话": Verdict("低俗", ("坏话",))}
    assert [len(batch) for batch in desk.batches] == [100, 50]


def test_the_real_service_is_understood(tmp_path: Path, make_service: MakeService) -> None:
    words = tmp_path / "words.txt"
    words.write_text("敏感词\t低俗\n", encoding="utf-8")
    described = PredictService(
        name="risk", processor="text_risk", model_path=None, settings={"sensitive_words": str(words)}
    )
    house = House([host(described, token_hash("secret"), PredictMetrics(""), tmp_path / "models")])
    house.start()
    server = make_server("127.0.0.1", 0, create_predict_app(house, PredictMetrics("")), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/api/predict/risk"
        service = make_service(url, token="secret", seconds=5.0)
        assert service.judge(["您好", "说说敏*感*词"]) == [Verdict("正常"), Verdict("低俗", ("敏*感*词",))]
        with pytest.raises(RiskUnavailable, match="401"):
            make_service(url, token="wrong", seconds=5.0).judge(["您好"])
    finally:
        server.shutdown()
        thread.join(5)
        house.stop()
