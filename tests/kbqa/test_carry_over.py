"""A talk goes on: every kind of query before by every kind of follow-up, judged by an oracle over the raw JSON."""

import json

import pytest

from chatbot.session.base import Memory
from tests.kbqa.carry_table import (
    AC,
    DEAR,
    DRIFT,
    E6,
    Q3,
    RG,
    SUVS,
    TRACK,
    WB,
    Next,
    P,
    always,
    before,
    compared,
    either,
    filtered,
    looked_up,
    ranked,
)  # fmt: skip
from tests.kbqa.talking import Demo, talked, told, wrong_in

TALKS: tuple[tuple[str, tuple[str, ...], Next], ...] = (
    ("the one picked is spoken of", ("20万以内的SUV有哪些", "第二个轴距多少"), Next("", "多少钱|价格呢|那它多少钱|价钱", lambda s: looked_up(s[1:2], P))),
    ("another of the list", ("20万以内的SUV有哪些", "第二个轴距多少"), Next("", "第三个呢|那第三个呢|第三款的呢", lambda s: looked_up(s[2:3], WB))),
    ("the list is still there", ("20万以内的SUV有哪些", "第二个轴距多少"), Next("", "最便宜的是哪个|哪个最便宜|其中最便宜的", always(ranked(P, "asc", *SUVS)))),
    ("another kind", ("20万以内的SUV有哪些", "第二个轴距多少"), Next("", "换成轿车|换成轿车呢", always(filtered("经销商报价<=200000", "级别~轿车")))),
    ("the rest of three", ("轿车里续航最长的三款", "第一个多少钱"), Next("", "其他两个呢|另外两个呢|剩下的两个呢|剩下两款呢", lambda s: looked_up(s[1:3], P))),
    ("the two spoken of", ("轿车里续航最长的三款", "第一个多少钱", "第二个呢"), Next("", "它们差多少|这俩差多少|两个差多少钱", lambda s: compared(P, s[0], s[1]))),
    ("the other of two", ("星屿R1赛道版和逐风版哪个快", "便宜的那个续航多少"), Next("", "另一个呢|另外一个呢|另一款呢|贵的那个呢", always(looked_up([TRACK], RG)))),
    ("the one of two that was picked", ("星屿R1赛道版和逐风版哪个快", "便宜的那个续航多少"), Next("", "多少钱|它多少钱|价格呢", always(looked_up([DRIFT], P)))),
    ("two named one by one", ("青羽E6长续航版续航多少", "那Q3探索版呢"), Next("", "这俩哪个快|哪个快|两个谁加速快|它们哪个加速快", always(compared(AC, E6, Q3)))),
    ("how far apart these two are", ("青羽E6长续航版多少钱", "那Q3探索版呢"), Next("", "差多少|差多少钱|相差多少|它俩差多少钱", always(compared(P, E6, Q3)))),
    ("the one before", ("青羽E6长续航版多少钱", "那Q3探索版呢"), Next("", "前面那款的轴距|刚才那款轴距多少|前一个的轴距呢", always(looked_up([E6], WB)))),
    ("a wish is taken back", ("20万以内的SUV有哪些", "要四驱的"), Next("", "四驱不要了|不用四驱了|驱动无所谓|四驱不四驱都行|取消四驱", always(filtered(*SUVS)))),
    ("any price will do", ("20万以内的纯电轿车",), Next("", "价格不限|预算不限了|多少钱都行|价格无所谓", always(filtered("能源类型=纯电动", "级别~轿车")))),
    ("also another kind", ("15万以内的SUV", "要插混的"), Next("", "油混也行|油电混合的也可以|或者油电混合", always(filtered("经销商报价<=150000", "级别~SUV", "能源类型=插电式混合动力 || 能源类型=油电混合")))),
    ("worse than the best", ("15万以上的车哪个加速最快", "它多少钱"), Next("", "最慢的呢|那最慢的是哪个", always(ranked(AC, "desc", *DEAR)))),
    ("the winner of four", ("E6四个版本价格", "哪个续航最长"), Next("", "比疾风版多多少", always(compared(RG, E6, "青羽E6|四驱疾风版")))),
    ("the make of the list", ("六座以上的车有哪些",), Next("", "星屿的呢|只看星屿的|要星屿的", always(filtered("座位数(个)>=6", "品牌=星屿汽车")))),
    ("a year said behind", ("云岚S5 25款尊享版怎么卖",), Next("", "那个舒享版呢，也是25款的|舒享版呢，25款的", always(either(looked_up(["云岚S5|2025款|舒享版"], P))))),
)  # fmt: skip


def test_every_follow_up_of_every_query_means_what_the_oracle_says(demo: Demo) -> None:
    asked, wrong = 0, {}
    for opening, follows in before(demo[2]):
        memory, turn = told(demo, Memory(state="question_intake"), opening)
        for follow in follows:
            asked += len(follow.wordings)
            if found := wrong_in(demo, memory, follow, turn.rows):
                wrong[f"{opening} → {follow.kind}"] = found
    assert asked >= 350
    assert wrong == {}, json.dumps(wrong, ensure_ascii=False, indent=1)


@pytest.mark.parametrize(("turns", "follow"), [pytest.param(*rest, id=name) for name, *rest in TALKS])
def test_a_talk_goes_on(demo: Demo, turns: tuple[str, ...], follow: Next) -> None:
    memory, shown, _ = talked(demo, turns)
    assert wrong_in(demo, memory, follow, shown) == {}
