"""Offline prediction: what comes out, in which order, and what is said of bad rows and bad files."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from chatbot.errors import ConfigError, DataError, ModelError
from chatbot.predict.model_dir import ModelCard, write_model_card
from tests.tools.predict.fakes import HEADER, ROWS, lines_of, objects, predicted, questions, ran
from tools.predict.asked import Asked, UsageError, job_of
from tools.predict.run import run


def read(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, strict=True))


def test_each_row_has_its_prediction_and_the_columns_that_were_asked_for_in_order(
    model: Path, tmp_path: Path
) -> None:
    source = questions(tmp_path / "in.csv")
    done = predicted(
        model, source, tmp_path / "out.csv", columns="first_sequence=title", append_columns="id,text=title"
    )
    header, *rows = read(tmp_path / "out.csv")
    assert header == [*HEADER, "id", "text", "error"]
    assert [row[3] for row in rows] == [str(number) for number in range(ROWS)]
    assert all(int(row[0]) == len(row[4]) and not row[5] for row in rows)
    assert (done.rows, done.errors, done.resumed) == (ROWS, 0, 0)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.csv", "model", "out.csv", "package"]


@pytest.mark.parametrize("ending", [".csv", ".jsonl.gz"])
def test_workers_of_any_number_write_the_same_bytes(model: Path, tmp_path: Path, ending: str) -> None:
    source, outputs = (
        questions(tmp_path / "in.csv"),
        [tmp_path / f"{name}{ending}" for name in ("here", "three")],
    )
    predicted(model, source, outputs[0], columns="first_sequence=title", append_columns="id")
    options = ("--columns", "first_sequence=title", "--append-columns", "id", "--num-workers", "3")
    assert ran(model, source, outputs[1], *options).returncode == 0
    assert outputs[0].read_bytes() == outputs[1].read_bytes() != b""


def test_json_lines_keep_their_values_and_so_does_a_packed_output(model: Path, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(
        '{"first_sequence": "您好", "id": {"a": 1}}\n\n{"first_sequence": "在吗"}\n'
    )
    predicted(model, tmp_path / "in.jsonl", tmp_path / "out.jsonl.gz", append_columns="id")
    text = gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()).decode()
    first, second = map(json.loads, text.splitlines())
    assert first == {"length": 2, "version": "1", "together": 2, "id": {"a": 1}}
    assert second["id"] is None


def test_a_list_of_paths_feeds_the_first_text_input(model: Path, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("a.jpg\nfolder/bb.jpg\n")
    predicted(model, tmp_path / "in.txt", tmp_path / "out.csv", append_columns="path")
    assert [row[0::3] for row in read(tmp_path / "out.csv")[1:]] == [["5", "a.jpg"], ["13", "folder/bb.jpg"]]


def test_a_packed_input_is_read_like_a_plain_one(model: Path, tmp_path: Path) -> None:
    plain = questions(tmp_path / "in.csv")
    (tmp_path / "in2.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    for name in ("in.csv", "in2.csv.gz"):
        predicted(model, tmp_path / name, tmp_path / f"{name}.csv", columns="first_sequence=title")
    assert (tmp_path / "in.csv.csv").read_bytes() == (tmp_path / "in2.csv.gz.csv").read_bytes()


BAD_ROWS = [
    (b"first_sequence,n\n\xff\xfe,1\n", "UTF-8"),
    (b"first_sequence,n\na,b,c\n", "3 列"),
    (b"first_sequence,n\n,1\n", "空的"),
    (b'first_sequence,n\n"a"b,1\n', "引号"),
    (b"first_sequence,n\n" + b"a" * 2**20 + b",1\n", "1048576"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "said"), BAD_ROWS, ids=["utf-8", "ragged", "empty text", "quotes", "a megabyte"]
)
def test_a_bad_row_is_an_error_in_its_place_and_the_others_are_predicted(
    model: Path, tmp_path: Path, bad: bytes, said: str
) -> None:
    (tmp_path / "in.csv").write_bytes(bad + "您好,2\n".encode())
    done = predicted(model, tmp_path / "in.csv", tmp_path / "out.jsonl", append_columns="n")
    wrong, right = objects(tmp_path / "out.jsonl")
    assert said in wrong["error"]["message"] and wrong["error"]["line"] == 2 and "length" not in wrong
    assert right == {"length": 2, "version": "1", "together": 1, "n": "2"}
    assert done.errors == 1 and done.first_error.startswith(f"{tmp_path}/in.csv:2: ")


@pytest.mark.parametrize("line", ['{"first_sequence": 1}', "{", "[]", "{}", '{"first_sequence": "\\ud800"}'])
def test_a_bad_json_line_is_an_error_in_its_place(model: Path, tmp_path: Path, line: str) -> None:
    (tmp_path / "in.jsonl").write_bytes(
        lines_of(['{"first_sequence": "a"}', line, '{"first_sequence": "b"}'])
    )
    assert predicted(model, tmp_path / "in.jsonl", tmp_path / "out.jsonl").errors <= 1
    first, second, third = objects(tmp_path / "out.jsonl")
    assert first["length"] == third["length"] == 1
    assert second.get("length") == 0 or second["error"]["line"] == 2


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        (b"", "没有表头", 1),
        (b"first_sequence\n", "没有一行数据", None),
        (b"title,label\na,b\n", "first_sequence", 1),
        (b"\xff\xfe,label\na,b\n", "UTF-8", 1),
        (b"first_sequence,first_sequence\na,b\n", "两列", 1),
        (b'first_sequence\na\n"b\nc\n', "没有配对", 3),
    ],
    ids=["empty", "header only", "missing column", "header not utf-8", "column twice", "open quotation"],
)
def test_a_file_that_cannot_be_used_is_an_error_with_its_line_and_the_way_out(
    model: Path, tmp_path: Path, text: bytes, said: str, line: int | None
) -> None:
    (tmp_path / "in.csv").write_bytes(text)
    with pytest.raises(DataError) as caught:
        predicted(model, tmp_path / "in.csv", tmp_path / "out.csv")
    assert said in caught.value.message and "→" in caught.value.message and caught.value.line == line
    assert not (tmp_path / "out.csv").exists()


def test_a_truncated_archive_is_an_error_and_what_was_written_is_kept(model: Path, tmp_path: Path) -> None:
    packed = gzip.compress(questions(tmp_path / "plain.csv", 20_000).read_bytes())
    (tmp_path / "in.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(DataError, match="读不下去"):
        predicted(
            model,
            tmp_path / "in.csv.gz",
            tmp_path / "out.csv",
            columns="first_sequence=title",
            batch_size=999,
        )
    assert (tmp_path / "out.csv.part").exists()


def test_a_model_directory_of_another_task_is_refused(model: Path, tmp_path: Path) -> None:
    source = questions(tmp_path / "in.csv")
    write_model_card(model, ModelCard("other", "1"))
    with pytest.raises(ConfigError, match="没有 other"):
        predicted(model, source, tmp_path / "out.csv")
    with pytest.raises(ModelError, match="不是 counter 的"):
        predicted(model, source, tmp_path / "out.csv", processor="counter")
    with pytest.raises(ModelError, match="没有这个模型目录"):
        predicted(tmp_path / "none", source, tmp_path / "out.csv")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_model_that_cannot_be_loaded_says_why(model: Path, tmp_path: Path, workers: int) -> None:
    write_model_card(model, ModelCard("counter", "1", {"broken": True}))
    done = ran(model, questions(tmp_path / "in.csv"), tmp_path / "out.csv", "--columns", "first_sequence=title",
               "--num-workers", str(workers))  # fmt: skip
    assert done.returncode == 1 and "no such weights" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"columns": "first_sequenc=title"}, "first_sequence？"),
        ({"columns": "first_sequence=title", "append_columns": "id,id"}, "两次"),
        ({"engine": "spark"}, "没有这种引擎"),
        ({"kind": "xml"}, "--format"),
    ],
    ids=["misspelt input", "twice", "engine", "format"],
)
def test_options_that_cannot_be_are_wrong_usage(
    model: Path, tmp_path: Path, options: dict[str, str], said: str
) -> None:
    source = questions(tmp_path / "in.csv")
    write_model_card(model, ModelCard("counter", "1"))
    with pytest.raises(UsageError, match=said):
        predicted(model, source, tmp_path / "out.csv", **options)


def test_no_appended_column_may_have_the_name_of_a_predicted_one(model: Path, tmp_path: Path) -> None:
    source = questions(tmp_path / "in.csv")
    with pytest.raises(ConfigError, match="同名"):
        predicted(
            model, source, tmp_path / "out.csv", columns="first_sequence=title", append_columns="length=id"
        )
    assert not list(tmp_path.glob("out.csv*")), "nothing was written, nothing is left"


def test_the_input_is_never_the_output(model: Path, tmp_path: Path) -> None:
    source = questions(tmp_path / "in.csv")
    with pytest.raises(UsageError, match="就是输入文件"):
        predicted(model, source, source, columns="first_sequence=title")


def test_an_input_that_changes_meanwhile_gives_no_output(model: Path, tmp_path: Path) -> None:
    source = questions(tmp_path / "in.csv")
    job = job_of(
        Asked(model, source, tmp_path / "out.csv", columns="first_sequence=title", batch_size=8, workers=0)
    )

    def append_once(rows: int, errors: int, read: int) -> None:
        if rows == 8:
            source.write_text(source.read_text() + "x,y,z\n")

    with pytest.raises(DataError, match="输入文件变了"):
        run(job, append_once)
    assert not (tmp_path / "out.csv").exists()


def test_wrong_usage_exits_2_and_only_bad_rows_exit_1(model: Path, tmp_path: Path) -> None:
    source = questions(tmp_path / "in.csv", 3)
    assert ran(model, source, tmp_path / "out.xml").returncode == 2
    (tmp_path / "bad.csv").write_text("first_sequence,n\n,1\n")
    done = ran(model, tmp_path / "bad.csv", tmp_path / "out.csv", "--json", "--num-workers", "0")
    assert done.returncode == 1 and json.loads(done.stdout)["errors"] == 1 and done.stderr == ""
