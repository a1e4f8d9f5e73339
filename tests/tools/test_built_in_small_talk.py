from chatbot.faq_modules.choice_file import EVIDENCE_FILE, read_dual
from chatbot.faq_modules.corpus import build_corpus
from chatbot.faq_modules.dataset import load_dataset
from chatbot.knowledge_source import SMALL_TALK
from tools.index.small_talk import fitted


def test_what_is_shipped_beside_the_small_talk_was_fitted_on_it() -> None:
    assert read_dual(SMALL_TALK / EVIDENCE_FILE, build_corpus(load_dataset(SMALL_TALK))) is not None
    assert fitted() is None, "run python -m tools.index.small_talk"
