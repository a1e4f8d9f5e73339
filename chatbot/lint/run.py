"""All checks over one configuration."""

from collections.abc import Sequence
from datetime import date

from chatbot.config import EngineConfig
from chatbot.encoders.load import load_encoder
from chatbot.faq_modules.dataset import load_dataset
from chatbot.knowledge_graph.loader import load_graph
from chatbot.knowledge_graph.units import load_units
from chatbot.lint.answers import ContradictingAnswers, StaleDates, UnansweredQuestions
from chatbot.lint.base import Check, Issue, Subject
from chatbot.lint.files import UnreadFiles
from chatbot.lint.graph import MissingValues, OutlyingValues, UnreachableAttributes
from chatbot.lint.intents import AmbiguousIntents
from chatbot.lint.lexicon import DeadSynonyms
from chatbot.lint.paraphrases import DuplicateParaphrases, NearParaphrases
from chatbot.lint.pictures import UnknownPictureNames
from chatbot.lint.risk import RiskyAnswers
from chatbot.normalization.lexicon import load_lexicon


def checks() -> tuple[Check, ...]:
    """Every check, in the order in which they are reported."""
    return (
        DuplicateParaphrases(), NearParaphrases(), UnansweredQuestions(), ContradictingAnswers(), StaleDates(),
        MissingValues(), OutlyingValues(), UnreachableAttributes(), DeadSynonyms(), UnreadFiles(), RiskyAnswers(),
        UnknownPictureNames(),
        AmbiguousIntents(),
    )  # fmt: skip


def open_subject(config: EngineConfig, today: date) -> Subject:
    """What the checks look at.

    Raises:
        DataError, ConfigError: a file that does not load; its own check says so first.
    """
    graph, lexicon = load_graph(config.knowledge_graph_data_dir), load_lexicon(config.lexicon_dir)
    model = config.feature_generator_model_dir
    return Subject(
        config=config,
        dataset=load_dataset(config.faq_data_dir, config.faq_query_label_idx_map),
        graph=graph,
        lexicon=lexicon,
        units=load_units(config.lexicon_dir / "units.txt" if config.lexicon_dir else None),
        encoder=load_encoder(model) if model.is_dir() else None,
        today=today,
    )


def find_issues(config: EngineConfig, today: date, chosen: Sequence[Check] = ()) -> list[Issue]:
    """What is wrong or doubtful in a knowledge base that loads; raises as ``open_subject``."""
    subject = open_subject(config, today)
    return [issue for check in chosen or checks() for issue in check.run(subject)]
