"""Personal data goes; prices, mileages, years and model names stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.store import pii
from chatbot.store.pii import KINDS, Masker

MASKER = Masker()


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("我电话13812345678，晚上打", "我电话[电话]，晚上打"),
        ("138 1234 5678 或 138-1234-5678", "[电话] 或 [电话]"),
        ("+86 13812345678", "[电话]"),
        ("座机010-12345678转3", "座机[电话]转3"),
        ("身份证11010519491231002X谢谢", "身份证[证件号]谢谢"),
        ("卡号6222 0200 0000 0000 000 扣款", "卡号[银行卡] 扣款"),
        ("4111111111111111", "[银行卡]"),
        ("车牌京A12345，什么时候保养", "车牌[车牌]，什么时候保养"),
        ("沪AD12345和粤B·12345D", "[车牌]和[车牌]"),
        ("发到 li.lei@example.com.cn 吧", "发到 [邮箱] 吧"),
        ("住中山路128号3栋2单元501室，上门取车", "住中山路[门牌]号[门牌]栋[门牌]单元[门牌]室，上门取车"),
        ("幸福小区12号楼", "幸福小区[门牌]号楼"),
    ],
)
def test_personal_data_is_masked(said: str, stored: str) -> None:
    assert MASKER.mask(said) == stored


@pytest.mark.parametrize(
    "said",
    [
        "27.6万和30.9万哪个划算",
        "续航525km，跑了130000公里",
        "预算13800000000元",
        "加92号汽油还是95号",
        "2021款A型号和2025款云岚S5",
        "云岚C2 2024款活力版",
        "新A42024款多少钱",
        "新Q5L2025款",
        "青羽E6 2026款长续航版",
        "北辰X7 2025款六座礼遇版",
        "订单号202611261234567890123",
        "车架号LSVAU2180N2183294在哪看",
        "1.5T 154马力 4750*1921*1624",
        "11010519491231002Y",
        "110105194912310021",
        "4111111111111112",
        "坐地铁5号线去4S店",
        "400-810-8888",
        "12.13800000000",
        "2021.07到2026.11",
        "电芯96单元电池",
        "电动机总扭矩430N·m",
        "0到100只要5.6秒",
        "给我@一下客服",
    ],
)
def test_prices_mileages_years_and_models_survive(said: str) -> None:
    assert MASKER.mask(said) is said


def test_only_the_configured_kinds_are_masked() -> None:
    said = "13812345678 li@example.com"
    assert Masker(("email",)).mask(said) == "13812345678 [邮箱]"
    assert Masker(()).mask(said) == said


def test_an_id_that_is_personal_data_becomes_the_same_hash_each_time() -> None:
    assert MASKER.mask_id("user-42") == "user-42"
    masked = MASKER.mask_id("13812345678")
    assert "1381" not in masked and masked == MASKER.mask_id("13812345678") != MASKER.mask_id("13812345679")


def test_every_kind_of_the_configuration_is_there() -> None:
    assert {"id_card", "bank_card", "phone", "plate", "email", "address"} == set(KINDS)


def test_a_long_text_is_masked_in_linear_time() -> None:
    said = "a@" * 1000 + "1" * 2000 + "京A" * 500
    assert len(MASKER.mask(said)) > 0


_PIECES = st.sampled_from(
    ["13812345678", "138 1234 5678", "010-12345678", "11010519491231002X", "6222021234567890128", "6222 0212 3456 7890",
     "京A12345", "沪A·D1234", "粤BD12345", "京AF1234", "a@b.cn", "12-3号", "5号楼", "3栋", "2单元", "301室", "88弄", "中山路",
     "27.6万", "2021款", "续航525", " ", "-", "1", "A", "号"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=6).map("".join))
def test_the_quick_look_passes_over_nothing_that_a_pattern_masks(said: str) -> None:
    masked = said
    for kind in pii._KINDS.values():
        masked = kind.pattern.sub(lambda found, kind=kind: pii._replaced(found, kind), masked)
    assert Masker().mask(said) == masked
