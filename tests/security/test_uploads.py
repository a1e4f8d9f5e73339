"""Uploaded tables: what is read, and bombs that do not go off."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from chatbot.errors import InvalidUploadError
from chatbot.security.uploads import UploadGuard, UploadLimits

MIB = 1024 * 1024


def xlsx(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, body in files.items():
            made.writestr(name, body)
    return out.getvalue()


def with_part(name: str, body: bytes) -> bytes:
    """A good workbook in which one part is another."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx([["a"]]))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for entry in good.namelist():
            made.writestr(entry, body if entry == name else good.read(entry))
    return out.getvalue()


def understated() -> bytes:
    """An archive whose directory says that 50 MiB are 10 bytes."""
    body = bytearray(archive({"xl/a.xml": bytes(50 * MIB)}))
    at = body.rfind(b"PK\x01\x02")
    body[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(body)


BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9))
    + b"]><worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData><row r='1'>"
    b"<c r='A1' t='inlineStr'><is><t>&j;</t></is></c></row></sheetData></worksheet>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData><row r='1'>"
    b"<c r='A1' t='inlineStr'><is><t>&x;</t></is></c></row></sheetData></worksheet>"
)
SHEET = "xl/worksheets/sheet1.xml"
BOMBS: dict[str, Callable[[], bytes]] = {
    "ratio": lambda: archive({"xl/a.xml": bytes(50 * MIB)}),
    "understated": understated,
    "many": lambda: archive({f"f{n}": b"x" for n in range(1001)}),
    "spread": lambda: archive({f"f{n}": bytes(range(256)) * 4096 for n in range(120)}),
    "nested": lambda: archive({"a.zip": archive({"b": b"x"})}),
    "climbing": lambda: archive({"../../etc/passwd": b"x"}),
    "absolute": lambda: archive({"/etc/passwd": b"x"}),
    "backslash": lambda: archive({"..\\..\\a": b"x"}),
    "drive": lambda: archive({"C:evil": b"x"}),
    "cut off": lambda: xlsx([["a"]])[:-40],
    "damaged": lambda: xlsx([["a"]]).replace(b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", 3),
    "no workbook": lambda: archive({"hello.txt": b"hello"}),
    "laughs": lambda: with_part(SHEET, BILLION_LAUGHS),
    "outside": lambda: with_part(SHEET, OUTSIDE),
    "huge": lambda: bytes(11 * MIB),
    "empty": lambda: b"",
    "binary": lambda: bytes(range(256)),
    "gbk": lambda: "问题,答案".encode("gbk"),
    "nul": lambda: b"a\0b",
    "quote": lambda: b'a,"b\n',
    "wide": lambda: b"," * 101,
    "long cell": lambda: b"x" * 10_001,
    "many rows": lambda: b"a\n" * 200_001,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_by_name_soon_and_in_little_memory(name: str) -> None:
    body = BOMBS[name]()
    tracemalloc.start()
    begun = time.process_time()
    try:
        with pytest.raises(InvalidUploadError) as caught:
            UploadGuard().read_table("问\n题.xlsx", body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - begun < 10
    assert peak < 60 * MIB
    assert "问�题.xlsx" in caught.value.message and "root:" not in caught.value.message


def test_a_workbook_is_read_as_texts() -> None:
    body = xlsx([["问题", "期望"], ["多少钱", 5], [None, 2.5], [True, "=1+1"]])
    assert UploadGuard().read_table("a.xlsx", body) == (
        ("问题", "期望"), ("多少钱", "5"), ("", "2.5"), ("True", ""),
    )  # fmt: skip


def test_a_csv_is_read_with_bom_quotes_and_either_line_break() -> None:
    body = '\ufeff问题,期望\r\n"a,\n""b""",c\n'.encode()
    assert UploadGuard().read_table("a.csv", body) == (("问题", "期望"), ('a,\n"b"', "c"))


def test_the_limits_are_the_operators() -> None:
    guard = UploadGuard(UploadLimits(file_bytes=10))
    with pytest.raises(InvalidUploadError, match=r"0\.0 MB"):
        guard.read_table("a.csv", b"x" * 11)
    assert guard.read_table("a.csv", b"x" * 10) == (("x" * 10,),)
