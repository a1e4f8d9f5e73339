"""Leaves as typed values."""

import pytest

from chatbot.knowledge_graph.values import Value, parse_value
from tests.knowledge_graph.graphs import UNITS

YEAR = 31536000.0


def read(raw: str, attribute: str = "某项") -> Value:
    return parse_value(raw, attribute, UNITS)


def measures(value: Value) -> list[tuple[str, float, float, str]]:
    return [(m.label, m.low, m.high, m.dimension) for m in value.measures]


@pytest.mark.parametrize(
    ("attribute", "raw", "number", "dimension"),
    [
        ("经销商报价", "27.6万", 276000, "货币"), ("经销商报价", "276000", 276000, "货币"), ("厂商指导价(元)", "29.38万", 293800, "货币"),
        ("指导价(万元)", "29.38", 293800, "货币"), ("指导价(万元)", "29.38万", 293800, "货币"),
        ("价格", "¥1099", 1099, "货币"), ("定价", "RMB 360", 360, "货币"), ("某项", "人民币1.2万", 12000, "货币"), ("价格", "￥99/次", 99, "货币"), ("团费(元)", "999起", 999, "货币"),
        ("百公里加速时间", "5.6s", 5.6, "时间"), ("百公里加速时间", "5.6 秒", 5.6, "时间"), ("续航", "525公里", 525000, "长度"),
        ("轴距(mm)", "2890", 2.89, "长度"), ("最大马力(Ps)", "154", 113266.8075, "功率"), ("屏", "(标配)12.3英寸", 0.31242, "长度"),
        ("快充", "一小时", 3600, "时间"), ("充电", "1小时30分钟", 5400, "时间"), ("座位数(个)", "(标配)5", 5, "数量"),
        ("座位", "５座", 5, "数量"), ("油", "92号", 92, "号"), ("网络", "5G", 5, "G"), ("风阻系数", "0.25", 0.25, "数量"),
        ("质保", "三年不限公里", 3 * YEAR, "时间"), ("电量", "80%", 0.8, "比例"), ("时长", "约0.5小时", 1800, "时间"),
    ],
)  # fmt: skip
def test_a_number_is_read_in_base_units(attribute: str, raw: str, number: float, dimension: str) -> None:
    value = read(raw, attribute)
    assert (value.kind, value.raw) == ("number", raw)
    assert measures(value) == [("", number, number, dimension)]


@pytest.mark.parametrize(
    ("attribute", "raw", "low", "high"),
    [
        ("转速(rpm)", "5000-6500", 5000, 6500), ("电量", "30%-80%", 0.3, 0.8), ("续航", "500-600公里", 500000, 600000),
        ("续航", "500公里以上", 500000, float("inf")), ("价格", "不超过10万", float("-inf"), 100000),
        ("时长", "30分钟到1小时", 1800, 3600), ("时长", "三到五年", 3 * YEAR, 5 * YEAR),
    ],
)  # fmt: skip
def test_a_range_keeps_both_ends(attribute: str, raw: str, low: float, high: float) -> None:
    value = read(raw, attribute)
    assert value.kind == "range"
    assert [(m.low, m.high) for m in value.measures] == [(low, high)]


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("4年或8万公里", [("", 4 * YEAR, "时间"), ("", 8e7, "长度")]),
        ("(标配)三年或10万公里", [("", 3 * YEAR, "时间"), ("", 1e8, "长度")]),
        ("三电系统八年或16万公里质保", [("三电系统", 8 * YEAR, "时间"), ("", 1.6e8, "长度")]),
        ("快充一小时，慢充10小时", [("快充", 3600, "时间"), ("慢充", 36000, "时间")]),
        ("前20英寸后21英寸", [("前", 0.508, "长度"), ("后", 0.5334, "长度")]),
        ("5门7座SUV", [("门", 5, "数量"), ("座", 7, "数量")]),
    ],
)
def test_parts_are_read_one_by_one(raw: str, parts: list[tuple[str, float, str]]) -> None:
    assert read(raw).kind == "parts"
    assert [(m.label, m.low, m.dimension) for m in read(raw).measures] == parts


def test_a_list_takes_its_labels_from_the_attributes_name() -> None:
    value = read("4750*1921*1624", "长*宽*高(mm)")
    assert value.kind == "list"
    assert [(m.label, m.low) for m in value.measures] == [("长", 4.75), ("宽", 1.921), ("高", 1.624)]
    assert [m.label for m in read("10×20cm", "尺寸").measures] == ["第1项", "第2项"]


@pytest.mark.parametrize(
    ("raw", "flag"),
    [("有", "yes"), ("True", "yes"), ("标配", "yes"), ("(标配)", "yes"), ("支持", "yes"), ("赠送", "yes"), ("不送", "no"), ("无", "no"), ("不支持", "no"), ("-", "no"), ("False", "no"), ("选配", "optional"), ("(选配)", "optional")],
)  # fmt: skip
def test_yes_and_no_are_flags(raw: str, flag: str) -> None:
    assert (read(raw).kind, read(raw).flag) == ("flag", flag)


def test_marks_in_a_text_are_flags_too() -> None:
    assert (read("(选配)真皮").kind, read("(选配)真皮").flag) == ("text", "optional")
    assert read("(标配)真皮,(选配)碳纤维").flag == "yes"
    front_only = read("前(标配) / 后-")
    assert (front_only.flag, [(m.label, m.low) for m in front_only.measures]) == (
        "yes",
        [("前", 1.0), ("后", 0.0)],
    )


@pytest.mark.parametrize(
    ("attribute", "raw", "days"),
    [
        ("上市时间", "2021.07", 30),
        ("上市时间", "2024年2月", 28),
        ("上市时间", "2024", 365),
        ("上市时间", "2024-03-05", 0),
    ],
)
def test_a_date_is_its_first_and_last_day(attribute: str, raw: str, days: int) -> None:
    value = read(raw, attribute)
    assert value.kind == "date"
    assert value.measures[0].high - value.measures[0].low == days


def test_a_month_like_number_under_a_unit_is_no_date() -> None:
    assert read("2021.07", "质量(kg)").kind == "number"
    assert read("2024", "价格").kind == "number"


@pytest.mark.parametrize(
    "raw",
    ["225/45 R18", "2.0T 220马力 L4", "国VI", "真皮", "价格面议", "1e999", "9" * 400, "L2+", "电池终身质保（每年不超过3万公里）", "3" * 19],
)  # fmt: skip
def test_what_has_no_certain_reading_stays_text(raw: str) -> None:
    assert (read(raw).kind, read(raw).measures) == ("text", ())
