"""Text classification as it is served: outcomes, cards, errors, and that no item looks at its neighbours."""

import json
import math
import random
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.classifying.linear import WEIGHTS_FILE
from chatbot.errors import ConfigError, ModelError
from chatbot.json_file import Json
from chatbot.predict.base import Item, ItemError
from chatbot.predict.columns import Column, Numbers, Picks
from chatbot.predict.nlp.classifier_card import LABELS_FILE, read_classifier
from chatbot.predict.nlp.text_classification import TextClassifier, make_text_classifier
from chatbot.predict.processors import processor
from tests.predict.nlp.models import CARD, FIRSTS, fast_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fast_model(tmp_path / "model")
    return tmp_path / "model"


def classifier(folder: Path, **settings: float) -> TextClassifier:
    made = make_text_classifier(folder, settings)
    made.load()
    return made


def outcome(model: TextClassifier, **item: object) -> Mapping[str, object]:
    (found,) = model.predict([item])  # type: ignore[list-item]  # values are Json
    assert not isinstance(found, ItemError), found
    return found


def test_the_processor_is_built_in() -> None:
    assert processor("text_classification").name == "text_classification"


def test_an_outcome_holds_label_probabilities_scores_and_output(folder: Path) -> None:
    found = outcome(classifier(folder), first_sequence="多少钱")
    assert found["predictions"] == "价格"
    # three characters of equal weight, all for the first label: 3 · 1/√3
    scores = {"价格": 3 / math.sqrt(3), "续航": 0.0, "保养": -0.1}
    assert found["logits"] == {label: pytest.approx(score, abs=1e-6) for label, score in scores.items()}
    powers = {label: (1 / (1 + math.exp(-2 * score))) ** 3 for label, score in scores.items()}
    chances = {label: power / sum(powers.values()) for label, power in powers.items()}
    assert found["probabilities"] == {
        label: pytest.approx(chance, abs=1e-6) for label, chance in chances.items()
    }
    assert found["output"] == [{"pred": "价格", "prob": found["probabilities"]["价格"]}]  # type: ignore[index]  # a mapping


def test_the_second_sequence_speaks_in_its_own_words(folder: Path) -> None:
    model = classifier(folder)
    assert outcome(model, first_sequence="吗", second_sequence="电")["predictions"] == "续航"
    assert outcome(model, first_sequence="电", second_sequence="")["logits"] == {
        "价格": 0,
        "续航": 0,
        "保养": -0.1,
    }


def test_no_more_than_sequence_length_is_read(folder: Path) -> None:
    model = classifier(folder)
    text = "修修" + "呢吗" * 4 + "续航公里远"
    assert outcome(model, first_sequence=text)["predictions"] == "续航"
    assert outcome(model, first_sequence=text, sequence_length=10)["predictions"] == "保养"
    assert outcome(classifier(folder, sequence_length=10), first_sequence=text)["predictions"] == "保养"


def test_width_case_and_script_do_not_matter(folder: Path) -> None:
    model = classifier(folder)
    assert outcome(model, first_sequence="續航　幾公里") == outcome(model, first_sequence="续航 几公里")


@pytest.mark.parametrize("item", [{"first_sequence": "\u200b "}, {"first_sequence": "好", "sequence_length": 0}],
                         ids=["nothing to read", "no length"])  # fmt: skip
def test_a_bad_item_is_an_error_in_its_place(folder: Path, item: Item) -> None:
    bad, good = classifier(folder).predict([item, {"first_sequence": "续航"}])
    assert isinstance(bad, ItemError) and bad.code == "invalid_item"
    assert not isinstance(good, ItemError)


def test_several_labels_may_hold_and_none(tmp_path: Path) -> None:
    fast_model(tmp_path, replace(CARD, multi_label=True, threshold=0.7))
    model = classifier(tmp_path)
    both = outcome(model, first_sequence="续航钱", second_sequence="电")
    assert both["predictions"] == ["价格", "续航"]
    assert [one["pred"] for one in both["output"]] == ["价格", "续航"]  # type: ignore[attr-defined]  # a list
    nothing = outcome(model, first_sequence="你好")
    assert (nothing["predictions"], nothing["output"]) == ([], [])
    assert outcome(classifier(tmp_path, threshold=0.4), first_sequence="你好")["predictions"] == list(
        CARD.labels
    )


def test_what_else_is_in_the_batch_changes_no_bit(folder: Path) -> None:
    rng, model = random.Random(7), classifier(folder)
    items = [
        {"first_sequence": "".join(rng.choices("".join(FIRSTS) + "吗呢", k=rng.randint(1, 60)))}
        for _ in range(50)
    ]
    alone = [model.predict([item])[0] for item in items]
    assert list(model.predict(items)) == alone
    assert list(model.predict(items[::-1])) == alone[::-1]


@pytest.mark.parametrize("multi_label", [False, True], ids=["one label", "several"])
def test_predictions_by_the_column_are_those_by_the_row(multi_label: bool, tmp_path: Path) -> None:
    fast_model(tmp_path, replace(CARD, multi_label=multi_label, threshold=0.7))
    model = classifier(tmp_path)
    items: list[Item] = [{"first_sequence": text} for text in ("多少钱", "能跑多远", "多少钱能跑多远", "无")]
    columns = model.predict_columns(items)
    assert columns is not None
    rows = [{name: cell(column, place) for name, column in columns.items()} for place in range(len(items))]
    assert rows == model.predict(items)
    assert isinstance(columns["output"], Picks) is not multi_label


def cell(column: Column, place: int) -> Json:
    """What stands in ``column`` for the item at ``place``."""
    if isinstance(column, Numbers):
        return dict(zip(column.names, column.values[place].tolist(), strict=True))
    if isinstance(column, Picks):
        name = column.names[column.picked[place]]
        return [dict(zip(column.keys, (name, float(column.values[place])), strict=True))]
    return column[place]


def test_there_are_no_columns_where_an_item_has_no_prediction(folder: Path) -> None:
    assert (
        classifier(folder).predict_columns([{"first_sequence": "多少钱"}, {"first_sequence": "\u200b"}])
        is None
    )


def test_describe_works_before_load_and_unload_twice(folder: Path) -> None:
    model = make_text_classifier(folder, {})
    about = model.describe()
    assert about.labels == CARD.labels and about.version == read_classifier(folder).version
    with pytest.raises(ModelError, match="load"):
        model.predict([about.schema.example])
    model.load()
    assert len(model.predict([about.schema.example])) == 1
    model.unload()
    model.unload()


def test_the_version_is_a_hash_of_what_the_model_is(tmp_path: Path) -> None:
    one, same = fast_model(tmp_path / "a"), fast_model(tmp_path / "b")
    other = fast_model(tmp_path / "c", replace(CARD, threshold=0.6))
    assert one.version == same.version != other.version


def test_a_model_of_another_task_is_refused(folder: Path) -> None:
    card = folder / "predictor.json"
    card.write_text(card.read_text().replace("text_classification", "text_tagging"))
    with pytest.raises(ModelError, match="text_tagging"):
        make_text_classifier(folder, {})


def test_labels_that_do_not_match_the_model_are_refused_with_their_line(folder: Path) -> None:
    (folder / LABELS_FILE).write_text("价格\n保养\n续航\n", encoding="utf-8")
    with pytest.raises(ModelError, match=rf"{LABELS_FILE}:2: .*标签表和模型不符"):
        make_text_classifier(folder, {})
    (folder / LABELS_FILE).write_text("价格\n续航\n", encoding="utf-8")
    with pytest.raises(ModelError, match=rf"{LABELS_FILE}:3: .*表里 2 个，模型 3 个"):
        make_text_classifier(folder, {})
    (folder / LABELS_FILE).unlink()
    with pytest.raises(ModelError, match="标签表"):
        make_text_classifier(folder, {})


def test_weights_for_another_number_of_labels_are_refused(folder: Path, tmp_path: Path) -> None:
    card = replace(CARD, labels=(*CARD.labels, "其他"), longest=1)
    from chatbot.predict.nlp.classifier_card import write_classifier

    write_classifier(folder, card)
    with pytest.raises(ModelError, match="3 个标签，标签表有 4 个"):
        make_text_classifier(folder, {}).load()


@pytest.mark.parametrize("damage", [b"", b"broken", b"\x10" + b"\0" * 40], ids=["empty", "text", "zeros"])
def test_damaged_weights_are_named(folder: Path, damage: bytes) -> None:
    (folder / WEIGHTS_FILE).write_bytes(damage)
    with pytest.raises(ModelError, match=WEIGHTS_FILE):
        make_text_classifier(folder, {}).load()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("algorithm", "slow"),
        ("labels", ["a"]),
        ("labels", ["a", "a"]),
        ("calibration", None),
        ("threshold", "x"),
    ],
    ids=["algorithm", "one label", "label twice", "no calibration", "threshold"],
)
def test_a_card_that_makes_no_sense_is_refused(folder: Path, key: str, value: object) -> None:
    card = folder / "predictor.json"
    card.write_text(json.dumps({**json.loads(card.read_text()), key: value}))
    with pytest.raises(ModelError, match=key):
        make_text_classifier(folder, {})


@pytest.mark.parametrize(
    ("settings", "named"),
    [({"threshold": 2}, "threshold"), ({"treshold": 0.5}, "threshold"), ({"threads": "two"}, "threads")],
    ids=["too large", "misspelt", "a word"],
)
def test_settings_that_do_not_fit_are_refused(folder: Path, settings: dict[str, float], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        make_text_classifier(folder, settings)


def test_a_clouds_own_settings_are_let_through(folder: Path) -> None:
    make_text_classifier(folder, {"job_name": "x"})


def test_serving_fast_imports_neither_torch_nor_training_libraries(folder: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from chatbot.predict.processors import processor\n"
        f"model = processor('text_classification').make(Path({str(folder)!r}), {{}})\n"
        "model.load(); model.predict([{'first_sequence': '多少钱'}])\n"
        "heavy = {'torch', 'sklearn', 'scipy', 'transformers', 'onnxruntime', 'tokenizers', 'pandas'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
