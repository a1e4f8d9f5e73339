"""``chatbot users`` on the machine itself."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chatbot.cli.verbs import app

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CHATBOT_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("NEW_CHATBOT_PASSWORD", "correct horse battery")

    def call(*arguments: str) -> tuple[int, dict[str, object]]:
        done = CliRunner().invoke(app, ["users", *arguments, "--json"])
        return done.exit_code, json.loads(done.stdout)

    return call


def test_users_are_added_listed_given_tokens_and_disabled(run: object) -> None:
    assert run("add", "小王", "--role", "operator") == (0, {"done": True})  # type: ignore[operator]
    code, made = run("token", "小王", "--days", "3")  # type: ignore[operator]
    assert code == 0 and made["token"].startswith("cbt_")
    assert run("password", "小王")[0] == 0  # type: ignore[operator]
    assert run("disable", "小王")[0] == 0  # type: ignore[operator]
    assert run("list") == (0, {"users": [{"name": "小王", "role": "operator", "disabled": True}]})  # type: ignore[operator]
    assert run("enable", "小王")[0] == 0  # type: ignore[operator]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [(("add", "a b"), "用户名"), (("add", "a", "--role", "king"), "king"), (("token", "nobody"), "nobody")],
)
def test_what_will_not_do_is_said_with_the_way_out(
    run: object, arguments: tuple[str, ...], part: str
) -> None:
    code, said = run(*arguments)  # type: ignore[operator]
    assert (
        code in (1, 2)
        and part in json.dumps(said, ensure_ascii=False)
        and "→" in json.dumps(said, ensure_ascii=False)
    )
