"""Which of the demo's two sources answers, where the words are good for both."""

import pytest

from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.session.base import Memory
from tests.kbqa.talking import Demo, talked


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("增程的车", "kg"),  # though it looks like 插混和增程有什么区别
        ("增程车", "kg"),
        ("zengcheng che you naxie", "kg"),
        ("胎压报警的车有哪些", "kg"),  # and not what to do about it
        ("胎压报警怎么办", "faq"),
        ("插混和增程有啥区别呀", "faq"),
        ("总用快充好吗", "faq"),
        ("提车得带哪些东西", "faq"),
        ("纠结油车电车", "faq"),
        ("有什么推荐的车", "kg"),
    ],
)
def test_the_source_that_is_meant_answers(said: str, source: str, demo: Demo) -> None:
    machine, known, _ = demo
    step = machine.step(Memory(state="question_intake"), Hearing(said, known, DialogSettings()))
    assert step.reply.answer_source == source


CAR, LIST, TWO = "青羽E6长续航版多少钱", "20万以内的SUV有哪些", "北辰X7旗舰版和云岚L8御享版哪个便宜"


@pytest.mark.parametrize("before", [CAR, LIST, TWO], ids=["a car", "a list", "two cars"])
@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("长途充电方便吗", "长途自驾怎么规划充电"),
        ("下单了还能换颜色吗", "下定后能改配置吗"),
        ("我有旧车想换", "旧车怎么以旧换新"),
        ("旧车能抵多少钱", "置换补贴有多少"),
        ("增程是什么", "插混和增程有什么区别"),
        ("全款便宜还是贷款便宜", "全款和贷款哪个划算"),
        ("电池几年就不行了", "电池衰减快不快"),
        ("老快充对电池不好吧", "经常快充伤电池吗"),
        ("跟同级比怎么样", "问同级对比"),
    ],
)
def test_a_standard_question_is_not_told_of_what_was_spoken_of(
    before: str, said: str, question: str, demo: Demo
) -> None:
    machine, known, _ = demo
    memory = machine.step(Memory(), Hearing(before, known, DialogSettings())).memory
    reply = machine.step(memory, Hearing(said, known, DialogSettings())).reply
    assert question in [getattr(one, "question", None) for one in reply.evidence]


@pytest.mark.parametrize(
    ("before", "said", "car"),
    [
        (LIST, "第三款有现车吗", "云岚S5 2025款 尊享版"),
        (LIST, "第二款多久提车", "云岚S5 2024款 舒享版"),
        (TWO, "后者有优惠吗", "云岚L8 2025款 御享版"),
        (CAR, "那就买它吧，多久能提车", "青羽E6 2026款 长续航版"),
    ],
)
def test_a_standard_question_is_told_of_what_is_pointed_at(
    before: str, said: str, car: str, demo: Demo
) -> None:
    machine, known, _ = demo
    memory = machine.step(Memory(), Hearing(before, known, DialogSettings())).memory
    reply = machine.step(memory, Hearing(said, known, DialogSettings())).reply
    assert reply.answer_source == "faq"
    assert [name.partition(" ")[2] for name in reply.entities] == [car]


@pytest.mark.parametrize("said", ["充满要多久", "费油不", "两个都有快充吗", "差价"])
def test_what_the_graph_explains_in_full_stays_told_of_the_cars(said: str, demo: Demo) -> None:
    machine, known, _ = demo
    memory = machine.step(Memory(), Hearing(TWO, known, DialogSettings())).memory
    assert machine.step(memory, Hearing(said, known, DialogSettings())).reply.answer_source == "kg"


def test_a_standard_question_after_two_cars_is_told_of_both(demo: Demo) -> None:
    machine, known, _ = demo
    memory = machine.step(Memory(), Hearing(TWO, known, DialogSettings())).memory
    reply = machine.step(memory, Hearing("多久提车", known, DialogSettings())).reply
    assert len(reply.entities) == 2 and all(word in reply.answer for word in ("北辰X7", "云岚L8"))


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("后备箱大不大", "后备厢容积"),
        ("底盘高吗", "最小离地间隙"),
        ("快不快", "百公里加速时间"),
        ("尺寸", "长*宽*高"),
        ("带空悬的多少钱起", "25.98万"),
        ("今年新出的车", "上市时间＝2026"),
        ("有座椅通风吗", "主驾座椅通风"),
        ("松峦q5 25款和24款差哪", "15.68万"),
        ("装充电桩什么价", "安装充电桩要花多少钱"),
    ],
)
def test_at_first_contact_a_bare_measure_or_an_odd_form_is_understood(
    said: str, answer: str, demo: Demo
) -> None:
    machine, known, _ = demo
    assert answer in machine.step(Memory(), Hearing(said, known, DialogSettings())).reply.answer


@pytest.mark.parametrize("wish", ["想买车", "准备买车", "我想买车", "女生开什么车好"])
def test_a_bare_wish_to_buy_is_asked_what_it_should_be_like(wish: str, demo: Demo) -> None:
    reply = talked(demo, [wish])[2].reply
    assert (reply.answer_type, reply.answer_source) == ("clarify", "kg")


@pytest.mark.parametrize("asked", ["想买车第一步干嘛", "想买车怎么下定", "想订车"])
def test_how_one_is_bought_is_a_standard_question(asked: str, demo: Demo) -> None:
    assert talked(demo, [asked])[2].reply.answer_source == "faq"


@pytest.mark.parametrize("purpose", ["我一个人上下班代步", "跑长途多", "女生开"])
def test_what_it_is_for_goes_on_with_the_choice(purpose: str, demo: Demo) -> None:
    reply = talked(demo, ["有什么车推荐", purpose])[2].reply
    assert (reply.answer_type, reply.answer_source) == ("clarify", "kg")


def test_a_standard_question_while_a_choice_is_narrowed_down_is_answered(demo: Demo) -> None:
    assert talked(demo, ["有什么车推荐", "想试驾"])[2].reply.answer_source == "faq"
