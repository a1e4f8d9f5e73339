"""What the verbs of the operator's loop do, printed for a person or as one JSON object."""

import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from chatbot.app import open_replayer
from chatbot.cli.outcome import FAILED, UsageError, config_file, print_json
from chatbot.config import EngineConfig, load_engine_config
from chatbot.encoders.load import load_encoder
from chatbot.json_bytes import dumps
from chatbot.learning.cases import CaseGroup, group_cases
from chatbot.learning.changes import load_changes
from chatbot.learning.proposals import Ground, Proposals
from chatbot.learning.rebuilding import ToolRebuilder
from chatbot.learning.replay import ReplayReport, replay_over, replay_recorded
from chatbot.learning.versions import FileDifference, Version
from chatbot.log import configure_logging
from chatbot.reply_json import outcome_object
from chatbot.store.base import Store
from chatbot.store.chain import verify
from chatbot.store.recorder import digest
from chatbot.store.sql_store import open_store

PROCESSES = 2
_AGO = re.compile(r"(\d{1,5})([dh])")
_MS = {"d": 86_400_000, "h": 3_600_000}
_NAMES = {"broken": "弄坏", "fixed": "修好", "changed": "改变"}


@dataclass(frozen=True, slots=True)
class _Opened:
    config: EngineConfig
    store: Store
    proposals: Proposals


@contextmanager
def _opened(config: Path | None) -> Iterator[_Opened]:
    engine = load_engine_config(config_file(config), os.environ, require_built=False)
    configure_logging("error" if engine.log_level == "error" else "warning")
    store = open_store(engine)
    try:
        yield _Opened(engine, store, Proposals(engine, store, open_replayer, ToolRebuilder()))
    finally:
        store.close()


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
    with _opened(config) as opened:
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
    with _opened(config) as opened:
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
    with _opened(config) as opened:
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
    with _opened(config) as opened:
        row = opened.proposals.propose(changes, author=words[0], note=words[1])
    if as_json:
        print_json({"proposal_id": row.proposal_id, "changes": len(changes), "status": row.status})
    else:
        typer.echo(f"提案 {row.proposal_id}：{len(changes)} 处修改 → 下一步 chatbot prove {row.proposal_id}")


def list_proposals(config: Path | None, as_json: bool) -> None:
    """All proposals."""
    with _opened(config) as opened:
        rows = opened.store.proposals.all(1000)
    if as_json:
        print_json({"proposals": [asdict(row) for row in rows]})
    else:
        for row in rows:
            typer.echo(
                f"{row.proposal_id}  {row.status:<9}  {_time(row.at_ms)}  {row.author}  {row.note}  {row.version}"
            )


def prove_proposal(config: Path | None, proposal: str, ground: Ground, as_json: bool) -> None:
    """The proof; exit 1 when something breaks."""
    with _opened(config) as opened:
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


def publish_version(config: Path | None, proposal: str, words: tuple[str, str], as_json: bool) -> None:
    """A proposal, or what was edited by hand."""
    with _opened(config) as opened:
        if proposal:
            version = opened.proposals.publish(proposal, author=words[0])
        else:
            version = opened.proposals.publish_files(author=words[0], note=words[1])
    _show_version(version, "已发布", as_json)


def roll_back(config: Path | None, words: tuple[str, str], as_json: bool) -> None:
    """To the version named, or one step back."""
    with _opened(config) as opened:
        version = opened.proposals.rollback(author=words[0], to=words[1])
    _show_version(version, "已回退", as_json)


def list_versions(config: Path | None, as_json: bool) -> None:
    """All versions, and what is not published yet."""
    with _opened(config) as opened:
        store = opened.proposals.versions
        found, current, by_hand = store.all(), store.current(), store.unpublished()
    name = current.name if current else ""
    if as_json:
        rows = [{**_version_object(one), "current": one.name == name} for one in found]
        print_json({"current": name, "versions": rows, "unpublished": [one.key for one in by_hand]})
        return
    for one in found:
        mark = "*" if one.name == name else " "
        typer.echo(f"{mark} {one.name:<5} {_time(one.at_ms)}  {one.kb_version}  {one.author}  {one.note}")
    if by_hand:
        typer.echo(f"还有 {len(by_hand)} 个文件改过但没有发布 → chatbot publish")


def show_diff(config: Path | None, names: tuple[str, str], as_json: bool) -> None:
    """File by file."""
    with _opened(config) as opened:
        found = opened.proposals.diff(*names)
    if as_json:
        print_json({"old": names[0], "new": names[1], "files": [asdict(one) for one in found]})
    else:
        typer.echo("\n".join(_diff_lines(found)))


def purge_turns(config: Path | None, days: int | None, as_json: bool) -> None:
    """Delete what is older than ``days``, or than the configuration says."""
    with _opened(config) as opened:
        kept = opened.config.store_retention_days if days is None else days
        if days is None and not kept:
            raise UsageError("store_retention_days 是 0（一直保留）→ 用 --days 指出留几天")
        before = time.time_ns() // 1_000_000 - kept * _MS["d"]
        gone = opened.store.turns.purge(before)
        opened.store.audit.append("cli", "purge", f"{kept} days", str(gone))
    if as_json:
        print_json({"days": kept, "deleted": gone})
    else:
        typer.echo(f"删除了 {gone} 行，留下最近 {kept} 天的")


def verify_audit(config: Path | None, head: str, as_json: bool) -> None:
    """The chain, recomputed; exit 1 when it does not hold."""
    with _opened(config) as opened:
        verdict = verify(opened.store.audit.entries(), head=head)
    if as_json:
        print_json({"ok": not verdict.problem, **asdict(verdict)})
    else:
        typer.echo(
            verdict.problem or f"{verdict.count} 条，没有被改过。请把这个校验值记在别处：{verdict.head}"
        )
    if verdict.problem:
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
        f"{report.turns} 轮：修好 {report.fixed}，弄坏 {report.broken}，改变 {report.changed}，不变 {report.same}"
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


def _show_version(version: Version, done: str, as_json: bool) -> None:
    if as_json:
        print_json(_version_object(version))
    else:
        typer.echo(f"{done} {version.name}（知识库 {version.kb_version}）")


def _version_object(version: Version) -> dict[str, object]:
    return {name: value for name, value in asdict(version).items() if name != "files"}


def _diff_lines(found: Sequence[FileDifference]) -> Iterator[str]:
    for one in found:
        yield one.text or f"{one.key}: {one.kind}"


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000).strftime("%Y-%m-%d %H:%M")
