"""Other trades than the demo's: what is sold is called by the operator's own words, and measured in other units."""

import json
from pathlib import Path

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.app import build_machine
from chatbot.config import load_engine_config
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.knowledge_graph.plan import Plan
from chatbot.knowledge_source import graph_knowledge, load_knowledge
from chatbot.planning.context import Context
from chatbot.reply import Reply
from chatbot.session.base import Memory
from tests.kbqa.other_products import phones, plans, rooms
from tests.kbqa.talking import ROOT, Demo
from tools.index.rebuild import rebuild


def known(folder: Path, products: str, synonyms: str = "") -> Path:
    lexicon = folder / "lexicon"
    lexicon.mkdir()
    (lexicon / "products.txt").write_text(products, encoding="utf-8")
    (lexicon / "attribute_synonyms.txt").write_text(synonyms, encoding="utf-8")
    return lexicon


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("phones")
    return graph_knowledge(phones(folder / "kg"), known(folder, "手机\n机型\n"))


@pytest.fixture(scope="module")
def insurer(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("plans")
    return graph_knowledge(plans(folder / "kg"), known(folder, "保险\n产品\n", "保额\t赔多少|最高赔\n"))


@pytest.fixture(scope="module")
def hotel(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("rooms")
    return graph_knowledge(rooms(folder / "kg"), known(folder, "房间\n房型\n房\n", "早餐\t含早\n"))


def replies(known: Knowledge, *said: str) -> list[Reply]:
    machine, memory, found = build_machine(), Memory(), []
    for text in said:
        step = machine.step(memory, Hearing(text, known, DialogSettings()))
        memory = step.memory
        found.append(step.reply)
    return found


def rows(known: Knowledge, *said: str) -> set[str]:
    """Of the last thing said, each entity that is answered with, without the brand and the year."""
    reply = replies(known, *said)[-1]
    assert reply.rows is not None, reply.answer
    return {row.entity for row in reply.rows}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("3000以内的手机有哪些", {"辰光Note 2025款 标准版", "辰光Note 2026款 增强版", "墨岩M1 2025款 青春版", "青瓷S 2025款 标准版"}),
        ("5000左右的机型", {"辰光Pro 2025款 典藏版"}),
        ("最轻的手机", {"青瓷S 2025款 轻薄版"}),
        ("哪款手机最便宜", {"墨岩M1 2025款 青春版"}),
        ("重量170g以内的", {"青瓷S 2025款 标准版", "青瓷S 2025款 轻薄版"}),
        ("90hz的有哪些", {"辰光Note 2025款 标准版", "墨岩M1 2025款 青春版"}),
        ("6000毫安以上的手机", {"辰光Note 2026款 增强版", "墨岩M9 2026款 旗舰版"}),
        ("内存16g的手机", {"辰光Pro 2025款 典藏版", "墨岩M9 2026款 旗舰版"}),
        ("512g的手机", {"辰光Pro 2025款 典藏版", "墨岩M9 2026款 旗舰版"}),
        ("67w的手机", {"辰光Note 2025款 标准版"}),
        ("天玑9300的手机有哪些", {"青瓷S 2025款 标准版", "青瓷S 2025款 轻薄版"}),
        ("骁龙8至尊版的手机哪个最便宜", {"辰光Pro 2025款 标准版"}),
    ],
)  # fmt: skip
def test_telephones_are_found_by_what_people_say_of_them(
    shop: Knowledge, said: str, wanted: set[str]
) -> None:
    assert {name.partition(" ")[2] for name in rows(shop, said)} == wanted


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("辰光Pro典藏版屏幕多大",), "屏幕尺寸是6.73英寸"),
        (("墨岩M9防水吗",), "防水等级是IP68"),
        (("墨岩M9多少钱", "那辰光Pro典藏版呢"), "售价是5299元"),
        (("你们有几个品牌",), "品牌有 3 种"),
    ],
)
def test_a_value_is_told_of_the_attribute_that_is_meant(
    shop: Knowledge, said: tuple[str, ...], told: str
) -> None:
    assert told in replies(shop, *said)[-1].answer


def test_who_wants_to_buy_one_is_asked_and_the_choice_goes_on(shop: Knowledge) -> None:
    first, second = replies(shop, "想买个手机", "3000左右")
    assert first.answer_type == "clarify" and "售价" in first.answer
    assert second.rows is not None and {row.entity.split(" ")[1] for row in second.rows} == {"青瓷S"}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("最便宜的保险", {"出行意外险 一年版"}),
        ("70岁能买的保险有哪些", {"安心医疗险 尊享版", "孝心老人险 标准版"}),
        ("保额300万以上的", {"安心医疗险 升级版", "安心医疗险 尊享版"}),
        ("等待期最短的产品", {"出行意外险 一年版"}),
        ("有没有特需病房", {"安心医疗险 尊享版"}),
    ],
)
def test_insurance_is_found_by_age_and_by_sum(insurer: Knowledge, said: str, wanted: set[str]) -> None:
    assert rows(insurer, said) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (("30平以上的房间",), {"云栖店 豪华大床房", "湖滨店 湖景套房"}),
        (("一晚300左右的房",), {"云栖店 标准大床房", "云栖店 标准双床房"}),
        (("最大的房间",), {"湖滨店 湖景套房"}),
        (("400以内的", "含早的"), {"云栖店 豪华大床房"}),
    ],
)
def test_rooms_are_found_by_their_size_and_by_what_a_night_costs(
    hotel: Knowledge, said: tuple[str, ...], wanted: set[str]
) -> None:
    assert rows(hotel, *said) == wanted


def test_what_one_night_costs_is_the_price(hotel: Knowledge) -> None:
    assert "房价是399元/晚" in replies(hotel, "云栖店豪华大床房多少钱一晚")[0].answer


def test_two_of_a_graph_without_any_usual_attribute_are_compared_by_what_differs(insurer: Knowledge) -> None:
    reply = replies(insurer, "安心医疗险基础版和升级版有什么区别")[0]
    assert isinstance(reply.plan, Plan) and reply.plan.op == "compare"
    assert {path[-1] for path in reply.plan.attributes} == {"保费", "保额", "投保年龄", "保证续保"}
    assert "相差 200万" in reply.answer


def test_a_bare_number_is_no_price_where_nothing_costs_so_little(demo: Demo) -> None:
    assert demo[1].planner.plan("3000以内的车有哪些", Context()) is None


def test_no_reply_speaks_of_cars(shop: Knowledge) -> None:
    said = [
        "墨岩M9多少钱",
        "想买个手机",
        "有红色的吗",
        "苹果15有吗",
        "第二个多少钱",
        "无线充电的200元以下的",
        "最省油的手机",
    ]
    assert not [reply.answer for text in said for reply in replies(shop, text) if "车" in reply.answer]


FAQ = {
    "怎么退货": "不想要了怎么退|退货流程|能退吗|七天无理由",
    "怎么开发票": "发票怎么开|能开专票吗|电子发票在哪",
    "充电发热正常吗": "充电很烫|手机发烫怎么办|玩游戏发热|充电的时候热",
    "怎么分期付款": "支持分期吗|可以分几期|首付多少|能不能花呗",
    "保修政策": "保修几年|坏了免费修吗|质保多久",
    "门店在哪里": "附近有没有店|去哪里看真机|营业时间",
    "怎么查订单物流": "我的快递到哪了|查一下订单|发货了没",
    "屏幕碎了怎么修": "碎屏怎么办|换屏价格|屏坏了能修吗",
    "以旧换新怎么参加": "旧手机能抵多少钱|旧机折价|换新机有补贴吗",
}


@pytest.fixture(scope="module")
def open_shop(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The telephones with nine standard questions, and nothing else that an operator may write."""
    folder = tmp_path_factory.mktemp("shop")
    phones(folder / "kg")
    known(folder, "手机\n")
    (folder / "faq" / "questions").mkdir(parents=True)
    (folder / "faq" / "answers").mkdir()
    for question, said in FAQ.items():
        (folder / "faq" / "questions" / question).write_text(said.replace("|", "\n"), encoding="utf-8")
    _write(folder / "faq" / "query_label_idx_map.txt", [f"{one}\t{at}" for at, one in enumerate(FAQ)])
    _write(folder / "faq" / "answers" / "通用", [f"[{one}]\t答：{one}。" for one in FAQ])
    settings = {
        "faq_modules": ["feature_vector_faq_match", "fuzzy_closest_faq_match"],
        "pretrained_feature_vectors_path": "faq/query_features.out",
        "feature_generator_model_dir": str(
            ROOT / "user_datasets" / "car_faqs" / "text_match_two_tower_model_dir"
        ),
        "faq_data_dir": "faq",
        "faq_query_label_idx_map": "faq/query_label_idx_map.txt",
        "knowledge_graph_data_dir": "kg",
    }
    (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    environment = {"CHATBOT_STATE_DIR": str(folder / "state")}
    config = load_engine_config(folder / "config.json", environment, require_built=False)
    rebuild(config)
    return load_knowledge(config)


def test_whoever_has_no_small_talk_gets_the_built_in_one(open_shop: Knowledge) -> None:
    said = ("您好", "谢谢啊", "再见")
    assert [reply.answer_type for reply in replies(open_shop, *said)] == ["chitchat"] * 3
    assert replies(open_shop, "想退货")[0].answer == "答：怎么退货。"


def test_a_wish_after_a_list_is_no_standard_question_with_a_letter_of_it(open_shop: Knowledge) -> None:
    wanted = rows(open_shop, "2000到4000的手机", "有无线充电的")
    assert {name.split(" ")[1] for name in wanted} == {"辰光Note", "辰光Pro", "青瓷S"}


def _write(file: Path, lines: list[str]) -> None:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
