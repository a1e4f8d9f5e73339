"""Question sheets: read strictly, judged fairly, compared with the run before, written as JUnit XML."""

import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from chatbot.errors import DataError
from chatbot.reply import FaqEvidence, Reply
from chatbot.testing import sheet as module
from chatbot.testing.results import CaseResult, compared, junit_xml, run_row
from chatbot.testing.sheet import SheetRow, load_sheet, play_sheet
from tests.fakes import FakeChatService

ROWS = (SheetRow("哪里可以试车", "怎么预约试驾", 2), SheetRow("多少钱", "27.6万", 3))


def written(folder: Path, text: str) -> Path:
    file = folder / "q.csv"
    file.write_bytes(text.encode())
    return file


def test_csv_and_xlsx_of_the_same_rows_are_read_the_same(tmp_path: Path) -> None:
    csv = written(tmp_path, "\ufeffquestion,expected\r\n哪里可以试车,怎么预约试驾\r\n多少钱,27.6万\r\n")
    book = Workbook()
    for row in (
        ("问题", "标准问", "备注"),
        ("哪里可以试车", "怎么预约试驾", "x"),
        ("多少钱", "27.6万", None),
    ):
        book.active.append(row)
    book.save(tmp_path / "q.xlsx")
    assert load_sheet(csv) == ROWS == load_sheet(tmp_path / "q.xlsx")


def test_blank_rows_are_passed_over_and_further_columns_left_alone(tmp_path: Path) -> None:
    file = written(tmp_path, "no,question,expected\n\n1,多少钱,27.6万\n,,\n")
    assert load_sheet(file) == (SheetRow("多少钱", "27.6万", 3),)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "没有一行数据"),
        ("question,expected\n", "没有一行数据"),
        ("question,other\na,b\n", "没有期望"),
        ("other,expected\na,b\n", "没有问题"),
        ("question,expected\n,27.6万\n", "没有问题"),
        ("question,expected\n多少钱\n", "没有期望这一格"),
    ],
)
def test_a_faulty_sheet_names_what_is_wrong(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        load_sheet(written(tmp_path, text))


def test_a_sheet_that_is_no_text_or_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "q.csv"
    file.write_bytes("question,expected\n多少钱,一\n".encode("gbk"))
    with pytest.raises(DataError, match="UTF-8"):
        load_sheet(file)
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    with pytest.raises(DataError, match="大于"):
        load_sheet(file)
    with pytest.raises(DataError, match="读不了"):
        load_sheet(tmp_path / "missing.csv")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (module.MAX_UNPACKED + 1))
    assert file.stat().st_size < 2**20
    with pytest.raises(DataError, match="解压后"):
        load_sheet(file)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([".csv", ".xlsx"]))
def test_any_bytes_are_read_or_refused_with_a_reason(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, suffix: str
) -> None:
    file = tmp_path_factory.mktemp("any") / f"q{suffix}"
    file.write_bytes(raw)
    try:
        rows = load_sheet(file)
    except DataError:
        return
    assert all(row.question for row in rows)


def reply(answer: str, question: str = "", kind: str = "answer", source: str = "faq") -> Reply:
    evidence = (
        (FaqEvidence(question, 1, "m", 1.0, "fuzzy_closest_faq_match", "answers/通用"),) if question else ()
    )
    return Reply(answer, kind, source, "answering", 1.0, evidence=evidence)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expected", "given_reply", "passed"),
    [
        ("怎么预约试驾", reply("打电话。", "怎么预约试驾"), True),
        ("怎么预约试驾", reply("打12315。", "怎么投诉"), False),
        ("怎么预约试驾", reply("怎么预约试驾", kind="fallback"), False),
        ("怎么预约试驾", reply("预约试驾：每款不一样，您想问哪一款？", "怎么预约试驾", "clarify"), True),
        ("怎么预约试驾", reply("怎么预约试驾，还是怎么投诉？", kind="clarify"), False),
        ("27.6万", reply("报价是 27.6万。"), True),
        ("27.6 萬", reply("报价是27.6万。"), True),
        ("27.6万", reply("报价是30.9万。"), False),
    ],
)
def test_a_row_passes_by_its_standard_question_or_by_its_answer(
    expected: str, given_reply: Reply, passed: bool
) -> None:
    service = FakeChatService(given_reply)
    found = play_sheet([SheetRow("问", expected, 2)], service, frozenset({"怎么预约试驾", "怎么投诉"}))
    assert found[0].passed is passed
    assert passed or expected in found[0].problem


@pytest.mark.parametrize(
    ("given_reply", "passed"),
    [
        (reply("打电话。", "怎么预约试驾"), False),
        (reply("27.6万", source="kg"), False),
        (reply("您好！", source="chitchat"), True),
        (reply("怎么预约试驾，还是怎么投诉？", kind="clarify"), True),
        (reply("这个我不清楚。", kind="fallback", source="none"), True),
    ],
)
def test_a_row_without_an_expectation_passes_where_nothing_is_answered(
    tmp_path: Path, given_reply: Reply, passed: bool
) -> None:
    rows = load_sheet(written(tmp_path, "sent,label\n能租车吗,\n"))
    found = play_sheet(rows, FakeChatService(given_reply), frozenset({"怎么预约试驾"}))
    assert found[0].passed is passed
    assert found[0].name == "能租车吗 → （不该回答）"


def test_each_row_is_asked_in_a_session_of_its_own() -> None:
    service = FakeChatService()
    play_sheet(ROWS, service, frozenset())
    assert len({message.session_id for message in service.heard}) == 2


def result(name: str, problem: str = "") -> CaseResult:
    return CaseResult(name, problem, 2, 1.5)


def test_a_run_is_compared_with_the_one_before() -> None:
    before = run_row("a.csv", "v1", [result("甲"), result("乙", "错"), result("丙"), result("旧")])
    now = run_row("a.csv", "v2", [result("甲", "错"), result("乙"), result("丙"), result("新", "错")])
    found = compared(before, now)
    assert found is not None
    assert (found.newly_failed, found.newly_passed, found.added, found.removed) == (("甲",), ("乙",), 1, 1)
    assert compared(None, now) is None
    assert (now.passed, now.failed) == (2, 2)


def test_junit_xml_counts_names_and_places_every_failure() -> None:
    raw = junit_xml("a.csv", [result("甲 & <乙>"), result("丙\x00\x1b", "应答\x0b“x”")])
    suite = ElementTree.fromstring(raw)[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    assert [case.get("name") for case in suite] == ["甲 & <乙>", "丙"]
    failure = suite[1][0]
    assert (failure.get("message"), failure.text) == ("应答“x”", "a.csv:2")
