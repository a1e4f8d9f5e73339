"""``chatbot users``: who may do what, kept on the machine itself; for scripts, and when nobody can log in any more."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chatbot.cli.outcome import config_file, print_json, reporting

if TYPE_CHECKING:
    from chatbot.accounts.staff import Staff

app = typer.Typer(
    no_args_is_help=True, help="用户和令牌 · users and tokens\n\n例：chatbot users add 小王 --role operator"
)
ACTOR = "command line"
Config = Annotated[Path | None, typer.Option("--config", metavar="F", help="引擎配置 · engine configuration")]
Json = Annotated[bool, typer.Option("--json", help="标准输出只写一个 JSON 对象 · one JSON object")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="用户名 · name")]
Password = Annotated[
    str, typer.Option(prompt="密码", hide_input=True, envvar="NEW_CHATBOT_PASSWORD", help="密码；不写会问")
]


@contextmanager
def _staff(config: Path | None) -> "Iterator[Staff]":
    from chatbot.accounts.identity import Identity
    from chatbot.accounts.staff import Staff
    from chatbot.config import load_engine_config
    from chatbot.security.credentials import new_token
    from chatbot.security.limits import LocalLimiter
    from chatbot.store.sql_store import open_store

    engine = load_engine_config(config_file(config), os.environ, require_built=False)
    identity = Identity(lambda: open_store(engine), LocalLimiter(), engine.login_seconds)
    try:
        yield Staff(identity, new_token())
    finally:
        identity.close()


@app.command("list")
def list_users(config: Config = None, as_json: Json = False) -> None:
    """列出用户 · list. 例：chatbot users list"""
    with reporting(as_json), _staff(config) as staff:
        users = [{"name": u.name, "role": u.role, "disabled": u.disabled} for u in staff.users()]
        if as_json:
            print_json({"users": users})
        for user in () if as_json else users:
            typer.echo(f"{user['name']}\t{user['role']}{'（停用）' if user['disabled'] else ''}")


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option(help="chat、operator 或 admin")] = "operator",
    password: Password = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """加用户 · add. 例：chatbot users add 小王 --role operator"""
    with reporting(as_json), _staff(config) as staff:
        staff.add_user(ACTOR, name, role, password)  # type: ignore[arg-type]  # add_user refuses other roles
        _done(as_json, f"加了 {name}（{role}）")


@app.command()
def password(name: Name, password: Password = "", config: Config = None, as_json: Json = False) -> None:
    """重设密码 · set a password. 例：chatbot users password admin"""
    with reporting(as_json), _staff(config) as staff:
        staff.set_password(ACTOR, name, password)
        _done(as_json, f"{name} 的密码换了，原来的登录都失效了")


@app.command()
def disable(name: Name, config: Config = None, as_json: Json = False) -> None:
    """停用 · disable. 例：chatbot users disable 小王"""
    with reporting(as_json), _staff(config) as staff:
        staff.set_disabled(ACTOR, name, True)
        _done(as_json, f"{name} 停用了")


@app.command()
def enable(name: Name, config: Config = None, as_json: Json = False) -> None:
    """恢复 · enable. 例：chatbot users enable 小王"""
    with reporting(as_json), _staff(config) as staff:
        staff.set_disabled(ACTOR, name, False)
        _done(as_json, f"{name} 恢复了")


@app.command()
def token(
    name: Name,
    label: Annotated[str, typer.Option(help="这个令牌做什么用")] = "",
    days: Annotated[int, typer.Option(min=0, max=3650, help="几天后过期；0 不过期")] = 0,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """发令牌，只显示这一次 · a new token. 例：chatbot users token 小王 --label ci --days 90"""
    with reporting(as_json), _staff(config) as staff:
        made = staff.issue_token(ACTOR, name, label, days)
        if as_json:
            print_json({"token": made})
        else:
            typer.echo(made)


def _done(as_json: bool, said: str) -> None:
    if as_json:
        print_json({"done": True})
    else:
        typer.echo(said)
