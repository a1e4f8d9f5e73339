"""``chatbot ask`` and ``chatbot shell``: turns in this process, without HTTP, under the rules of HTTP."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import typer

from chatbot.app import build_service
from chatbot.cli.outcome import config_file, print_json
from chatbot.config import load_engine_config
from chatbot.errors import InvalidMessageError, SessionBusyError
from chatbot.explain.text import lines
from chatbot.json_bytes import dumps
from chatbot.log import configure_logging
from chatbot.reply import FaqEvidence, IntentEvidence, Message, PictureEvidence, Reply
from chatbot.service import ChatService, ExplainingService
from chatbot.session.ids import new_session_id, validate_session_id
from chatbot.web.wire import read_chat_request, reply_object

_QUIT = (":q", ":quit", ":exit", "exit", "quit")


@contextmanager
def opened_service(config: Path | None) -> Iterator[ExplainingService]:
    """The configured service; let go of at the end."""
    engine = load_engine_config(config_file(config), os.environ)
    configure_logging("error" if engine.log_level == "error" else "warning")
    service = build_service(engine)
    try:
        yield service
    finally:
        service.close()


@dataclass(frozen=True, slots=True)
class Question:
    """What ``chatbot ask`` was given."""

    text: str
    config: Path | None = None
    session: str | None = None
    rows_limit: int = 20
    explain: bool = False
    as_json: bool = False


def ask_once(question: Question) -> None:
    """One turn; prints the answer, or as JSON the contract's object; with ``explain`` also how it came about."""
    message = _message(question.text, question.session, question.rows_limit)
    explanation = None
    with opened_service(question.config) as service:
        if question.explain:
            started = perf_counter()
            reply, explanation = service.explained(message)
            shown = reply_object(message, reply, (perf_counter() - started) * 1000)
            shown["explanation"] = explanation.as_json()
        else:
            reply, shown = _turn(service, message)
    if question.as_json:
        print_json(shown)
    else:
        told = [*_lines(reply), ""] if explanation else list(_lines(reply))
        typer.echo("\n".join([*told, *(lines(explanation) if explanation else ())]))


def talk(config: Path | None, session: str | None, as_json: bool) -> None:
    """A conversation on the terminal; with ``as_json`` it ends with one object that holds all turns."""
    session_id = validate_session_id(session) if session else new_session_id()
    shown: list[dict[str, Any]] = []
    with opened_service(config) as service:
        _converse(service, session_id, shown, lambda line: typer.echo(line, err=as_json))
    if as_json:
        print_json({"session_id": session_id, "turns": shown})


def _converse(
    service: ChatService, session_id: str, shown: list[dict[str, Any]], out: Callable[[str], None]
) -> None:
    out("您好！直接输入问题；输入序号点选建议；:q 或 Ctrl-D 退出。")
    suggestions: tuple[str, ...] = ()
    for line in _typed_lines():
        said = _picked(line, suggestions)
        try:
            reply, turn = _turn(service, _message(said, session_id))
        except (InvalidMessageError, SessionBusyError) as error:
            out(f"⚠ {error.message}")
            continue
        shown.append(turn)
        suggestions = reply.suggestions
        if said != line:
            out(f"→ {said}")
        out("\n".join(_lines(reply)) + "\n")
    out("再见！")


def _typed_lines() -> Iterator[str]:
    """What the person types, until they leave; empty lines are passed over."""
    watched = sys.stdin.isatty()
    if watched:
        import readline  # noqa: F401  # optional: line editing and history where the platform has it
    while True:
        try:
            line = input("您：" if watched else "").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if line.lower() in _QUIT:
            return
        if line:
            yield line


def _picked(line: str, suggestions: tuple[str, ...]) -> str:
    number = int(line) if line.isdecimal() and len(line) < 4 else 0
    return suggestions[number - 1] if 1 <= number <= len(suggestions) else line


def _message(text: str, session: str | None, rows_limit: int = 20) -> Message:
    """The message that HTTP would make of it.

    Raises:
        InvalidMessageError, InvalidSessionIdError: what the contract does not allow.
    """
    asked = read_chat_request(dumps({"sent": text, "session_id": session, "rows_limit": rows_limit}))
    return Message(asked.sent, asked.session_id or new_session_id(), os.urandom(8).hex(), asked.rows_limit)


def _turn(service: ChatService, message: Message) -> tuple[Reply, dict[str, Any]]:
    started = perf_counter()
    reply = service.turn(message)
    return reply, reply_object(message, reply, (perf_counter() - started) * 1000)


def _lines(reply: Reply) -> Iterator[str]:
    """The answer, what it stands on, and numbered suggestions."""
    yield reply.answer
    if reply.degraded:
        yield "（会话存储暂时不可用，这一轮没有记住上下文）"
    for evidence in reply.evidence:
        if isinstance(evidence, FaqEvidence):
            yield f"  依据：{evidence.question}（{evidence.file}，{evidence.score:.2f}）"
        elif isinstance(evidence, PictureEvidence):
            yield f"  依据：图片是{evidence.name}（{evidence.service}：{evidence.label}，{evidence.score:.2f}）"
        elif isinstance(evidence, IntentEvidence):
            yield f"  依据：意图“{evidence.intent}”，最像“{evidence.matched}”（{evidence.file}，{evidence.score:.2f}）"
        else:
            yield f"  依据：{evidence.entity} · {'/'.join(evidence.path)} = {evidence.value}（{evidence.file}）"
    for number, suggestion in enumerate(reply.suggestions, 1):
        yield f"  {number}. {suggestion}"
