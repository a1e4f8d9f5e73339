"""The console put together over one configuration; called for the first request under ``/admin``."""

from collections.abc import Callable
from dataclasses import dataclass

from chatbot.accounts.staff import Staff
from chatbot.answering.knowledge import Knowledge
from chatbot.config import EngineConfig
from chatbot.conversation import Conversation
from chatbot.jobs.jobs import FOLDER as JOBS
from chatbot.jobs.jobs import Jobs
from chatbot.learning.proposals import Proposals
from chatbot.security.uploads import MIB, UploadGuard, UploadLimits
from chatbot.store.sql_store import SqlStore
from chatbot.web.admin.adapters.cases import StoreCases
from chatbot.web.admin.adapters.checker import JobChecker
from chatbot.web.admin.adapters.desk import StoreDesk
from chatbot.web.admin.adapters.exchange import TableExchange
from chatbot.web.admin.adapters.inbox import StoreInbox
from chatbot.web.admin.adapters.library import FileLibrary
from chatbot.web.admin.adapters.people import StaffPeople, StoreAudit
from chatbot.web.admin.adapters.talk import UncountedTalk
from chatbot.web.admin.adapters.traffic import StoreTraffic
from chatbot.web.admin.adapters.trials import JobTrials
from chatbot.web.admin.adapters.versions import PublishedVersions
from chatbot.web.admin.adapters.works import JobWorks
from chatbot.web.admin.promises import Console, Latency


@dataclass(frozen=True, slots=True)
class Parts:
    """What the console stands on. ``conversation`` has no observers; ``proposals`` share ``store``."""

    store: SqlStore
    proposals: Proposals
    staff: Staff
    conversation: Conversation
    knowledge: Callable[[], Knowledge]
    latency: Latency


def open_console(config: EngineConfig, parts: Parts) -> Console:
    """Every promise with the class that keeps it."""
    store, library = parts.store, FileLibrary(config)
    jobs = Jobs(config.source, config.state_dir / JOBS)
    return Console(
        traffic=StoreTraffic(store, parts.latency),
        cases=StoreCases(store, parts.knowledge, config.feature_generator_model_dir),
        desk=StoreDesk(config, store, parts.proposals, jobs),
        library=library,
        trials=JobTrials(config, store, jobs),
        versions=PublishedVersions(parts.proposals),
        exchange=TableExchange(
            config, library, UploadGuard(UploadLimits(file_bytes=config.max_upload_mb * MIB))
        ),
        checker=JobChecker(config, jobs),
        works=JobWorks(jobs),
        talk=UncountedTalk(parts.conversation),
        inbox=StoreInbox(store),
        people=StaffPeople(parts.staff),
        audit=StoreAudit(store.audit),
    )
