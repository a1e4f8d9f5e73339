"""Explanations: each algorithm is its library's own, the sums add up, the time is kept, the reply says what was done."""

import base64
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import GuidedBackprop, GuidedGradCam, IntegratedGradients
from PIL import Image
from safetensors.torch import load_file
from saliency.core import XRAI, XRAIParameters
from torch import Tensor, nn

from chatbot.predict.base import UNTIL
from chatbot.predict.description import PredictService
from chatbot.predict.hosting import House, host
from chatbot.predict.metrics import PredictMetrics
from chatbot.predict.service import create_predict_app
from chatbot.predict.vision.asked import ALGORITHMS, STEPS, Explanation
from chatbot.predict.vision.explaining import ClippedReLU, Explainer, load_explainer
from chatbot.predict.vision.explanations import Explanations
from chatbot.predict.vision.image_card import WEIGHTS_FILE, ImageCard, read_image_card, write_image_card
from chatbot.predict.vision.image_classification import ImageClassifier, Options, make_image_classifier
from chatbot.predict.vision.networks import build
from chatbot.predict.vision.preparing import Preparation
from tests.predict.vision.made_pictures import RED, encoded, halves, in_base64
from tests.predict.vision.tiny_model import LABELS, SIZE, write_tiny

pytestmark = pytest.mark.filterwarnings("ignore:Setting (backward|forward)", "ignore:is_traceable")


class Tiny(nn.Module):
    """What ``tiny_model`` writes, in torch."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 3, 3, padding=1, bias=False),
            nn.ReLU(),
            nn.Conv2d(3, 3, 3, padding=1, bias=False),
            nn.ReLU6(),
        )
        self.head = nn.Linear(3, 3)

    def forward(self, images: Tensor) -> Tensor:
        return torch.as_tensor(self.head(self.features(images).mean((2, 3))))


def tiny_explainer(folder: Path, card: ImageCard, threads: int) -> Explainer:
    network = Tiny()
    network.load_state_dict(load_file(folder / WEIGHTS_FILE))
    return Explainer(network, network.features[2])


def classifier_of(folder: Path, **made: Any) -> ImageClassifier:
    card = read_image_card(write_tiny(folder, **made))
    found = ImageClassifier(folder, card, Options(), Explanations(folder, card, "lazy", 1, tiny_explainer))
    found.load()
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="module")
def pixels() -> np.ndarray[Any, np.dtype[np.float32]]:
    seen = Preparation(SIZE, "squash", 1.0, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)).prepare(halves())
    return seen + np.random.default_rng(1).normal(0, 0.05, seen.shape).astype(np.float32)


def directly(folder: Path, algorithm: str, pixels: Any, target: int, wanted: Explanation) -> Any:
    """The library's own call, on a network with a plain ReLU where the last one is clipped (nothing here reaches 6)."""
    network = Tiny()
    network.load_state_dict(load_file(folder / WEIGHTS_FILE))
    network.features[3] = nn.ReLU()
    images = torch.from_numpy(pixels)[None]
    if algorithm == "integrated_gradients":
        return (
            IntegratedGradients(network)
            .attribute(images, target=target, n_steps=wanted.steps)[0]
            .detach()
            .numpy()
        )
    if algorithm == "guided_backprop":
        return GuidedBackprop(network).attribute(images.requires_grad_(), target=target)[0].numpy()
    if algorithm == "guided_gradcam":
        found = GuidedGradCam(network, network.features[2]).attribute(images.requires_grad_(), target=target)
        return found[0].detach().numpy()

    def model(batch: Any, call_model_args: Any = None, expected_keys: Any = None) -> Any:
        watched = torch.tensor(batch.transpose(0, 3, 1, 2), requires_grad=True, dtype=torch.float32)
        network(watched)[:, target].sum().backward()
        return {"INPUT_OUTPUT_GRADIENTS": watched.grad.numpy().transpose(0, 2, 3, 1)}  # type: ignore[union-attr]

    parameters = XRAIParameters(steps=wanted.steps, algorithm="fast" if wanted.fast else "full")
    return XRAI().GetMask(pixels.transpose(1, 2, 0), model, extra_parameters=parameters)


@pytest.mark.parametrize("target", [0, 2])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_gives_what_its_library_gives(
    folder: Path, pixels: Any, algorithm: str, target: int
) -> None:
    wanted = Explanation(algorithm=algorithm, steps=20)
    found = tiny_explainer(folder, read_image_card(folder), 1).attribute(pixels, target, wanted).values
    due = directly(folder, algorithm, pixels, target, wanted)
    assert found.shape == (3, SIZE, SIZE) and found.dtype == np.float32
    assert np.abs(found - due).max() <= 1e-5 * np.abs(due).max() and np.abs(due).max() > 0


def test_integrated_gradients_add_up_to_the_difference_of_the_logits(folder: Path, pixels: Any) -> None:
    explainer = tiny_explainer(folder, read_image_card(folder), 1)
    found = explainer.attribute(
        pixels, 0, Explanation("integrated_gradients", steps=STEPS["integrated_gradients"])
    )
    network = Tiny()
    network.load_state_dict(load_file(folder / WEIGHTS_FILE))
    with torch.no_grad():
        logits = network(torch.stack([torch.from_numpy(pixels), torch.zeros(3, SIZE, SIZE)]))[:, 0]
    assert float(found.values.sum()) == pytest.approx(float(logits[0] - logits[1]), rel=0.05)
    assert found.completeness_error is not None and found.completeness_error < 0.05


def test_a_network_of_relu6_is_guided_too_and_from_a_model_directory(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    torch.manual_seed(0)
    network = build("mobilenet_v2", 3).eval()
    save_file(network.state_dict(), tmp_path / WEIGHTS_FILE)
    card = write_image_card(tmp_path, ImageCard("mobilenet_v2", LABELS, Preparation(size=64)))
    explainer = load_explainer(tmp_path, card, 1)
    image = Preparation(size=64).prepare(halves())
    plain = torch.from_numpy(image)[None].requires_grad_()
    network(plain)[:, 1].sum().backward()
    found = explainer.attribute(image, 1, Explanation("guided_backprop")).values
    assert plain.grad is not None and np.abs(found).max() > 0
    apart = np.abs(found - plain.grad[0].numpy()).max() / np.abs(found).max()
    assert apart > 0.1, "the hooks passed the activations over"
    assert torch.equal(ClippedReLU()(torch.tensor([-1.0, 3.0, 9.0])), torch.tensor([0.0, 3.0, 6.0]))


def asked_for(image: str, **parameters: Any) -> str:
    return json.dumps({"image_base64": image, "model_explainability": True, "xai_parameters": parameters})


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two services on one platform: one class, several classes."""
    tmp, metrics, services = tmp_path_factory.mktemp("explained"), PredictMetrics(), []
    for name, many in (("one", False), ("several", True)):
        service = PredictService(name, "image_classification", write_tiny(tmp / name, multi_label=many))
        hosted = host(service, "", metrics, tmp)
        hosted.predictor = classifier_of(tmp / name, multi_label=many)
        services.append(hosted)
    house = House(services)
    house.start()
    yield create_predict_app(house, metrics).test_client()
    house.stop()


def rows(client: Any, name: str, *data: str) -> Any:
    reply = client.post(f"/api/predict/{name}", json={"input_data": {"columns": ["image"], "data": [*data]}})
    assert reply.status_code == 200, reply.text
    return reply.json


PICTURE = in_base64(encoded(halves((60, 40))))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_reply_adds_a_picture_and_numbers(client: Any, algorithm: str) -> None:
    (row,) = rows(client, "one", asked_for(PICTURE, xai_algorithm=algorithm, attributions=True, n_steps=10))
    drawn = Image.open(io.BytesIO(base64.b64decode(row["visualizations"])))
    assert (drawn.format, drawn.size, drawn.mode) == ("PNG", (SIZE, SIZE), "RGB")
    assert np.asarray(row["attributions"]).shape == (3, SIZE, SIZE)
    assert row["explanation"]["algorithm"] == algorithm and row["explanation"]["classes"] == [
        LABELS[int(np.argmax(row["probs"]))]
    ]


def test_xrai_is_the_default_and_only_the_picture_is_sent(client: Any) -> None:
    explained, plain = rows(client, "one", asked_for(PICTURE), PICTURE)
    assert explained["explanation"]["algorithm"] == "xrai" and "attributions" not in explained
    assert set(plain) == {"probs", "labels"} and plain["probs"] == explained["probs"]


def test_of_several_labels_each_over_the_threshold_is_explained(client: Any) -> None:
    parameters = {"xai_algorithm": "guided_backprop", "attributions": True}
    low = asked_for(PICTURE, **parameters, confidence_score_threshold_multilabel=0.0)
    high = asked_for(PICTURE, **parameters, confidence_score_threshold_multilabel=1.0)
    all_three, none = rows(client, "several", low, high)
    assert len(all_three["visualizations"]) == len(all_three["attributions"]) == 3
    ranked = [LABELS[one] for one in np.argsort(-np.asarray(all_three["probs"]), kind="stable")]
    assert all_three["explanation"]["classes"] == ranked
    assert none["visualizations"] == [] == none["attributions"]


def test_what_spoke_for_red_is_where_it_is_red(client: Any) -> None:
    red_left = in_base64(encoded(halves((60, 40))))
    (row,) = rows(client, "one", asked_for(red_left, xai_algorithm="integrated_gradients", attributions=True))
    values = np.abs(np.asarray(row["attributions"])).sum(axis=0)
    left, right = values[:, : SIZE // 2].sum(), values[:, SIZE // 2 :].sum()
    assert row["labels"][int(np.argmax(row["probs"]))] == "red" and left > right


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"xai_algorithm": "lime"}, "guided_gradcam"),
        ({"xai_algorithm": 7}, "xrai"),
        ({"visualizations": "yes"}, "visualizations"),
        ({"n_steps": 1}, "n_steps"),
        ({"n_steps": 10**6}, "n_steps"),
        ({"confidence_score_threshold_multilabel": 2}, "confidence_score_threshold_multilabel"),
        ({"approximation_method": "simpson"}, "gausslegendre"),
    ],
)
def test_what_cannot_be_asked_is_an_error_in_its_place_that_says_what_can(
    client: Any, parameters: dict[str, Any], named: str
) -> None:
    bad, good = rows(client, "one", asked_for(PICTURE, **parameters), PICTURE)
    assert bad["error"]["code"] == "invalid_item" and named in bad["error"]["message"] and "probs" in good


@pytest.mark.parametrize(
    "datum",
    ['{"image_base64": "A", "model_explainability": "yes"}',
     '{"image_base64": "A", "model_explainability": true, "xai_parameters": []}', "{}"],
)  # fmt: skip
def test_a_datum_of_wrong_types_is_told_so(client: Any, datum: str) -> None:
    assert rows(client, "one", datum)[0]["error"]["code"] == "invalid_item"


def test_steps_are_bounded_by_the_time_that_is_left_and_the_reply_says_so(tmp_path: Path) -> None:
    classifier = classifier_of(tmp_path)
    item = {"image": PICTURE, "explain": {"algorithm": "integrated_gradients", "steps": 500}}
    (warm,) = classifier.predict([item])
    assert warm["explanation"]["bounded"] is False and warm["explanation"]["steps"] == 500  # type: ignore[index, call-overload]
    classifier._explanations._gradient_seconds = 0.01  # a slower network
    begun = time.monotonic()
    (found,) = classifier.predict([{**item, UNTIL: begun + 1.0}])
    about = found["explanation"]  # type: ignore[index]
    assert about["bounded"] and about["steps_asked"] == 500 and 60 <= about["steps"] <= 70  # type: ignore[index, call-overload, operator]
    (late,) = classifier.predict([{**item, UNTIL: begun + 0.001}])
    assert late.code == "deadline_exceeded" and "guided_gradcam" in late.message  # type: ignore[union-attr]


def test_a_model_without_weights_classifies_and_says_why_it_does_not_explain(tmp_path: Path) -> None:
    classifier = make_image_classifier(write_tiny(tmp_path, weights=False), {})
    classifier.load()
    assert classifier.describe().about["explanations"] == []
    plain, explained = classifier.predict([{"image": PICTURE}, {"image": PICTURE, "explain": {}}])
    assert "class" in plain and explained.code == "invalid_item" and WEIGHTS_FILE in explained.message  # type: ignore[operator, union-attr]


def test_explanations_can_be_switched_off(tmp_path: Path) -> None:
    classifier = make_image_classifier(write_tiny(tmp_path), {"explain": "off"})
    classifier.load()
    (refused,) = classifier.predict([{"image": PICTURE, "explain": {}}])
    assert refused.code == "invalid_item" and "explain" in refused.message  # type: ignore[union-attr]


def test_a_picture_of_one_colour_is_drawn_without_dividing_by_nothing(client: Any) -> None:
    flat = in_base64(encoded(Image.new("RGB", (8, 8), RED)))
    for algorithm in ("integrated_gradients", "guided_backprop", "guided_gradcam"):
        assert rows(client, "one", asked_for(flat, xai_algorithm=algorithm))[0]["visualizations"]
