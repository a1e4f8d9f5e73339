"""Small labelled files: what a sentence is about can be seen in its words."""

import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizerFast

WORDS = {
    "价格": ("多少钱", "价格", "贵不贵", "优惠", "落地"),
    "续航": ("续航", "多少公里", "电池", "能跑多远", "充电"),
    "保养": ("保养", "换机油", "修车", "多久保养", "保修"),
}
FILLERS = ("请问", "这车", "那个", "一般", "现在", "大概", "呢", "吗")
Write = Callable[..., Path]


def sentences(count: int, seed: int) -> list[tuple[str, str]]:
    rng, found = random.Random(seed), []
    for number in range(count):
        label = sorted(WORDS)[number % 3]
        parts = [*rng.sample(FILLERS, 2), *rng.sample(WORDS[label], 2), str(rng.randint(1, 99))]
        rng.shuffle(parts)
        found.append(("".join(parts), label))
    return found


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_csv(
        name: str, rows: Sequence[Sequence[str]], header: Sequence[str] = ("sentence", "label")
    ) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    return write_csv


@pytest.fixture
def train_file(write: Write) -> Path:
    return write("train.csv", sentences(150, 1))


@pytest.fixture
def dev_file(write: Write) -> Path:
    return write("dev.csv", sentences(60, 2))


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one layer with random weights, as a base directory."""
    folder = tmp_path_factory.mktemp("base")
    texts = [*FILLERS, "0123456789", *(word for words in WORDS.values() for word in words)]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted({char for text in texts for char in text})]
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 48}
    config = BertConfig(vocab_size=len(words), max_position_embeddings=64, **shape)
    BertModel(config).save_pretrained(folder)
    BertTokenizerFast(vocab={word: at for at, word in enumerate(words)}).save_pretrained(folder)
    return folder
