"""From a token to who shows it: log-in, log-out, and a short memory so that not every request asks the database."""

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence

from chatbot.accounts.people import People
from chatbot.errors import RateLimitedError, UnauthorizedError
from chatbot.security.credentials import new_token, password_matches, token_hash
from chatbot.security.limits import Limit, LocalLimiter, RateLimiter, Subject
from chatbot.security.roles import Principal
from chatbot.store.passwords import LOGIN
from chatbot.store.records import TokenRow

REMEMBERED_SECONDS = 5.0
"""For how long a token that was found (or not) is not looked up again: so long a revoked one may still work."""

REMEMBERED = 10_000
LOGIN_LIMITS = (Limit(10, 900.0), Limit(100, 900.0))
"""Log-ins per quarter of an hour: for one name from one address, and for one address whatever the names."""


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Identity:
    """Thread-safe. ``open_people`` is called when someone first shows a token, so after the fork."""

    def __init__(
        self,
        open_people: Callable[[], People],
        limiter: RateLimiter,
        login_seconds: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_people, self._login_seconds, self._clock = open_people, login_seconds, clock
        self._limiters: tuple[RateLimiter, ...] = (LocalLimiter(), limiter)
        self._people: People | None = None
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, Principal | None]] = OrderedDict()

    @property
    def people(self) -> People:
        """The store, opened when first asked for."""
        with self._lock:
            if self._people is None:
                self._people = self._open_people()
            return self._people

    def of_token(self, token: str) -> Principal | None:
        """Who ``token`` belongs to; ``None`` for one that is unknown, revoked, expired, or of someone disabled."""
        hashed, now = token_hash(token), self._clock()
        with self._lock:
            until, known = self._known.get(hashed, (0.0, None))
        if now < until:
            return known
        found = self.people.accounts.find_token(hashed, now_ms())
        principal = found and Principal(found[1].user_id, found[1].name, found[1].role, found[0].token_id)
        with self._lock:
            self._known[hashed] = (now + REMEMBERED_SECONDS, principal)
            self._known.move_to_end(hashed)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return principal

    def log_in(self, name: str, password: str, address: str) -> tuple[str, Principal]:
        """A new token for the browser, and whose it is.

        Raises:
            RateLimitedError: too many tries; asked before the password is looked at.
            UnauthorizedError: a wrong name or password, which of the two is not said.
        """
        self._count(login_subjects(name, address))
        found = self.people.passwords.find_password(name)
        if not password_matches(password, found and found[1]) or found is None:
            self.people.audit.append("-", "login_failed", _line(name), address)
            raise UnauthorizedError("用户名或密码不对 → 再试一次，忘记了请管理员重设")
        user = found[0]
        token, principal = self.open_session(user.user_id)
        self.people.audit.append(user.name, "login", user.user_id, address)
        return token, principal

    def open_session(self, user_id: str) -> tuple[str, Principal]:
        """A browser token for a user that has just proved to be one."""
        token, made = new_token(), now_ms()
        row = TokenRow(
            uuid.uuid4().hex, user_id, token_hash(token), LOGIN, made, made + self._login_seconds * 1000
        )
        self.people.accounts.add_token(row)
        principal = self.of_token(token)
        if principal is None:
            raise UnauthorizedError("这个用户被停用了 → 请管理员恢复")
        return token, principal

    def log_out(self, token: str) -> None:
        """Revoke ``token``; unknown ones are as good as revoked."""
        principal = self.of_token(token)
        if principal is not None:
            self.people.accounts.revoke_token(principal.token_id)
            self.forget()

    def forget(self) -> None:
        """Look everything up again: something was revoked. Other workers do within ``REMEMBERED_SECONDS``."""
        with self._lock:
            self._known.clear()

    def close(self) -> None:
        """Close the store; the next call opens it anew."""
        with self._lock:
            people, self._people = self._people, None
        if people is not None:
            people.close()

    def _count(self, subjects: Sequence[Subject]) -> None:
        for limiter in self._limiters:
            refusal = limiter.take(subjects)
            if refusal is not None:
                raise RateLimitedError(
                    f"登录试得太多 → {max(1, round(refusal.seconds))} 秒后再试", refusal.seconds
                )


def login_subjects(name: str, address: str) -> tuple[Subject, ...]:
    """What a log-in is counted under. Nobody can lock out a name for other addresses than their own."""
    pair = token_hash(f"{name}\n{address}")[:32]
    return Subject("login", pair, LOGIN_LIMITS[0]), Subject("login", address, LOGIN_LIMITS[1])


def _line(text: str) -> str:
    """One printable line of what a stranger typed."""
    return "".join(char if char.isprintable() else "�" for char in text[:80])
