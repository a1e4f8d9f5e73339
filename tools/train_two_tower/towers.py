"""What is trained: a tower turns sentences into unit vectors with gradients, and is written as a model directory."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from chatbot.encoders.ngram import Images, tokens
from tools.train_two_tower.ngram_base import NgramBase, write_ngram

ROW_STEP = (
    1000.0  # learning rate of n-gram rows, in units of --learning-rate (which is in a transformer's scale)
)
_ENCODE_BATCH = 256


class Tower(Protocol):
    """One side of the two towers.

    Promises: ``embed`` gives unit vectors (n, dimension) with gradients; ``write`` makes a standard
    sentence-transformers directory; ``state_dict`` holds all that training changes.
    """

    def embed(self, texts: Sequence[str]) -> Tensor: ...

    def parameter_groups(self, learning_rate: float) -> list[dict[str, object]]: ...

    def state_dict(self) -> dict[str, Tensor]: ...

    def load_state_dict(self, state: Mapping[str, Tensor]) -> object: ...

    def write(self, model_dir: Path, notes: Mapping[str, str]) -> None: ...


class NgramTower(nn.Module):
    """The n-gram encoder under training: only the rows of n-grams that the training sentences hold are learned."""

    def __init__(self, base: NgramBase, texts: Sequence[str]) -> None:
        super().__init__()
        self._base = base
        self._images = Images(token for token in base.vocabulary if len(token) == 1)
        place = {token: at for at, token in enumerate(base.vocabulary)}
        seen = sorted({place[t] for text in texts for t in tokens(text, self._images) if t in place})
        self._learned = np.array(seen, dtype=np.int64)
        self._row_of = {base.vocabulary[at]: row for row, at in enumerate(seen)}
        self.rows = nn.Parameter(torch.from_numpy(base.rows[self._learned].copy()))
        self._ids: dict[str, list[int]] = {}

    def embed(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors of normalised ``texts``; rows that are not learned count for nothing here."""
        ids = [self._known(text) for text in texts]
        starts = np.cumsum([0, *(len(each) for each in ids[:-1])])
        flat = torch.tensor([one for each in ids for one in each], dtype=torch.long)
        total = nn.functional.embedding_bag(flat, self.rows, torch.from_numpy(starts), mode="sum")
        return nn.functional.normalize(total, dim=1)

    def parameter_groups(self, learning_rate: float) -> list[dict[str, object]]:
        """One group: the rows, at ``ROW_STEP`` times the learning rate."""
        return [{"params": [self.rows], "lr": learning_rate * ROW_STEP, "weight_decay": 0.0}]

    def merged(self) -> NgramBase:
        """The base with the learned rows in their places."""
        rows = self._base.rows.copy()
        rows[self._learned] = self.rows.detach().numpy()
        return NgramBase(self._base.vocabulary, rows)

    def write(self, model_dir: Path, notes: Mapping[str, str]) -> None:
        """Writes the merged rows as int8."""
        write_ngram(self.merged(), model_dir, notes)

    def _known(self, text: str) -> list[int]:
        found = self._ids.get(text)
        if found is None:
            found = [row for t in tokens(text, self._images) if (row := self._row_of.get(t)) is not None]
            self._ids[text] = found
        return found


def encode(tower: Tower, texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors (n, dimension) without gradients."""
    with torch.no_grad():
        parts = [
            tower.embed(texts[at : at + _ENCODE_BATCH]).cpu() for at in range(0, len(texts), _ENCODE_BATCH)
        ]
    return torch.cat(parts).numpy() if parts else np.zeros((0, 0), dtype=np.float32)
