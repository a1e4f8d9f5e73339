"""What the console's pages show of work that was done: proofs, test runs, checks. Times as in ``values.py``."""

from dataclasses import dataclass, field
from typing import Literal

Effect = Literal["fixes", "breaks", "changes"]


@dataclass(frozen=True, slots=True)
class ProofExample:
    """A past turn whose answer the change set alters, and how often it was said."""

    effect: Effect
    sent: str
    before: str
    after: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class TrialProof:
    """Test cases over a change set. ``examples``: effect, file, case, what is wrong without or with the change."""

    cases: int = 0
    fixes: int = 0
    breaks: int = 0
    failing: int = 0
    examples: tuple[tuple[Effect, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """A change set replayed over ``turns`` past turns and the test conversations."""

    turns: int
    fixes: int
    breaks: int
    changes: int
    examples: tuple[ProofExample, ...]
    tests: TrialProof = field(default_factory=TrialProof)
    unworded: int = 0
    """Of the ``changes``, those whose words stay: suggestions or evidence differ."""

    @property
    def all_breaks(self) -> int:
        """Turns and test cases that were well before."""
        return self.breaks + self.tests.breaks


@dataclass(frozen=True, slots=True)
class Work:
    """Long work in the background; ``error`` is why it came to nothing."""

    job_id: str
    kind: str
    running: bool
    progress: str = ""
    error: str = ""
    seconds: int = 0
    actor: str = ""


@dataclass(frozen=True, slots=True)
class LintRow:
    """Something wrong in the knowledge base, where, and how to mend it."""

    severity: Literal["fault", "warning", "notice"]
    kind: str
    message: str
    file: str = ""
    line: int = 0
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Checkup:
    """The last check: its findings, when it ended (0: never), whether files have changed since, and the one running."""

    rows: tuple[LintRow, ...] = ()
    at_ms: int = 0
    stale: bool = False
    work: Work | None = None


@dataclass(frozen=True, slots=True)
class TrialCase:
    """One case of a test file; ``problem`` is empty when it passed."""

    name: str
    problem: str = ""
    was: Literal["", "passed", "failed"] = ""


@dataclass(frozen=True, slots=True)
class TrialRun:
    """One run of a test file. ``cases`` is empty in lists."""

    run_id: str
    at_ms: int
    file: str
    kb_version: str
    passed: int
    failed: int
    cases: tuple[TrialCase, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialWork:
    """A run of ``file`` in the background; ``run_id`` is its result once there is one."""

    work: Work
    file: str
    run_id: str = ""
