"""The look that a start takes at the embedded store, against what the store itself tells."""

import subprocess
import sys
from pathlib import Path

from chatbot.store.database import Database
from chatbot.store.first_look import SQLITE_FILE, has_no_users
from chatbot.store.records import UserRow
from chatbot.store.sql_store import SqlStore

_PROGRAM = """
import sys
from pathlib import Path
from chatbot.app import build_edge, setup_link
from chatbot.config import load_engine_config
config = load_engine_config(Path("user_datasets/chatbot_deploy_eas.json"), {"CHATBOT_STATE_DIR": sys.argv[1]})
link = setup_link(config, build_edge(config, None, "token"), "http://here/")
print(link, "sqlalchemy" in sys.modules)
"""


def told(state: Path) -> list[str]:
    """The set-up link of a start over ``state``, and whether SQLAlchemy was imported for it."""
    program = [sys.executable, "-c", _PROGRAM, str(state)]
    return subprocess.run(program, capture_output=True, text=True, check=True).stdout.split()


def test_a_start_without_users_gives_the_link_at_once_and_one_with_users_gives_none(tmp_path: Path) -> None:
    assert told(tmp_path) == ["http://here/admin/setup?token=token", "False"]
    store = SqlStore(Database(f"sqlite:///{tmp_path / SQLITE_FILE}"))
    assert store.accounts.users() == []
    assert told(tmp_path) == ["http://here/admin/setup?token=token", "False"]
    store.accounts.add_user(UserRow("u", "甲", "admin", 1))
    assert told(tmp_path) == ["None", "True"]
    assert (tmp_path / "set-up-done").exists()
    assert told(tmp_path) == ["None", "False"]
    store.close()


def test_a_store_that_cannot_be_read_is_left_to_who_opens_it(tmp_path: Path) -> None:
    file = tmp_path / SQLITE_FILE
    assert has_no_users(file)
    file.write_bytes(b"no database" * 100)
    assert not has_no_users(file)
    file.write_bytes(b"")
    assert not has_no_users(file)
    assert file.read_bytes() == b""
