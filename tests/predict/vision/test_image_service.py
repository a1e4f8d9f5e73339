"""Three families of clients, unmodified, against one image service; and what strangers send it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from PIL import Image

from chatbot.errors import ConfigError, ModelError
from chatbot.predict.description import PredictService
from chatbot.predict.hosting import House, host
from chatbot.predict.metrics import PredictMetrics
from chatbot.predict.service import create_predict_app
from chatbot.predict.vision.image_classification import make_image_classifier
from chatbot.security.credentials import token_hash
from tests.predict.vision.made_pictures import (
    BLUE,
    RED,
    encoded,
    halves,
    in_base64,
    noise,
    png_that_claims,
    png_with_a_bomb,
)
from tests.predict.vision.tiny_model import LABELS, write_tiny

GREEN = (30, 220, 30)
TOKEN = {"Authorization": "sesame"}


def picture(colour: tuple[int, int, int], size: tuple[int, int] = (40, 30)) -> str:
    return in_base64(encoded(Image.new("RGB", size, colour)))


def house_of(folder: Path, tmp: Path, **settings: Any) -> House:
    metrics = PredictMetrics()
    one = PredictService("pictures", "image_classification", folder, settings=settings)
    house = House([host(one, token_hash("sesame"), metrics, tmp)])
    house.start()
    assert house.troubles() == {"pictures": ""}
    return house


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    tmp = tmp_path_factory.mktemp("image")
    house = house_of(write_tiny(tmp / "model"), tmp)
    yield create_predict_app(house, PredictMetrics()).test_client()
    house.stop()


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    tmp = tmp_path_factory.mktemp("several")
    house = house_of(write_tiny(tmp / "model", multi_label=True), tmp)
    yield create_predict_app(house, PredictMetrics()).test_client()
    house.stop()


def ask(client: FlaskClient, body: Any, status: int = 200) -> Any:
    reply = client.post("/api/predict/pictures", json=body, headers=TOKEN)
    assert reply.status_code == status, reply.text
    return reply.json


def stream(body: Any) -> dict[str, Any]:
    return {"dataArray": [{"name": "image", "type": "stream", "body": body}]}


def table(*data: Any, columns: Any = ("image",)) -> dict[str, Any]:
    return {"input_data": {"columns": list(columns), "data": list(data)}}


def test_the_first_format_has_exactly_its_keys(client: FlaskClient) -> None:
    reply = ask(client, {"image": picture(RED)})
    assert list(reply) == ["request_id", "success", "class", "class_name", "probs", "class_probs"]
    assert (reply["success"], reply["class"], reply["class_name"]) == (True, 0, "red")
    assert reply["class_probs"] == dict(zip(LABELS, reply["probs"], strict=True))
    assert sum(reply["probs"]) == pytest.approx(1, abs=1e-5) and reply["probs"][0] > 0.5


def test_the_first_format_takes_lists_too_in_order_with_errors_in_their_places(client: FlaskClient) -> None:
    reply = ask(
        client, [{"image": picture(BLUE), "id": "b"}, {"image": "?"}, 7, {}, {"image": picture(GREEN)}]
    )
    assert [one.get("class_name") for one in reply] == ["blue", None, None, None, "green"]
    assert [one["success"] for one in reply] == [True, False, False, False, True]
    codes = [one["error"]["code"] for one in reply if not one["success"]]
    assert codes == ["invalid_picture", "invalid_item", "invalid_item"] and reply[0]["id"] == "b"


def test_the_second_format_has_exactly_its_keys(client: FlaskClient) -> None:
    reply = ask(client, stream(picture(GREEN, (40, 30))))
    assert list(reply) == ["success", "result"] and list(reply["result"]) == ["output", "meta"]
    assert reply["result"]["meta"] == {"height": 30, "width": 40}
    output = reply["result"]["output"]
    assert output[0]["label"] == "green" and {frozenset(one) for one in output} == {
        frozenset(("label", "conf"))
    }
    assert [one["conf"] for one in output] == sorted((one["conf"] for one in output), reverse=True)


@pytest.mark.parametrize(
    ("body", "code", "name"),
    [
        ({"dataArray": []}, 1001, "INPUT_FORMAT_ERROR"),
        ({"dataArray": "x"}, 1001, "INPUT_FORMAT_ERROR"),
        ({"dataArray": [7]}, 1001, "INPUT_FORMAT_ERROR"),
        ({"dataArray": [{"name": "image", "type": "url", "body": "x"}]}, 1001, "INPUT_FORMAT_ERROR"),
        ({"dataArray": [{"name": "text", "type": "stream", "body": "x"}]}, 1001, "INPUT_FORMAT_ERROR"),
        ({"dataArray": [{"name": "image", "type": "stream"}]}, 1001, "INPUT_FORMAT_ERROR"),
        (stream("!!"), 1002, "IMAGE_DECODE_ERROR"),
        (stream(in_base64(b"no picture")), 1002, "IMAGE_DECODE_ERROR"),
    ],
)
def test_the_second_format_numbers_its_errors(client: FlaskClient, body: Any, code: int, name: str) -> None:
    reply = ask(client, body, 400)
    assert list(reply) == ["success", "errorCode", "errorMsg"]
    assert (reply["success"], reply["errorCode"]) == (False, code) and reply["errorMsg"].startswith(name)


def test_what_the_model_or_its_absence_does_is_numbered_too(tmp_path: Path) -> None:
    house = house_of(write_tiny(tmp_path / "model"), tmp_path)
    client = create_predict_app(house, PredictMetrics()).test_client()
    hosted = house.services["pictures"]
    hosted.predictor._run = None  # type: ignore[attr-defined]
    assert ask(client, stream(picture(RED)), 500)["errorCode"] == 2003
    house.stop()
    reply = client.post("/api/predict/pictures", json=stream(picture(RED)), headers=TOKEN)
    assert reply.status_code == 503 and reply.headers["Retry-After"] and reply.json
    assert reply.json["errorCode"] == 2002 and reply.json["errorMsg"].startswith("GET_INSTANCE_ERROR")


def test_the_third_format_answers_each_datum_in_its_place(client: FlaskClient) -> None:
    wanted = json.dumps({"image_base64": picture(BLUE), "model_explainability": False})
    reply = ask(
        client, table(picture(RED), wanted, "%", [picture(GREEN)], "{no json", {"image_base64": picture(RED)})
    )
    assert [one.get("labels") for one in reply] == [[*LABELS], [*LABELS], None, [*LABELS], None, [*LABELS]]
    best = [LABELS[one["probs"].index(max(one["probs"]))] if "probs" in one else "" for one in reply]
    assert best == ["red", "blue", "", "green", "", "red"]
    assert set(reply[0]) == {"probs", "labels"}
    assert [one["error"]["code"] for one in reply if "error" in one] == ["invalid_picture", "invalid_item"]


@pytest.mark.parametrize(
    "body",
    [
        table(picture(RED), columns=("image", "id")),
        table(picture(RED), columns=("picture",)),
        table(picture(RED), columns=()),
        {"input_data": {"columns": "image", "data": []}},
        {"input_data": [picture(RED)]},
        {"input_data": {"columns": ["image"], "data": picture(RED)}},
        table(),
        table(*["A"] * 1000),
        [{"image": "A"}] * 1000,
        [],
        {"picture": "A"},
        "A",
        7,
    ],
    ids=["two columns", "wrong column", "no column", "column no list", "no object", "data no list", "no data",
         "1000 rows", "1000 objects", "empty list", "unknown form", "text", "number"],
)  # fmt: skip
def test_a_body_that_is_wrong_as_a_whole_is_refused_with_the_way_out(client: FlaskClient, body: Any) -> None:
    reply = ask(client, body, 400)
    assert reply["error"]["code"] == "invalid_message" and "→" in reply["error"]["message"]


@pytest.mark.parametrize(
    "bad",
    [
        in_base64(encoded(noise((64, 64)), "JPEG")[:900]),
        in_base64(png_that_claims(30_000, 30_000)),
        in_base64(png_with_a_bomb()),
        in_base64(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        "not base64!",
        "https://example.org/a.png",
    ],
    ids=["truncated", "30,000 × 30,000", "bomb", "svg", "not base64", "an address"],
)
def test_a_bad_picture_is_its_own_error_and_the_others_are_answered(client: FlaskClient, bad: str) -> None:
    reply = ask(client, [{"image": picture(RED)}, {"image": bad}, {"image": picture(BLUE)}])
    assert [one["success"] for one in reply] == [True, False, True]
    assert reply[1]["error"]["code"] == "invalid_picture" and "→" in reply[1]["error"]["message"]
    assert not ask(client, {"image": bad}, 400)["success"]


@pytest.mark.parametrize(
    "good",
    [
        "data:image/png;base64," + picture(RED),
        in_base64(encoded(Image.new("RGB", (9, 9), RED).convert("CMYK"), "JPEG")),
        in_base64(encoded(Image.new("RGB", (1, 1), RED))),
        in_base64(encoded(Image.new("RGB", (3000, 2), RED), "JPEG")),
        in_base64(
            encoded(Image.new("RGB", (9, 9), RED), "GIF", save_all=True, append_images=[halves((9, 9))])
        ),
        in_base64(encoded(Image.new("RGB", (9, 9), RED), "JPEG") + b"PK\x03\x04<script>"),
    ],
    ids=["data url", "cmyk", "1 × 1", "3000 × 2", "animated", "polyglot"],
)
def test_odd_but_honest_pictures_are_classified(client: FlaskClient, good: str) -> None:
    assert ask(client, {"image": good})["class_name"] == "red"


def test_of_several_labels_those_over_their_thresholds_are_listed(several: FlaskClient) -> None:
    reply = ask(several, {"image": picture(RED)})
    assert (
        reply["class"] == [LABELS.index(name) for name in reply["class_name"]]
        and "red" in reply["class_name"]
    )
    assert sum(reply["probs"]) != pytest.approx(1, abs=1e-3)
    streamed = ask(several, stream(picture(RED)))["result"]["output"]
    assert streamed[0]["label"] == "red" and len(streamed) == len(reply["class"])
    assert ask(several, table(picture(RED)))[0]["labels"] == [*LABELS]


def test_the_token_is_asked_for_before_the_body_is_read(client: FlaskClient) -> None:
    assert client.post("/api/predict/pictures", data=b"{").status_code == 401
    big = b'{"image": "' + b"A" * (33 * 2**20) + b'"}'
    assert client.post("/api/predict/pictures", data=big, headers=TOKEN).status_code == 413


def test_a_picture_of_almost_the_limit_fits_into_a_body(client: FlaskClient) -> None:
    body = json.dumps(
        {"image": in_base64(encoded(Image.new("RGB", (9, 9), RED), "JPEG") + bytes(19 * 2**20))}
    )
    reply = client.post("/api/predict/pictures", data=body, headers=TOKEN)
    assert reply.status_code == 200, reply.text


def test_the_service_says_which_formats_it_speaks_and_describes_them(client: FlaskClient) -> None:
    (about,) = client.get("/v1/services").json or []
    assert about["wire_formats"] == ["image", "dataArray", "input_data"] and about["takes"] == "image"
    assert "xrai" in about["explanations"] and about["example"]["image"]
    operation = (client.get("/openapi.json").json or {})["paths"]["/api/predict/pictures"]["post"]
    asked = operation["requestBody"]["content"]["application/json"]["schema"]
    answered = operation["responses"]["200"]["content"]["application/json"]["schema"]
    for body in ({"image": picture(RED)}, stream(picture(RED)), table(picture(RED), "?"), [{"image": "?"}]):
        Draft202012Validator(asked).validate(body)
        Draft202012Validator(answered).validate(ask(client, body))


def test_a_service_may_speak_fewer_formats(tmp_path: Path) -> None:
    house = house_of(write_tiny(tmp_path / "model"), tmp_path, wire_formats=["dataArray"])
    client = create_predict_app(house, PredictMetrics()).test_client()
    assert ask(client, stream(picture(RED)))["success"]
    refused = ask(client, {"image": picture(RED)}, 400)["error"]["message"]
    assert "dataArray" in refused and "input_data" not in refused
    house.stop()


def test_files_are_classified_as_their_base64_is(tmp_path: Path) -> None:
    classifier = make_image_classifier(write_tiny(tmp_path / "model"), {"threads": 2})
    classifier.load()
    files = [encoded(Image.new("RGB", (20, 20), colour), "JPEG") for colour in (RED, GREEN, BLUE)] + [b"?"]
    outcomes = classifier.predict([{"image": in_base64(one)} for one in files])
    assert classifier.classify(files) == outcomes
    assert outcomes[:1] == classifier.predict([{"image": in_base64(files[0])}])
    classifier.unload()
    classifier.unload()


@pytest.mark.parametrize(
    ("settings", "named"),
    [({"wire_formats": ["image", "xml"]}, "wire_formats"), ({"explain": "yes"}, "explain"), ({"thread": 2}, "threads"),
     ({"picture_bytes": 2**40}, "picture_bytes")],
)  # fmt: skip
def test_settings_that_do_not_fit_are_named(tmp_path: Path, settings: Any, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        make_image_classifier(write_tiny(tmp_path / "model"), settings)


def test_a_label_map_that_does_not_match_the_weights_is_refused(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "model")
    (folder / "label_map.json").write_text(json.dumps({str(n): f"label {n}" for n in range(4)}))
    with pytest.raises(ModelError, match="label_map"):
        make_image_classifier(folder, {})
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="标签表有 4 个"):
        make_image_classifier(folder, {}).load()


def test_serving_imports_no_torch(tmp_path: Path) -> None:
    import subprocess
    import sys

    folder = write_tiny(tmp_path / "model")
    program = (
        "import sys; from pathlib import Path\n"
        "from chatbot.predict.processors import processor\n"
        f"one = processor('image_classification').make(Path({str(folder)!r}), {{}})\n"
        "one.load(); one.predict([one.describe().schema.example])\n"
        "sys.exit(str({'torch', 'captum', 'saliency', 'cv2', 'scipy'} & set(sys.modules) or ''))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
