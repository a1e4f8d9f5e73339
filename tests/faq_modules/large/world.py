"""A synthesised FAQ without files."""

from pathlib import Path

from chatbot.faq_modules.corpus import Corpus, build_corpus
from chatbot.faq_modules.dataset import FaqDataset, Paraphrase, StandardQuestion
from tools.bench.questions import SyntheticFaq


def corpus_of(faq: SyntheticFaq) -> Corpus:
    """The corpus of ``faq``."""
    questions = tuple(StandardQuestion(label, text) for label, text in enumerate(faq.questions))
    paraphrases = tuple(Paraphrase(text, label) for label, own in enumerate(faq.paraphrases) for text in own)
    return build_corpus(FaqDataset(Path("none"), questions, paraphrases))
