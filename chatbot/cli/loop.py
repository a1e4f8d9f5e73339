"""What the verbs of the operator's loop do, printed for a person or as one JSON object."""

import os
import re
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import typer

from chatbot.app import open_replayer
from chatbot.cli.opened import DAY_MS, moment, opened_loop
from chatbot.cli.outcome import FAILED, UsageError, config_file, print_json
from chatbot.config import load_engine_config
from chatbot.encoders.load import load_encoder
from chatbot.json_bytes import dumps
from chatbot.learning.cases import CaseGroup, group_cases
from chatbot.learning.changes import load_changes
from chatbot.learning.proposals import Ground
from chatbot.learning.replay import ReplayReport, replay_over, replay_recorded
from chatbot.reply_json import outcome_object
from chatbot.store.recorder import digest

PROCESSES = 2
_AGO = re.compile(r"(\d{1,5})([dh])")
_MS = {"d": DAY_MS, "h": 3_600_000}
_NAMES = {"broken": "弄坏", "fixed": "修好", "changed": "改变"}


def since_ms(text: str, now_ms: int) -> int:
    """``7d``, ``24h`` or a date as milliseconds since 1970.

    Raises:
        UsageError: none of these.
    """
    if ago := _AGO.fullmatch(text):
        return now_ms - int(ago[1]) * _MS[ago[2]]
    try:
        return int(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)
    except ValueError as error:
        raise UsageError(f"--since {text}: 看不懂 → 写 7d、24h 或 2026-11-01") from error


def ground(since: str, limit: int, tests: tuple[Path, ...]) -> Ground:
    """What ``chatbot prove`` replays.

    Raises:
        UsageError: a test file is not there, or ``since`` is no time.
    """
    if missing := [path for path in tests if not path.is_file()]:
        raise UsageError(f"--test {missing[0]}: 没有这个文件 → 检查路径")
    return Ground(since_ms(since, time.time_ns() // 1_000_000), limit, tests, PROCESSES)


def replay_trace(config: Path | None, trace: str, as_json: bool) -> None:
    """One stored turn again; exit 1 when the same version gives other bytes."""
    with opened_loop(config) as opened:
        turn = opened.store.turns.by_trace(trace)
        if turn is None:
            raise UsageError(f"--trace {trace}: 库里没有这一轮 → 可能已过保留期，或 store_turns 关着")
        replayer = open_replayer(opened.config)
        reply = replayer.reply(turn)
        wanted = (turn.digest, digest(reply, turn.rows_limit)) if turn.digest else (turn.answer, reply.answer)
    same_version = turn.kb_version == replayer.version
    shown = {
        "trace_id": trace, "sent": turn.sent, "masked": turn.masked, "recorded_version": turn.kb_version,
        "kb_version": replayer.version, "same_bytes": wanted[0] == wanted[1], "recorded_answer": turn.answer,
        "reply": outcome_object(reply, turn.rows_limit),
    }  # fmt: skip
    if as_json:
        print_json(shown)
    else:
        typer.echo(dumps(shown["reply"]).decode())
        verdict = "与当时逐字节相同" if shown["same_bytes"] else f"与当时不同，当时答的是：{turn.answer}"
        typer.echo(f"版本 {turn.kb_version} → {replayer.version}，{verdict}", err=True)
    if same_version and not turn.masked and not shown["same_bytes"]:
        raise typer.Exit(FAILED)


def replay_traffic(config: Path | None, candidate: Path | None, span: tuple[str, int], as_json: bool) -> None:
    """Past turns over the current knowledge base, or over it and a candidate's."""
    with opened_loop(config) as opened:
        turns = list(opened.store.turns.since(since_ms(span[0], time.time_ns() // 1_000_000), span[1]))
        current = open_replayer(opened.config)
        if candidate is None:
            report = replay_recorded(turns, current, PROCESSES)
        else:
            other = load_engine_config(config_file(candidate), os.environ)
            report = replay_over(turns, current, open_replayer(other), PROCESSES)
    _show_report(report, {}, as_json)


def show_cases(config: Path | None, sizes: tuple[int, int], as_json: bool) -> None:
    """Open bad cases, grouped."""
    with opened_loop(config) as opened:
        found = opened.store.cases.all("open", sizes[0])
        replayer = open_replayer(opened.config)
        encoder = load_encoder(opened.config.feature_generator_model_dir)
    groups = group_cases(found, replayer.knowledge, encoder, most=sizes[1])
    if as_json:
        print_json({"cases": len(found), "groups": [_group_object(group) for group in groups]})
        return
    for place, group in enumerate(groups, 1):
        reasons = "、".join(f"{reason}×{count}" for reason, count in group.reasons)
        typer.echo(f"{place}. {group.title}  （{group.sessions} 人，{len(group.cases)} 次；{reasons}）")
        for offer in group.offers[:3]:
            typer.echo(f"     {offer.kind} {offer.target} {offer.score:.2f}")
    typer.echo(f"{len(found)} 条，{len(groups)} 组")


def propose_changes(config: Path | None, file: Path, words: tuple[str, str], as_json: bool) -> None:
    """A change set from a file."""
    try:
        changes = load_changes(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{file}: 读不了：{error.strerror}") from error
    with opened_loop(config) as opened:
        row = opened.proposals.propose(changes, author=words[0], note=words[1])
    if as_json:
        print_json({"proposal_id": row.proposal_id, "changes": len(changes), "status": row.status})
    else:
        typer.echo(f"提案 {row.proposal_id}：{len(changes)} 处修改 → 下一步 chatbot prove {row.proposal_id}")


def list_proposals(config: Path | None, as_json: bool) -> None:
    """All proposals."""
    with opened_loop(config) as opened:
        rows = opened.store.proposals.all(1000)
    if as_json:
        print_json({"proposals": [asdict(row) for row in rows]})
    else:
        for row in rows:
            typer.echo(
                f"{row.proposal_id}  {row.status:<9}  {moment(row.at_ms)}  {row.author}  {row.note}  {row.version}"
            )


def prove_proposal(config: Path | None, proposal: str, ground: Ground, as_json: bool) -> None:
    """The proof; exit 1 when something breaks."""
    with opened_loop(config) as opened:
        proof = opened.proposals.prove(proposal, ground, lambda step: typer.echo(step, err=True))
    tests = proof.tests
    _show_report(
        proof.report, {"proposal_id": proposal, "files": list(proof.files), "tests": asdict(tests)}, as_json
    )
    if not as_json:
        for one in tests.examples:
            typer.echo(f"[测试{_NAMES[one.change]}] {one.file} · {one.name}\n    {one.problem}")
        for reason in tests.unread:
            typer.echo(f"没有重放：{reason}", err=True)
        typer.echo(
            f"{tests.files} 个测试文件的 {tests.cases} 项：修好 {tests.fixed}，弄坏 {tests.broken}，前后都不过 {tests.failing}"
        )
    if proof.breaks:
        raise typer.Exit(FAILED)


# -- shown ---------------------------------------------------------------------------------------------------


def _show_report(report: ReplayReport, more: dict[str, object], as_json: bool) -> None:
    if as_json:
        shown = {name: value for name, value in asdict(report).items() if name != "examples"}
        print_json(
            {**more, **shown, "same": report.same, "examples": [asdict(one) for one in report.examples]}
        )
        return
    for one in report.examples:
        typer.echo(
            f"[{_NAMES[one.change]}] {one.sent}\n    前：{one.before.answer}\n    后：{one.after.answer}"
        )
    typer.echo(
        f"{report.turns} 轮：修好 {report.fixed}，弄坏 {report.broken}，改变 {report.changed}（{report.reworded} 轮换了话），不变 {report.same}"
        f"（{report.before_version} → {report.after_version}）"
    )


def _group_object(group: CaseGroup) -> dict[str, object]:
    return {
        "title": group.title,
        "sessions": group.sessions,
        "size": len(group.cases),
        "reasons": dict(group.reasons),
        "offers": [asdict(offer) for offer in group.offers],
        "cases": [
            {"case_id": case.case_id, "trace_id": case.trace_id, "sent": case.sent} for case in group.cases
        ],
    }
