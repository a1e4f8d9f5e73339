"""Training: it learns, goes on to the same bytes, stops where it must, and what is served is what was trained."""

import hashlib
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from chatbot.errors import ConfigError, DataError, ModelError
from chatbot.predict.vision.image_card import LABEL_MAP_FILE, ONNX_FILE, WEIGHTS_FILE, read_image_card
from chatbot.predict.vision.networks import load_network
from tools.image import loop, onnx_export
from tools.image.data import read_test, read_training
from tools.image.onnx_export import session_of
from tools.image.pretrained import PACKAGED, network
from tools.image.run import Summary, train
from tools.image.served import served_logits
from tools.image.settings import Algorithm, Task, TrainFiles, TrainSettings, settings_of
from tools.image.shapes import SHAPES, write_shapes
from tools.image.using import evaluate, export_model
from tools.registry_package import packaged_file
from tools.text.progress import Watcher


def run(settings: TrainSettings, files: TrainFiles, *, resume: bool = True) -> Summary:
    with Watcher() as watch:
        return train(settings, files, watch, resume=resume)[0]


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def pretrained() -> None:
    try:
        packaged_file(PACKAGED["efficientnet_lite0"])
    except ConfigError as error:
        pytest.skip(f"the registry's weights are not installed: {error.message}")


@pytest.mark.usefixtures("pretrained")
def test_shapes_are_told_apart_in_seconds(tmp_path: Path) -> None:
    for seed, (part, each) in enumerate({"train": 30, "dev": 5, "test": 30}.items()):
        write_shapes(tmp_path / part, each, side=64, seed=seed)
    settings = settings_of(Algorithm.LINEAR, image_size=64)
    run(settings, TrainFiles(tmp_path / "train", tmp_path / "dev", tmp_path / "model", 4))
    assert evaluate(tmp_path / "model", tmp_path / "test").measures.accuracy >= 0.99


def test_a_run_writes_a_directory_whose_onnx_is_its_weights(
    settings: TrainSettings, files: TrainFiles
) -> None:
    summary = run(settings, files)
    folder = files.output_dir
    card = read_image_card(folder)
    assert card.labels == tuple(sorted(SHAPES)) and card.version == summary.version
    assert not list(folder.glob("checkpoints/*"))
    examples, _ = read_test(files.dev or folder, card.labels, (), multi_label=False)
    images = np.stack([card.preparation.prepare(one.image(32)) for one in examples])
    with torch.inference_mode():
        wanted = load_network(folder)(torch.from_numpy(images)).numpy()
    found = served_logits(session_of(folder / ONNX_FILE), examples, card.preparation, 7)
    assert np.abs(found - wanted).max() < 1e-4
    assert evaluate(folder, files.dev or folder).as_dict(per_class=True).keys() >= {"accuracy", "macro_f1", "ece", "classes"}  # fmt: skip


def test_the_report_holds_everything_and_asks_for_nothing(settings: TrainSettings, files: TrainFiles) -> None:
    run(settings, files)
    page = (files.output_dir / "report" / "index.html").read_text()
    for part in ("curves", "per class", "confusion matrix", "calibration", "worst mistakes", "settings"):
        assert part in page
    assert "data:image/jpeg;base64," in page
    assert not re.search(r'(src|href)="(?!data:)', page) and "<script" not in page


@pytest.mark.parametrize(("often", "again"), [(60.0, 6), (0.0, 5)], ids=["an epoch", "a step"])
def test_an_interrupted_run_goes_on_to_the_same_weights(
    settings: TrainSettings, files: TrainFiles, monkeypatch: pytest.MonkeyPatch, often: float, again: int
) -> None:
    """Two epochs of three steps are to be done again, or all but the four steps that were done."""
    monkeypatch.setattr(loop, "_OFTEN", often)
    run(settings, replace(files, output_dir=files.output_dir / "whole"))
    learn, steps = loop.Trainer._learn, list[int]()

    def stopping(self: loop.Trainer, batch: list[int]) -> float:
        steps.append(1)
        if len(steps) == 5:  # in the second epoch of three steps
            raise KeyboardInterrupt
        return learn(self, batch)

    monkeypatch.setattr(loop.Trainer, "_learn", stopping)
    parts = replace(files, output_dir=files.output_dir / "parts")
    with pytest.raises(KeyboardInterrupt):
        run(settings, parts)
    run(settings, parts)
    assert len(steps) == 5 + again
    assert digest(files.output_dir / "whole") == digest(parts.output_dir)


def test_a_checkpoint_of_other_settings_is_refused(
    settings: TrainSettings, files: TrainFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop.Trainer, "_status", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run(replace(settings, train_batch_size=100), files)
    with pytest.raises(ConfigError, match="--no-resume"):
        run(replace(settings, train_batch_size=100, seed=7), files)


def test_a_loss_that_is_no_number_stops_and_names_the_batch(
    settings: TrainSettings, files: TrainFiles
) -> None:
    with pytest.raises(DataError, match=r"第 \d+ 步的损失不是数，这一批是 \w+/\d+\.png") as caught:
        run(replace(settings, initial_learning_rate=1e30), files)
    assert "--initial-learning-rate" in caught.value.message


def test_unreadable_pictures_are_skipped_counted_and_told(
    settings: TrainSettings, files: TrainFiles, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt = tmp_path / "spoilt"
    shutil.copytree(files.train, spoilt)
    (spoilt / "star" / "0000.png").write_bytes(b"not a picture")
    whole = (spoilt / "star" / "0001.png").read_bytes()
    (spoilt / "star" / "0001.png").write_bytes(whole[: len(whole) // 2])
    summary = run(replace(settings, num_epochs=1), replace(files, train=spoilt))
    assert summary.skipped == 2 and summary.train == 12 * len(SHAPES) - 2
    told = capsys.readouterr().err
    assert "2 张" in told and "star/0000.png" in told and "star/0001.png" in told


def test_a_class_with_one_picture_is_warned_of_and_stays_in_training(
    settings: TrainSettings, files: TrainFiles, tmp_path: Path
) -> None:
    few = tmp_path / "few"
    shutil.copytree(files.train, few)
    for path in sorted((few / "star").iterdir())[1:]:
        path.unlink()
    data = read_training(replace(files, train=few, dev=None), settings)
    star = data.labels.index("star")
    assert [one.labels for one in data.train].count((star,)) == 1
    assert not [one for one in data.dev if one.labels == (star,)] and len(data.dev) == 3
    assert any("star（1）" in one for one in data.warnings)


def test_pictures_that_are_in_both_parts_are_told(settings: TrainSettings, files: TrainFiles) -> None:
    data = read_training(replace(files, dev=files.train), settings)
    assert any("48 张图片也在训练集里" in one for one in data.warnings)


def test_the_number_of_classes_must_be_that_of_the_data(settings: TrainSettings, files: TrainFiles) -> None:
    with pytest.raises(ConfigError, match=r"--num-classes 7: .*有 4 个类"):
        run(settings, replace(files, num_classes=7))


def test_a_class_of_the_dev_part_must_be_known(
    settings: TrainSettings, files: TrainFiles, tmp_path: Path
) -> None:
    shutil.copytree(files.dev or tmp_path, tmp_path / "dev")
    (tmp_path / "dev" / "star").rename(tmp_path / "dev" / "heart")
    with pytest.raises(DataError, match="heart"):
        run(settings, replace(files, dev=tmp_path / "dev"))


def test_a_form_that_computes_something_else_is_not_written_off_as_good(
    settings: TrainSettings, files: TrainFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_export, "TOLERANCE", -1.0)
    with pytest.raises(ModelError, match="和 torch 的结果相差"):
        run(replace(settings, num_epochs=1), files)


@pytest.mark.parametrize("algorithm", [Algorithm.CUSTOM, Algorithm.LINEAR])
def test_several_classes_may_hold_at_once(
    settings: TrainSettings, tmp_path: Path, algorithm: Algorithm
) -> None:
    """Red and green patches, alone or together."""
    rng = np.random.default_rng(0)
    for part, count in {"train": 32, "dev": 12}.items():
        rows = []
        for number in range(count):
            pixels = rng.integers(0, 40, (32, 32, 3)).astype(np.uint8)
            labels = [name for bit, name in enumerate(("red", "green")) if (number + 1) >> bit & 1]
            for name in labels:
                at = 0 if name == "red" else 16
                pixels[at : at + 16, :, ("red", "green").index(name)] = 250
            (tmp_path / part).mkdir(exist_ok=True)
            Image.fromarray(pixels).save(tmp_path / part / f"{number}.png")
            rows.append(json.dumps({"image_url": f"{part}/{number}.png", "label": labels}))
        (tmp_path / f"{part}.jsonl").write_text("\n".join(rows) + "\n")
    files = TrainFiles(tmp_path / "train.jsonl", tmp_path / "dev.jsonl", tmp_path / "model")
    told = replace(settings, task=Task.MULTILABEL, algorithm=algorithm, augment=0, num_epochs=4)
    summary = run(told, files)
    card = read_image_card(files.output_dir)
    assert card.multi_label and card.thresholds == (0.5, 0.5) and card.labels == ("green", "red")
    if algorithm == Algorithm.LINEAR:  # even features of fresh weights tell colours apart
        assert summary.accuracy == 1.0


def test_a_local_checkpoint_is_a_start_whatever_its_names_are(
    settings: TrainSettings, files: TrainFiles, tmp_path: Path
) -> None:
    first, _ = network(settings, 9)
    renamed = {f"backbone.{at}": value for at, value in enumerate(first.state_dict().values())}
    torch.save({"state_dict": renamed}, tmp_path / "other.pth")
    model, _ = network(replace(settings, seed=5, model_path=str(tmp_path / "other.pth")), 4)
    for name, value in first.features.state_dict().items():
        assert torch.equal(value, model.features.state_dict()[name])
    assert model.head.weight.shape == (4, 256) and not model.head.weight.any()
    same, _ = network(replace(settings, seed=5, model_path=str(tmp_path / "other.pth")), 9)
    assert torch.equal(same.head.weight, first.head.weight)  # the same classes: it goes on


def test_a_checkpoint_of_another_network_is_refused(settings: TrainSettings, tmp_path: Path) -> None:
    other, _ = network(replace(settings, backbone="mobilenet_v2"), 4)
    torch.save(other.state_dict(), tmp_path / "other.pth")
    with pytest.raises(DataError, match="不是这个网络的权重"):
        network(replace(settings, model_path=str(tmp_path / "other.pth")), 4)
    (tmp_path / "broken.pth").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(DataError, match="不是检查点"):
        network(replace(settings, model_path=str(tmp_path / "broken.pth")), 4)


def test_pretrained_weights_are_asked_only_of_networks_that_have_them(settings: TrainSettings) -> None:
    with pytest.raises(ConfigError, match=r"efficientnet_lite0.*--model-path"):
        network(replace(settings, use_pretrained_model=True), 4)


def test_an_export_is_what_serving_needs_and_nothing_else(
    settings: TrainSettings, files: TrainFiles, tmp_path: Path
) -> None:
    run(replace(settings, num_epochs=1), files)
    export_model(files.output_dir, tmp_path / "export")
    names = {"predictor.json", LABEL_MAP_FILE, ONNX_FILE, WEIGHTS_FILE}
    assert {one.name for one in (tmp_path / "export").iterdir()} == names
    with pytest.raises(ConfigError, match="空目录"):
        export_model(files.output_dir, tmp_path / "export")
    (files.output_dir / LABEL_MAP_FILE).write_text('{"0": "a", "1": "b"}')
    with pytest.raises(ModelError, match="有 2 个类，权重有 4 个"):
        export_model(files.output_dir, tmp_path / "second")


def test_features_are_computed_once(
    settings: TrainSettings, files: TrainFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    linear = replace(settings, algorithm=Algorithm.LINEAR)
    run(linear, files)
    first = digest(files.output_dir)
    monkeypatch.setattr("tools.image.features.runtime", lambda *_: pytest.fail("computed again"))
    run(linear, files)
    assert digest(files.output_dir) == first
