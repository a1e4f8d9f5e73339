"""The composition root: the only file that names concrete stores, states and observers."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from chatbot.answering.knowledge import Knowledge
from chatbot.backends.handoff import HandoffWebhook
from chatbot.bad_cases import BadCaseLog
from chatbot.config import EngineConfig
from chatbot.conversation import Conversation, TurnObserver
from chatbot.dialog.machine import DialogMachine
from chatbot.dialog.state import DialogSettings, Hearing, State
from chatbot.dialog.states.answering import AnsweringState
from chatbot.dialog.states.chitchat import ChitchatState
from chatbot.dialog.states.exception import ExceptionState
from chatbot.dialog.states.normalization import NormalizationState
from chatbot.dialog.states.question_intake import QuestionIntakeState
from chatbot.errors import SessionStoreUnavailableError
from chatbot.knowledge_source import KnowledgeSource, load_knowledge
from chatbot.learning.layout import Layout
from chatbot.learning.replay import Replayer
from chatbot.learning.versions import Versions
from chatbot.publish_lock import reading
from chatbot.service import Tally
from chatbot.session.base import Memory
from chatbot.session.connect import RedisSettings
from chatbot.session.open_store import open_session_store
from chatbot.session.resilient_store import ClosableSessionStore
from chatbot.store.recorder import TurnRecorder

_WARM_UP = ("您好", "這個多少錢", "xu hang duo shao")


class ChatbotService:
    """The ``ChatService`` put together from a configuration."""

    def __init__(
        self,
        conversation: Conversation,
        source: KnowledgeSource,
        sessions: ClosableSessionStore,
        recorder: TurnRecorder | None,
    ) -> None:
        self._conversation, self._source, self._sessions = conversation, source, sessions
        self._recorder = recorder
        self.turn, self.explained = conversation.turn, conversation.explained

    @property
    def kb_version(self) -> str:
        return self._source.current().version

    def readiness(self) -> Mapping[str, str | None]:
        """``index`` and ``graph`` are ready once loaded; ``redis`` when it answers."""
        try:
            self._sessions.ping()
            redis = None
        except SessionStoreUnavailableError as error:
            redis = error.message
        return {"index": self._source.last_error, "graph": self._source.last_error, "redis": redis}

    def report_to(self, tally: Tally) -> None:
        if self._recorder:
            self._recorder.writer.tally = tally

    def close(self) -> None:
        if self._recorder:
            self._recorder.close()
        self._sessions.close()


def build_service(config: EngineConfig) -> ChatbotService:
    """A service ready to talk. The embedded Redis is running when this returns.

    Raises:
        ConfigError, DataError, StaleIndexError: what is wrong, where, and the way out.
    """
    Versions(Layout(config)).finish_interrupted()
    source = KnowledgeSource(partial(load_warm, config), watched_paths(config))
    sessions = open_session_store(redis_settings(config), ttl_seconds=config.session_ttl_seconds)
    recorder = TurnRecorder(config) if config.store_turns else None
    observers = (*build_observers(config), *((recorder,) if recorder else ()))
    conversation = Conversation(build_machine(), sessions, source.current, dialog_settings(config), observers)
    return ChatbotService(conversation, source, sessions, recorder)


def load_warm(config: EngineConfig) -> Knowledge:
    """The knowledge base after a few turns of its own, so that the first user waits for no table made on demand.

    Raises:
        ConfigError, DataError, StaleIndexError: as ``load_knowledge``.
    """
    with reading(config.versions_dir):
        knowledge = load_knowledge(config)
    machine, settings = build_machine(), dialog_settings(config)
    for said in (*knowledge.examples, *_WARM_UP):
        machine.step(Memory(), Hearing(said, knowledge, settings))
    return knowledge


def open_replayer(config: EngineConfig) -> Replayer:
    """Plays stored turns over the knowledge base of ``config``.

    Raises:
        ConfigError, DataError, StaleIndexError: as ``load_knowledge``.
    """
    with reading(config.versions_dir):
        knowledge = load_knowledge(config)
    return Replayer(build_machine(), knowledge, dialog_settings(config))


def build_machine() -> DialogMachine:
    """The five states by name."""
    states: tuple[State, ...] = (
        ChitchatState(),
        QuestionIntakeState(),
        NormalizationState(),
        AnsweringState(),
        ExceptionState(),
    )
    return DialogMachine({state.name: state for state in states})


def build_observers(config: EngineConfig) -> tuple[TurnObserver, ...]:
    """The bad-case log always; the handoff webhook when one is configured."""
    log = BadCaseLog(config.bad_case_log)
    return (log, HandoffWebhook(config.handoff_webhook)) if config.handoff_webhook else (log,)


def dialog_settings(config: EngineConfig) -> DialogSettings:
    """The part of the configuration the dialogue goes by."""
    return DialogSettings(
        faq_confidence_threshold=config.faq_confidence_threshold,
        chitchat_confidence_threshold=config.chitchat_confidence_threshold,
        faq_candidates=config.faq_candidates,
        max_suggestions=config.max_suggestions,
        handoff_text=config.handoff_text,
    )


def redis_settings(config: EngineConfig) -> RedisSettings:
    """The part of the configuration that says where sessions live."""
    return RedisSettings(
        host=config.redis_host or None,
        port=config.redis_port,
        username=config.redis_username or None,
        password=config.redis_password or None,
        db=config.redis_db,
        tls=config.redis_tls,
        tls_ca_file=str(config.redis_tls_ca_file) if config.redis_tls_ca_file else None,
        sentinels=tuple(str(address) for address in config.redis_sentinels),
        sentinel_master=config.redis_sentinel_master,
        cluster_nodes=tuple(str(address) for address in config.redis_cluster_nodes),
        state_dir=config.state_dir / "redis",
    )


def watched_paths(config: EngineConfig) -> tuple[Path, ...]:
    """What ``rebuild-index`` or ``publish`` writes last: when it changes, a new version is loaded."""
    return (config.pretrained_feature_vectors_path, config.versions_dir / "current")
