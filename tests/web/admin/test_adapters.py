"""The console's promises kept over a real store and real files."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import EngineConfig, load_engine_config
from chatbot.errors import InvalidChangeError, InvalidUploadError, NotThereError, PublishError
from chatbot.jobs.jobs import Jobs
from chatbot.jobs.record import Job, write_job
from chatbot.learning.changes import (
    AddParaphrase,
    AddQuestion,
    RemoveAnswer,
    RemoveSmallTalk,
    SetAnswer,
    SetSmallTalkAnswer,
    SetValue,
    WriteLexicon,
)
from chatbot.learning.desk import lint_stamp
from chatbot.learning.layout import Layout
from chatbot.learning.proposals import Proposals
from chatbot.security.uploads import UploadGuard
from chatbot.store.records import BadCaseRow, TurnRow
from chatbot.store.sql_store import SqlStore, open_store
from chatbot.web.admin.adapters.checker import JobChecker
from chatbot.web.admin.adapters.desk import StoreDesk
from chatbot.web.admin.adapters.exchange import TableExchange
from chatbot.web.admin.adapters.inbox import StoreInbox
from chatbot.web.admin.adapters.library import FileLibrary
from chatbot.web.admin.adapters.people import StoreAudit
from chatbot.web.admin.adapters.traffic import StoreTraffic
from chatbot.web.admin.adapters.trials import JobTrials
from chatbot.web.admin.adapters.versions import PublishedVersions
from chatbot.web.admin.works import Checkup
from tests.browser.console_world import DATA, write_corpus

NOW = 4_102_444_800_000


@pytest.fixture
def config(tmp_path: Path) -> EngineConfig:
    """A small shop without an index: nothing here answers."""
    write_corpus(
        tmp_path / "faq", {"怎么预约试驾": ("怎么预约试驾", "想试驾怎么约"), "发票怎么开": ("发票怎么开",)}
    )
    write_corpus(tmp_path / "chitchat", {"问候": ("您好", "在吗")})
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "attribute_synonyms.txt").write_text("# 属性同义词表\n级别\t档次\n", "utf-8")
    (tmp_path / "graph").mkdir()
    shutil.copy(next((DATA / "car_knowledge_graph").glob("*标准续航升级版.json")), tmp_path / "graph")
    file = tmp_path / "engine.json"
    file.write_text(
        '{"faq_data_dir": "faq", "knowledge_graph_data_dir": "graph", "state_dir": "state"}', "utf-8"
    )
    return load_engine_config(file, {}, require_built=False)


@pytest.fixture
def store(config: EngineConfig) -> Iterator[SqlStore]:
    opened = open_store(config)
    yield opened
    opened.close()


@pytest.fixture
def library(config: EngineConfig) -> FileLibrary:
    return FileLibrary(config)


@pytest.fixture
def desk(config: EngineConfig, store: SqlStore) -> StoreDesk:
    def never(*_: object) -> None:
        raise AssertionError("nothing is replayed or built within a request")

    proposals = Proposals(config, store, never, never)  # type: ignore[arg-type]
    return StoreDesk(config, store, proposals, Jobs(config.source, config.state_dir / "jobs"))


def test_changes_gather_in_one_draft_with_its_diff(desk: StoreDesk, config: EngineConfig) -> None:
    desk.add([AddParaphrase("发票怎么开", "开发票")], "小王", "加相似问")
    added = desk.add([SetAnswer("发票怎么开", "在 App 里开。")], "小王", "改答案")
    assert len(desk.all()) == 1
    assert added.changes == ("“发票怎么开”加相似问：开发票", "“发票怎么开”的答案（通用）：在 App 里开。")
    shown = {
        diff.file: [(line.kind, line.text) for line in diff.lines if line.kind != "same"]
        for diff in added.diffs
    }
    assert shown == {
        "faq/questions/发票怎么开": [("added", "开发票")],
        "faq/answers/通用": [
            ("removed", "[发票怎么开]\t关于“发票怎么开”的回答。"),
            ("added", "[发票怎么开]\t在 App 里开。"),
        ],
    }
    assert (config.faq_data_dir / "questions" / "发票怎么开").read_text(
        "utf-8"
    ) == "发票怎么开\n"  # live is untouched


def test_a_change_that_cannot_be_made_leaves_the_draft_as_it_was(desk: StoreDesk) -> None:
    desk.add([AddParaphrase("发票怎么开", "开发票")], "小王", "")
    with pytest.raises(InvalidChangeError, match="已经在"):
        desk.add([AddParaphrase("发票怎么开", "开发票")], "小王", "")
    assert len(desk.get(desk.all()[0].set_id).changes) == 1


def test_the_last_change_taken_out_gives_the_set_and_its_cases_up(desk: StoreDesk, store: SqlStore) -> None:
    store.cases.add(BadCaseRow("c1", NOW, "t", "s", "开票", "unsure_1", "", "v"))
    added = desk.add([AddParaphrase("发票怎么开", "开票")], "小王", "", ["c1"])
    assert [case.case_id for case in store.cases.all("proposed", 9)] == ["c1"]
    assert desk.drop(added.summary.set_id, 0).summary.status == "rejected"
    assert [case.case_id for case in store.cases.all("open", 9)] == ["c1"]
    assert desk.draft() is None
    with pytest.raises(InvalidChangeError, match="已经发布或放弃"):
        desk.reject(added.summary.set_id, "小王")


def test_a_set_that_no_longer_fits_the_files_says_so(desk: StoreDesk, config: EngineConfig) -> None:
    added = desk.add([AddParaphrase("发票怎么开", "开发票")], "小王", "")
    (config.faq_data_dir / "questions" / "发票怎么开").write_text("发票怎么开\n开发票\n", "utf-8")
    assert "已经在" in desk.get(added.summary.set_id).faults[0]


def test_what_the_editor_takes_out_or_writes_anew(desk: StoreDesk) -> None:
    changes = [
        RemoveAnswer("发票怎么开"), RemoveSmallTalk("问候", "在吗"), SetSmallTalkAnswer("问候", "您好呀"),
        WriteLexicon("attribute_synonyms.txt", "级别\t档次|大小\n"), SetValue("某汽车品牌 A型号 2021款 标准续航升级版", ("属性", "级别"), "中型"),
    ]  # fmt: skip
    files = {diff.file: (diff.added, diff.removed) for diff in desk.add(changes, "小王", "").diffs}
    assert files == {
        "faq/answers/通用": (0, 1), "chitchat/questions/问候": (0, 1), "chitchat/answers/通用": (1, 1),
        "lexicon/attribute_synonyms.txt": (1, 2), "graph/某汽车品牌 A型号 2021款 标准续航升级版.json": (1, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    "file", ["../engine.json", "nothing.txt", ".hidden", "sub/../attribute_synonyms.txt/.."]
)
def test_only_files_of_the_lexicon_folder_are_written(desk: StoreDesk, file: str) -> None:
    with pytest.raises(InvalidChangeError):
        desk.add([WriteLexicon(file, "x")], "小王", "")


def test_the_library_sees_an_edit_at_once(library: FileLibrary, config: EngineConfig) -> None:
    assert [row.text for row in library.questions("约")] == ["怎么预约试驾"]
    view = library.question("faq", 0)
    assert [(one.text, one.line) for one in view.paraphrases] == [("怎么预约试驾", 1), ("想试驾怎么约", 2)]
    assert [(one.owner, one.text) for one in view.answers] == [("通用", "关于“怎么预约试驾”的回答。")]
    with (config.faq_data_dir / "questions" / "怎么预约试驾").open("a", encoding="utf-8") as file:
        file.write("约一下\n")
    assert len(library.question("faq", 0).paraphrases) == 3
    with pytest.raises(NotThereError):
        library.question("faq", 99)


def test_the_attribute_tree_has_each_node_before_its_children(library: FileLibrary) -> None:
    rows = library.attributes()
    assert rows[0].depth == 1
    seen: set[str] = set()
    for row in rows:
        parent = row.path.removesuffix(f"/{row.name}")
        assert row.depth == 1 or parent in seen
        seen.add(row.path)
    assert next(row for row in rows if row.name == "级别").synonyms == ("档次",)


@pytest.mark.parametrize(
    ("kind", "typed", "first"),
    [
        ("question", "试驾", "怎么预约试驾"),
        ("attribute", "级别", "属性/级别"),
        ("entity", "A型号", "A型号"),
        ("talk", "问", "问候"),
    ],
)
def test_the_type_ahead_knows_names_of_each_kind(
    library: FileLibrary, kind: str, typed: str, first: str
) -> None:
    assert library.suggest(kind, typed)[0] == first
    assert library.suggest("nothing", typed) == []


@pytest.fixture
def exchange(config: EngineConfig, library: FileLibrary) -> TableExchange:
    return TableExchange(config, library, UploadGuard())


@pytest.mark.parametrize("form", ["faq.csv", "faq.xlsx", "graph.csv", "graph.xlsx"])
def test_what_was_exported_imports_as_no_change(exchange: TableExchange, form: str) -> None:
    assert exchange.read(form, exchange.export(form)) == []


def test_an_edited_table_becomes_exactly_its_differences(exchange: TableExchange) -> None:
    rows = "标准问,类型,实体,内容\n发票怎么开,相似问,,开发票\n发票怎么开,答案,通用,在 App 里开。\n带宠物,相似问,,狗能坐车吗\n带宠物,答案,通用,能。\n"
    assert exchange.read("表.csv", rows.encode("utf-8-sig")) == [
        AddParaphrase("发票怎么开", "开发票"),
        AddQuestion("带宠物", ("狗能坐车吗",), "能。"),
        SetAnswer("发票怎么开", "在 App 里开。"),
    ]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("a,b\n1,2\n", "标准问"),
        ("标准问,类型,实体,内容\n甲,别的,,乙\n", "第 2 行的类型"),
        ("标准问,类型,实体,内容\n甲,相似问,,\n", "第 2 行没有写完整"),
        ("实体,属性,值\n没有的车,属性/级别,甲\n", "第 2 行的实体"),
    ],
    ids=["columns", "kind", "incomplete", "entity"],
)
def test_a_faulty_table_names_its_row(exchange: TableExchange, table: str, said: str) -> None:
    with pytest.raises(InvalidUploadError, match=said):
        exchange.read("表.csv", table.encode())


def test_no_cell_of_an_export_is_a_formula(exchange: TableExchange, config: EngineConfig) -> None:
    with (config.faq_data_dir / "questions" / "发票怎么开").open("a", encoding="utf-8") as file:
        file.write("=1+1\n")
    exported = exchange.export("faq.csv")
    assert "'=1+1" in exported.decode("utf-8-sig")
    assert exchange.read("faq.csv", exported) == []


def test_the_archive_holds_the_files_as_they_are(exchange: TableExchange, config: EngineConfig) -> None:
    with zipfile.ZipFile(io.BytesIO(exchange.export("files.zip"))) as archive:
        assert archive.read("faq/answers/通用") == (config.faq_data_dir / "answers" / "通用").read_bytes()


def turn(number: int, answer_type: str, at_ms: int) -> TurnRow:
    return TurnRow(
        f"t{number}", at_ms, f"trace{number}", f"s{number % 2}", "问", False, 20, "{}", "v", "答", answer_type, "faq",
        "answering", 1.0, "怎么预约试驾", "", "", "d",
    )  # fmt: skip


def test_the_overview_counts_turns_by_day_and_kind(store: SqlStore) -> None:
    import time

    now = time.time_ns() // 1_000_000
    kinds = ("answer", "answer", "clarify", "recommend", "fallback", "handoff", "chitchat")
    store.turns.add([turn(number, kind, now) for number, kind in enumerate(kinds)])
    view = StoreTraffic(store, lambda: (1.5, 9.0)).overview(7)
    today = view.days[-1]
    assert (today.answered, today.asked, today.refused, today.handed_off, today.small_talk) == (2, 2, 1, 1, 1)
    assert (len(view.days), view.total("turns"), view.sessions, view.p99_ms) == (7, 7, 2, 9.0)
    assert view.top_questions == (("怎么预约试驾", 7),)


def test_the_audit_page_goes_back_and_shows_a_broken_chain(store: SqlStore) -> None:
    for number in range(5):
        store.audit.append("小王", "publish", f"v{number}")
    page = StoreAudit(store.audit).page(limit=2)
    assert ([entry.seq for entry in page.entries], page.count, page.problem) == ([5, 4], 5, "")
    assert [entry.seq for entry in StoreAudit(store.audit).page(before=4, limit=2).entries] == [3, 2]


def test_an_inbox_conversation_has_both_sides_in_order(store: SqlStore) -> None:
    from chatbot.store.records import InboxRow

    store.turns.add([turn(1, "handoff", 1000)])
    store.inbox.add(InboxRow("m1", 1001, "s1", "request", "转人工"))
    store.inbox.add(InboxRow("m2", 2000, "s1", "customer", "在吗"))
    inbox = StoreInbox(store)
    assert [(one.session_id, one.waiting) for one in inbox.threads()] == [("s1", True)]
    inbox.say("s1", "在的", "小王")
    assert [one.author for one in inbox.messages("s1")] == ["customer", "bot", "note", "customer", "agent"]
    assert not inbox.threads()[0].waiting
    inbox.hand_back("s1", "小王")
    assert inbox.threads() == []
    with pytest.raises(NotThereError):
        inbox.say("nobody", "在的", "小王")


def test_a_version_that_is_not_there_cannot_be_gone_back_to(config: EngineConfig, store: SqlStore) -> None:
    proposals = Proposals(config, store, lambda _: None, lambda _: None)  # type: ignore[arg-type,return-value]
    assert PublishedVersions(proposals).all() == []
    with pytest.raises(PublishError, match="没有更早的版本"):
        PublishedVersions(proposals).roll_back("v1", "小王")


def test_the_work_of_a_set_is_shown_until_it_is_done(desk: StoreDesk, config: EngineConfig) -> None:
    added = desk.add([AddParaphrase("发票怎么开", "开发票")], "小王", "")
    assert added.work is None
    folder, set_id = config.state_dir / "jobs", added.summary.set_id
    folder.mkdir(parents=True)
    (folder / "running").touch()
    write_job(folder, Job("j1", "prove", set_id, "小王", 1, "failed", 5_001, error="磁盘满了"))
    found = desk.get(set_id).work
    assert found is not None and (found.error, found.seconds, found.running) == ("磁盘满了", 5, False)
    write_job(folder, Job("j2", "prove", set_id, "小王", 2, "done", 9, result={}))
    assert desk.get(set_id).work is None


def test_the_last_check_stays_and_says_when_files_have_changed_since(config: EngineConfig) -> None:
    jobs, layout = Jobs(config.source, config.state_dir / "jobs"), Layout(config)
    checker = JobChecker(config, jobs)
    assert checker.last() == Checkup()
    folder = config.state_dir / "jobs"
    folder.mkdir(parents=True)
    found: dict[str, Any] = {
        "findings": [{"part": "stale_date", "message": "过期了"}, {"severity": "fault", "line": 3}]
    }
    write_job(folder, Job("j1", "lint", lint_stamp(layout), "小王", 1, "done", 7, result=found))
    last = checker.last()
    assert [(row.severity, row.kind, row.line) for row in last.rows] == [
        ("fault", "", 3),
        ("notice", "stale_date", 0),
    ]
    assert (last.at_ms, last.stale, last.work) == (7, False, None)
    next(iter(layout.files().values())).touch()
    assert checker.last().stale


def test_a_test_run_is_work_in_the_background_that_leads_to_its_result(
    config: EngineConfig, store: SqlStore
) -> None:
    """The command is a stand-in that prints what ``chatbot test --json`` prints."""
    folder = config.state_dir / "jobs"
    says = (
        "import json, sys\n"
        "print('1 / 2', file=sys.stderr, flush=True)\n"
        "print(json.dumps({'run_id': 'r9', 'words': sys.argv[1:3]}))\n"
        "sys.exit(1)"
    )
    jobs = Jobs(config.source, folder, ("-c", says))
    trials = JobTrials(config, store, jobs)
    assert (trials.files(), trials.work()) == ([], None)
    begun = trials.start("../../考题.csv", "小王", b"question,expected\n")
    assert trials.files() == ["考题.csv"] and (config.state_dir / "tests" / "考题.csv").is_file()
    done = jobs.wait(jobs.get(begun), 60)
    assert done.result is not None and done.result["words"] == [
        "test",
        str(config.state_dir.resolve() / "tests" / "考题.csv"),
    ]
    work = trials.work(begun)
    assert work is not None and (work.file, work.run_id, work.work.running) == ("考题.csv", "r9", False)
    with pytest.raises(NotThereError, match="没有测试文件"):
        trials.start("other.csv", "小王")
    with pytest.raises(InvalidUploadError):
        trials.start("x.exe", "小王", b"")
