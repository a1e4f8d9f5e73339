"""Training of intents: what is recognised, what is left alone, when it is trained again, what survives a fault."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.config import EngineConfig, load_engine_config
from chatbot.errors import DataError, ModelError, StaleIndexError
from chatbot.normalization.intent_files import MODEL_FILE, load_intents
from chatbot.normalization.intent_model import OTHER, IntentRecogniser, likeliest, open_intents, read_card
from tests.faq_modules.small_faq import HashEncoder, write_config
from tools.cli import main
from tools.index import rebuild as rebuild_module
from tools.intents.basis import is_stale
from tools.intents.train import LEAST, train_intents

PARTS = {
    "投诉": (
        ("你们", "这家店", "那个销售"),
        ("态度太差了", "骗人", "乱收费"),
        ("我要投诉", "我要举报", "太过分了"),
    ),
    "合作": (
        ("我们公司", "我这边", "我们厂"),
        ("想谈合作", "想做供应商", "想当经销商"),
        ("找谁对接", "联系哪位", "怎么谈"),
    ),
}
ACTIONS = "投诉\thandoff\t马上为您转接。\n合作\treply\t请发邮件。\n"


def said(intent: str) -> list[str]:
    """All that can be put together of an intent's parts, shuffled the same way each time."""
    one, two, three = PARTS[intent]
    texts = [a + b + c for a in one for b in two for c in three]
    random.Random(3).shuffle(texts)
    return texts


@pytest.fixture
def config(tmp_path: Path) -> EngineConfig:
    """The small FAQ, with intents of which the last seven sayings of each are kept from training."""
    file = write_config(tmp_path, tmp_path / "model")
    folder = tmp_path / "intents"
    folder.mkdir()
    (folder / "intents.txt").write_text(ACTIONS)
    rows = [f"{text},{intent}" for intent in PARTS for text in said(intent)[:-7]]
    (folder / "examples.csv").write_text("\n".join(["sent,intent", *rows]) + "\n")
    file.write_text(json.dumps({**json.loads(file.read_text()), "intents_dir": "intents"}))
    return load_engine_config(file, {}, require_built=False)


def opened(config: EngineConfig) -> IntentRecogniser:
    assert config.intents_dir
    return open_intents(load_intents(config.intents_dir))


def test_what_was_never_seen_is_recognised_by_its_parts(config: EngineConfig) -> None:
    result = train_intents(config)
    assert result and result.trained and result.recall > 0.8
    intents = opened(config)
    for intent in PARTS:
        for text in said(intent)[-7:]:
            heard = intents.recognise(text)
            assert heard and heard.intent == intent and heard.probability >= intents.card.threshold
            assert not heard.verbatim and heard.matched in said(intent)[:-7]


def test_questions_of_the_faq_and_the_graph_are_left_alone(config: EngineConfig) -> None:
    train_intents(config)
    intents = opened(config)
    for text in ("试驾去哪里报名呢", "首付最少几成", "报价是多少", "甲牌甲系的报价"):
        assert intents.recognise(text) is None
        assert sum(intents.chances(text).values()) == pytest.approx(1)


def test_an_example_word_for_word_is_its_intent_and_says_where_it_stands(config: EngineConfig) -> None:
    train_intents(config)
    text = said("合作")[0]
    heard = opened(config).verbatim(f"{text}！")
    assert heard and heard.verbatim and heard.probability == 1.0
    assert heard.file == f"intents/examples.csv:{len(said('投诉')) - 7 + 2}"


def test_the_threshold_lets_at_most_two_in_a_hundred_of_all_else_pass(config: EngineConfig) -> None:
    result = train_intents(config)
    assert result
    assert result.swallowed <= result.others // 50 + 1
    assert LEAST <= result.threshold < 1
    assert [one.examples for one in result.intents] == [20, 20]


def test_a_model_is_kept_until_examples_or_questions_change(config: EngineConfig, tmp_path: Path) -> None:
    assert is_stale(config)
    first, second = train_intents(config), train_intents(config)
    assert first and first.trained and second and not second.trained and not is_stale(config)
    with (tmp_path / "faq" / "questions" / "首付最低多少").open("a") as file:
        file.write("头款多少\n")
    assert is_stale(config)
    third = train_intents(config)
    assert third and third.trained


def test_the_same_files_give_the_same_model(config: EngineConfig, tmp_path: Path) -> None:
    path = tmp_path / "intents" / MODEL_FILE
    train_intents(config)
    before = path.read_bytes()
    train_intents(config, anew=True)
    assert path.read_bytes() == before


def test_without_a_folder_nothing_is_trained(config: EngineConfig) -> None:
    assert train_intents(replace(config, intents_dir=None)) is None


def _remove(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _other(path: Path) -> None:
    path.write_bytes(b"{}")


def _rename(path: Path) -> None:
    file = path.with_name("intents.txt")
    file.write_text(file.read_text().replace("合作", "商务"))
    examples = path.with_name("examples.csv")
    examples.write_text(examples.read_text().replace(",合作", ",商务"))


@pytest.mark.parametrize(
    ("change", "error", "part"),
    [
        (_remove, StaleIndexError, "还没有训练"),
        (_rename, StaleIndexError, "训练之后改过意图"),
        (_cut, ModelError, MODEL_FILE),
        (_other, ModelError, MODEL_FILE),
    ],
    ids=["none", "other intents", "cut short", "no model"],
)
def test_a_model_that_does_not_fit_is_refused(
    config: EngineConfig, tmp_path: Path, change: Callable[[Path], None], error: type[Exception], part: str
) -> None:
    train_intents(config)
    change(tmp_path / "intents" / MODEL_FILE)
    with pytest.raises(error, match=part):
        opened(config)
    result = train_intents(config)
    assert result and result.trained and opened(config)


def test_a_folder_that_cannot_be_written_keeps_the_old_model(
    config: EngineConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_intents(config)
    path = tmp_path / "intents" / MODEL_FILE
    before = read_card(path)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tools.intents.train.os.replace", refuse)
    with pytest.raises(DataError, match="旧的意图模型未动"):
        train_intents(config, anew=True)
    assert read_card(path) == before and len(list(path.parent.iterdir())) == 3


def test_the_command_trains_anew_and_tells_each_intent(
    config: EngineConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["--json"], ["--json"]):
        with pytest.raises(SystemExit) as ended:
            main(["train-intents", "--config", str(config.source), *words])
        assert not ended.value.code
        told = json.loads(capsys.readouterr().out)
        assert told["trained"] and [one["intent"] for one in told["intents"]] == ["投诉", "合作"]
    with pytest.raises(SystemExit):
        main(["train-intents", "--config", str(config.source)])
    assert "投诉\t20 个例句，认出 " in capsys.readouterr().out


def test_the_command_says_what_is_missing_where_there_are_no_intents(
    config: EngineConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = json.loads(config.source.read_text())
    del settings["intents_dir"]
    config.source.write_text(json.dumps(settings))
    with pytest.raises(SystemExit) as ended:
        main(["train-intents", "--config", str(config.source)])
    assert ended.value.code == 1 and '"intents_dir": "intents"' in capsys.readouterr().err


def test_a_rebuild_trains_what_changed_and_the_check_says_what_is_due(
    config: EngineConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild_module, "load_document_encoder", lambda model_dir: HashEncoder())
    assert rebuild_module.rebuild(config).intents == "trained"
    assert rebuild_module.rebuild(config).intents == "kept"
    assert not rebuild_module.check(config).stale
    with (tmp_path / "intents" / "examples.csv").open("a") as file:
        file.write("我要找消费者协会,投诉\n")
    found = rebuild_module.check(config)
    assert found.stale and "意图改过" in found.reason
    assert rebuild_module.rebuild(config).intents == "trained"
    assert rebuild_module.rebuild(replace(config, intents_dir=None)).intents == "none"


def test_an_intent_holds_from_the_threshold_on_even_where_none_is_likelier(config: EngineConfig) -> None:
    train_intents(config)
    intents = opened(config)
    some = ["你们这里能停车吗", "我们公司买车", "那个销售好", "怎么谈价格", "找谁", *said("投诉")[:3]]
    for text in some:
        intent, chance = likeliest(intents.chances(text))
        for threshold, held in ((chance, True), (chance + 1e-6, False)):
            intents.card = replace(intents.card, threshold=threshold)
            heard = intents.recognise(text)
            assert (heard is not None) == held and (heard is None or heard.intent == intent)
    assert any(intents.chances(text)[OTHER] > likeliest(intents.chances(text))[1] for text in some)
