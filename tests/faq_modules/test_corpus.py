"""The corpus of a FAQ, and what is taken over from the one before."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from chatbot.faq_modules import corpus as corpus_module
from chatbot.faq_modules.corpus import Corpus, build_corpus
from chatbot.faq_modules.dataset import FaqDataset, Paraphrase, StandardQuestion
from chatbot.normalization.text import normalize


def _dataset(*questions: tuple[int, str, Sequence[str]]) -> FaqDataset:
    return FaqDataset(
        Path(),
        tuple(StandardQuestion(label, text) for label, text, _ in questions),
        tuple(Paraphrase(text, label) for label, _, texts in questions for text in texts),
    )


def _columns(corpus: Corpus) -> tuple[object, ...]:
    return corpus.questions, corpus.labels, corpus.texts, corpus.originals, corpus.owners.tolist()


@pytest.mark.parametrize(
    "questions",
    [
        [(3, "退車", ["退车", "怎么退车", "怎麼退車"]), (1, "ＡＢ", ["ab", "甲"])],
        [(3, "退車", ["退车", "怎么退车", "怎麼退車", "新的"]), (1, "ＡＢ", ["ab", "甲"])],
        [(1, "ＡＢ", ["ab", "甲"]), (3, "退车", ["怎么退车"])],
        [(3, "另名", ["怎么退车"]), (7, "又一个", ["甲", "又一个"])],
    ],
    ids=["the same", "one more", "moved and shorter", "others"],
)
def test_what_is_taken_over_gives_the_same_corpus(questions: list[tuple[int, str, Sequence[str]]]) -> None:
    before = build_corpus(_dataset((3, "退車", ["退车", "怎么退车", "怎麼退車"]), (1, "ＡＢ", ["ab", "甲"])))
    dataset = _dataset(*questions)
    assert _columns(build_corpus(dataset, {}, before)) == _columns(build_corpus(dataset))


def test_a_standard_question_that_is_as_it_was_is_taken_over_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    before = build_corpus(_dataset((1, "退车", ["怎么退车"]), (2, "换车", ["怎么換车"])))
    asked: list[str] = []
    monkeypatch.setattr(corpus_module, "normalize", lambda text: asked.append(text) or normalize(text))
    build_corpus(
        _dataset((1, "退车", ["怎么退车"]), (2, "换车", ["怎么換车", "新的", "新來的"])),
        {"新的": "新的"},
        before,
    )
    assert asked == ["新來的"]
