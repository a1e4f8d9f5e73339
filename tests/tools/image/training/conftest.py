"""Small sets of drawn shapes, and settings of runs that take a second."""

from pathlib import Path

import pytest

from tools.image.settings import Decay, Optimizer, TrainFiles, TrainSettings
from tools.image.shapes import write_shapes


@pytest.fixture(scope="session")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``train``, ``dev``, ``test`` with 12, 6, 6 pictures of each shape."""
    folder = tmp_path_factory.mktemp("shapes")
    for seed, (part, each) in enumerate({"train": 12, "dev": 6, "test": 6}.items()):
        write_shapes(folder / part, each, side=32, seed=seed)
    return folder


@pytest.fixture
def files(shapes: Path, tmp_path: Path) -> TrainFiles:
    return TrainFiles(shapes / "train", shapes / "dev", tmp_path / "model")


@pytest.fixture
def settings() -> TrainSettings:
    return TrainSettings(
        backbone="mobilenet_v1_025",
        image_size=32,
        use_pretrained_model=False,
        optimizer=Optimizer.ADAM,
        initial_learning_rate=3e-3,
        lr_decay=Decay.COSINE,
        train_batch_size=16,
        num_epochs=3,
        ema=0.5,
    )
