"""The example in ``user_datasets/intents``: it loads, does what it says, and swallows no question of the demo."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.app import build_machine
from chatbot.cli.lint import find_faults
from chatbot.config import EngineConfig, load_engine_config
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.knowledge_source import load_knowledge
from chatbot.learning.layout import Layout
from chatbot.lint.intents import AmbiguousIntents
from chatbot.lint.run import find_issues, open_subject
from chatbot.reply import Reply
from chatbot.session.base import Memory
from tests.learning.conftest import demo_copy
from tests.lint.test_checks import TODAY
from tools.cli import main

DEMO = Path("user_datasets/chatbot_deploy_eas.json")
SETTINGS = DialogSettings()


@pytest.fixture(scope="module")
def known() -> Knowledge:
    config = load_engine_config(DEMO, {})
    return load_knowledge(replace(config, intents_dir=config.source.parent / "intents"))


def reply_to(known: Knowledge, text: str) -> Reply:
    return build_machine().step(Memory(), Hearing(text, known, SETTINGS)).reply


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("你们店里的人态度也太恶劣了吧", "投诉"),
        ("能不能换个活人来跟我说说", "转人工"),
        ("麻烦叫顾问晚上打给我", "要回电"),
        ("我想来你们公司应聘销售", "招聘求职"),
    ],
)
def test_what_no_example_says_word_for_word_is_heard(known: Knowledge, text: str, intent: str) -> None:
    assert reply_to(known, text).why.startswith(f"intent {intent} ")


def test_no_question_of_the_development_set_is_swallowed(known: Knowledge) -> None:
    without = replace(known, intents=None)
    with Path("user_datasets/car_faqs/dev.csv").open(encoding="utf-8-sig") as file:
        asked = [row["sent"] for row in csv.DictReader(file)]
    swallowed = [
        text
        for text in asked
        if (now := reply_to(known, text)).why.startswith("intent") and reply_to(without, text) != now
    ]
    assert len(asked) > 300 and len(swallowed) <= 1, swallowed


def test_most_of_what_no_example_says_is_served_and_the_test_questions_are_left_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = ["evaluate", "intents", "--intents-dir", "user_datasets/intents", "--json"]
    command += ["--test", "tests/data/intents_held_out.csv", "--others", "user_datasets/car_faqs/test.csv"]
    with pytest.raises(SystemExit, match="0"):
        main(command)
    found = json.loads(capsys.readouterr().out)
    assert found["n"] == 71 and found["others"] > 400
    assert found["served"] >= found["heard"] >= 35 and found["served"] >= 44 and found["wrong"] <= 4
    assert found["swallowed"] <= 1, found["lost"]  # 优惠力度多大 is then answered as it should be


def test_a_sentence_of_no_intent_known_is_an_error_with_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "asked.csv"
    for text, told in (
        ("sent,intent\n你好,没有的\n", "没有意图“没有的”"),
        ("sent,intent\n\n你好\n", "不到 2 列"),
    ):
        file.write_text(text)
        command = ["evaluate", "intents", "--intents-dir", "user_datasets/intents", "--test", str(file)]
        with pytest.raises(SystemExit, match="1"):
            main(command)
        assert told in capsys.readouterr().err


def test_an_attribute_of_a_named_car_is_never_haggling(known: Knowledge) -> None:
    name = known.graph.entities[0].name
    for text in (f"{name}价各", f"{name}报价便宜点没"):
        assert not reply_to(known, text).why.startswith("intent"), text


def copied(tmp_path: Path) -> EngineConfig:
    config = demo_copy(tmp_path)
    folder = config.source.parent / "intents"
    folder.mkdir(exist_ok=True)
    for file in DEMO.with_name("intents").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return replace(config, intents_dir=folder)


def test_lint_finds_faults_of_the_files_and_of_where_they_lead(tmp_path: Path) -> None:
    config = copied(tmp_path)
    environ = {"CHATBOT_FEATURE_GENERATOR_MODEL_DIR": str(config.feature_generator_model_dir)}
    text = DEMO.read_text().replace("{", '{"intents_dir": "intents",', 1)
    config.source.write_text(text)
    assert not [one for one in find_faults(config.source, environ) if one.part == "intents"]
    actions = config.source.parent / "intents" / "intents.txt"
    actions.write_text(actions.read_text().replace("问厂家优惠", "问厂家优会"))
    (fault,) = (one for one in find_faults(config.source, environ) if one.part == "intents")
    assert fault.severity == "fault"
    assert (
        "intents.txt:6: 意图“讨价还价”指向的“问厂家优会”" in fault.message
        and "是不是“问厂家优惠”？" in fault.message
    )


def test_lint_notes_an_example_that_is_a_paraphrase_too_and_a_file_that_nothing_reads(tmp_path: Path) -> None:
    config = copied(tmp_path)
    folder = config.source.parent / "intents"
    assert list(AmbiguousIntents().run(open_subject(config, TODAY))) == []
    with (folder / "examples.csv").open("a") as file:
        file.write("我要投诉,投诉\n")
    (folder / "example.csv").write_text("sent,intent\n")
    issues = [one for one in find_issues(config, TODAY) if one.file.startswith("intents/")]
    assert [(one.check, one.line) for one in issues] == [("unread_file", 0), ("ambiguous_intent", 493)]
    assert "标准问“怎么投诉”" in issues[1].message


def test_a_published_version_holds_the_intents(tmp_path: Path) -> None:
    config = copied(tmp_path)
    keys = Layout(config).files().keys()
    assert {"intents/intents.txt", "intents/examples.csv", "intents/intents.safetensors"} <= keys
    inside = Layout(config).copy_in(tmp_path / "copy").config.intents_dir
    assert inside and (inside / "intents.txt").is_file()
