"""What the guarded part of the HTTP edge stands on; put together by ``app.build_edge``."""

from dataclasses import dataclass

from chatbot.accounts.identity import Identity
from chatbot.accounts.staff import Staff
from chatbot.security.limits import RateLimiter


@dataclass(frozen=True, slots=True)
class Edge:
    """Accounts and limits; nothing is open before it is used."""

    identity: Identity
    staff: Staff
    limiter: RateLimiter

    def close(self) -> None:
        """Close store and connections. May be called twice."""
        self.identity.close()
        self.limiter.close()
