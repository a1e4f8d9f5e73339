"""The transformer that is fine-tuned: a base's encoder, mean pooling, dropout and a linear head."""

import inspect
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from chatbot.errors import ConfigError, DataError
from chatbot.predict.nlp.pieces import TOKENIZER_FILE, Pieces, load_tokenizer, pieces
from tools.text.data import Example
from tools.train_two_tower.m3e import m3e_small

M3E = "m3e-small"
_MASK = "[MASK]"


class WordDropout(nn.Module):
    """While learning, hides a share of the word pieces behind the base's own mask; marks and padding stay.

    Short texts are learnt by heart in an epoch or two: a model that never sees the same words twice is kept from it
    (Gal & Ghahramani, NeurIPS 2016, section 4.2).
    """

    def __init__(self, share: float, mask: int, marks: Sequence[int]) -> None:
        super().__init__()
        self.share, self.mask = share, mask
        self.register_buffer("marks", torch.tensor(sorted(marks)), persistent=False)

    def forward(self, ids: Tensor) -> Tensor:
        if not self.training or not self.share:
            return ids
        hidden = torch.rand(ids.shape, device=ids.device) < self.share
        return ids.masked_fill(hidden & ~torch.isin(ids, self.get_buffer("marks")), self.mask)


class Classifier(nn.Module):
    """Scores (n, labels) of word pieces (n, length); padding is masked."""

    def __init__(self, base: nn.Module, width: int, labels: int, words: nn.Module | None = None) -> None:
        super().__init__()
        self.words = words or nn.Identity()
        self.base = base
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(width, labels)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self.typed = "token_type_ids" in inspect.signature(base.forward).parameters

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        types = {"token_type_ids": token_type_ids} if self.typed else {}
        hidden = self.base(
            input_ids=self.words(input_ids), attention_mask=attention_mask, **types
        ).last_hidden_state
        mask = attention_mask.unsqueeze(1).to(hidden.dtype)
        # a product, not a sum: ONNX Runtime sums one text in another order than several
        pooled = torch.bmm(mask / mask.sum(-1, keepdim=True), hidden).squeeze(1)
        scores: Tensor = self.head(self.dropout(pooled))
        return scores


@dataclass(frozen=True, slots=True)
class Base:
    """A base as it lies on disk."""

    folder: Path
    tokenizer: Tokenizer
    most_pieces: int


def find_base(named: str, output_dir: Path, *, accept_licence: bool) -> Base:
    """The base called ``named`` (``m3e-small`` or a directory); its tokenizer is put into ``output_dir``.

    Raises:
        ConfigError: no such base, or its licence was not accepted.
        DataError: it is damaged.
    """
    if not named:
        raise ConfigError(
            "--algorithm precise 要一个底座 → --pretrain-model-name-or-path m3e-small，或一个模型目录"
        )
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    folder = m3e_small(accept_licence=accept_licence) if named == M3E else Path(named)
    if not folder.is_dir():
        raise ConfigError(
            f"--pretrain-model-name-or-path {named}: 没有这个目录 → 写 {M3E}，或先把底座存到本地"
        )
    output_dir.mkdir(parents=True, exist_ok=True)
    try:
        _write_tokenizer(folder, output_dir)
        config = AutoModel.from_pretrained(folder, local_files_only=True).config
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise DataError(folder, f"不是 transformers 能读的底座（{error}）", hint="换一个底座目录") from error
    most = int(getattr(config, "max_position_embeddings", 512))
    return Base(folder, load_tokenizer(output_dir), most)


def new_classifier(base: Base, labels: int, seed: int, word_dropout: float = 0.0) -> Classifier:
    """A model with the base's weights and a fresh head, the same for the same seed."""
    torch.manual_seed(seed)
    encoder: Any = AutoModel.from_pretrained(base.folder, local_files_only=True, attn_implementation="eager")
    if getattr(encoder, "pooler", None) is not None:
        encoder.pooler = None  # it would be trained by nothing
    return Classifier(encoder.float(), int(encoder.config.hidden_size), labels, _words(base, word_dropout))


def _words(base: Base, share: float) -> nn.Module | None:
    """Word dropout, if the base knows a mask; without one, what is hidden could not be told from what is not."""
    mask = base.tokenizer.token_to_id(_MASK)
    if mask is None or not share:
        return None
    marks = [number for number, one in base.tokenizer.get_added_tokens_decoder().items() if one.special]
    return WordDropout(share, mask, [*marks, 0])  # what is padded is filled with 0


def pieces_of(examples: Sequence[Example], base: Base, length: int) -> list[Pieces]:
    """The word pieces of each example."""
    return [pieces(base.tokenizer, one.first, one.second, length) for one in examples]


def device_here() -> torch.device:
    """Where a classifier learns: the GPU that torch sees, else the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def padded(batch: Sequence[Pieces], device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, mask and types (n, longest), on ``device``."""
    longest = max(len(one.ids) for one in batch)
    ids, mask, types = (torch.zeros(len(batch), longest, dtype=torch.long) for _ in range(3))
    for row, one in enumerate(batch):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        types[row, : len(one.types)] = torch.tensor(one.types)
        mask[row, : len(one.ids)] = 1
    return ids.to(device), mask.to(device), types.to(device)


def _write_tokenizer(folder: Path, output_dir: Path) -> None:
    if (folder / TOKENIZER_FILE).is_file():
        shutil.copyfile(folder / TOKENIZER_FILE, output_dir / TOKENIZER_FILE)
        return
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, use_fast=True)
    tokenizer.backend_tokenizer.save(str(output_dir / TOKENIZER_FILE))
