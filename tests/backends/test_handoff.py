"""The handoff webhook against a real HTTP server on loopback: signed, tried again, kept, and never in a turn's way."""

import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatbot.backends import handoff, webhook
from chatbot.backends.handoff import Exchange, HandoffWebhook, letter_of, pause_after
from chatbot.backends.outbox import Outbox
from chatbot.backends.webhook import SignedWebhook, new_secret
from chatbot.conversation import FinishedTurn
from chatbot.dialog.state import BadCase, Step
from chatbot.errors import ConfigError, StoreUnavailableError
from chatbot.reply import Message, Reply
from chatbot.session.base import Memory
from tests.backends.desk import Desk

SECRET = new_secret()
MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk() -> Iterator[MakeDesk]:
    desks: list[Desk] = []

    def make(*statuses: int, stall: float = 0.0) -> Desk:
        desks.append(Desk(*statuses, stall=stall))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses a hundred times shorter than in production."""
    monkeypatch.setattr(handoff, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(handoff, "LONGEST_PAUSE", 0.3)


def finished(answer_type: str = "handoff", trace: str = "t1") -> FinishedTurn:
    reply = Reply("好的", answer_type, "guide", "question_intake")  # type: ignore[arg-type]
    step = Step(reply, Memory(entities=("甲",), attributes=(("价格", "指导价"),)), BadCase("handoff"))
    return FinishedTurn(Message("转人工", "s", trace), Memory(), step, "v1")


def observer(desk: Desk, folder: Path, *, secret: str = SECRET, **options: object) -> HandoffWebhook:
    given = {"transcript": None, **options}
    return HandoffWebhook(SignedWebhook(desk.url, secret), Outbox(folder), **given)  # type: ignore[arg-type]


def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def test_a_handoff_reaches_the_desk_signed_and_with_its_context(make_desk: MakeDesk, tmp_path: Path) -> None:
    desk = make_desk()
    sender = observer(desk, tmp_path)
    sender.finished(finished("chitchat", "t0"))
    sender.finished(finished())
    until(lambda: bool(desk.taken) and not Outbox(tmp_path).waiting())
    sender.close()
    (call,) = desk.calls
    assert call.told["context"]["attributes"] == ["价格/指导价"]
    assert {name: call.told[name] for name in ("trace_id", "session_id", "sent", "entities", "reason", "kb_version")} == {
        "trace_id": "t1", "session_id": "s", "sent": "转人工", "entities": ["甲"], "reason": "handoff", "kb_version": "v1",
    }  # fmt: skip
    assert call.told["id"] == call.headers["webhook-id"]
    assert call.verified_with(SECRET) and not call.verified_with(new_secret())
    forged = type(call)(call.headers, call.body.replace(b"t1", b"t2"))
    assert not forged.verified_with(SECRET)
    stale = type(call)({**call.headers, "webhook-timestamp": str(int(time.time()) - 900)}, call.body)
    assert not stale.verified_with(SECRET)


def test_a_receiver_needs_no_library_to_verify(make_desk: MakeDesk, tmp_path: Path) -> None:
    """The example of docs/operations.md, run as it stands there."""
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    source = next(part for part in text.split("```python\n")[1:] if "def verified" in part).partition("```")[
        0
    ]
    names: dict[str, Callable[..., bool]] = {}
    exec(source, names)  # type: ignore[arg-type]  # the module's names, of which one is a function
    desk = make_desk()
    sender = observer(desk, tmp_path)
    sender.finished(finished())
    until(lambda: bool(desk.taken))
    sender.close()
    (call,) = desk.taken
    assert names["verified"](SECRET, call.headers, call.body)
    assert not names["verified"](SECRET, call.headers, call.body + b" ")
    assert not names["verified"](new_secret(), call.headers, call.body)


@pytest.mark.parametrize("statuses", [(500, 500, 503), (429,), (0, 0)], ids=["errors", "too-many", "cut-off"])
def test_a_desk_that_fails_at_first_is_tried_again(
    make_desk: MakeDesk, tmp_path: Path, statuses: tuple[int, ...]
) -> None:
    desk = make_desk(*statuses)
    sender = observer(desk, tmp_path)
    sender.finished(finished())
    until(lambda: bool(desk.taken) and not Outbox(tmp_path).waiting())
    sender.close()
    assert len(desk.calls) == len(statuses) + 1
    assert len({call.headers["webhook-id"] for call in desk.calls}) == 1


@pytest.mark.parametrize("status", [400, 404, 302], ids=["refused", "not-there", "redirect"])
def test_what_trying_again_cannot_mend_is_kept_at_once(
    make_desk: MakeDesk, tmp_path: Path, status: int
) -> None:
    desk = make_desk(*[status] * 5)
    sender = observer(desk, tmp_path)
    sender.finished(finished())
    until(lambda: [letter.attempts for letter in Outbox(tmp_path).take_all()] == [1])
    sender.close()
    assert len(desk.calls) == 1


def test_trying_ends_in_time_and_the_next_success_sends_what_was_left(
    make_desk: MakeDesk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = make_desk(*[500] * 1000)
    sender = observer(desk, tmp_path, give_up_seconds=0.4)
    with caplog.at_level(logging.ERROR, "chatbot.handoff"):
        sender.finished(finished(trace="first"))
        until(lambda: "stays in the outbox" in caplog.text, 5)
    desk._statuses.clear()
    sender.finished(finished(trace="second"))
    until(lambda: len(desk.taken) == 2 and not Outbox(tmp_path).waiting())
    sender.close()
    assert [call.told["trace_id"] for call in desk.taken] == ["second", "first"]


def test_a_desk_that_stalls_holds_up_no_turn(
    make_desk: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_SECONDS", 0.3)
    desk = make_desk(stall=20)
    sender = observer(desk, tmp_path)
    started = time.monotonic()
    for number in range(handoff.QUEUE_LENGTH + 50):
        sender.finished(finished(trace=f"t{number}"))
    assert time.monotonic() - started < 1
    until(lambda: len(desk.calls) > 1)
    sender.close()


def test_letters_of_a_process_that_died_are_sent_by_another(make_desk: MakeDesk, tmp_path: Path) -> None:
    desk, outbox = make_desk(), Outbox(tmp_path)
    child = os.fork()
    if child == 0:
        outbox.keep(letter_of(finished(trace="orphan")))
        os._exit(0)
    os.waitpid(child, 0)
    held = letter_of(finished(trace="held"))
    outbox.keep(held)
    sender = observer(desk, tmp_path)
    sender.finished(finished())
    until(lambda: len(desk.taken) == 2)
    sender.close()
    assert [call.told["trace_id"] for call in desk.taken] == ["t1", "orphan"]
    assert outbox.waiting() == [held.letter_id]
    outbox.let_go(held)


def test_closing_keeps_what_was_not_sent(make_desk: MakeDesk, tmp_path: Path) -> None:
    desk = make_desk(*[500] * 1000)
    sender = observer(desk, tmp_path)
    for number in range(5):
        sender.finished(finished(trace=f"t{number}"))
    sender.close()
    assert len(Outbox(tmp_path).waiting()) == 5


def test_a_disk_that_takes_nothing_does_not_keep_the_letter_from_the_desk(
    make_desk: MakeDesk, tmp_path: Path
) -> None:
    file = tmp_path / "a file where the folder should be"
    file.touch()
    desk = make_desk()
    sender = observer(desk, file)
    sender.finished(finished())
    until(lambda: bool(desk.taken))
    sender.close()


def test_the_transcript_is_waited_for_and_the_last_turns_of_it_sent(
    make_desk: MakeDesk, tmp_path: Path
) -> None:
    told = [Exchange(f"old{n}", n, f"问{n}", f"答{n}", "answer") for n in range(30)]
    reads: list[str] = []

    def transcript(session: str) -> list[Exchange]:
        reads.append(session)
        return told + [Exchange("t1", 99, "转人工", "好的", "handoff")] * (len(reads) > 2)

    desk = make_desk()
    sender = observer(desk, tmp_path, transcript=transcript)
    sender.finished(finished())
    until(lambda: bool(desk.taken))
    sender.close()
    shown = desk.taken[0].told
    assert (len(shown["transcript"]), shown["transcript"][-1]["trace_id"]) == (handoff.TRANSCRIPT_TURNS, "t1")
    assert shown["transcript_complete"] and set(reads) == {"s"}


def test_without_the_store_the_letter_goes_without_transcript(make_desk: MakeDesk, tmp_path: Path) -> None:
    def transcript(session: str) -> list[Exchange]:
        raise StoreUnavailableError("gone")

    desk = make_desk()
    sender = observer(desk, tmp_path, transcript=transcript)
    sender.finished(finished())
    until(lambda: bool(desk.taken))
    sender.close()
    assert (desk.taken[0].told["transcript"], desk.taken[0].told["transcript_complete"]) == ([], False)


def test_a_damaged_letter_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "1-half.json").write_text('{"body": {"trace')
    outbox = Outbox(tmp_path)
    good = letter_of(finished())
    outbox.keep(good)
    outbox.let_go(good)
    taken = list(outbox.take_all())
    assert [json.dumps(letter.body) for letter in taken] == [json.dumps(good.body)]
    for letter in taken:
        outbox.let_go(letter)


def test_pauses_double_up_to_a_bound_and_are_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert [pause_after(n, lambda: 0.5) for n in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert pause_after(50, lambda: 0.5) == 30.0
    assert (pause_after(2, lambda: 0.0), pause_after(2, lambda: 1.0)) == (0.5, 1.5)


def test_without_a_secret_nothing_is_signed(make_desk: MakeDesk, tmp_path: Path) -> None:
    desk = make_desk()
    sender = observer(desk, tmp_path, secret="")
    sender.finished(finished())
    until(lambda: bool(desk.taken))
    sender.close()
    assert "webhook-signature" not in desk.taken[0].headers


@pytest.mark.parametrize("url", ["file:///etc/passwd", "desk.example", ""])
def test_an_address_that_is_not_http_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="handoff_webhook"):
        SignedWebhook(url)


@pytest.mark.parametrize(
    "secret",
    ["hunter2", "whsec_", "whsec_!!!!", "whsec_" + "QUJD", SECRET[6:]],
    ids=["a word", "empty", "not base64", "too short", "without its prefix"],
)
def test_a_secret_that_is_none_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ConfigError, match="handoff_secret") as caught:
        SignedWebhook("https://example.com", secret)
    assert secret in ("whsec_",) or secret not in str(caught.value)
