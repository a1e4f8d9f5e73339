"""Replay: the same bytes for the same version, and what a change fixes, breaks and changes."""

import random
from dataclasses import replace

import pytest

from chatbot.learning.replay import (
    Played,
    Replayer,
    compare,
    play_all,
    recorded,
    replay_over,
    replay_recorded,
)
from chatbot.store.recorder import digest
from chatbot.store.sql_store import SqlStore
from tests.learning.conftest import Talk
from tests.store.rows import turn


def test_a_conversation_replays_to_the_same_bytes_turn_by_turn(replayer: Replayer, store: SqlStore) -> None:
    talk = Talk(replayer, store, "s")
    said = [
        "您好",
        "A型号有几个排气管",
        "第二个",
        "那纯电续航呢",
        "30万以内的SUV有哪些",
        "最便宜的是哪个",
        "能飞吗",
    ]
    for sent in said:
        talk.say(sent)
    turns = store.turns.of_session("s")
    assert [row.sent for row in turns] == said
    for row in turns:
        assert digest(replayer.reply(row), row.rows_limit) == row.digest
    assert replay_recorded(turns, replayer).same == len(said)


def test_a_turn_in_the_middle_is_replayed_from_its_own_session_without_the_turns_before(
    replayer: Replayer, store: SqlStore
) -> None:
    talk = Talk(replayer, store, "s")
    talk.say("A型号有几个排气管")
    trace = talk.say("第二个")
    row = store.turns.by_trace(trace)
    assert row is not None and "排气管" in replayer.reply(row).answer


def played(digest: str, bad: str = "") -> Played:
    return Played(digest, "答", "answer", "", bad)


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        (played("a"), played("a"), (0, 0, 0)),
        (played("a", "unsure_1"), played("b"), (1, 0, 0)),
        (played("a"), played("b", "unsure_1"), (0, 1, 0)),
        (played("a"), played("b"), (0, 0, 1)),
        (played("a", "unsure_1"), played("b", "missing_value"), (0, 0, 1)),
        (played(""), played("b"), (0, 0, 0)),
    ],
)
def test_a_difference_is_a_fix_a_break_or_a_change(
    before: Played, after: Played, counts: tuple[int, ...]
) -> None:
    report = compare([turn("1")], [before], [after], ("v1", "v2"))
    assert (report.fixed, report.broken, report.changed) == counts
    assert len(report.examples) == sum(counts)


def test_what_was_recorded_is_compared_as_it_was(replayer: Replayer) -> None:
    row = turn("1", sent="怎么预约试驾", digest="of another reply", bad_reason="unsure_1")
    report = replay_recorded([row], replayer)
    assert (report.fixed, report.before_version) == (1, "v1")
    assert recorded(row).bad_reason == "unsure_1"


def test_several_processes_find_the_same_in_the_same_order(replayer: Replayer) -> None:
    rows = [
        turn(str(n), sent=sent)
        for n, sent in enumerate(["您好", "怎么预约试驾", "能飞吗", "A型号多少钱"] * 5)
    ]
    assert play_all(replayer, rows, 3) == play_all(replayer, rows, 1)


@pytest.mark.slow
def test_turns_replayed_by_two_processes_are_all_the_same_as_by_one_version(replayer: Replayer) -> None:
    rng = random.Random(7)
    names = [entity.keywords[1] + entity.keywords[-1] for entity in replayer.knowledge.graph.entities]
    asks = ["多少钱", "纯电续航里程多少", "有天窗吗", "轴距", "保养一次多少钱", "怎么贷款", "和E6比哪个好"]
    rows = [
        turn(
            str(n), sent=f"{rng.choice(names)}{rng.choice(asks)}{rng.choice('啊呢吧哦')}{rng.randint(1, 99)}"
        )
        for n in range(600)
    ]
    report = replay_over(rows, replayer, replayer, processes=2)
    assert report.same == 600


def test_answers_in_other_words_are_counted_apart_and_shown_first() -> None:
    old = [played("a"), played("b")]
    new = [played("x"), replace(played("y"), answer="别的话")]
    report = compare([turn("1"), turn("2")], old, new, ("v1", "v2"))
    assert (report.changed, report.reworded) == (2, 1)
    assert [one.after.answer for one in report.examples] == ["别的话", "答"]
