"""Change sets out of the store; what is heavy (replay, rebuild, publish) runs in the background."""

import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from chatbot.config import EngineConfig
from chatbot.errors import InvalidChangeError, NotThereError
from chatbot.jobs.jobs import Jobs
from chatbot.learning.changes import Change, dump_changes, load_changes
from chatbot.learning.edits import apply_changes
from chatbot.learning.layout import Layout
from chatbot.learning.proposals import Proposals
from chatbot.store.base import Store
from chatbot.store.records import ProposalRow
from chatbot.web.admin.adapters.described import described
from chatbot.web.admin.adapters.differing import diff_file, is_built, typed
from chatbot.web.admin.adapters.works import work_of
from chatbot.web.admin.values import ChangeSet, ChangeSummary, FileDiff, SetStatus
from chatbot.web.admin.works import Effect, Proof, ProofExample, TrialProof

_LISTED = 100
_MAX_CHANGES = 5_000
_EFFECTS: dict[str, Effect] = {"fixed": "fixes", "broken": "breaks", "changed": "changes"}


class StoreDesk:
    """A ``ChangeDesk`` over the store's proposals."""

    def __init__(
        self,
        config: EngineConfig,
        store: Store,
        proposals: Proposals,
        jobs: Jobs,
    ) -> None:
        self._layout, self._store = Layout(config), store
        self._proposals, self._jobs = proposals, jobs

    def draft(self) -> ChangeSummary | None:
        """As promised."""
        return next((one for one in self.all() if one.status in ("draft", "proved")), None)

    def all(self) -> Sequence[ChangeSummary]:
        """As promised."""
        return [_summary(row) for row in self._store.proposals.all(_LISTED)]

    def get(self, set_id: str) -> ChangeSet:
        """As promised; the diff of an open one is against the files as they are now."""
        row = self._row(set_id)
        changes = load_changes(row.changes)
        diffs, faults = self._tried(changes) if row.status in ("draft", "proved") else ((), ())
        if row.status == "published":
            diffs = self._published(row)
        job = self._jobs.latest(lambda job: job.subject == set_id)
        work = work_of(job) if job and job.state != "done" else None
        return ChangeSet(_summary(row), tuple(map(described, changes)), diffs, _proof(row), faults, work)

    def add(self, changes: Sequence[Change], author: str, note: str, cases: Sequence[str] = ()) -> ChangeSet:
        """As promised."""
        draft = self.draft()
        if draft is None:
            made = self._proposals.propose(changes, author=author, note=note, cases=cases)
            return self.get(made.proposal_id)
        row = self._row(draft.set_id)
        wanted = [*load_changes(row.changes), *changes]
        if len(wanted) > _MAX_CHANGES:
            raise InvalidChangeError(f"改动单里已有 {len(wanted)} 处，最多 {_MAX_CHANGES} 处 → 先发布这一批")
        self._check(wanted)
        joined = row.note if note in row.note else f"{row.note}；{note}"[:200]
        self._keep(replace(row, note=joined), wanted)
        if cases:
            self._store.cases.mark(cases, "proposed", row.proposal_id)
        self._store.audit.append(author, "propose", row.proposal_id, dump_changes(changes))
        return self.get(row.proposal_id)

    def drop(self, set_id: str, number: int) -> ChangeSet:
        """As promised; the last change out leaves nothing to publish, so the set is given up."""
        row = self._open(set_id)
        changes = list(load_changes(row.changes))
        if not 0 <= number < len(changes):
            raise NotThereError(f"没有第 {number + 1} 处改动 → 刷新页面再试")
        del changes[number]
        if changes:
            self._keep(row, changes)
        else:
            self._give_up(row)
        return self.get(set_id)

    def prove(self, set_id: str, actor: str) -> None:
        """As promised."""
        self._jobs.start("prove", set_id, actor, self._open(set_id).proposal_id)

    def publish(self, set_id: str, actor: str) -> None:
        """As promised."""
        self._jobs.start("publish", set_id, actor, self._open(set_id).proposal_id, "--author", actor)

    def reject(self, set_id: str, actor: str) -> None:
        """As promised; its bad cases are open again."""
        self._give_up(self._open(set_id))
        self._store.audit.append(actor, "reject", set_id)

    # -- inside ----------------------------------------------------------------------------------------------

    def _row(self, set_id: str) -> ProposalRow:
        row = self._store.proposals.get(set_id)
        if row is None:
            raise NotThereError(f"没有改动单 {set_id[:40]} → 回到列表再找")
        return row

    def _open(self, set_id: str) -> ProposalRow:
        row = self._row(set_id)
        if row.status not in ("draft", "proved"):
            raise InvalidChangeError("这张改动单已经发布或放弃 → 再改就会有新的一张")
        return row

    def _keep(self, row: ProposalRow, changes: Sequence[Change]) -> None:
        changed = replace(row, changes=dump_changes(changes), status="draft", proof="")
        self._store.proposals.save(changed)

    def _give_up(self, row: ProposalRow) -> None:
        self._store.proposals.save(replace(row, status="rejected"))
        held = [
            one.case_id for one in self._store.cases.all("proposed", 100_000) if one.note == row.proposal_id
        ]
        self._store.cases.mark(held, "open", "")

    def _check(self, changes: Sequence[Change]) -> None:
        with tempfile.TemporaryDirectory(prefix="chatbot-draft-") as folder:
            apply_changes(changes, self._layout.copy_in(Path(folder)))

    def _tried(self, changes: Sequence[Change]) -> tuple[tuple[FileDiff, ...], tuple[str, ...]]:
        """What the changes do to the files as they are now, or why they cannot be made any more."""
        with tempfile.TemporaryDirectory(prefix="chatbot-draft-") as folder:
            copy = self._layout.copy_in(Path(folder))
            before = copy.hashes()
            try:
                apply_changes(changes, copy)
            except InvalidChangeError as error:
                return (), (f"现在的文件上改不成：{error.message}",)
            differing = [key for key, digest in copy.hashes().items() if before.get(key) != digest]
            return tuple(self._diff(key, copy) for key in differing if not is_built(key)), ()

    def _diff(self, key: str, copy: Layout) -> FileDiff:
        live = self._layout.path(key)
        return diff_file(key, _text(live) if live.is_file() else "", _text(copy.path(key)))

    def _published(self, row: ProposalRow) -> tuple[FileDiff, ...]:
        versions = self._proposals.versions
        version = next((one for one in versions.all() if one.name == row.version), None)
        if version is None or not version.parent:
            return ()
        return tuple(
            typed(one) for one in versions.diff(version.parent, version.name) if not is_built(one.key)
        )


def _summary(row: ProposalRow) -> ChangeSummary:
    status: SetStatus = row.status
    count = len(load_changes(row.changes))
    return ChangeSummary(row.proposal_id, row.author, row.at_ms, row.note, status, count, row.version)


def _proof(row: ProposalRow) -> Proof | None:
    if not row.proof:
        return None
    report = json.loads(row.proof)["report"]
    said = Counter(
        (_EFFECTS[one["change"]], one["sent"], one["before"]["answer"], one["after"]["answer"])
        for one in report["examples"]
    )
    shown = tuple(ProofExample(*texts, times) for texts, times in said.items())
    tests = _trial_proof(json.loads(row.proof).get("tests"))
    return Proof(
        report["turns"],
        report["fixed"],
        report["broken"],
        report["changed"],
        shown,
        tests,
        report["changed"] - report.get("reworded", report["changed"]),
    )


def _trial_proof(report: dict[str, Any] | None) -> TrialProof:
    """``None``: proven before tests were part of a proof."""
    if report is None:
        return TrialProof()
    examples = tuple(
        (_EFFECTS[one["change"]], one["file"], one["name"], one["problem"]) for one in report["examples"]
    )
    return TrialProof(report["cases"], report["fixed"], report["broken"], report["failing"], examples)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")
