"""What the verbs do that publish, take back and clear up: versions, purge, audit; printed for a person or as JSON."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import typer

from chatbot.cli.opened import DAY_MS, moment, opened_loop
from chatbot.cli.outcome import FAILED, UsageError, print_json
from chatbot.learning.versions import FileDifference, Version
from chatbot.store.chain import verify


def publish_version(config: Path | None, proposal: str, words: tuple[str, str], as_json: bool) -> None:
    """A proposal, or what was edited by hand."""
    with opened_loop(config) as opened:
        if proposal:
            version = opened.proposals.publish(proposal, author=words[0])
        else:
            version = opened.proposals.publish_files(author=words[0], note=words[1])
    _show_version(version, "已发布", as_json)


def roll_back(config: Path | None, words: tuple[str, str], as_json: bool) -> None:
    """To the version named, or one step back."""
    with opened_loop(config) as opened:
        version = opened.proposals.rollback(author=words[0], to=words[1])
    _show_version(version, "已回退", as_json)


def list_versions(config: Path | None, as_json: bool) -> None:
    """All versions, and what is not published yet."""
    with opened_loop(config) as opened:
        store = opened.proposals.versions
        found, current, by_hand = store.all(), store.current(), store.unpublished()
    name = current.name if current else ""
    if as_json:
        rows = [{**_version_object(one), "current": one.name == name} for one in found]
        print_json({"current": name, "versions": rows, "unpublished": [one.key for one in by_hand]})
        return
    for one in found:
        mark = "*" if one.name == name else " "
        typer.echo(f"{mark} {one.name:<5} {moment(one.at_ms)}  {one.kb_version}  {one.author}  {one.note}")
    if by_hand:
        typer.echo(f"还有 {len(by_hand)} 个文件改过但没有发布 → chatbot publish")


def show_diff(config: Path | None, names: tuple[str, str], as_json: bool) -> None:
    """File by file."""
    with opened_loop(config) as opened:
        found = opened.proposals.diff(*names)
    if as_json:
        print_json({"old": names[0], "new": names[1], "files": [asdict(one) for one in found]})
    else:
        typer.echo("\n".join(_diff_lines(found)))


def purge_turns(config: Path | None, days: int | None, as_json: bool) -> None:
    """Delete what is older than ``days``, or than the configuration says."""
    with opened_loop(config) as opened:
        kept = opened.config.store_retention_days if days is None else days
        if days is None and not kept:
            raise UsageError("store_retention_days 是 0（一直保留）→ 用 --days 指出留几天")
        before = time.time_ns() // 1_000_000 - kept * DAY_MS
        gone = opened.store.turns.purge(before)
        opened.store.audit.append("cli", "purge", f"{kept} days", str(gone))
    if as_json:
        print_json({"days": kept, "deleted": gone})
    else:
        typer.echo(f"删除了 {gone} 行，留下最近 {kept} 天的")


def verify_audit(config: Path | None, head: str, as_json: bool) -> None:
    """The chain, recomputed; exit 1 when it does not hold."""
    with opened_loop(config) as opened:
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
