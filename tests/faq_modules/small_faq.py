"""A small FAQ on disk and an encoder that needs no model, for tests of files and indexes."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.lines import file_name

QUESTIONS: Mapping[str, Sequence[str]] = {
    "怎么预约试驾": ("想试驾怎么约", "试驾去哪里报名", "可以约个试驾吗"),
    "首付最低多少": ("首付几成", "最少要付多少首付", "首付要多少"),
}
ANSWERS: Mapping[str, Sequence[str]] = {
    "通用": ("[怎么预约试驾]\t在门店或小程序预约。", "[首付最低多少]\t一般两成起。"),
}


class HashEncoder:
    """Unit vectors out of a hash of the text; counts what it was asked to encode."""

    def __init__(self, seed: str = "one", dimension: int = 8) -> None:
        self._seed, self._dimension = seed, dimension
        self.encoded: list[str] = []

    @property
    def fingerprint(self) -> str:
        return f"hash-{self._seed}"

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded.extend(texts)
        rows = [self._vector(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), self._dimension)

    def _vector(self, text: str) -> NDArray[np.float32]:
        digest = hashlib.sha256(f"{self._seed}{text}".encode()).digest()
        raw = np.frombuffer(digest[: self._dimension], dtype=np.uint8).astype(np.float64) - 127.5
        return (raw / np.linalg.norm(raw)).astype(np.float32)


def write_faq(
    folder: Path,
    questions: Mapping[str, Sequence[str]] = QUESTIONS,
    answers: Mapping[str, Sequence[str]] = ANSWERS,
) -> Path:
    """The FAQ folder of the contract."""
    (folder / "questions").mkdir(parents=True)
    (folder / "answers").mkdir()
    rows = "".join(f"{question}\t{label}\n" for label, question in enumerate(questions))
    (folder / "query_label_idx_map.txt").write_text(rows)
    for question, paraphrases in questions.items():
        (folder / "questions" / file_name(question)).write_text("\n".join(paraphrases) + "\n")
    for entity, lines in answers.items():
        (folder / "answers" / file_name(entity)).write_text("\n".join(lines) + "\n")
    return folder


def write_config(folder: Path, model_dir: Path) -> Path:
    """A configuration over the FAQ and one car."""
    write_faq(folder / "faq")
    graph = folder / "graph"
    graph.mkdir()
    entity = {"实体": {"名称": "甲牌 甲系 标准版", "关键词": "甲牌|甲系|标准版"}, "属性": {"报价": "1万"}}
    (graph / "甲.json").write_text(json.dumps(entity, ensure_ascii=False))
    settings = {
        "faq_data_dir": "faq",
        "knowledge_graph_data_dir": "graph",
        "feature_generator_model_dir": str(model_dir),
    }
    config = folder / "config.json"
    config.write_text(json.dumps(settings))
    return config
