"""Past turns over a knowledge base: what each comes to now, and what a change fixes, breaks and changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Literal

from chatbot.answering.knowledge import Knowledge
from chatbot.conversation import FinishedTurn
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.dialog.machine import DialogMachine
from chatbot.dialog.state import Step
from chatbot.reply import Message, Reply
from chatbot.session.base import Memory
from chatbot.session.codec import decode_memory
from chatbot.store.recorder import bad_reason, digest, question_of
from chatbot.store.records import TurnRow

EXAMPLES = 20
Change = Literal["fixed", "broken", "changed"]


@dataclass(frozen=True, slots=True)
class Played:
    """What a turn comes to over one knowledge base. ``bad_reason`` is empty when it helped.

    ``digest`` is empty for a turn whose row was recovered from a killed process: then the answers are compared.
    """

    digest: str
    answer: str
    answer_type: str
    question: str
    bad_reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A turn that two knowledge bases answer differently."""

    trace_id: str
    sent: str
    change: Change
    before: Played
    after: Played


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """``fixed``: did not help and now does; ``broken``: the other way round; ``changed``: differs all the same.

    ``reworded`` of the ``changed`` have other words in the answer; the rest differ in suggestions, evidence or score.
    ``examples`` are the first ``EXAMPLES`` of each kind, what is broken first, then other words.
    """

    turns: int
    fixed: int
    broken: int
    changed: int
    before_version: str
    after_version: str
    examples: tuple[Difference, ...]
    reworded: int = 0

    @property
    def same(self) -> int:
        """Turns answered with the same bytes."""
        return self.turns - self.fixed - self.broken - self.changed


class Replayer:
    """Plays stored turns over one knowledge base, each from the session it was said in. Changes nothing."""

    def __init__(self, machine: DialogMachine, knowledge: Knowledge, settings: DialogSettings) -> None:
        self._machine, self._knowledge, self._settings = machine, knowledge, settings
        self._known: dict[tuple[str, str, int], Played] = {}

    @property
    def version(self) -> str:
        """The knowledge base's version."""
        return self._knowledge.version

    @property
    def knowledge(self) -> Knowledge:
        """The knowledge base."""
        return self._knowledge

    def step(self, memory: Memory, message: Message) -> Step:
        """One turn from ``memory``."""
        hearing = Hearing(message.sent, self._knowledge, self._settings, message.rows_limit)
        return self._machine.step(memory, hearing)

    def reply(self, turn: TurnRow) -> Reply:
        """The whole reply: the same bytes for the same version."""
        return self._finished(turn).step.reply

    def say(self, sent: str) -> Reply:
        """The reply to ``sent`` in a session of its own."""
        return self.step(Memory(), Message(sent, "", "")).reply

    def play(self, turn: TurnRow) -> Played:
        """What ``turn`` comes to; the same words from the same session are played once."""
        key = (turn.sent, turn.memory, turn.rows_limit)
        if key not in self._known:
            self._known[key] = played(self._finished(turn))
        return self._known[key]

    def _finished(self, turn: TurnRow) -> FinishedTurn:
        memory = decode_memory(turn.memory.encode(), turn.session_id)
        message = Message(turn.sent, turn.session_id, turn.trace_id, turn.rows_limit)
        return FinishedTurn(message, memory, self.step(memory, message), self._knowledge.version)


class Session:
    """Conversations over one knowledge base, remembered here and nowhere else. Not for several threads."""

    def __init__(self, replayer: Replayer) -> None:
        self._replayer = replayer
        self._memories: dict[str, Memory] = {}

    def turn(self, message: Message) -> Reply:
        """The reply; the session goes on from it."""
        step = self._replayer.step(self._memories.get(message.session_id, Memory()), message)
        self._memories[message.session_id] = step.memory
        return step.reply


def played(turn: FinishedTurn) -> Played:
    """The summary of a finished turn."""
    reply = turn.step.reply
    found = digest(reply, turn.message.rows_limit)
    return Played(found, reply.answer, reply.answer_type, question_of(reply), bad_reason(turn))


def recorded(turn: TurnRow) -> Played:
    """What ``turn`` came to when it was said."""
    return Played(turn.digest, turn.answer, turn.answer_type, turn.question, turn.bad_reason)


def play_all(replayer: Replayer, turns: Sequence[TurnRow], processes: int = 1) -> list[Played]:
    """``play`` for each of ``turns``; with several ``processes`` in forks of this one, which share its memory."""
    if processes <= 1 or len(turns) < 2 * processes:
        return [replayer.play(turn) for turn in turns]
    context, parts = get_context("fork"), [turns[start::processes] for start in range(processes)]
    pipes = [context.Pipe(duplex=False) for _ in parts]
    workers = [
        context.Process(target=_work, args=(replayer, part, sender), daemon=True)
        for part, (_, sender) in zip(parts, pipes, strict=True)
    ]
    for worker, (_, sender) in zip(workers, pipes, strict=True):
        worker.start()
        sender.close()
    found: list[Played | None] = [None] * len(turns)
    for start, (receiver, _) in enumerate(pipes):
        found[start::processes] = receiver.recv()
        receiver.close()
    for worker in workers:
        worker.join()
    return [one for one in found if one is not None]


def _work(replayer: Replayer, turns: Sequence[TurnRow], results: "Connection[object, object]") -> None:
    results.send([replayer.play(turn) for turn in turns])
    results.close()


def compare(
    turns: Sequence[TurnRow], before: Sequence[Played], after: Sequence[Played], versions: tuple[str, str]
) -> ReplayReport:
    """``before`` and ``after`` are of ``turns``, in order; ``versions`` names the two knowledge bases."""
    kinds: dict[Change, list[Difference]] = {"broken": [], "fixed": [], "changed": []}
    for turn, old, new in zip(turns, before, after, strict=True):
        if (change := _change(old, new)) is not None:
            kinds[change].append(Difference(turn.trace_id, turn.sent, change, old, new))
    kinds["changed"].sort(key=lambda one: one.before.answer == one.after.answer)
    reworded = sum(one.before.answer != one.after.answer for one in kinds["changed"])
    examples = tuple(one for found in kinds.values() for one in found[:EXAMPLES])
    sizes = {change: len(found) for change, found in kinds.items()}
    return ReplayReport(
        len(turns), sizes["fixed"], sizes["broken"], sizes["changed"], *versions, examples, reworded
    )


def _change(old: Played, new: Played) -> Change | None:
    if old.digest == new.digest or (not old.digest and old.answer == new.answer):
        return None
    if bool(old.bad_reason) != bool(new.bad_reason):
        return "fixed" if old.bad_reason else "broken"
    return "changed"


def replay_over(
    turns: Iterable[TurnRow], current: Replayer, candidate: Replayer, processes: int = 1
) -> ReplayReport:
    """Both knowledge bases play all of ``turns``, so that nothing but the change can make a difference."""
    rows = list(turns)
    before, after = (play_all(one, rows, processes) for one in (current, candidate))
    return compare(rows, before, after, (current.version, candidate.version))


def replay_recorded(turns: Iterable[TurnRow], current: Replayer, processes: int = 1) -> ReplayReport:
    """What the turns came to when they were said against what they come to now."""
    rows = list(turns)
    versions = sorted({row.kb_version for row in rows})
    was = versions[0] if len(versions) == 1 else f"{len(versions)} versions"
    return compare(
        rows, [recorded(row) for row in rows], play_all(current, rows, processes), (was, current.version)
    )
