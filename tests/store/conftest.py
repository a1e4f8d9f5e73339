"""Both databases, each with no rows in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from chatbot.store.database import Database
from chatbot.store.schema import METADATA
from chatbot.store.sql_store import SqlStore
from tests.store import postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    if reason := postgres.missing():
        pytest.skip(reason)
    with postgres.cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        found = Database(f"sqlite:///{tmp_path / 'store.db'}")
    else:
        found = Database(request.getfixturevalue("postgres_url"))
        with found.writing() as connection:
            for table in METADATA.sorted_tables:
                connection.execute(delete(table))
    yield found
    found.close()


@pytest.fixture
def store(database: Database) -> SqlStore:
    return SqlStore(database)
