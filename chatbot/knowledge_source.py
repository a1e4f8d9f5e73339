"""The knowledge base from its files, and the watch that swaps in a new version while turns go on."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from chatbot.answering.knowledge import Knowledge
from chatbot.answering.suggestible import type_ahead_of
from chatbot.answering.type_ahead import LazyTypeAhead
from chatbot.config import EngineConfig
from chatbot.derived import Derived, derived_version
from chatbot.encoders.load import load_encoder
from chatbot.errors import ChatbotError
from chatbot.faq_modules.answers import AnswerBook, load_answers
from chatbot.faq_modules.base import FaqCandidate
from chatbot.faq_modules.dataset import MAP_FILE, FaqDataset, load_dataset, load_label_map
from chatbot.faq_modules.large.files import has_index
from chatbot.faq_modules.opening import open_retriever
from chatbot.faq_modules.related import RelatedQuestions
from chatbot.faq_modules.retrieval import FaqRetriever
from chatbot.file_identity import identities
from chatbot.knowledge_graph.graph import KnowledgeGraph, display_name
from chatbot.knowledge_graph.loader import read_graph_files
from chatbot.knowledge_graph.snapshot import SNAPSHOTS
from chatbot.knowledge_graph.stored_graph import kept_graph
from chatbot.normalization.attribute import AttributeLinker
from chatbot.normalization.entity import EntityLinker
from chatbot.normalization.intent import PhraseIntent
from chatbot.normalization.intent_files import load_intents
from chatbot.normalization.intent_model import IntentRecogniser, check_targets, open_intents
from chatbot.normalization.lexicon import Lexicon, load_lexicon
from chatbot.normalization.pinyin import PinyinDecoder
from chatbot.normalization.reader import Reader
from chatbot.normalization.sold_names import ends_of_names, with_sold_names
from chatbot.planning.build import build_planner, with_generic_words, with_makes
from chatbot.planning.called_so import plain_words
from chatbot.process_memory import nothing_collected
from chatbot.recent import Recent

SMALL_TALK = Path(__file__).parent / "small_talk"
"""What is said to anybody who sells anything; used where the operator has no small talk of their own."""
ASKED_FOR = ("最便宜的{}是哪款", "最贵的{}是哪个", "最大的{}有哪些", "最好的{}多少钱", "有几款{}", "{}有没有")
"""How people ask for what is sold, whatever it is: the pinyin decoder learns these with the operator's words for it."""
CHECK_SECONDS = 1.0
TAUGHT_BY = 20_000
REMEMBERED = 512  # utterances; about 1 MB
_LOG = logging.getLogger("chatbot.knowledge")


@nothing_collected()
def load_knowledge(config: EngineConfig) -> Knowledge:
    """Everything ``config`` names, linked together.

    Raises:
        DataError, ConfigError, StaleIndexError: a file that cannot be used; the message says which and how to mend it.
    """
    graph, derived = _graph(config.knowledge_graph_data_dir, config.lexicon_dir, config.state_dir / SNAPSHOTS)
    lexicon = load_lexicon(config.lexicon_dir)
    encoder = load_encoder(config.feature_generator_model_dir)
    label_map, large = config.faq_query_label_idx_map, has_index(config.pretrained_feature_vectors_path)
    dataset = None if large else load_dataset(config.faq_data_dir, label_map)
    faq = open_retriever(
        config.faq_data_dir,
        encoder,
        label_map=label_map,
        dataset=dataset,
        features=config.pretrained_feature_vectors_path,
        modules=config.faq_modules,
    )
    talk_folder = config.chitchat_data_dir or SMALL_TALK
    talk = load_dataset(talk_folder)
    reader = build_reader(graph, lexicon, _how_people_ask(faq, dataset), config.lexicon_dir, derived)
    planner = build_planner(graph, reader, lexicon, config.lexicon_dir, derived)
    derived.save()
    questions = dataset.questions if dataset else load_label_map(label_map or config.faq_data_dir / MAP_FILE)
    answers = load_answers(config.faq_data_dir, questions)
    talk_answers = load_answers(talk_folder, talk.questions)
    return Knowledge(
        version=_version(graph.version, faq.version, *_fingerprints(config)),
        graph=graph,
        reader=reader,
        planner=planner,
        faq=Remembering(faq),
        answers=answers,
        small_talk=Remembering(open_retriever(talk_folder, encoder, dataset=talk, respells=False)),
        small_talk_answers=talk_answers,
        handoff=PhraseIntent(lexicon.handoff),
        cancel=PhraseIntent(lexicon.cancel),
        examples=lexicon.examples or _examples(graph, faq),
        type_ahead=LazyTypeAhead(
            partial(type_ahead_of, questions, dataset.paraphrases if dataset else (), graph)
        ),
        intents=_intents(config.intents_dir, answers, talk_answers) if config.intents_dir else None,
        related=RelatedQuestions(faq),
    )


def _graph(folder: Path, lexicon_dir: Path | None, root: Path | None) -> tuple[KnowledgeGraph, Derived]:
    """The graph, and what was worked out of it, of the lexicons and by this code before: kept in ``root``."""
    files = read_graph_files(folder)
    if root is None:
        return files.graph(), Derived()
    derived = Derived(root, derived_version(files.version, lexicon_dir))
    return kept_graph(derived, files.version, files.graph), derived


def _intents(folder: Path, faq: AnswerBook, small_talk: AnswerBook) -> IntentRecogniser:
    """The operator's intents, each of which leads somewhere.

    Raises:
        DataError, StaleIndexError, ModelError: a fault in the files, or they were not trained.
    """
    intents = load_intents(folder)
    for fault in check_targets(intents, tuple(faq.questions), tuple(small_talk.questions)):
        raise fault
    return open_intents(intents)


def _how_people_ask(faq: FaqRetriever, dataset: FaqDataset | None) -> list[str]:
    """The paraphrases; of a large FAQ, which is not read as a whole, ``TAUGHT_BY`` spread over it."""
    if dataset is not None:
        return [paraphrase.text for paraphrase in dataset.paraphrases]
    texts = faq.corpus.originals
    return list(texts[:: max(1, len(texts) // TAUGHT_BY)])


@nothing_collected()
def graph_knowledge(folder: Path, lexicon_dir: Path | None, snapshots: Path | None = None) -> Knowledge:
    """A knowledge base of a graph and lexicons alone: no FAQ, no small talk.

    ``snapshots`` holds what was worked out before (``None``: all of it anew, in memory).

    Raises:
        DataError: a file that cannot be used.
    """
    graph, derived = _graph(folder, lexicon_dir, snapshots)
    lexicon = load_lexicon(lexicon_dir)
    reader = build_reader(graph, lexicon, [], lexicon_dir, derived)
    planner = build_planner(graph, reader, lexicon, lexicon_dir, derived)
    derived.save()
    return Knowledge(
        version=graph.version,
        graph=graph,
        reader=reader,
        planner=planner,
        faq=_Silent(),
        answers=_Unwritten(),
        small_talk=_Silent(),
        small_talk_answers=_Unwritten(),
        handoff=PhraseIntent(lexicon.handoff),
        cancel=PhraseIntent(lexicon.cancel),
        examples=lexicon.examples,
    )


class Remembering:
    """A retriever that keeps its last answers: chips and popular questions come again and again, in many courtesies.

    One for each knowledge version, so nothing outlives the data it came from.
    """

    def __init__(self, retriever: FaqRetriever, size: int = REMEMBERED) -> None:
        self.source = retriever
        self._found: Recent[tuple[str, int], tuple[FaqCandidate, ...]] = Recent(size)

    def retrieve(self, utterance: str, k: int = 10) -> tuple[FaqCandidate, ...]:
        key = self.source.heard(utterance), k
        found = self._found.get(key, None)
        if found is None:
            found = self.source.retrieve_heard(*key)
            self._found.keep(key, found)
        return found

    def knows(self, utterance: str) -> bool:
        return self.source.knows(utterance)

    def may_reach(self, utterance: str, confidence: float) -> bool:
        return self.source.may_reach(self.source.heard(utterance), confidence)


class _Unwritten:
    """No authored answers."""

    def answer_for(self, question: str, entity: str | None) -> None:
        return None

    def entities_answering(self, question: str) -> tuple[()]:
        return ()


class _Silent:
    """No standard questions, or no small talk."""

    def retrieve(self, utterance: str, k: int = 10) -> tuple[()]:
        return ()

    def knows(self, utterance: str) -> bool:
        return False

    def may_reach(self, utterance: str, confidence: float) -> bool:
        return False


def build_reader(
    graph: KnowledgeGraph,
    lexicon: Lexicon,
    texts: list[str],
    folder: Path | None = None,
    derived: Derived | None = None,
) -> Reader:
    """The linkers over one graph; ``texts`` teach the pinyin decoder how people ask."""
    aliases = with_makes(graph, with_sold_names(graph, lexicon, derived), folder)
    ends = ends_of_names(graph, lexicon.products)
    synonyms = with_generic_words(graph, lexicon.attribute_synonyms, derived)
    attributes = AttributeLinker(graph.tree, synonyms, derived)
    entities = EntityLinker(graph, aliases, derived, plain_words(), ends, attributes.aliases)
    asked = [form.format(word) for word in lexicon.products for form in ASKED_FOR]
    decoder = PinyinDecoder(
        [*texts, *entities.names, *attributes.names, *lexicon.question_words, *asked],
        attributes.names,
        derived,
    )
    return Reader(entities, attributes, decoder, lexicon, derived)


def _examples(graph: KnowledgeGraph, faq: FaqRetriever) -> tuple[str, ...]:
    """Three questions that this knowledge base answers: a value, and two standard questions."""
    entity = graph.entities[0]
    path = next(iter(entity.telling_leaves), None)
    value = [f"{graph.short_names[entity.name]}的{display_name(path[-1])}"] if path else []
    return tuple([*value, *reversed(faq.questions[-2:])])[:3]


def _fingerprints(config: EngineConfig) -> list[str]:
    """Content hashes of the small files a reply may rest on: answers, small talk, lexicons."""
    folders = [
        config.faq_data_dir / "answers",
        config.chitchat_data_dir,
        config.lexicon_dir,
        config.intents_dir,
    ]
    files = (file for folder in folders if folder for file in sorted(folder.rglob("*")) if file.is_file())
    return [f"{file.name}:{hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files]


def _version(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


class KnowledgeSource:
    """Gives the current version; looks for a new one at most every ``CHECK_SECONDS``, in the background.

    A turn that has begun keeps the version it has. A version that cannot be loaded is logged and the old one stays.
    """

    def __init__(self, load: Callable[[], Knowledge], watched: tuple[Path, ...]) -> None:
        self._load, self._watched = load, watched
        self._stamp = self._look()
        self._current = load()
        self._next_check = time.monotonic() + CHECK_SECONDS
        self._reloading = threading.Lock()
        self.last_error: str | None = None

    def current(self) -> Knowledge:
        """The version that answers now; never waits for a reload."""
        if time.monotonic() >= self._next_check and self._reloading.acquire(blocking=False):
            self._next_check = time.monotonic() + CHECK_SECONDS
            stamp = self._look()
            if stamp == self._stamp:
                self._reloading.release()
            else:
                threading.Thread(
                    target=self._reload, args=(stamp,), name="knowledge-reload", daemon=True
                ).start()
        return self._current

    def _reload(self, stamp: tuple[object, ...]) -> None:
        try:
            self._current = self._load()
            self.last_error = None
            _LOG.info("knowledge base %s is live", self._current.version)
        except ChatbotError as error:
            self.last_error = error.message
            _LOG.error("the new knowledge base is not usable, the old one stays: %s", error.message)
        finally:
            self._stamp = stamp
            self._reloading.release()

    def _look(self) -> tuple[object, ...]:
        return identities(self._watched)
