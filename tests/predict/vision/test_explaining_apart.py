"""Explanations take seconds: what is quick does not wait for them, and loading what they need is not their time."""

import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from chatbot.predict.description import PredictService
from chatbot.predict.hosting import House, host
from chatbot.predict.metrics import PredictMetrics
from chatbot.predict.service import create_predict_app
from chatbot.predict.vision.asked import Explanation
from chatbot.predict.vision.explaining import Explainer
from chatbot.predict.vision.image_card import ImageCard
from tests.predict.vision.made_pictures import BLUE, encoded, in_base64
from tests.predict.vision.test_explaining import PICTURE, asked_for, classifier_of, rows, tiny_explainer

pytestmark = pytest.mark.filterwarnings("ignore:Setting (backward|forward)", "ignore:is_traceable")


def test_a_quick_picture_does_not_wait_for_an_explanation(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    classifier = classifier_of(tmp_path)

    class Slow:
        def gradient_seconds(self, size: int) -> float:
            return 0.001

        def attribute(self, pixels: Any, target: int, wanted: Explanation) -> Any:
            time.sleep(1.0)
            raise ValueError("enough")

    classifier._explanations._load_explainer = lambda *_: Slow()
    metrics = PredictMetrics()
    hosted = host(PredictService("one", "image_classification", tmp_path), "", metrics, tmp_path)
    hosted.predictor = classifier
    house = House([hosted])
    house.start()
    client = create_predict_app(house, metrics).test_client()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(
            lambda: rows(create_predict_app(house, metrics).test_client(), "one", asked_for(PICTURE))
        )
        time.sleep(0.1)
        begun = time.monotonic()
        assert "probs" in rows(client, "one", in_base64(encoded(Image.new("RGB", (5, 5), BLUE))))[0]
        assert time.monotonic() - begun < 0.5 and not slow.done()
        assert slow.result()[0]["error"]["code"] == "prediction_failed"
    house.stop()


def test_the_first_explanation_does_not_pay_for_loading_with_its_time(tmp_path: Path) -> None:
    classifier = classifier_of(tmp_path)

    def slowly(folder: Path, card: ImageCard, threads: int) -> Explainer:
        time.sleep(1.5)
        return tiny_explainer(folder, card, threads)

    classifier._explanations._load_explainer = slowly
    metrics = PredictMetrics()
    service = PredictService("one", "image_classification", tmp_path, seconds=1.0)
    hosted = host(service, "", metrics, tmp_path)
    hosted.predictor = classifier
    house = House([hosted])
    house.start()
    client = create_predict_app(house, metrics).test_client()
    asked = asked_for(PICTURE, xai_algorithm="integrated_gradients")
    first, second = (rows(client, "one", asked)[0]["explanation"] for _ in range(2))
    assert first["loading_seconds"] >= 1.5 and first["seconds"] < 1.0 and not first["bounded"]
    assert "loading_seconds" not in second
    house.stop()
