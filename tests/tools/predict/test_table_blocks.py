"""A file read by the block is the file read by the line, whatever stands at the seams."""

import gzip
import zlib
from pathlib import Path

import pytest

from chatbot.errors import DataError
from tools.predict import lines as lines_file
from tools.predict.lines import Place
from tools.predict.rows import Broken, Cells, Raw, listed
from tools.predict.table import Table

ROWS = [
    "一,1", '"二\n行",2', "三,3\r", "", b"\xff\xfe,4".decode(errors="surrogateescape"), '"五"x,5', "六", "七,7", "",
    '"a\n\nb","8"', b'"\xff\nz",9'.decode(errors="surrogateescape"), '"十 ""引"" 号",10', "末,11",
]  # fmt: skip
START = Place()
TEXT = ("\ufefftext,number\n" + "\n".join(ROWS)).encode(errors="surrogateescape")


def read(path: Path, start: Place = START) -> list[tuple[int, Raw, Place]]:
    one = Table(path, "csv")
    try:
        return [(line, row, one.place) for line, row in one.rows(start, ("text", "number"))]
    finally:
        one.close()


@pytest.mark.parametrize("name", ["in.csv", "in.csv.gz"])
def test_rows_lines_and_places_are_the_same_whatever_the_size_of_a_block(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(TEXT) if name.endswith(".gz") else TEXT)
    found = []
    for size in (1, 7, 30, 2**16):
        monkeypatch.setattr(lines_file, "_BLOCK", size)
        found.append(read(path))
    assert found[0] == found[1] == found[2] == found[3]
    lines, rows, places = zip(*found[0], strict=True)
    assert lines == (2, 3, 5, 7, 8, 9, 10, 12, 15, 17, 18)
    assert [isinstance(row, Broken) for row in rows] == [number in (3, 4, 5, 8) for number in range(11)]
    assert "第 7 行不是 UTF-8" in rows[3].message and "第 15 行不是 UTF-8" in rows[8].message
    assert places[-1] == Place(len(TEXT), 18)


@pytest.mark.parametrize("size", [2, 3, 5, 100])
def test_rows_in_blocks_are_the_rows_one_by_one(size: int, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    plain = "".join(f"{number},{number}\n" for number in range(12))
    path.write_bytes(TEXT + b"\n" + plain.encode())
    one = Table(path, "csv")
    found, kinds = [], set()
    for rows, at in one.blocks(START, ("text", "number"), lambda: size):
        kinds.add(type(rows))
        found += list(zip(at, listed(rows), strict=True))
        assert len(at) == size or len(found) == 23
    one.close()
    assert found == [(line, row) for line, row, _ in read(path)] and len(found) == 23
    assert Cells in kinds or size == 100


def test_reading_goes_on_from_every_place(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(TEXT)
    whole = read(path)
    for number, (_, _, place) in enumerate(whole):
        assert read(path, place) == whole[number + 1 :]


def test_all_rows_before_the_damage_of_an_archive_are_given(tmp_path: Path) -> None:
    path = tmp_path / "in.csv.gz"
    body = "".join(f"{zlib.crc32(str(number).encode()):08x},{number}\n" for number in range(40_000))
    packed = gzip.compress(b"text,number\n" + body.encode())
    path.write_bytes(packed[: len(packed) // 2])
    rows = []
    one = Table(path, "csv")
    with pytest.raises(DataError, match="读不下去"):
        for _, row in one.rows(START, ("number",)):
            rows.append(row)
    one.close()
    assert len(rows) > 18_000 and rows == [(str(number),) for number in range(len(rows))]
