"""*precise* on a transformer of one layer: learning, resuming, the served int8 form, and no item looks at its neighbours."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from chatbot.errors import ConfigError, ModelError
from chatbot.predict.nlp.classifier_card import read_classifier
from chatbot.predict.nlp.text_classification import TextClassifier
from chatbot.predict.nlp.transformer import ONNX_FILE
from tests.tools.text.conftest import sentences
from tools.text import loop
from tools.text.data import read_training
from tools.text.optimizers import Lamb
from tools.text.progress import Watcher
from tools.text.run import train
from tools.text.settings import Algorithm, Optimizer, TrainFiles, TrainSettings
from tools.text.transformer import find_base, new_classifier, pieces_of


@pytest.fixture
def files(train_file: Path, dev_file: Path, tmp_path: Path) -> TrainFiles:
    return TrainFiles(train_file, dev_file, tmp_path / "model")


@pytest.fixture
def settings(tiny_base: Path) -> TrainSettings:
    return TrainSettings(
        algorithm=Algorithm.PRECISE,
        pretrain_model_name_or_path=str(tiny_base),
        epochs=3,
        batch_size=16,
        learning_rate=5e-3,
        sequence_length=40,
        save_steps=4,
    )


def served(folder: Path) -> TextClassifier:
    model = TextClassifier(folder, read_classifier(folder))
    model.load()
    return model


def test_it_learns_and_what_is_served_agrees_with_what_was_trained(
    settings: TrainSettings, files: TrainFiles, tiny_base: Path
) -> None:
    kept: list[torch.nn.Module] = []
    original = loop.Trainer.run

    def run(self: loop.Trainer, *given: object, **named: object) -> object:
        points = original(self, *given, **named)  # type: ignore[arg-type]  # passed on as given
        kept.append(self._model)
        return points

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop.Trainer, "run", run)
        summary = train(replace(settings, mixture=False), files, Watcher())
    assert summary.accuracy > 0.9 and not summary.parts
    data = read_training(files, False, 1)
    base = find_base(str(tiny_base), files.output_dir, accept_licence=False)
    truth = loop.scores_of(kept[0], pieces_of(data.dev, base, 40), 16)  # type: ignore[arg-type]  # the classifier
    model = served(files.output_dir)
    ours = np.array(
        [
            list(one["logits"].values())
            for one in model.predict([{"first_sequence": e.first} for e in data.dev])
        ]
    )  # type: ignore[index, union-attr]  # no errors
    assert np.abs(ours - truth).max() < 0.05 * np.abs(truth).max()
    assert not (files.output_dir / "checkpoints").exists()


def test_what_else_is_in_the_batch_changes_no_bit(settings: TrainSettings, files: TrainFiles) -> None:
    train(replace(settings, epochs=1), files, Watcher())
    model = served(files.output_dir)
    items = [{"first_sequence": text * (1 + at % 3)} for at, (text, _) in enumerate(sentences(40, 9))]
    alone = [model.predict([item])[0] for item in items]
    assert list(model.predict(items)) == alone
    assert list(model.predict(items[::-1])) == alone[::-1]


def test_an_interrupted_run_ends_in_the_same_model(
    settings: TrainSettings, files: TrainFiles, tmp_path: Path
) -> None:
    whole = train(settings, files, Watcher())

    class Stopped(Exception):
        pass

    class Stops(Watcher):
        def __call__(
            self, told: str, done: float, seconds_left: float | None = None, *, now: bool = False
        ) -> None:
            if done > 0.5:
                raise Stopped

    parted = replace(files, output_dir=tmp_path / "parted")
    with pytest.raises(Stopped):
        train(settings, parted, Stops())
    assert (parted.output_dir / "checkpoints" / "last.pt").is_file()
    with pytest.raises(ConfigError, match="--no-resume"):
        train(replace(settings, seed=7), parted, Watcher())
    assert train(settings, parted, Watcher()).version == whole.version


def test_a_model_without_its_tokenizer_or_with_a_damaged_graph_is_refused(
    settings: TrainSettings, files: TrainFiles
) -> None:
    train(replace(settings, epochs=1), files, Watcher())
    (files.output_dir / "tokenizer.json").rename(files.output_dir / "gone")
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        served(files.output_dir)
    (files.output_dir / "gone").rename(files.output_dir / "tokenizer.json")
    (files.output_dir / "model.onnx").write_bytes(b"broken")
    with pytest.raises(ModelError, match=r"model\.onnx"):
        served(files.output_dir)


@pytest.mark.parametrize("name", list(Optimizer))
def test_every_optimiser_makes_the_loss_smaller(
    name: Optimizer, settings: TrainSettings, files: TrainFiles, tiny_base: Path
) -> None:
    data = read_training(files, False, 1)
    base = find_base(str(tiny_base), files.output_dir, accept_licence=False)
    model = new_classifier(base, 3, 1)
    parts = tuple(loop.part(one, pieces_of(one, base, 40), 3) for one in (data.train, data.dev))
    trainer = loop.Trainer(
        replace(settings, optimizer=name, epochs=2), data, model, parts, lambda scores: float(-scores.std())  # type: ignore[arg-type]  # two of them
    )  # fmt: skip
    points = trainer.run(files.output_dir, lambda status: None, resume=False)
    assert points[1].loss < points[0].loss


def test_lamb_is_adamws_step_at_the_length_of_the_weights() -> None:
    weight = torch.nn.Parameter(torch.tensor([3.0, 4.0]))
    lamb = Lamb([weight], lr=0.1, eps=0.0)
    weight.grad = torch.tensor([1.0, -2.0])
    lamb.step()
    # the first step of Adam is the gradient's sign, of length √2; scaled to ‖w‖ = 5, times the rate
    step = torch.tensor([1.0, -1.0]) * 5 / 2**0.5 * 0.1
    torch.testing.assert_close(weight.data, torch.tensor([3.0, 4.0]) - step)


def test_pairs_are_cut_at_the_longer_text(tiny_base: Path, tmp_path: Path) -> None:
    from chatbot.predict.nlp.pieces import pieces

    tokenizer = find_base(str(tiny_base), tmp_path, accept_licence=False).tokenizer
    for first, second, lengths in (
        ("多" * 30, "车" * 4, (13, 4)),
        ("多" * 4, "车" * 30, (4, 13)),
        ("多" * 30, "车" * 30, (9, 8)),
    ):
        found = pieces(tokenizer, first, second, 20)
        assert len(found.ids) == 20
        assert (found.types.count(0) - 2, found.types.count(1) - 1) == lengths
    assert len(pieces(tokenizer, "多" * 30, "", 20).ids) == 20


def test_no_processor_can_saturate_the_products_of_the_served_weights(
    settings: TrainSettings, files: TrainFiles
) -> None:
    """Without VNNI two products of a byte and a weight are added in 16 bits."""
    import onnx  # optional, skipped above

    train(replace(settings, epochs=1), files, Watcher())
    graph = onnx.load(str(files.output_dir / ONNX_FILE)).graph
    made = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    products = [made[node.input[1]] for node in graph.node if node.op_type == "MatMulIntegerToFloat"]
    assert len(products) >= 6
    for weights in products:
        assert weights.dtype == np.int8
        assert 2 * 255 * int(np.abs(weights.astype(np.int16)).max()) < 2**15


def test_nothing_is_measured_while_serving_and_every_bias_is_part_of_its_product(
    settings: TrainSettings, files: TrainFiles
) -> None:
    import onnx  # optional, skipped above

    train(replace(settings, epochs=1), files, Watcher())
    graph = onnx.load(str(files.output_dir / ONNX_FILE)).graph
    assert not {"ReduceMax", "DynamicQuantizeLinear"} & {node.op_type for node in graph.node}
    products = [node for node in graph.node if node.op_type == "MatMulIntegerToFloat"]
    assert all(len(node.input) == 7 and node.input[6] for node in products)
