"""What is asked of a part or an accessory is not told of the whole car, nor of another part."""

import pytest

from chatbot.planning.part_names import asks_of_a_part
from tests.kbqa.test_ways_of_asking import talk

CAR = "青羽E6四驱疾风版"
NOT_ON_RECORD = (
    "轮胎多重", "备胎多重", "车机屏是谁家的", "中控屏什么牌子", "后视镜几寸", "副驾屏多大", "方向盘多大", "天窗多大",
    "电池多少钱", "座椅多少钱", "大灯多少钱", "轮毂的价格", "轮胎的重量", "芯片多少钱", "激光雷达多少钱", "喇叭几寸",
    "扬声器多少钱", "后备箱门多重", "全景天窗多重", "排气管多粗", "大灯多长", "手机无线充多大功率", "无线充电多少瓦",
    "安全气囊多大", "车漆多厚", "HUD几寸", "摄像头多少万像素", "雨刷多少钱一根", "选装天窗多少钱", "变速箱多少钱",
    "发动机多少钱", "随车充多少钱", "备用钥匙多少钱", "脚垫多少钱", "尾翼多高", "电机保几年", "电池厂家是哪家",
)  # fmt: skip
TOLD = {
    "多少钱": "经销商报价",
    "有多重": "整备质量(kg)",
    "是谁家的": "品牌",
    "车机屏多大": "中控屏尺寸",
    "轮毂几寸": "轮圈尺寸",
    "仪表盘多大": "液晶仪表尺寸",
    "电池多大": "电池容量(kWh)",
    "后备箱多大": "后备厢容积(L)",
    "电机多大功率": "电动机总功率(kW)",
    "底盘多高": "最小离地间隙(mm)",
    "电池几年质保": "电池质保",
    "轮胎多宽": "前轮胎规格",
}


@pytest.mark.parametrize("asked", NOT_ON_RECORD)
@pytest.mark.parametrize("before", [(), (f"{CAR}续航",)], ids=["named", "spoken of"])
def test_no_value_is_told_for_what_no_attribute_of_the_part_tells(
    before: tuple[str, ...], asked: str
) -> None:
    reply = talk(*before, asked if before else CAR + asked)
    assert not any(evidence.source == "kg" for evidence in reply.evidence)


@pytest.mark.parametrize(("asked", "attribute"), TOLD.items(), ids=TOLD)
def test_what_the_graph_tells_of_the_car_or_the_part_is_told(asked: str, attribute: str) -> None:
    reply = talk(CAR + asked)
    assert attribute in {evidence.path[-1] for evidence in reply.evidence}


@pytest.mark.parametrize("asked", ["带天窗的多少钱", "有激光雷达的多少钱", "四驱多少钱"])
def test_a_part_that_says_which_cars_are_meant_is_no_question_of_it(asked: str) -> None:
    reply = talk(asked)
    assert reply.rows_total and reply.rows_total > 1


def test_the_nearest_are_offered() -> None:
    assert any("前轮胎规格" in chip for chip in talk(f"{CAR}轮胎多重").suggestions)


@pytest.mark.parametrize("said", ["多少钱", "续航多少", "它多重", "底盘高不高", ""])
def test_the_whole_car_is_no_part(said: str) -> None:
    assert not asks_of_a_part(said)
