"""The composition root: the only file that names concrete stores, states and observers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from chatbot.accounts.edge import Edge
from chatbot.accounts.identity import Identity
from chatbot.accounts.staff import Staff
from chatbot.answering.knowledge import Knowledge
from chatbot.answering.type_ahead import Suggestion
from chatbot.backends.around import Backends
from chatbot.backends.handoff import HandoffWebhook
from chatbot.bad_cases import BadCaseLog
from chatbot.config import EngineConfig
from chatbot.conversation import Conversation, TurnObserver
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.dialog.machine import DialogMachine
from chatbot.dialog.state import State
from chatbot.dialog.states.answering import AnsweringState
from chatbot.dialog.states.chitchat import ChitchatState
from chatbot.dialog.states.exception import ExceptionState
from chatbot.dialog.states.normalization import NormalizationState
from chatbot.dialog.states.question_intake import QuestionIntakeState
from chatbot.errors import SessionStoreUnavailableError, StoreUnavailableError
from chatbot.handoff.configured import handoff_outbox, handoff_target, transcript
from chatbot.handoff.handed_over import HandedOver
from chatbot.knowledge_source import KnowledgeSource, load_knowledge
from chatbot.learning.layout import Layout
from chatbot.learning.versions import Versions
from chatbot.messages import SENSITIVE
from chatbot.publish_lock import reading
from chatbot.reply import Message, Reply
from chatbot.security.credentials import new_token
from chatbot.service import Tally
from chatbot.session.base import Memory
from chatbot.session.connect import RedisSettings
from chatbot.session.open_store import open_rate_limiter, session_store_beside
from chatbot.session.resilient_store import ClosableSessionStore
from chatbot.store.base import InboxStore
from chatbot.store.first_look import SQLITE_FILE, has_no_users
from chatbot.store.pii import Masker
from chatbot.store.recorder import TurnRecorder

if TYPE_CHECKING:
    from chatbot.learning.desk import Desk
    from chatbot.learning.replay import Replayer
    from chatbot.store.sql_store import SqlStore
    from chatbot.web.admin.promises import Console, Latency, OpenConsole

_WARM_UP = ("您好", "這個多少錢", "xu hang duo shao")


class ChatbotService:
    """The ``ChatService`` put together from a configuration."""

    def __init__(
        self,
        conversation: Conversation,
        source: KnowledgeSource,
        sessions: ClosableSessionStore,
        recorder: TurnRecorder | None,
        backends: Backends,
        reload_error: Callable[[], str | None],
    ) -> None:
        self._conversation, self._source, self._sessions = conversation, source, sessions
        self._recorder, self.backends, self._reload_error = recorder, backends, reload_error
        self.turn: Callable[[Message], Reply] = conversation.turn
        self.explained, self.unobserved = conversation.explained, conversation.unobserved
        self.knowledge = source.current
        self.handed_over: HandedOver | None = None

    @property
    def kb_version(self) -> str:
        return self._source.current().version

    def suggest(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        ahead = self._source.current().type_ahead
        return ahead.suggest(typed, limit) if ahead else ()

    def readiness(self) -> Mapping[str, str | None]:
        """``index`` and ``graph`` are ready once loaded; ``redis`` when it answers."""
        try:
            self._sessions.ping()
            redis = None
        except SessionStoreUnavailableError as error:
            redis = error.message
        knowledge = self._source.last_error or self._reload_error()
        return {"index": knowledge, "graph": knowledge, "redis": redis}

    def report_to(self, tally: Tally) -> None:
        if self._recorder:
            self._recorder.writer.tally = tally

    def close(self) -> None:
        if self._recorder:
            self._recorder.close()
        self.backends.close()
        self._sessions.close()


def build_service(
    config: EngineConfig, *, reload_error: Callable[[], str | None] | None = None
) -> ChatbotService:
    """A service ready to talk. The embedded Redis is running when this returns.

    It looks for new knowledge by itself, unless a master does that for it and says with ``reload_error`` why the last
    version could not be used.

    Raises:
        ConfigError, DataError, StaleIndexError: what is wrong, where, and the way out.
    """
    Versions(Layout(config)).finish_interrupted()
    with session_store_beside(redis_settings(config), ttl_seconds=config.session_ttl_seconds) as opened:
        source = KnowledgeSource(partial(load_warm, config), () if reload_error else watched_paths(config))
        sessions = opened()
    recorder = TurnRecorder(config) if config.store_turns else None
    observers = (*build_observers(config), *((recorder,) if recorder else ()))
    conversation = Conversation(build_machine(), sessions, source.current, dialog_settings(config), observers)
    backends = Backends(config, source.current)
    service = ChatbotService(
        conversation, source, sessions, recorder, backends, reload_error or (lambda: None)
    )
    if config.store_turns:
        service.handed_over = build_handed_over(config)
        service.turn = service.handed_over.watched(service.turn)
    service.turn = backends.around(service.turn)
    if config.sensitive_words:
        from chatbot.sensitive_words import checked_turn, load_sensitive_words  # most have no such list

        check = load_sensitive_words(config.sensitive_words)
        service.turn = checked_turn(service.turn, check, SENSITIVE)
    service.turn = versioned_turn(service.turn, source.current)
    return service


def versioned_turn(
    turn: Callable[[Message], Reply], knowledge: Callable[[], Knowledge]
) -> Callable[[Message], Reply]:
    """``turn`` whose replies name the knowledge base of the moment, where the dialogue was not asked for them."""

    def versioned(message: Message) -> Reply:
        reply = turn(message)
        return reply if reply.kb_version else replace(reply, kb_version=knowledge().version)

    return versioned


def build_handed_over(config: EngineConfig) -> HandedOver:
    """Who of the customers talks with a person; the store is opened when the first turn asks."""

    def open_inbox() -> InboxStore:
        from chatbot.store.sql_store import open_store  # SQLAlchemy costs 0.3 s; imported beside the turns

        return open_store(config).inbox

    return HandedOver(open_inbox, Masker(config.pii_masks), config.state_dir / "handoff.stamp")


def build_edge(config: EngineConfig, service: ChatbotService, setup_token: str | None = None) -> Edge:
    """Accounts, limits and the operator's desk; nothing is opened or connected before it is needed."""

    @cache
    def store() -> "SqlStore":
        from chatbot.store.sql_store import open_store  # SQLAlchemy costs 0.3 s; most workers see no token

        return open_store(config)

    @cache
    def desk() -> "Desk":
        # what proposes, replays and clusters is loaded with the first request that asks for it
        from chatbot.learning.desk import Desk
        from chatbot.learning.proposals import Proposals
        from chatbot.learning.rebuilding import ToolRebuilder

        proposals = Proposals(config, store(), open_replayer, ToolRebuilder())
        return Desk(config, store(), proposals, service.knowledge)

    limiter = open_rate_limiter(redis_settings(config))
    identity = Identity(store, limiter, config.login_seconds)
    return Edge(identity, Staff(identity, setup_token or new_token()), limiter, desk)


def build_console(config: EngineConfig, service: ChatbotService, edge: Edge) -> "OpenConsole":
    """What makes the console of ``/admin`` when it is first opened; it is given how long turns take."""

    def opened(latency: "Latency") -> "Console":
        # store, learning loop and spreadsheet reader are loaded with the first page someone opens
        from chatbot.learning.proposals import Proposals
        from chatbot.learning.rebuilding import ToolRebuilder
        from chatbot.store.sql_store import open_store
        from chatbot.web.admin.adapters.open import Parts, open_console

        store = open_store(config)
        proposals = Proposals(config, store, open_replayer, ToolRebuilder())
        parts = Parts(store, proposals, edge.staff, service.unobserved(), service.knowledge, latency)
        return open_console(config, parts)

    return opened


def setup_link(config: EngineConfig, edge: Edge, url: str) -> str | None:
    """Where the first administrator is made; ``None`` once there is one. Called before the fork."""
    done = config.state_dir / "set-up-done"
    if done.exists():
        return None
    if config.store_url or not has_no_users(config.state_dir / SQLITE_FILE):
        try:
            empty = edge.staff.is_empty()
        except StoreUnavailableError:
            return None
        finally:
            edge.identity.close()  # connections must not cross the fork
        if not empty:
            done.touch()
            return None
    return f"{url}admin/setup?token={edge.staff.setup_token}"


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


def open_replayer(config: EngineConfig) -> "Replayer":
    """Plays stored turns over the knowledge base of ``config``.

    Raises:
        ConfigError, DataError, StaleIndexError: as ``load_knowledge``.
    """
    from chatbot.learning.replay import Replayer  # with its processes, for the learning loop alone

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
    if not config.handoff_webhook:
        return (log,)
    return (log, HandoffWebhook(handoff_target(config), handoff_outbox(config), transcript(config)))


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
    """What ``rebuild-index``, ``publish`` or a reload writes last: when it changes, a new version is loaded."""
    reload_file = config.state_dir / "reload"
    return (config.pretrained_feature_vectors_path, config.versions_dir / "current", reload_file)
