"""``chatbot test`` and ``chatbot lint``: what is wrong, where, as a table or as JSON."""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chatbot.cli.lint import Finding, find_faults
from chatbot.cli.outcome import FAILED, config_file, print_json
from chatbot.config import EngineConfig, load_engine_config
from chatbot.errors import StoreUnavailableError
from chatbot.faq_modules.dataset import load_label_map
from chatbot.lint.base import Issue
from chatbot.lint.run import find_issues
from chatbot.log import configure_logging
from chatbot.scripted import Outcome, Script, load_scripts, play
from chatbot.service import ChatService
from chatbot.store.records import RunRow
from chatbot.testing.results import CaseResult, Comparison, compared, junit_xml, result_of, run_row
from chatbot.testing.sheet import SUFFIXES, load_sheet, play_sheet


@dataclass(frozen=True, slots=True)
class PlayOptions:
    """Where to write JUnit XML, and whether the run is kept and compared."""

    junit: Path | None = None
    history: bool = True


def play_file(file: Path, config: Path | None, options: PlayOptions, as_json: bool) -> None:
    """Play ``file`` and print how it went and what is other than last time; exit 1 when a case failed."""
    sheet = load_sheet(file) if file.suffix.lower() in SUFFIXES else ()
    scripts = () if sheet else load_scripts(file)
    engine = load_engine_config(config_file(config), os.environ)
    configure_logging("error")
    with _service(engine) as service:
        if sheet:
            standard = frozenset(one.text for one in load_label_map(engine.faq_query_label_idx_map))
            outcomes, results = [], play_sheet(sheet, service, standard, _Progress(len(sheet)))
        else:
            outcomes = _played(scripts, service)
            results = [
                result_of(outcome, script.line) for outcome, script in zip(outcomes, scripts, strict=True)
            ]
        run = run_row(str(file.resolve()), service.kb_version, results)
    comparison = _remembered(engine, run) if options.history else None
    if options.junit:
        options.junit.write_bytes(junit_xml(str(file), results))
    if as_json:
        shown = _as_json(file, outcomes, results)
        print_json({**shown, "run_id": run.run_id, "compared": comparison and asdict(comparison)})
    else:
        _print_outcomes(outcomes, results)
        _print_comparison(comparison)
    if run.failed:
        raise typer.Exit(FAILED)


def _played(scripts: Sequence[Script], service: ChatService) -> list[Outcome]:
    told, outcomes = _Progress(len(scripts)), list[Outcome]()
    for script in scripts:
        told(len(outcomes))
        outcomes.append(play(script, service))
    return outcomes


class _Progress:
    """Says on standard error, every second, how far it is: the console shows the last line."""

    def __init__(self, total: int) -> None:
        self._total, self._again = total, time.monotonic() + 1

    def __call__(self, asked: int) -> None:
        """``asked`` of them are done."""
        if time.monotonic() >= self._again:
            self._again += 1
            typer.echo(f"{asked} / {self._total}", err=True)


@contextmanager
def _service(engine: EngineConfig) -> Iterator[ChatService]:
    from chatbot.app import build_service

    with tempfile.TemporaryDirectory(prefix="chatbot-test-") as folder:
        service = build_service(_apart_from_production(engine, Path(folder)))
        try:
            yield service
        finally:
            service.close()


def _remembered(engine: EngineConfig, run: RunRow) -> Comparison | None:
    """Keep the run; a store that is away costs the history, not the test."""
    from chatbot.store.sql_store import open_store  # SQLAlchemy costs 0.3 s

    store = open_store(engine)
    try:
        comparison = compared(store.test_runs.last(run.file), run)
        store.test_runs.add(run)
    except StoreUnavailableError as error:
        typer.echo(f"没有记下这次结果：{error.message}", err=True)
        return None
    finally:
        store.close()
    return comparison


def lint_knowledge(config: Path | None, as_json: bool) -> None:
    """Check everything the configuration names and print what is wrong; exit 1 on faults.

    What loads is checked for quality too (docs/loop.md); what does not is mended first.
    """
    file = config_file(config)
    findings = find_faults(file, os.environ)
    faults = sum(finding.severity == "fault" for finding in findings)
    issues = [] if faults else find_issues(load_engine_config(file, os.environ), datetime.now().date())
    faults += sum(issue.severity == "fault" for issue in issues)
    if as_json:
        found = [*map(asdict, findings), *map(_issue_object, issues)]
        print_json({"config": str(file), "faults": faults, "notices": len(found) - faults, "findings": found})
    else:
        shown = [Finding(issue.severity, issue.check, _issue_text(issue)) for issue in issues]
        _print_findings([*findings, *shown], faults)
    if faults:
        raise typer.Exit(FAILED)


def _issue_object(issue: Issue) -> dict[str, object]:
    return {"part": issue.check, **asdict(issue)}


def _issue_text(issue: Issue) -> str:
    place = f"{issue.file}:{issue.line}" if issue.line else issue.file
    return f"{place}: {issue.message} → {issue.mend}"


def _apart_from_production(config: EngineConfig, folder: Path) -> EngineConfig:
    """The same knowledge with sessions, bad cases and handoffs of its own, so that a test disturbs nobody."""
    return replace(
        config, state_dir=folder, bad_case_log=folder / "bad_cases.jsonl", handoff_webhook="",
        redis_host="", redis_sentinels=(), redis_sentinel_master="", redis_cluster_nodes=(), redis_db=0,
        redis_username="", redis_password="", redis_tls=False, store_url="", store_turns=False,
    )  # fmt: skip


def _as_json(file: Path, outcomes: Sequence[Outcome], results: Sequence[CaseResult]) -> dict[str, object]:
    passed = sum(result.passed for result in results)
    shown: dict[str, object] = {"file": str(file), "passed": passed, "failed": len(results) - passed}
    if outcomes:
        return {**shown, "conversations": [{"passed": one.passed, **asdict(one)} for one in outcomes]}
    return {**shown, "questions": [{"passed": one.passed, **asdict(one)} for one in results]}


def _print_outcomes(outcomes: Sequence[Outcome], results: Sequence[CaseResult]) -> None:
    if outcomes:
        _print_conversations(outcomes)
    else:
        for result in (result for result in results if not result.passed):
            typer.echo(f"✗ 第 {result.line} 行 {result.name}\n    {result.problem}")
    passed = sum(result.passed for result in results)
    typer.echo(f"{passed} 通过，{len(results) - passed} 失败")


def _print_comparison(comparison: Comparison | None) -> None:
    if comparison is None:
        return
    for name in comparison.newly_failed:
        typer.echo(f"比上次：✗ {name}（上次通过）")
    for name in comparison.newly_passed:
        typer.echo(f"比上次：✓ {name}（上次失败）")
    if not comparison.newly_failed and not comparison.newly_passed:
        typer.echo(f"和上次（知识库 {comparison.kb_version}）一样")


def _print_conversations(outcomes: Sequence[Outcome]) -> None:
    table = Table("对话", "轮数", "毫秒", "结果")
    for outcome in outcomes:
        result = Text("通过", "green") if outcome.passed else Text("失败", "bold red")
        table.add_row(Text(outcome.name), str(outcome.turns), f"{outcome.elapsed_ms:.0f}", result)
    Console().print(table)
    for outcome in outcomes:
        for failure in outcome.failures:
            typer.echo(
                f"✗ {outcome.name} · 第 {failure.turn} 轮“{failure.sent}”（第 {failure.line} 行）\n    {failure.problem}"
            )


def _print_findings(findings: Sequence[Finding], faults: int) -> None:
    for finding in findings:
        typer.echo(f"{'✗' if finding.severity == 'fault' else '·'} [{finding.part}] {finding.message}")
    typer.echo(f"{faults} 个错误，{len(findings) - faults} 个提醒" if findings else "没有发现问题")
