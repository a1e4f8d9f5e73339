"""``chatbot test`` and ``chatbot lint``: what is wrong, where, as a table or as JSON."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chatbot.cli.lint import Finding, find_faults
from chatbot.cli.outcome import FAILED, config_file, print_json
from chatbot.config import EngineConfig, load_engine_config
from chatbot.log import configure_logging
from chatbot.scripted import Outcome, load_scripts, play


def play_file(file: Path, config: Path | None, as_json: bool) -> None:
    """Play ``file`` and print how it went; exit 1 when a conversation failed."""
    from chatbot.app import build_service

    scripts = load_scripts(file)
    engine = load_engine_config(config_file(config), os.environ)
    configure_logging("error")
    with tempfile.TemporaryDirectory(prefix="chatbot-test-") as folder:
        service = build_service(_apart_from_production(engine, Path(folder)))
        try:
            outcomes = [play(script, service) for script in scripts]
        finally:
            service.close()
    if as_json:
        print_json(_as_json(file, outcomes))
    else:
        _print_outcomes(outcomes)
    if not all(outcome.passed for outcome in outcomes):
        raise typer.Exit(FAILED)


def lint_knowledge(config: Path | None, as_json: bool) -> None:
    """Check everything the configuration names and print what is wrong; exit 1 on faults."""
    file = config_file(config)
    findings = find_faults(file, os.environ)
    faults = sum(finding.severity == "fault" for finding in findings)
    if as_json:
        found = [asdict(finding) for finding in findings]
        print_json(
            {"config": str(file), "faults": faults, "notices": len(findings) - faults, "findings": found}
        )
    else:
        _print_findings(findings, faults)
    if faults:
        raise typer.Exit(FAILED)


def _apart_from_production(config: EngineConfig, folder: Path) -> EngineConfig:
    """The same knowledge with sessions, bad cases and handoffs of its own, so that a test disturbs nobody."""
    return replace(
        config, state_dir=folder, bad_case_log=folder / "bad_cases.jsonl", handoff_webhook="",
        redis_host="", redis_sentinels=(), redis_sentinel_master="", redis_cluster_nodes=(), redis_db=0,
        redis_username="", redis_password="", redis_tls=False,
    )  # fmt: skip


def _as_json(file: Path, outcomes: Sequence[Outcome]) -> dict[str, object]:
    passed = sum(outcome.passed for outcome in outcomes)
    conversations = [{"passed": outcome.passed, **asdict(outcome)} for outcome in outcomes]
    return {
        "file": str(file),
        "passed": passed,
        "failed": len(outcomes) - passed,
        "conversations": conversations,
    }


def _print_outcomes(outcomes: Sequence[Outcome]) -> None:
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
    passed = sum(outcome.passed for outcome in outcomes)
    typer.echo(f"{passed} 通过，{len(outcomes) - passed} 失败")


def _print_findings(findings: Sequence[Finding], faults: int) -> None:
    for finding in findings:
        typer.echo(f"{'✗' if finding.severity == 'fault' else '·'} [{finding.part}] {finding.message}")
    typer.echo(f"{faults} 个错误，{len(findings) - faults} 个提醒" if findings else "没有发现问题")
