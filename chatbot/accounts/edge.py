"""What the guarded part of the HTTP edge stands on; put together by ``app.build_edge``."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from chatbot.accounts.identity import Identity
from chatbot.accounts.staff import Staff
from chatbot.frozen import dataclass
from chatbot.security.limits import RateLimiter

if TYPE_CHECKING:  # what clusters and replays is not loaded with every worker
    from chatbot.learning.desk import Desk


@dataclass(frozen=True, slots=True)
class Edge:
    """Accounts and limits; nothing is open before it is used."""

    identity: Identity
    staff: Staff
    limiter: RateLimiter
    desk: Callable[[], "Desk"]

    def close(self) -> None:
        """Close store and connections. May be called twice."""
        self.identity.close()
        self.limiter.close()
