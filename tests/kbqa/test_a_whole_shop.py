"""A shop of washing machines, refrigerators and air conditioners as an operator brings it: FAQ and graph beside each other."""

import json
import shutil
from pathlib import Path

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.config import load_engine_config
from chatbot.knowledge_source import load_knowledge
from tests.kbqa.talking import ROOT
from tests.kbqa.test_other_products import replies
from tools.evaluate.kg import asked_of
from tools.evaluate.kg_spec import Expectations
from tools.index.rebuild import rebuild

TRADES = ROOT / "tests" / "data" / "trades"


def opened(trade: str, folder: Path) -> Knowledge:
    """The FAQ, graph and lexicon of a trade, built in ``folder``."""
    source = TRADES / trade
    for part in ("graph", "lexicon"):
        shutil.copytree(source / part, folder / part)
    for part in ("query_label_idx_map.txt", "questions", "answers"):
        copy = shutil.copy if (source / "faq" / part).is_file() else shutil.copytree
        (folder / "faq").mkdir(exist_ok=True)
        copy(source / "faq" / part, folder / "faq" / part)
    settings = json.loads((source / "config.json").read_text(encoding="utf-8"))
    model = ROOT / "user_datasets" / "car_faqs" / "text_match_two_tower_model_dir"
    settings["feature_generator_model_dir"] = str(model)
    (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    environment = {"CHATBOT_STATE_DIR": str(folder / "state")}
    config = load_engine_config(folder / "config.json", environment, require_built=False)
    rebuild(config)
    return load_knowledge(config)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return opened("appliances", tmp_path_factory.mktemp("appliances"))


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return opened("checkups", tmp_path_factory.mktemp("checkups"))


@pytest.mark.parametrize(
    ("trade", "name", "turns", "floor", "wrong_values"),
    [
        ("appliances", "opened/single", 20, 0.8, 0),
        ("appliances", "opened/conversations", 68, 0.94, 1),
        ("appliances", "tune/single", 25, 0.84, 0),
        ("appliances", "tune/conversations", 16, 0.87, 0),
        ("checkups", "opened/single", 16, 0.75, 0),
        ("checkups", "opened/conversations", 38, 0.97, 0),
        ("checkups", "tune/single", 29, 0.89, 0),
        ("checkups", "tune/conversations", 45, 0.93, 0),
    ],
)
def test_the_opened_questions_of_two_trades_stay_answered(
    trade: str, name: str, turns: int, floor: float, wrong_values: int, request: pytest.FixtureRequest
) -> None:
    asked: Knowledge = request.getfixturevalue({"appliances": "shop", "checkups": "clinic"}[trade])
    meant = Expectations(TRADES / trade / "graph")
    figures = asked_of(asked, meant, [TRADES / trade / f"{name}.jsonl"], trade).figures()
    assert figures["turns"] >= turns
    assert figures["turn_accuracy"] >= floor
    assert figures["wrong_values"] <= wrong_values
    assert figures["wrong_carry_over_rate"] == 0


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("空调安装收费吗", "空调安装收费吗"),  # word for word, with the kind in it
        ("洗衣机安装收费吗", "洗衣机安装收费吗"),
        ("空调安装要钱吗", "空调安装收费吗"),
        ("空调不制冷了", "空调不制冷怎么办"),
    ],
)
def test_a_standard_question_of_a_kind_is_no_attribute_of_its_things(
    said: str, question: str, shop: Knowledge
) -> None:
    reply = replies(shop, said)[0]
    assert reply.answer_source == "faq"
    assert getattr(reply.evidence[0], "question", None) == question


@pytest.mark.parametrize(
    ("said", "count"), [("1.5匹的空调", 5), ("10公斤的洗衣机", 6), ("洗衣机10公斤的有哪些", 6)]
)
def test_a_number_is_of_what_is_given_in_its_unit(said: str, count: int, shop: Knowledge) -> None:
    assert replies(shop, said)[0].rows_total == count


def test_a_measure_of_a_kind_is_asked_of_the_graph(shop: Knowledge) -> None:
    assert replies(shop, "空调制冷量多少")[0].answer_type == "clarify"


def test_how_many_colours_is_asked_of_the_one_spoken_of(shop: Knowledge) -> None:
    assert "月光白" in replies(shop, "冰语400多少钱", "颜色有几种")[-1].answer
