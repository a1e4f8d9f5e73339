"""TFRecord: checksums, frames and messages, against published values and the reference encoder of protocol buffers."""

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.image.dataset.crc32c import POLYNOMIAL, crc32c, masked
from tools.image.dataset.records import Box, Fault, ImageRow, Outline, Place, RowError
from tools.image.dataset.rows import Reading, read_rows
from tools.image.dataset.tf_example import NotAnExampleError, decoded, encoded
from tools.image.dataset.tf_framing import framed, records
from tools.image.dataset.tfrecords import record_of, row_of

AT = Place("a.tfrecord", 1)


def bit_by_bit(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (POLYNOMIAL if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


@pytest.mark.parametrize(
    ("data", "crc"),
    [
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(range(31, -1, -1)), 0x113FDB5C),
    ],
    ids=["check value", "zeros", "ones", "rising", "falling"],
)
def test_checksums_are_those_of_rfc_3720(data: bytes, crc: int) -> None:
    assert crc32c(data) == crc


@settings(max_examples=30, deadline=None)
@given(length=st.integers(0, 9000), seed=st.integers(0, 255))
def test_a_long_text_has_the_checksum_that_is_worked_out_bit_by_bit(length: int, seed: int) -> None:
    data = bytes((index * 31 + seed * (index >> 3)) & 255 for index in range(length))
    assert crc32c(data) == bit_by_bit(data)


def test_a_frame_is_the_one_tensorflow_writes() -> None:
    assert (
        framed(b"")
        == bytes.fromhex("0000000000000000") + struct.pack("<I", masked(bytes(8))) + b"\xd8\xea\x82\xa2"
    )


values = st.one_of(
    st.lists(st.binary(max_size=40), max_size=4).map(tuple),
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=5).map(tuple),
    st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=5).map(tuple),
)
features = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=12), values, max_size=6)


@settings(max_examples=120, deadline=None)
@given(features=features)
def test_a_message_is_read_again_as_it_was_written(features: "dict[str, tuple[bytes, ...]]") -> None:
    assert decoded(encoded(features)) == features


def reference_class() -> type:
    """``tf.train.Example`` by the published field numbers, made with the reference implementation of protocol buffers."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="example.proto", package="t", syntax="proto3")
    kinds = descriptor_pb2.FieldDescriptorProto

    def message(name: str, *fields: tuple[str, int, int, str, bool]) -> None:
        made = file.message_type.add(name=name)
        for field, number, kind, of, repeated in fields:
            label = kinds.LABEL_REPEATED if repeated else kinds.LABEL_OPTIONAL
            made.field.add(
                name=field, number=number, type=kind, label=label, type_name=f".t.{of}" if of else None
            )

    message("BytesList", ("value", 1, kinds.TYPE_BYTES, "", True))
    message("FloatList", ("value", 1, kinds.TYPE_FLOAT, "", True))
    message("Int64List", ("value", 1, kinds.TYPE_INT64, "", True))
    lists = [("bytes_list", 1, "BytesList"), ("float_list", 2, "FloatList"), ("int64_list", 3, "Int64List")]
    message("Feature", *((name, number, kinds.TYPE_MESSAGE, of, False) for name, number, of in lists))
    message(
        "Entry", ("key", 1, kinds.TYPE_STRING, "", False), ("value", 2, kinds.TYPE_MESSAGE, "Feature", False)
    )
    message("Features", ("feature", 1, kinds.TYPE_MESSAGE, "Entry", True))
    message("Example", ("features", 1, kinds.TYPE_MESSAGE, "Features", False))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found: type = message_factory.GetMessageClass(pool.FindMessageTypeByName("t.Example"))
    return found


def test_the_reference_implementation_writes_the_same_bytes_and_reads_ours() -> None:
    features = {"a": (b"x", b""), "b": (1.5, -2.0), "c": (-1, 2**40, 0)}
    reference = reference_class()()
    for name, kind in (("a", "bytes_list"), ("b", "float_list"), ("c", "int64_list")):
        entry = reference.features.feature.add(key=name)
        getattr(entry.value, kind).value.extend(features[name])
    assert reference.SerializeToString(deterministic=True) == encoded(features)
    again = reference_class().FromString(encoded(features))
    assert list(again.features.feature[2].value.int64_list.value) == [-1, 2**40, 0]


def test_numbers_that_are_not_packed_and_fields_that_are_not_known_are_read_too() -> None:
    unpacked = b"\x08\x05\x08\x07"  # Int64List: field 1, twice, as varints
    feature = b"\x1a" + bytes([len(unpacked)]) + unpacked + b"\x48\x01"  # int64_list, then an unknown field 9
    entry = b"\x0a\x01n\x12" + bytes([len(feature)]) + feature
    features = b"\x0a" + bytes([len(entry)]) + entry
    assert decoded(b"\x0a" + bytes([len(features)]) + features) == {"n": (5, 7)}


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=80))
def test_whatever_bytes_come_they_are_a_message_or_refused(data: bytes) -> None:
    with suppress(NotAnExampleError):
        decoded(data)


def row(**others: object) -> ImageRow:
    return ImageRow("cat/a.jpg", ("cat",), AT, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "one",
    [
        row(width=3, height=4, format="jpg"),
        ImageRow("a.jpg", None, AT),
        ImageRow("a.jpg", (), AT),
        ImageRow("a.jpg", ("猫", "dog"), AT),
        ImageRow("a.jpg", None, AT, shapes=(Box("cat", 0.0, 0.25, 0.5, 1.0, True), Box("dog", 0.5, 0.5, 1.0, 1.0))),
        ImageRow("a.jpg", None, AT, shapes=(
            Outline("cat", ((0.0, 0.0, 0.5, 0.0, 0.5, 0.5), (0.5, 0.5, 1.0, 0.5, 1.0, 1.0, 0.5, 1.0))),
            Box("dog", 0.5, 0.5, 1.0, 1.0))),
    ],
    ids=["one label", "to predict", "no label", "several", "boxes", "outlines"],
)  # fmt: skip
def test_a_record_carries_all_that_a_row_says(one: ImageRow) -> None:
    numbers = {"cat": 0, "dog": 1, "猫": 2}
    again = row_of(record_of(one, b"picture", numbers), AT, {})
    assert again == ImageRow(
        one.address, one.labels, AT, one.width, one.height, one.format, one.shapes, b"picture"
    )


def test_a_class_that_is_a_number_alone_is_named_by_the_label_map() -> None:
    record = encoded({"image/encoded": [b"x"], "image/class/label": [1]})
    assert row_of(record, AT, {0: "cat", 1: "dog"}).labels == ("dog",)
    assert row_of(record, AT, {}).labels == ("1",)
    with pytest.raises(RowError, match="第 1 类"):
        row_of(record, AT, {0: "cat"})


def shard(folder: Path, count: int = 3) -> tuple[Path, list[bytes]]:
    frames = [framed(record_of(row(), b"picture %d" % number * 50, {"cat": 0})) for number in range(count)]
    file = folder / "a.tfrecord"
    file.write_bytes(b"".join(frames))
    return file, frames


def reasons(file: Path) -> list[str]:
    return [one.reason if isinstance(one, Fault) else "" for one in read_rows(file, Reading())]


def test_a_shard_is_read_record_by_record(tmp_path: Path) -> None:
    file, _ = shard(tmp_path)
    assert reasons(file) == ["", "", ""]
    assert [one.place.line for one in read_rows(tmp_path)] == [1, 2, 3]


def test_wherever_a_shard_is_cut_off_the_whole_records_are_read_and_the_cut_is_told(tmp_path: Path) -> None:
    file, frames = shard(tmp_path, 2)
    for end in range(len(frames[0]) + 1, len(frames[0]) + len(frames[1]), 7):
        file.write_bytes((frames[0] + frames[1])[:end])
        assert [bool(one) for one in reasons(file)] == [False, True]
        assert "断了" in reasons(file)[1]


def test_a_record_with_a_wrong_checksum_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    file, frames = shard(tmp_path)
    data = bytearray(b"".join(frames))
    data[len(frames[0]) + 40] ^= 1
    file.write_bytes(data)
    assert [bool(one) for one in reasons(file)] == [False, True, False]
    assert "CRC" in reasons(file)[1]


def test_a_damaged_length_ends_the_shard_without_reserving_what_it_says(tmp_path: Path) -> None:
    file, frames = shard(tmp_path)
    data = bytearray(b"".join(frames))
    data[len(frames[0]) + 5] = 0x7F
    file.write_bytes(data)
    assert [bool(one) for one in reasons(file)] == [False, True]
    huge = struct.pack("<Q", 2**62)
    file.write_bytes(huge + struct.pack("<I", masked(huge)))
    assert "最多" in reasons(file)[0]


def test_a_record_that_is_no_example_is_told_with_its_number(tmp_path: Path) -> None:
    file = tmp_path / "a.tfrecord"
    file.write_bytes(
        framed(b"\x0a\xff") + framed(encoded({"a": [1]})) + framed(encoded({"image/encoded": [1.5]}))
    )
    found = list(read_rows(file))
    assert [one.place.line for one in found] == [1, 2, 3]
    assert all(isinstance(one, Fault) for one in found)
    assert next(records(file)) == b"\x0a\xff"
