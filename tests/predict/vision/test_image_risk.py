"""Image risk: the operator's labels first, then the score of what is not safe for work; each alone will do."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from chatbot.errors import ConfigError, ModelError
from chatbot.predict.description import PredictService
from chatbot.predict.hosting import House, host
from chatbot.predict.metrics import PredictMetrics
from chatbot.predict.service import create_predict_app
from chatbot.predict.vision.image_risk import make_image_risk
from chatbot.predict.vision.nsfw import NsfwScorer, prepared
from tests.predict.vision.made_pictures import BLUE, RED, encoded, in_base64, noise
from tests.predict.vision.tiny_model import write_tiny
from tools.image.fetch import FILES
from tools.registry_package import packaged_file

GREEN = (30, 220, 30)


def picture(colour: tuple[int, int, int]) -> str:
    return in_base64(encoded(Image.new("RGB", (50, 40), colour)))


def write_score(path: Path) -> Path:
    """A stand-in for open_nsfw: the redder, the higher (input as that network's, blue first)."""
    weight = np.array([[0.0, 0.0], [0.0, 0.0], [-0.02, 0.02]], np.float32)
    nodes = [
        helper.make_node("ReduceMean", ["in", "axes"], ["mean"], keepdims=0),
        helper.make_node("MatMul", ["mean", "weight"], ["sum"]),
        helper.make_node("Softmax", ["sum"], ["out"]),
    ]
    graph = helper.make_graph(
        nodes, "score",
        [helper.make_tensor_value_info("in", TensorProto.FLOAT, [1, 224, 224, 3])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, 2])],
        [numpy_helper.from_array(weight, "weight"), numpy_helper.from_array(np.array([1, 2]), "axes")],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)
    return path


@pytest.fixture
def score(tmp_path: Path) -> Path:
    return write_score(tmp_path / "score.onnx")


def judge(place: Path | None, *colours: tuple[int, int, int], **settings: Any) -> list[Any]:
    risk = make_image_risk(place, settings)
    risk.load()
    found = risk.predict([{"image": picture(one)} for one in colours])
    risk.unload()
    return list(found)


def test_the_score_alone_decides_between_safe_and_not(score: Path) -> None:
    red, blue = judge(None, RED, BLUE, nsfw_model=str(score))
    assert (red["risk"], red["decided_by"]) == ("不雅", "nsfw") and red["nsfw"] > 0.9
    assert (blue["risk"], blue["decided_by"]) == ("正常", "nothing") and blue["class_name"] == "正常"
    assert red["class_probs"] == {"正常": pytest.approx(1 - red["nsfw"], abs=1e-6), "不雅": red["nsfw"]}
    assert red["meta"] == {"height": 40, "width": 50}


def test_the_operators_labels_decide_first_and_the_score_stands_beside_them(
    tmp_path: Path, score: Path
) -> None:
    folder = write_tiny(tmp_path / "model")
    settings = {"nsfw_model": str(score), "safe_label": "blue"}
    red, green, blue = judge(folder, RED, GREEN, BLUE, **settings)
    assert [one["risk"] for one in (red, green, blue)] == ["red", "green", "blue"]
    assert [one["decided_by"] for one in (red, green, blue)] == ["classifier", "classifier", "nothing"]
    assert (
        list(red["class_probs"]) == ["red", "green", "blue", "不雅"]
        and red["class_probs"]["不雅"] == red["nsfw"]
    )
    (unsure,) = judge(folder, RED, **settings, threshold=1.0)
    assert (unsure["risk"], unsure["decided_by"], unsure["class"]) == ("不雅", "nsfw", 3)
    (calm,) = judge(folder, RED, **settings, threshold=1.0, nsfw_threshold=1.0)
    assert calm["risk"] == "blue"


def test_a_classifier_alone_is_enough(tmp_path: Path) -> None:
    red, blue = judge(write_tiny(tmp_path / "model"), RED, BLUE, safe_label="blue")
    assert (red["risk"], blue["risk"]) == ("red", "blue") and "nsfw" not in red


def test_nothing_to_decide_by_and_wrong_settings_are_refused_with_the_way_out(
    tmp_path: Path, score: Path
) -> None:
    with pytest.raises(ModelError, match="image fetch nsfw"):
        make_image_risk(None, {})
    with pytest.raises(ConfigError, match="safe_label"):
        make_image_risk(write_tiny(tmp_path / "model"), {"safe_label": "没有的"})
    with pytest.raises(ConfigError, match="nsfw_treshold"):
        make_image_risk(None, {"nsfw_model": str(score), "nsfw_treshold": 0.5})
    other = NsfwScorer(write_tiny(tmp_path / "model") / "model.onnx")
    with pytest.raises(ModelError, match="不是 open_nsfw"):
        other.load()


def test_it_is_served_in_the_same_three_formats(tmp_path: Path, score: Path) -> None:
    metrics = PredictMetrics()
    service = PredictService("risk", "image_risk", None, settings={"nsfw_model": str(score)})
    house = House([host(service, "", metrics, tmp_path)])
    house.start()
    client = create_predict_app(house, metrics).test_client()

    def ask(body: Any) -> Any:
        return client.post("/api/predict/risk", json=body).json

    single = ask({"image": picture(RED)})
    assert single["success"] and (single["class"], single["risk"]) == (1, "不雅") and single["nsfw"] > 0.9
    stream = ask({"dataArray": [{"name": "image", "type": "stream", "body": picture(RED)}]})
    assert stream["result"]["output"][0]["label"] == "不雅"
    bad, good, why = ask({"input_data": {"columns": ["image"], "data": [
        "?", picture(BLUE), '{"image_base64": "' + picture(RED) + '", "model_explainability": true}',
    ]}})  # fmt: skip
    assert bad["error"]["code"] == "invalid_picture" and good["labels"] == ["正常", "不雅"]
    assert why["error"]["code"] == "invalid_item"
    house.stop()


def test_pictures_are_prepared_as_the_network_was_trained_on() -> None:
    image = noise((300, 200))
    found = prepared(image)
    file = io.BytesIO()
    image.resize((256, 256), Image.Resampling.BILINEAR).crop((16, 16, 240, 240)).save(file, "JPEG")
    again = np.asarray(Image.open(io.BytesIO(file.getvalue())), dtype=np.float64)
    due = np.stack([again[..., 2] - 104, again[..., 1] - 117, again[..., 0] - 123], axis=-1)[None]
    assert found.dtype == np.float32 and np.abs(found - due).max() < 1e-4


def test_the_network_itself_is_calm_about_colours() -> None:
    try:
        weights = packaged_file(FILES["nsfw"])
    except ConfigError as error:
        pytest.skip(f"open_nsfw cannot be had from the registry: {error.message}")
    scorer = NsfwScorer(weights)
    scorer.load()
    scores = [scorer.score(Image.new("RGB", (300, 200), colour)) for colour in (RED, GREEN, BLUE)]
    assert all(0 <= one < 0.5 for one in scores)


def test_the_licence_is_shown_and_must_be_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    from tools.image.fetch import fetch

    with pytest.raises(ConfigError, match="accept-licence"):
        fetch("nsfw")
    assert "MIT" in capsys.readouterr().err
    with pytest.raises(ConfigError, match="nsfw"):
        fetch("resnet")
