"""What a test file came to: cases with names that stay the same from run to run."""

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from chatbot.scripted import Outcome
from chatbot.store.records import RunRow


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case; ``problem`` is empty when it passed."""

    name: str
    problem: str
    line: int
    elapsed_ms: float

    @property
    def passed(self) -> bool:
        return not self.problem


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against the one before: what passed then and fails now, the other way round, and what is new."""

    at_ms: int
    kb_version: str
    newly_failed: tuple[str, ...]
    newly_passed: tuple[str, ...]
    added: int
    removed: int


def result_of(outcome: Outcome, line: int) -> CaseResult:
    """A conversation that begins in ``line`` as a case: its first problem's line, all its problems."""
    problem = "；".join(failure.problem for failure in outcome.failures)
    return CaseResult(
        outcome.name, problem, outcome.failures[0].line if problem else line, outcome.elapsed_ms
    )


def run_row(file: str, kb_version: str, results: Sequence[CaseResult]) -> RunRow:
    """The run as it is kept."""
    found = {result.name: result.problem for result in results}
    passed = sum(result.passed for result in results)
    now = time.time_ns() // 1_000_000
    shown = json.dumps(found, ensure_ascii=False)
    return RunRow(uuid.uuid4().hex, now, file, kb_version, passed, len(results) - passed, shown)


def compared(before: RunRow | None, now: RunRow) -> Comparison | None:
    """``now`` against ``before``; ``None`` when this is the first run."""
    if before is None:
        return None
    old: Mapping[str, str] = json.loads(before.results)
    new: Mapping[str, str] = json.loads(now.results)
    both = [name for name in new if name in old]
    return Comparison(
        before.at_ms,
        before.kb_version,
        tuple(name for name in both if new[name] and not old[name]),
        tuple(name for name in both if old[name] and not new[name]),
        len(new) - len(both),
        len(old) - len(both),
    )


def junit_xml(file: str, results: Sequence[CaseResult]) -> bytes:
    """The run as JUnit XML, one test case a case, as CI systems read it."""
    failed = sum(not result.passed for result in results)
    seconds = sum(result.elapsed_ms for result in results) / 1000
    suites = ElementTree.Element("testsuites")
    about = {
        "name": file,
        "tests": str(len(results)),
        "failures": str(failed),
        "errors": "0",
        "time": f"{seconds:.3f}",
    }
    suite = ElementTree.SubElement(suites, "testsuite", about)
    for result in results:
        name, took = _xml_text(result.name), f"{result.elapsed_ms / 1000:.3f}"
        case = ElementTree.SubElement(suite, "testcase", name=name, classname=_xml_text(file), time=took)
        if not result.passed:
            problem = ElementTree.SubElement(case, "failure", message=_xml_text(result.problem))
            problem.text = f"{_xml_text(file)}:{result.line}"
    return bytes(ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True))


def _xml_text(text: str) -> str:
    """``text`` without what XML 1.0 cannot hold."""
    return "".join(
        char
        for char in text
        if char in "\t\n\r" or " " <= char < "\ud800" or "\ue000" <= char < "\ufffe" or char > "\uffff"
    )
