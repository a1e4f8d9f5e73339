"""Every concern of the store, over SQLite and over a real PostgreSQL."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, select, text, update

import chatbot.store
from chatbot.errors import ConfigError, StoreRefusedError
from chatbot.store.chain import verify
from chatbot.store.database import HEAD, Database, make_new, run_steps
from chatbot.store.records import FeedbackRow, InboxRow, ProposalRow, RunRow, TokenRow, UserRow
from chatbot.store.schema import AUDIT, METADATA, VERSION
from chatbot.store.sql_store import SqlStore
from tests.store.rows import case, turn


@pytest.mark.parametrize("make", [make_new, run_steps], ids=["at one go", "step by step"])
def test_a_new_database_and_the_migrations_have_the_very_tables_of_the_schema(
    database: Database, make: Callable[[Connection], None]
) -> None:
    with database.writing() as connection:
        for table in (*METADATA.sorted_tables, VERSION):
            table.drop(connection)
        make(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        assert connection.execute(select(VERSION.c.version_num)).scalars().all() == [HEAD]


def test_sqlite_keeps_the_same_statements_for_a_new_database_as_after_the_migrations() -> None:
    def statements(make: Callable[[Connection], None]) -> list[tuple[str, str]]:
        with create_engine("sqlite://").begin() as connection:
            make(connection)
            found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
            return sorted((name, "".join(sql.split())) for name, sql in found)

    assert statements(make_new) == statements(run_steps) != []


def test_a_new_database_is_made_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    program = (
        "import sys; from chatbot.store.database import Database\n"
        f"with Database({url!r}).reading(): print('alembic' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_the_head_is_the_last_migration() -> None:
    folder = Path(chatbot.store.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == HEAD


def test_turns_come_back_as_they_were_oldest_first_and_only_once(store: SqlStore) -> None:
    rows = [turn(str(n), at_ms=1000 + n, sent=f"“第{n}句”\n😀") for n in range(5)]
    store.turns.add(rows)
    store.turns.add(rows[2:])
    assert list(store.turns.since(1001, 10)) == rows[1:]
    assert list(store.turns.since(0, 2)) == rows[3:]


def test_a_turn_is_found_by_trace_and_a_session_in_order(store: SqlStore) -> None:
    store.turns.add(
        [turn("a", at_ms=2), turn("b", at_ms=1), turn("c", trace_id="t2", session_id="s2", at_ms=3)]
    )
    found = store.turns.by_trace("t1")
    assert found is not None and found.turn_id == "a"
    assert store.turns.by_trace("unknown") is None
    assert [row.turn_id for row in store.turns.of_session("s1")] == ["b", "a"]


def test_counts_are_of_the_turns_since(store: SqlStore) -> None:
    store.turns.add(
        [
            turn("a", at_ms=1, question="问价格"),
            turn("b", at_ms=5, question="问价格"),
            turn("c", at_ms=6, question="问价格", session_id="s2"),
            turn("d", at_ms=7, question="问续航"),
            turn("e", at_ms=8, answer_type="fallback"),
        ]
    )
    counts = store.turns.counts(2)
    assert (counts.total, counts.sessions) == (4, 2)
    assert counts.by_type == (("answer", 3), ("fallback", 1))
    assert counts.top_questions == (("问价格", 2), ("问续航", 1))


def test_a_purge_takes_what_is_older_and_leaves_the_audit_log(store: SqlStore) -> None:
    store.turns.add([turn("old", at_ms=1), turn("new", at_ms=100)], [case("old", at_ms=1)])
    store.feedback.add(FeedbackRow("f", 1, "t", "s", "up"))
    store.inbox.add(InboxRow("m", 1, "s", "request", "人工"))
    store.audit.append("someone", "publish", "v1")
    assert store.turns.purge(100) == 4
    assert [row.turn_id for row in store.turns.since(0, 9)] == ["new"]
    assert verify(store.audit.entries()).count == 1


def test_bad_cases_are_marked_and_listed_by_status(store: SqlStore) -> None:
    store.turns.add([], [case("a"), case("b"), case("c")])
    store.cases.mark(["a", "b"], "ignored", "不归我们管")
    assert [row.case_id for row in store.cases.all("open", 9)] == ["c"]
    assert {(row.case_id, row.note) for row in store.cases.all("ignored", 9)} == {
        ("a", "不归我们管"),
        ("b", "不归我们管"),
    }


def test_a_thumb_down_makes_its_turn_a_bad_case_and_a_thumb_up_does_not(store: SqlStore) -> None:
    store.turns.add([turn("a", question="问价格"), turn("b", trace_id="t2")])
    store.feedback.add(FeedbackRow("f1", 5, "t1", "s1", "down", "答非所问"))
    store.feedback.add(FeedbackRow("f2", 6, "t2", "s1", "up"))
    store.feedback.add(FeedbackRow("f3", 7, "unknown", "s1", "down"))
    found = store.cases.all("open", 9)
    assert [(row.case_id, row.reason, row.nearest, row.note) for row in found] == [
        ("a", "thumbs_down", "问价格", "答非所问")
    ]
    assert [row.vote for row in store.feedback.since(6, 9)] == ["up", "down"]


def test_a_proposal_is_saved_and_saved_again(store: SqlStore) -> None:
    store.proposals.save(ProposalRow("p", 1, "小王", "加问法", "draft", "[]"))
    store.proposals.save(ProposalRow("p", 1, "小王", "加问法", "proved", "[]", "{}"))
    found = store.proposals.get("p")
    assert found is not None and found.status == "proved"
    assert len(store.proposals.all(9)) == 1


def test_audit_entries_of_many_writers_make_one_unbroken_chain(store: SqlStore) -> None:
    def write(name: str) -> None:
        for number in range(10):
            store.audit.append(name, "edit", f"file {number}")

    threads = [threading.Thread(target=write, args=(f"writer {n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = verify(store.audit.entries())
    assert (verdict.count, verdict.problem) == (30, "")


def test_an_audit_entry_that_was_changed_in_the_database_is_found(
    store: SqlStore, database: Database
) -> None:
    for number in range(3):
        store.audit.append("someone", "publish", f"v{number}")
    with database.writing() as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.seq == 2).values(subject="v9"))
    assert "第 2 条的内容被改过" in verify(store.audit.entries()).problem


def test_tokens_are_found_by_hash_while_they_hold(store: SqlStore) -> None:
    store.accounts.add_user(UserRow("u", "小王", "operator", 1))
    store.accounts.add_token(TokenRow("t", "u", "hash", "laptop", 1, expires_ms=100))
    found = store.accounts.find_token("hash", 50)
    assert found is not None and found[1].role == "operator"
    assert store.accounts.find_token("hash", 100) is None
    assert store.accounts.find_token("other", 50) is None
    store.accounts.set_disabled("u", True)
    assert store.accounts.find_token("hash", 50) is None
    store.accounts.set_disabled("u", False)
    store.accounts.revoke_token("t")
    assert store.accounts.find_token("hash", 50) is None


def test_the_last_run_of_a_test_file_is_its_own(store: SqlStore) -> None:
    store.test_runs.add(RunRow("1", 1, "a.csv", "v1", 3, 1, "{}"))
    store.test_runs.add(RunRow("2", 2, "a.csv", "v2", 4, 0, "{}"))
    store.test_runs.add(RunRow("3", 3, "b.csv", "v2", 1, 0, "{}"))
    last = store.test_runs.last("a.csv")
    assert last is not None and last.run_id == "2"
    assert [run.run_id for run in store.test_runs.all(2)] == ["3", "2"]


def test_the_inbox_lists_conversations_not_yet_handed_back(store: SqlStore) -> None:
    store.inbox.add(InboxRow("1", 1, "a", "request", "转人工"))
    store.inbox.add(InboxRow("2", 2, "b", "request", "人工"))
    store.inbox.add(InboxRow("3", 3, "a", "agent", "您好", author="小王"))
    store.inbox.add(InboxRow("4", 4, "b", "handback", ""))
    assert [(row.session_id, row.text) for row in store.inbox.waiting(9)] == [("a", "您好")]
    assert store.inbox.open_sessions(9) == ["a"]
    assert [row.kind for row in store.inbox.of_session("b")] == ["request", "handback"]


def test_a_row_the_database_will_never_take_is_another_error_than_a_database_that_is_away(
    database: Database,
) -> None:
    store = SqlStore(database)
    with pytest.raises(StoreRefusedError):
        store.turns.add([turn("1", sent=None)])
    store.turns.add([turn("2")])


@pytest.mark.parametrize("url", ["mysql://u:secret@h/db", "no url", "sqlite+pysqlcipher:///x"])
def test_a_database_we_do_not_speak_is_refused_without_showing_the_password(url: str) -> None:
    with pytest.raises(ConfigError, match="store_url") as caught:
        Database(url)
    assert "secret" not in str(caught.value)


def test_two_processes_that_open_a_new_database_together_both_get_it(tmp_path: Path) -> None:
    url, failed, start = f"sqlite:///{tmp_path / 'store.db'}", [], threading.Barrier(8)

    def use(name: str) -> None:
        database = Database(url)
        start.wait()
        try:
            SqlStore(database).turns.add([turn(name)])
        except Exception as error:
            failed.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=use, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    database = Database(url)
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM turns")).scalar() == 8
    database.close()
