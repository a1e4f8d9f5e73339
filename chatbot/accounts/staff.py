"""Users and their tokens, as an administrator keeps them; and the first administrator, through the set-up link."""

import re
import uuid
from collections.abc import Sequence

from chatbot.accounts.identity import Identity, now_ms
from chatbot.errors import ForbiddenError, InvalidMessageError, NotThereError
from chatbot.security.credentials import (
    MAX_PASSWORD,
    MIN_PASSWORD,
    hash_password,
    new_token,
    same,
    token_hash,
)
from chatbot.security.roles import ROLES, Principal, Role
from chatbot.store.records import TokenRow, UserRow

FIRST_ADMIN = "first-admin"
"""The id of the first administrator: two who race through the set-up link make one row."""

_NAME = re.compile(r"[\w.@-]{1,64}")
_DAY_MS = 86_400_000


class Staff:
    """``setup_token`` is what the link of the first start carries; it works while there is no user."""

    def __init__(self, identity: Identity, setup_token: str) -> None:
        self._identity, self.setup_token = identity, setup_token

    def is_empty(self) -> bool:
        """Whether nobody has been set up yet."""
        return not self._identity.people.accounts.users()

    def set_up(self, setup_token: str, name: str, password: str) -> tuple[str, Principal]:
        """Make the first administrator and log in.

        Raises:
            ForbiddenError: a wrong link, or one that was used.
            InvalidMessageError: a name or password that will not do.
        """
        if not same(setup_token, self.setup_token) or not self.is_empty():
            raise ForbiddenError("这个设置链接不对，或者已经用过 → 用服务启动时打印的链接，或请管理员加用户")
        _check_name(name)
        hashed = hash_password(_checked_password(password))
        people = self._identity.people
        people.accounts.add_user(UserRow(FIRST_ADMIN, name, "admin", now_ms()))
        made = next(user for user in people.accounts.users() if user.user_id == FIRST_ADMIN)
        if made.name != name:
            raise ForbiddenError("这个设置链接刚刚被用过 → 请那位管理员加用户")
        people.passwords.set_password(FIRST_ADMIN, hashed)
        people.audit.append(name, "set_up", FIRST_ADMIN)
        return self._identity.open_session(FIRST_ADMIN)

    def users(self) -> Sequence[UserRow]:
        """Everyone, by name."""
        return self._identity.people.accounts.users()

    def add_user(self, actor: str, name: str, role: Role, password: str | None = None) -> UserRow:
        """A new user; without a password one who only has tokens.

        Raises:
            InvalidMessageError: a name that is taken or will not do, a role that is none, a password too short.
        """
        _check_name(name)
        if role not in ROLES:
            raise InvalidMessageError(f"没有角色 {role} → 用 {'、'.join(ROLES)}")
        hashed = None if password is None else hash_password(_checked_password(password))
        people = self._identity.people
        user = UserRow(uuid.uuid4().hex, name, role, now_ms())
        people.accounts.add_user(user)
        if user not in people.accounts.users():
            raise InvalidMessageError(f"用户名 {name} 已经有人用了 → 换一个")
        if hashed is not None:
            people.passwords.set_password(user.user_id, hashed)
        people.audit.append(actor, "add_user", name, role)
        return user

    def set_password(self, actor: str, name: str, password: str) -> None:
        """A new password; whoever was logged in as ``name`` no longer is."""
        user = self.named(name)
        self._identity.people.passwords.set_password(user.user_id, hash_password(_checked_password(password)))
        self._identity.forget()
        self._identity.people.audit.append(actor, "set_password", name)

    def set_disabled(self, actor: str, name: str, disabled: bool) -> None:
        """Close or open the door for ``name``. Nobody can close it behind themselves."""
        user = self.named(name)
        if disabled and name == actor:
            raise InvalidMessageError(f"{name} 是您自己 → 请别的管理员停用")
        self._identity.people.accounts.set_disabled(user.user_id, disabled)
        self._identity.forget()
        self._identity.people.audit.append(actor, "disable_user" if disabled else "enable_user", name)

    def issue_token(self, actor: str, name: str, label: str, days: int = 0) -> str:
        """A new token for ``name``, shown this once. ``days`` 0: it never ends."""
        user, token, made = self.named(name), new_token(), now_ms()
        expires = made + days * _DAY_MS if days else 0
        row = TokenRow(uuid.uuid4().hex, user.user_id, token_hash(token), label[:64], made, expires)
        self._identity.people.accounts.add_token(row)
        self._identity.people.audit.append(actor, "issue_token", name, row.token_id)
        return token

    def tokens(self, name: str) -> Sequence[TokenRow]:
        """The tokens of ``name`` that are not revoked."""
        return self._identity.people.passwords.tokens(self.named(name).user_id)

    def revoke_token(self, actor: str, token_id: str) -> None:
        """The token works no more: here at once, in other workers within seconds."""
        self._identity.people.accounts.revoke_token(token_id)
        self._identity.forget()
        self._identity.people.audit.append(actor, "revoke_token", token_id)

    def named(self, name: str) -> UserRow:
        """The user, or ``NotThereError``."""
        for user in self.users():
            if user.name == name:
                return user
        raise NotThereError(f"没有用户 {name[:64]!r} → 先加用户")


def _check_name(name: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise InvalidMessageError("用户名要 1 到 64 个字，只能是文字、数字和 . _ @ - → 换一个")


def _checked_password(password: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidMessageError(f"密码要 {MIN_PASSWORD} 到 {MAX_PASSWORD} 个字 → 用几个词连成一句最好记")
    return password
