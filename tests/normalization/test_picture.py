"""What is said beside a picture, put as a question that holds without it."""

import pytest

from chatbot.normalization.picture import named_for_pointed

ATTRIBUTES = ("多少钱", "颜色", "续航", "价格")


def speaks_of_an_attribute(text: str) -> bool:
    return any(word in text for word in ATTRIBUTES)


@pytest.mark.parametrize(
    "said",
    [
        "", " ", "？", "这是什么车", "这是什么", "图里是什么车？", "这车叫什么", "这是哪款", "这是啥车啊", "请问这是什么车型",
        "你认识这辆车吗", "帮我看看这是什么", "这张图片里是什么车", "它是什么", "哪款车", "这款是什么牌子",
    ],
)  # fmt: skip
def test_who_only_asks_what_it_is_gets_the_name(said: str) -> None:
    assert named_for_pointed(said, "海豚", speaks_of_an_attribute) == "海豚"


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("这车多少钱", "海豚多少钱"),
        ("这款车续航怎么样？", "海豚续航怎么样"),
        ("请问图里这辆多少钱", "海豚多少钱"),
        ("多少钱", "海豚多少钱"),
        ("它和E6哪个便宜", "海豚和E6哪个便宜"),
        ("E6比这款贵吗", "E6比海豚贵吗"),
        ("这是什么颜色", "海豚是什么颜色"),
        ("什么价格", "海豚什么价格"),
        ("这么贵吗", "海豚这么贵吗"),
        ("照片上的车有几个座位", "海豚有几个座位"),
    ],
)
def test_what_points_at_the_picture_gives_way_to_the_name(said: str, asked: str) -> None:
    assert named_for_pointed(said, "海豚", speaks_of_an_attribute) == asked
