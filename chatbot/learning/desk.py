"""The operator's desk: one object with everything the console and the API do, over store, proposals and knowledge."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.answering.knowledge import Knowledge
from chatbot.config import EngineConfig
from chatbot.encoders.load import load_encoder
from chatbot.errors import NotThereError
from chatbot.faq_modules.dataset import load_dataset
from chatbot.jobs.jobs import FOLDER as JOBS
from chatbot.jobs.jobs import Jobs
from chatbot.jobs.record import Job
from chatbot.learning.cases import CaseGroup, group_cases
from chatbot.learning.changes import load_changes
from chatbot.learning.layout import Layout
from chatbot.learning.proposals import Proposals
from chatbot.learning.trials import start_test
from chatbot.learning.versions import FileDifference, Version
from chatbot.service_status import living_services
from chatbot.store.base import Store
from chatbot.store.pii import Masker
from chatbot.store.records import FeedbackRow, ProposalRow, RunRow, Vote
from chatbot.testing.uploads import UploadedTests

MAX_CASES = 10_000
RELOAD_FILE = "reload"


@dataclass(frozen=True, slots=True)
class QuestionEntry:
    """A standard question, how it may be asked, and who has an answer to it (empty: 通用)."""

    label: int
    question: str
    paraphrases: tuple[str, ...]
    answer: str
    answered_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntityEntry:
    """An entity of the graph; ``values`` are its leaves in the order of the file."""

    name: str
    keywords: tuple[str, ...]
    file: str
    values: tuple[tuple[tuple[str, ...], str], ...]


class Desk:
    """Thread-safe where the store is. Raises ``ChatbotError``s whose messages are for the operator."""

    def __init__(
        self,
        config: EngineConfig,
        store: Store,
        proposals: Proposals,
        knowledge: Callable[[], Knowledge],
    ) -> None:
        self._config, self._store, self._knowledge = config, store, knowledge
        self.proposals = proposals
        self.jobs = Jobs(config.source, config.state_dir / JOBS)
        self._layout = Layout(config)
        self._uploads = UploadedTests(config.state_dir)

    # ------------------------------------------------------------------ what people thought

    def give(self, trace_id: str, vote: Vote, comment: str) -> bool:
        """Keep a thumb for the turn of ``trace_id``; the first counts. ``False`` when there is no such turn (yet)."""
        masker = Masker(self._config.pii_masks)
        turn = self._store.turns.by_trace(masker.mask_id(trace_id))
        if turn is None:
            return False
        one_each = hashlib.sha256(turn.turn_id.encode()).hexdigest()[:32]
        row = FeedbackRow(one_each, _now(), turn.trace_id, turn.session_id, vote, masker.mask(comment))
        self._store.feedback.add(row)
        return True

    def unanswered(self, limit: int) -> tuple[CaseGroup, ...]:
        """Open bad cases grouped by meaning, those that hurt the most people first."""
        cases = self._store.cases.all("open", MAX_CASES)
        encoder = load_encoder(self._config.feature_generator_model_dir)
        return group_cases(cases, self._knowledge(), encoder, most=limit)

    # ------------------------------------------------------------------ proposals and versions

    def all_proposals(self, limit: int) -> Sequence[ProposalRow]:
        """The latest first."""
        return self._store.proposals.all(limit)

    def proposal(self, proposal_id: str) -> ProposalRow:
        """One of them, or ``NotThereError``."""
        row = self._store.proposals.get(proposal_id)
        if row is None:
            raise NotThereError(f"没有提案 {proposal_id[:32]!r} → 看 /v1/proposals")
        return row

    def propose(self, actor: str, changes: str, note: str, cases: Sequence[str]) -> ProposalRow:
        """A draft of the changes in the JSON text ``changes``."""
        return self.proposals.propose(load_changes(changes), author=actor, note=note, cases=cases)

    def prove(self, actor: str, proposal_id: str) -> Job:
        """Replay past traffic and the tests with the proposal's changes, in the background."""
        wanted = self.proposal(proposal_id).proposal_id
        return self.jobs.start("prove", wanted, actor, wanted)

    def publish(self, actor: str, proposal_id: str) -> Job:
        """Make it live, in the background."""
        wanted = self.proposal(proposal_id).proposal_id
        return self.jobs.start("publish", wanted, actor, wanted, "--author", actor)

    def rollback(self, actor: str, to: str = "") -> Version:
        """The version ``to``, or the one before the current one, live again."""
        return self.proposals.rollback(author=actor, to=to)

    def versions(self) -> list[Version]:
        """The latest first."""
        return self.proposals.versions.all()

    def diff(self, old: str, new: str) -> list[FileDifference]:
        """What ``new`` changes in ``old``."""
        return self.proposals.diff(old, new)

    # ------------------------------------------------------------------ knowledge

    def questions(self, wanted: str, start: int, count: int) -> tuple[list[QuestionEntry], int]:
        """Standard questions that hold ``wanted`` (in any of their texts), from ``start``, and how many there are."""
        dataset = load_dataset(self._config.faq_data_dir, self._config.faq_query_label_idx_map)
        texts: dict[int, list[str]] = {question.label: [] for question in dataset.questions}
        for paraphrase in dataset.paraphrases:
            texts[paraphrase.label].append(paraphrase.text)
        found = [
            question
            for question in dataset.questions
            if any(wanted in text for text in (question.text, *texts[question.label]))
        ]
        page = [self._entry(one.label, one.text, texts[one.label]) for one in found[start : start + count]]
        return page, len(found)

    def entities(self, wanted: str, start: int, count: int) -> tuple[list[EntityEntry], int]:
        """Entities whose name holds ``wanted``, from ``start``, and how many there are."""
        found = [entity for entity in self._knowledge().graph.entities if wanted in entity.name]
        page = [
            EntityEntry(one.name, one.keywords, one.file, tuple(one.leaves.items()))
            for one in found[start : start + count]
        ]
        return page, len(found)

    def _entry(self, label: int, question: str, paraphrases: Sequence[str]) -> QuestionEntry:
        answers = self._knowledge().answers
        general = answers.answer_for(question, None)
        named = tuple(answers.entities_answering(question))
        return QuestionEntry(label, question, tuple(paraphrases), general.text if general else "", named)

    # ------------------------------------------------------------------ checks

    def lint(self, actor: str) -> Job:
        """The check of the files as they are now: the one that was made of them, else one in the background."""
        stamp = lint_stamp(self._layout)
        made = self.jobs.latest(lambda job: (job.kind, job.subject) == ("lint", stamp))
        return made if made and made.state in ("done", "running") else self.jobs.start("lint", stamp, actor)

    def test_runs(self, limit: int) -> Sequence[RunRow]:
        """The latest first."""
        return self._store.test_runs.all(limit)

    def test(self, actor: str, name: str, content: str | None = None) -> Job:
        """Run an uploaded test file, or ``content`` under the name ``name``, in the background."""
        return start_test(
            self.jobs,
            self._uploads,
            name,
            actor,
            None if content is None else content.encode("utf-8", "replace"),
        )

    def reload(self, actor: str) -> Job | None:
        """Have every worker on this machine take over configuration and knowledge, in the background.

        ``None`` where no master serves: then this process looks at its files with the next turn.
        """
        self._store.audit.append(actor, "reload", RELOAD_FILE)
        if any(living_services(self._config.state_dir)):
            return self.jobs.start("reload", "", actor)
        file = self._config.state_dir / RELOAD_FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        _touch(file)
        return None


def lint_stamp(layout: Layout) -> str:
    """Another text when a file of the operator has changed."""
    stats = [(str(path), path.stat().st_mtime_ns) for path in layout.files().values()]
    return hashlib.sha256(repr(stats).encode()).hexdigest()[:16]


def _touch(file: Path) -> None:
    file.write_text(f"{time.time_ns()}\n", encoding="utf-8")


def _now() -> int:
    return time.time_ns() // 1_000_000
