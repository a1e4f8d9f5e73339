"""The one error tree. It knows nothing of HTTP: ``web/error_handlers.py`` maps these classes to a status.

A message names the value, the place and the way out.
"""

from pathlib import Path


class ChatbotError(Exception):
    """Anything this package raises on purpose.

    ``code`` is the stable, machine-readable name; ``str(error)`` is for a person.
    """

    code = "chatbot_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidMessageError(ChatbotError):
    """A request that the public contract does not allow."""

    code = "invalid_message"


class InvalidSessionIdError(ChatbotError):
    """A session id that is not of the form ``[A-Za-z0-9_.:-]{1,128}``."""

    code = "invalid_session_id"


class ConfigError(ChatbotError):
    """A configuration or service description that cannot be used."""

    code = "invalid_config"


class DataError(ChatbotError):
    """An operator's file that cannot be used: names the file, the line and the way out."""

    code = "invalid_data"

    def __init__(self, path: Path | str, problem: str, *, line: int | None = None, hint: str = "") -> None:
        place = f"{path}" if line is None else f"{path}:{line}"
        super().__init__(f"{place}: {problem}" + (f" → {hint}" if hint else ""))
        self.path, self.problem, self.line, self.hint = str(path), problem, line, hint


class StaleIndexError(ChatbotError):
    """Features or an index that were made by another encoder or from other data."""

    code = "stale_index"


class SessionStoreUnavailableError(ChatbotError):
    """Redis did not answer in time; the turn goes on without a session."""

    code = "session_store_unavailable"


class SessionBusyError(ChatbotError):
    """Another message of the same session held the lock for longer than we may wait."""

    code = "session_busy"


class StoreUnavailableError(ChatbotError):
    """The database does not answer, is locked, full, read-only or newer than this program."""

    code = "store_unavailable"


class StoreRefusedError(ChatbotError):
    """A row that the database will never take."""

    code = "store_refused"


class InvalidChangeError(ChatbotError):
    """A change to the knowledge base that cannot be made."""

    code = "invalid_change"


class PublishError(ChatbotError):
    """A version that cannot be published or rolled back to; what is live stays as it was."""

    code = "publish_failed"


class JobRunningError(ChatbotError):
    """Other long work runs; there is one at a time."""

    code = "job_running"


class UnauthorizedError(ChatbotError):
    """Nobody has shown who they are, or what they showed is not valid (any more)."""

    code = "unauthorized"


class ForbiddenError(ChatbotError):
    """Someone known, or an address, that may not do this."""

    code = "forbidden"


class NotThereError(ChatbotError):
    """Something named in a request that does not exist."""

    code = "not_found"


class RateLimitedError(ChatbotError):
    """Too many requests; ``seconds`` until the next may be made."""

    code = "rate_limited"

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class InvalidUploadError(ChatbotError):
    """An uploaded file that is not what it should be, or too large to be looked at."""

    code = "invalid_upload"


class ModelError(ChatbotError):
    """A model that cannot be loaded: files of another task or version, damaged, or not there."""

    code = "invalid_model"


class OverloadedError(ChatbotError):
    """More is waiting than will be answered in time; ``seconds`` until another try may go through."""

    code = "overloaded"

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class DeadlineError(ChatbotError):
    """No answer within the time a request may take."""

    code = "deadline_exceeded"


class NotReadyError(ChatbotError):
    """A service that is still loading, or could not load."""

    code = "not_ready"
