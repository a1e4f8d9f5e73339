"""Numbers in digits and in Chinese."""

import pytest

from chatbot.knowledge_graph.numerals import parse_chinese, read_number


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("三十二", 32), ("十", 10), ("十五", 15), ("一百零八", 108), ("三百五", 350), ("一万二", 12000), ("两千零五十", 2050),
        ("十二万三千", 123000), ("一亿零五万", 100050000), ("二零二四", 2024), ("三点五", 3.5), ("零", 0),
    ],
)  # fmt: skip
def test_a_chinese_numeral_is_read(said: str, value: float) -> None:
    parsed = parse_chinese(said)
    assert parsed is not None and float(parsed) == value


@pytest.mark.parametrize("said", ["百", "万", "千", "", "亿"])
def test_a_lone_power_is_no_number(said: str) -> None:
    assert parse_chinese(said) is None


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("27.6万", 276000, 276000), ("1,080", 1080, 1080), ("30k", 30000, 30000), ("20w", 200000, 200000),
        ("二十个达不溜", 200000, 200000), ("三四十万", 300000, 400000), ("两三", 2, 3), ("十几万", 100000, 200000),
        ("30多万", 300000, 400000), ("500多", 500, 600), ("35多", 35, 36), ("三十来万", 270000, 330000),
        ("半", 0.5, 0.5), ("一个半", 1.5, 1.5), ("三点五万", 35000, 35000),
    ],
)  # fmt: skip
def test_a_number_is_read_with_its_scale_and_vagueness(said: str, low: float, high: float) -> None:
    number = read_number(said)
    assert number is not None
    assert (float(number.low), float(number.high), number.end) == (low, high, len(said))


def test_what_is_counted_behind_ten_thousands_is_no_part_of_them() -> None:
    number, whole = read_number("三四十万七座"), read_number("一万二的")
    assert number is not None and (number.low, number.high, number.end) == (300000, 400000, 4)
    assert whole is not None and whole.low == 12000


@pytest.mark.parametrize("said", ["", "公里", "abc", "9" * 40, "百公里"])
def test_what_is_no_number_is_none(said: str) -> None:
    assert read_number(said) is None
