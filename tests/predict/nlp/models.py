"""A small *fast* model whose every weight is known."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from chatbot.classifying.linear import Vocabulary, save_linear
from chatbot.classifying.ngrams import read_ngrams
from chatbot.classifying.scoring import Calibration
from chatbot.predict.nlp.classifier_card import ClassifierCard, write_classifier

CARD = ClassifierCard("fast", ("价格", "续航", "保养"), calibration=Calibration(slope=2.0, scale=3.0))
FIRSTS = ("价多少钱贵", "续航公里远", "保养修")
"""For each label, the characters that speak for it."""
SECONDS = ("钱", "电", "油")


def fast_model(folder: Path, card: ClassifierCard = CARD) -> ClassifierCard:
    """Write the model whose scores are shares of the characters that speak for a label."""
    folder.mkdir(parents=True, exist_ok=True)
    keys, rows = [], []
    for label in range(3):
        for namespace, text in ((0, FIRSTS[label]), (1, SECONDS[label])):
            for key in read_ngrams(list(text), 1, namespace).keys:
                keys.append(key)
                rows.append(np.eye(3, dtype=np.float32)[label])
    order = np.argsort(np.array(keys, dtype=np.uint64))
    vocabulary = Vocabulary(np.array(keys, dtype=np.uint64)[order], np.ones(len(keys), dtype=np.float32), 1)
    save_linear(folder, vocabulary, np.stack(rows)[order], np.array([0, 0, -0.1], dtype=np.float32))
    return write_classifier(folder, replace(card, longest=1))
