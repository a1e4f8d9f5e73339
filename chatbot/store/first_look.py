"""What a start asks of the embedded store; without SQLAlchemy, whose import would keep the first customer waiting."""

import sqlite3
from contextlib import closing
from pathlib import Path

SQLITE_FILE = "store.db"
"""In the state folder."""


def has_no_users(file: Path) -> bool:
    """Whether the store in ``file`` surely has no user yet, or is yet to be made; ``False`` where it cannot be read."""
    if not file.exists():
        return True
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as store:
            return store.execute("SELECT 1 FROM users LIMIT 1").fetchone() is None
    except sqlite3.Error:
        return False
