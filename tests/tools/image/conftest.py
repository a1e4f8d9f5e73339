"""The model of these tests, known by its entry point while they run."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.image.fakes import installed


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A model directory whose processor is installed; tells red pictures from blue ones."""
    folder = installed(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path / "package"))
    yield folder
    sys.modules.pop("colours_model", None)
