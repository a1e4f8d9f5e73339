"""The test conversations and question sheets over two knowledge bases: which of them a change mends, and which it breaks."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chatbot.errors import DataError
from chatbot.jobs.jobs import Jobs
from chatbot.jobs.record import Job
from chatbot.learning.replay import Replayer, Session
from chatbot.scripted import load_scripts, play
from chatbot.store.records import RunRow
from chatbot.testing.results import CaseResult, result_of
from chatbot.testing.sheet import SUFFIXES as SHEETS
from chatbot.testing.sheet import load_sheet, play_sheet
from chatbot.testing.uploads import FOLDER, UploadedTests

SCRIPTS = (".yaml", ".yml")
EXAMPLES = 20
KIND = "test"


@dataclass(frozen=True, slots=True)
class TrialDifference:
    """A case that passes over one knowledge base only. ``problem`` is what is wrong over the other."""

    file: str
    name: str
    change: Literal["fixed", "broken"]
    problem: str


@dataclass(frozen=True, slots=True)
class TrialReport:
    """``cases`` of ``files`` were played over both; ``failing`` fail over both.

    ``unread`` are files that are no tests any more, with the reason. ``examples`` are the first ``EXAMPLES``, what is
    broken first.
    """

    files: int = 0
    cases: int = 0
    fixed: int = 0
    broken: int = 0
    failing: int = 0
    examples: tuple[TrialDifference, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """A knowledge base and its standard questions."""

    replayer: Replayer
    standard: frozenset[str]


def start_test(jobs: Jobs, uploads: UploadedTests, name: str, actor: str, content: bytes | None) -> Job:
    """Begin to run a file of ``uploads``, after putting ``content`` in it when there is some.

    The work is about the file's name and a hash of what is in it now, so that a changed file is other work.

    Raises:
        JobRunningError: something else is being done.
        InvalidUploadError, NotThereError, PublishError: as ``uploads`` does.
    """
    path = uploads.find(name) if content is None else uploads.keep(name, content)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return jobs.start(KIND, f"{path.name} {digest}", actor, str(path.resolve()))


def known_tests(state_dir: Path, runs: Iterable[RunRow]) -> list[Path]:
    """The files that were uploaded at the console, and those of ``runs`` that are still there."""
    folder = state_dir / FOLDER
    uploaded = [path.resolve() for path in folder.iterdir()] if folder.is_dir() else []
    found = dict.fromkeys([*sorted(uploaded), *sorted(Path(run.file) for run in runs)])
    return [path for path in found if path.suffix.lower() in (*SHEETS, *SCRIPTS) and path.is_file()]


def play_file(file: Path, side: Side) -> list[CaseResult]:
    """Every case of ``file``, each in a session of its own.

    Raises:
        DataError: it is no script and no sheet.
    """
    session = Session(side.replayer)
    if file.suffix.lower() in SHEETS:
        return play_sheet(load_sheet(file), session, side.standard)
    scripts = load_scripts(file)
    return [result_of(play(script, session), script.line) for script in scripts]


def compare_tests(files: Sequence[Path], current: Side, candidate: Side) -> TrialReport:
    """All cases of ``files`` over both. The same name twice in a file counts once, as the last."""
    differences: list[TrialDifference] = []
    unread: list[str] = []
    cases = failing = 0
    for file in files:
        try:
            before, after = (_problems(play_file(file, one)) for one in (current, candidate))
        except DataError as error:
            unread.append(error.message)
            continue
        cases += len(before)
        failing += sum(bool(before[name] and after.get(name)) for name in before)
        differences += _differences(file.name, before, after)
    differences.sort(key=lambda one: one.change != "broken")
    broken = sum(one.change == "broken" for one in differences)
    return TrialReport(
        len(files) - len(unread), cases, len(differences) - broken, broken, failing,
        tuple(differences[:EXAMPLES]), tuple(unread),
    )  # fmt: skip


def _problems(results: Iterable[CaseResult]) -> dict[str, str]:
    return {result.name: result.problem for result in results}


def _differences(file: str, before: dict[str, str], after: dict[str, str]) -> Iterator[TrialDifference]:
    for name, was in before.items():
        now = after.get(name, "")
        if bool(was) != bool(now):
            yield TrialDifference(file, name, "fixed" if was else "broken", was or now)
