"""Proposals: a change set on a copy, proven on past traffic and on the tests, published as one version, taken back."""

import json
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from chatbot.config import EngineConfig
from chatbot.errors import DataError, PublishError, StaleIndexError
from chatbot.faq_modules.dataset import load_dataset, load_label_map
from chatbot.faq_modules.features import read_lines_raw
from chatbot.learning.changes import Change, dump_changes, load_changes
from chatbot.learning.edits import apply_changes
from chatbot.learning.layout import FAQ, FEATURES_KEY, MAP_KEY, Layout, fingerprint
from chatbot.learning.proven import ProvenCopies, seal
from chatbot.learning.rebuilding import Rebuilder
from chatbot.learning.replay import Replayer, ReplayReport, replay_over
from chatbot.learning.trials import Side, TrialReport, compare_tests, known_tests
from chatbot.learning.versions import FileDifference, Version, Versions
from chatbot.lint.risk import refuse_risky_answers
from chatbot.store.base import Store
from chatbot.store.records import ProposalRow

_INDEXED = (f"{FAQ}/questions/", f"{FAQ}/dev.csv")
_RUNS = 1000
OpenReplayer = Callable[[EngineConfig], Replayer]
Say = Callable[[str], None]


def _quiet(step: str) -> None:
    """Nobody waits."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proposal does: to the files, to past traffic, and to the test conversations.

    ``base`` fingerprints the files it was proven on, ``sealed`` the copy with the changes and its index.
    """

    proposal_id: str
    base: str
    files: tuple[str, ...]
    report: ReplayReport
    tests: TrialReport = field(default_factory=TrialReport)
    sealed: str = ""

    @property
    def breaks(self) -> int:
        """Turns and test cases that were well before."""
        return self.report.broken + self.tests.broken


@dataclass(frozen=True, slots=True)
class Ground:
    """What a proposal is proven on: the latest ``limit`` turns from ``since_ms`` on, and test files.

    ``tests`` come on top of those that the console and the history know.
    """

    since_ms: int = 0
    limit: int = 10_000
    tests: tuple[Path, ...] = ()
    processes: int = 1


class Proposals:
    """The way from a change set to a live version. Every step is in the audit log."""

    def __init__(
        self, config: EngineConfig, store: Store, open_replayer: OpenReplayer, rebuild: Rebuilder
    ) -> None:
        self._layout, self._store = Layout(config), store
        self._open, self._rebuild = open_replayer, rebuild
        self.versions = Versions(self._layout)
        self._proven = ProvenCopies(self._layout)

    def propose(
        self, changes: Sequence[Change], *, author: str, note: str, cases: Sequence[str] = ()
    ) -> ProposalRow:
        """A draft of ``changes``, checked to be makeable; ``cases`` are the bad cases it is to mend.

        Raises:
            InvalidChangeError: one of them cannot be made.
        """
        with self._copied() as copy:
            apply_changes(changes, copy)
        proposal_id, now = secrets.token_hex(6), time.time_ns() // 1_000_000
        row = ProposalRow(proposal_id, now, author, note, "draft", dump_changes(changes))
        self._store.proposals.save(row)
        if cases:
            self._store.cases.mark(cases, "proposed", proposal_id)
        self._store.audit.append(author, "propose", proposal_id, row.changes)
        return row

    def prove(self, proposal_id: str, ground: Ground = Ground(), say: Say = _quiet) -> Proof:  # frozen
        """Replay past traffic and the tests over the files as they are and over a copy with the proposal's changes.

        ``say`` is told of each step.

        Raises:
            PublishError: there is no such proposal, or the copy cannot be built. InvalidChangeError, DataError.
        """
        row = self._row(proposal_id)
        turns = list(self._store.turns.since(ground.since_ms, ground.limit))
        known = known_tests(self._layout.config.state_dir, self._store.test_runs.all(_RUNS))
        tests = list(dict.fromkeys([*known, *(path.resolve() for path in ground.tests)]))
        say("在副本上做改动、重建索引")
        with self._changed(load_changes(row.changes)) as (copy, base):
            differing = [key for key, digest in copy.hashes().items() if base.get(key) != digest]
            say("装载改动前后的知识库")
            current, candidate = self._open(self._layout.config), self._open(copy.config)
            say(f"重放 {len(turns)} 轮过去的对话")
            report = replay_over(turns, current, candidate, ground.processes)
            say(f"重放 {len(tests)} 个测试文件")
            sides = (_side(self._layout.config, current), _side(copy.config, candidate))
            trials = compare_tests(tests, *sides)
            self._proven.keep(proposal_id, copy)
            proof = Proof(proposal_id, fingerprint(base), tuple(differing), report, trials, seal(copy))
        shown = json.dumps(asdict(proof), ensure_ascii=False)
        self._store.proposals.save(replace(row, status="proved", proof=shown))
        return proof

    def publish(self, proposal_id: str, *, author: str) -> Version:
        """Make the proposal's changes live as one version.

        Raises:
            PublishError: it was not proven, the files have changed since, or an answer is risky; what is live stays.
        """
        row = self._row(proposal_id)
        if row.status != "proved":
            raise PublishError(
                f"提案 {proposal_id} 还没有证明过（现在是 {row.status}）→ 先 chatbot prove {proposal_id}"
            )
        live = self._layout.hashes()
        if json.loads(row.proof)["base"] != fingerprint(live):
            raise PublishError("知识库的文件在证明之后被改过 → 重新证明后再发布")
        with self._as_proven(row, live) as (copy, base):
            version = self._publish(copy, base, author, row.note)
        self._store.proposals.save(replace(row, status="published", version=version.name))
        solved = [
            case.case_id for case in self._store.cases.all("proposed", 100_000) if case.note == proposal_id
        ]
        self._store.cases.mark(solved, "solved", version.name)
        return version

    def publish_files(self, *, author: str, note: str) -> Version:
        """Make what was edited by hand a version: index rebuilt, loaded once to see that it can be, swapped in.

        The version before is the one that was published last.

        Raises:
            PublishError, DataError: it cannot be built or loaded; what is live stays.
        """
        with self._changed(()) as (copy, base):
            return self._publish(copy, base, author, note, by_hand=True)

    def rollback(self, *, author: str, to: str = "") -> Version:
        """An earlier version goes live again, as a new version: ``to``, or the one before the current one.

        What went before ``to`` went before the new one too, so that further roll-backs lead on from there.

        Raises:
            PublishError: there is none before, none of that name, it is the live one, or files were edited by hand.
        """
        current = self.versions.current()
        if current is None or not (to or current.parent):
            raise PublishError("没有更早的版本可以回退 → chatbot versions 列出全部")
        target = self.versions.get(to or current.parent)
        if target.name == current.name:
            raise PublishError(f"{to} 就是正在用的版本 → chatbot versions 列出全部")
        if by_hand := self.versions.unpublished():
            raise PublishError(
                f"{by_hand[0].key} 等 {len(by_hand)} 个文件改过但没有发布 → 先 chatbot publish，再回退"
            )
        version = self._kept_again(target, author)
        self.versions.install(version, expected=current.files)
        self._store.audit.append(author, "rollback", version.name, target.name)
        return version

    def _kept_again(self, target: Version, author: str) -> Version:
        with tempfile.TemporaryDirectory(prefix="chatbot-rollback-") as folder:
            old = Layout(self._layout.copy_in(Path(folder)).config)
            for key, path in old.files().items():
                if key not in target.files:
                    path.unlink()
            for key, digest in target.files.items():
                old.path(key).parent.mkdir(parents=True, exist_ok=True)
                old.path(key).write_bytes(self.versions.content(digest))
            note = f"回退到 {target.name}"
            return self.versions.keep(
                old, parent=target.parent, author=author, note=note, kb_version=target.kb_version
            )

    def diff(self, old: str, new: str) -> list[FileDifference]:
        """What ``new`` changes in ``old``."""
        return self.versions.diff(old, new)

    # -- inside ----------------------------------------------------------------------------------------------

    def _row(self, proposal_id: str) -> ProposalRow:
        row = self._store.proposals.get(proposal_id)
        if row is None:
            raise PublishError(f"没有提案 {proposal_id} → chatbot proposals 列出全部")
        return row

    @contextmanager
    def _copied(self) -> Iterator[Layout]:
        with tempfile.TemporaryDirectory(prefix="chatbot-proposal-") as folder:
            yield self._layout.copy_in(Path(folder))

    @contextmanager
    def _changed(self, changes: Sequence[Change]) -> Iterator[tuple[Layout, dict[str, str]]]:
        """A copy with ``changes`` in it and its index built, and the hashes of the files it is a copy of."""
        with self._copied() as copy:
            base = copy.hashes()
            apply_changes(changes, copy)
            if self._index_is_stale(copy, base):
                self._rebuild(copy.config)
            yield copy, base

    @contextmanager
    def _as_proven(self, row: ProposalRow, live: dict[str, str]) -> Iterator[tuple[Layout, dict[str, str]]]:
        """The very copy that was proven; made anew where another proof came after it, or the encoder was trained."""
        with self._proven.taken(row.proposal_id, json.loads(row.proof).get("sealed", "")) as copy:
            if copy is not None:
                yield copy, live
                return
        with self._changed(load_changes(row.changes)) as made:
            yield made

    def _index_is_stale(self, copy: Layout, base: dict[str, str]) -> bool:
        """Whether anything the index is built from differs from the copy's base, or from the index itself."""
        if not copy.path(FEATURES_KEY).is_file():
            return True
        now = copy.hashes()
        edited = {key for key in now.keys() | base.keys() if now.get(key) != base.get(key)}
        if any(key == MAP_KEY or key.startswith(_INDEXED) for key in edited):
            return True
        return not _index_covers(copy)

    def _publish(
        self, copy: Layout, base: dict[str, str], author: str, note: str, *, by_hand: bool = False
    ) -> Version:
        refuse_risky_answers(copy.config)
        kb_version = self._open(copy.config).version
        current = self.versions.current()
        if current is None or (dict(current.files) != base and not by_hand):
            current = self._keep_what_is_live(base, author, current)
        version = self.versions.keep(
            copy, parent=current.name, author=author, note=note, kb_version=kb_version
        )
        copy.share_derived(self._layout)
        self.versions.install(version, expected=base)
        self._store.audit.append(author, "publish", version.name, note)
        return version

    def _keep_what_is_live(self, base: dict[str, str], author: str, current: Version | None) -> Version:
        """What is live but in no version becomes one, so that rolling back leads there."""
        try:
            kb_version = self._open(self._layout.config).version
        except (DataError, StaleIndexError, PublishError):
            kb_version = ""
        note = "发布前的文件" if current is None else "手工修改"
        parent = current.name if current else ""
        return self.versions.keep(
            self._layout, parent=parent, author=author, note=note, kb_version=kb_version
        )


def _side(config: EngineConfig, replayer: Replayer) -> Side:
    return Side(replayer, frozenset(one.text for one in load_label_map(config.faq_query_label_idx_map)))


def _index_covers(copy: Layout) -> bool:
    dataset = load_dataset(copy.config.faq_data_dir, copy.config.faq_query_label_idx_map)
    indexed = {(text, label) for text, label, _ in read_lines_raw(copy.path(FEATURES_KEY))}
    return indexed == {(one.text, one.label) for one in dataset.paraphrases}
