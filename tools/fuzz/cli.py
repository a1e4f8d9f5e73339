"""``python -m tools fuzz``: broken requests and broken files, by the number; exit 1 on any finding."""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from chatbot.errors import ConfigError
from tools.fuzz.parsers import fuzz_parser, targets
from tools.fuzz.targets import Findings

ROOT = Path(__file__).parents[2]


def fuzz(
    cases: Annotated[int, typer.Option(min=100, help="HTTP 请求的总数；每个解析器各一成")] = 10_000,
    part: Annotated[
        str, typer.Option(help="http、parsers、all，或 guided（由覆盖率引导，要装 [fuzz]）")
    ] = "all",
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """按 OpenAPI 文档乱发请求，把坏文件喂给每个解析器；有 500 或别的异常就是发现。例：fuzz --cases 10000"""
    found: list[Findings] = []
    if part in ("http", "all"):
        from tools.fuzz.http import fuzz_http  # schemathesis takes two seconds

        with tempfile.TemporaryDirectory(prefix="cf-") as folder:
            found += fuzz_http(ROOT, Path(folder), cases)
    if part in ("parsers", "all"):
        for target in targets(ROOT):
            print(target.name, file=sys.stderr, flush=True)
            found.append(fuzz_parser(target, max(10, cases // 10)))
    if part == "guided":
        found += guided([target.name for target in targets(ROOT)], max(10, cases // 10))
    print(json.dumps(report(found), ensure_ascii=False) if as_json else as_text(found))
    if any(one.faults for one in found):
        sys.exit(1)


def guided(names: list[str], runs: int) -> list[Findings]:
    """Each parser under atheris, in a process of its own: libFuzzer ends it.

    Raises:
        ConfigError: atheris is not installed.
    """
    if find_spec("atheris") is None:
        raise ConfigError("fuzz --part guided: 没有装 atheris → python -m pip install -e '.[fuzz]'")
    with tempfile.TemporaryDirectory(prefix="cf-") as folder:
        command = [sys.executable, "-m", "tools.fuzz.guided", str(runs), folder, *names]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
        done = subprocess.run(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        codes = [int(line.split()[0]) for line in done.stdout.splitlines()]
        return [
            _guided_one(name, runs, code, Path(folder, str(number)))
            for number, (name, code) in enumerate(zip(names, codes, strict=True))
        ]


def _guided_one(name: str, runs: int, code: int, place: Path) -> Findings:
    findings = Findings(name, runs)
    if code:
        crash = next((path.read_bytes() for path in place.glob("crash-*")), b"")
        findings.fault(f"{(place / 'said').read_text('utf-8', 'replace')[-900:]} {crash[:200]!r}")
    return findings


def report(found: list[Findings]) -> dict[str, object]:
    """Totals, and each target by itself."""
    outcomes: Counter[str] = Counter()
    for one in found:
        outcomes += one.outcomes
    faults = sum(one.outcomes["fault"] for one in found)
    return {
        "cases": sum(one.cases for one in found), "faults": faults, "outcomes": dict(outcomes),
        "targets": [
            {"name": one.name, "cases": one.cases, "outcomes": dict(one.outcomes), "faults": one.faults}
            for one in found
        ],
    }  # fmt: skip


def as_text(found: list[Findings]) -> str:
    """One line a target, and the faults below it."""
    lines = []
    for one in found:
        counts = "，".join(f"{name} {count}" for name, count in sorted(one.outcomes.items()))
        lines += [f"{one.name:<44}{one.cases:>7}  {counts}", *(f"    {fault}" for fault in one.faults)]
    total = report(found)
    return "\n".join([*lines, f"共 {total['cases']} 例，发现 {total['faults']} 个问题"])
