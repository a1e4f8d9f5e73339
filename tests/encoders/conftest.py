from pathlib import Path

import pytest

from tools.train_two_tower.ngram_base import untrained_from_texts, write_ngram

SENTENCES = [
    "标准续航升级版的变速箱是什么类型",
    "这车的续航里程有多少",
    "多少钱",
    "空调怎么样",
    "wifi能用吗",
    "abc123怎么看",
    "这车能飞吗",
]


@pytest.fixture(scope="session")
def ngram_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ngram")
    write_ngram(untrained_from_texts(SENTENCES, dimension=32), folder)
    return folder
