"""One database, SQLite or PostgreSQL: opening, migrating, transactions, and its errors as ours."""

import fcntl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    SQLAlchemyError,
)
from sqlalchemy.sql.compiler import SQLCompiler

from chatbot.errors import ConfigError, StoreRefusedError, StoreUnavailableError
from chatbot.store.schema import METADATA, VERSION

HEAD = "0001"
"""The last step in ``migrations/versions``; a test compares the two."""

BUSY_MS = 5_000
CONNECT_SECONDS = 5
_MIGRATION_LOCK = 0x63686174  # "chat": the advisory lock that one process takes to migrate
_WRITES = "chatbot_writes"


class Database:
    """Connections to one URL, opened when first needed; safe to use from several threads, not across a fork."""

    def __init__(self, url: str) -> None:
        """Raises ``ConfigError`` for a URL that names no database we speak, or one whose driver is not installed."""
        self.url = _checked(url)
        self._engine: Engine | None = None
        self._opening = threading.Lock()
        self._written: dict[str, SQLCompiler] = {}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with _translated(self.url), self._opened().connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is committed at the end and undone by any exception."""
        with (
            _translated(self.url),
            self._opened().connect().execution_options(**{_WRITES: True}) as connection,
            connection.begin(),
        ):
            yield connection

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def insert(self, table: Any) -> Any:
        """``INSERT`` that leaves a row alone whose key is already there."""
        if self.is_sqlite:
            return sqlite.insert(table).on_conflict_do_nothing()
        from sqlalchemy.dialects import postgresql  # 2 MB that the embedded store does without

        return postgresql.insert(table).on_conflict_do_nothing()

    def add(self, connection: Connection, table: Table, rows: Sequence[object]) -> None:
        """``insert`` of ``rows``, values whose fields have the columns' names.

        The statement goes to the driver with the values as they are: SQLAlchemy would look at each of them, which costs
        more than SQLite takes to store them.
        """
        columns = tuple(column.name for column in table.columns)
        written = self._written.get(table.name)
        if written is None:
            written = self.insert(table).compile(dialect=connection.dialect, column_keys=columns)
            self._written[table.name] = written
        names = tuple(written.positiontup or columns)
        values = list(map(attrgetter(*names), rows))
        told = values if written.positional else [dict(zip(names, one, strict=True)) for one in values]
        connection.exec_driver_sql(str(written), told)

    def close(self) -> None:
        """Close all connections; the next call opens anew."""
        with self._opening:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _opened(self) -> Engine:
        with self._opening:
            if self._engine is None:
                engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url)
                try:
                    _migrate(engine, self.url)
                except BaseException:
                    engine.dispose()
                    raise
                self._engine = engine
            return self._engine


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(f"store_url 不是数据库地址 → {_FORMS}") from error
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ConfigError(f"store_url: 不支持 {parsed.drivername} → {_FORMS}")
    return parsed


_SQLITE_URI = "file:"
"""How SQLite itself names a file with options (``mode=ro``); it names an existing file."""

_FORMS = "写 sqlite:////绝对路径/store.db 或 postgresql://用户:密码@主机/库"


def _sqlite_engine(url: URL) -> Engine:
    if url.database and not url.database.startswith(_SQLITE_URI):
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # what is acknowledged survives a power cut
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres_engine(url: URL) -> Engine:
    try:
        return create_engine(
            url, pool_pre_ping=True, pool_size=2, connect_args={"connect_timeout": CONNECT_SECONDS}
        )
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigError(
            "store_url 是 PostgreSQL，但没有安装 psycopg → pip install 'whitebox-chatbot[postgres]'"
        ) from error


def _migrate(engine: Engine, url: URL) -> None:
    """Bring the tables to ``HEAD``; one process does it while others wait. Costs one query when nothing is to do."""
    with _alone(url):
        with engine.connect() as connection:
            if _revision(connection) == HEAD:
                return
        _upgrade(engine, url)


def _upgrade(engine: Engine, url: URL) -> None:
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        if url.get_backend_name() != "sqlite":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        found = _revision(connection)
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise StoreUnavailableError(
                f"数据库是更新的版本 {found}，这里只认识到 {HEAD} → 升级程序，或换一个 store_url"
            )
        if found is None:
            make_new(connection)
        else:
            run_steps(connection)


def make_new(connection: Connection) -> None:
    """The tables of ``HEAD`` at one go: a new database does without Alembic, which takes 0.2 s and 12 MB to import."""
    METADATA.create_all(connection, checkfirst=False)
    VERSION.create(connection, checkfirst=True)
    connection.execute(VERSION.insert().values(version_num=HEAD))


def run_steps(connection: Connection) -> None:
    """From the version that the tables are of, none or an older one, step by step to ``HEAD``."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def _alone(url: URL) -> Iterator[None]:
    """A lock file beside an SQLite database, held from the first connection to the last step.

    SQLite's own lock would be let go between the steps, and it refuses at once, ``busy_timeout`` or not, while
    another connection turns a new file to WAL.
    """
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith(_SQLITE_URI):
        yield
        return
    with Path(f"{url.database}.migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _translated(url: URL) -> Iterator[None]:
    place = url.render_as_string(hide_password=True)
    try:
        yield
    except (DataError, IntegrityError) as error:
        raise StoreRefusedError(f"{place}: 这一行存不了：{type(error.orig).__name__}") from error
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise StoreUnavailableError(
            f"{place}: 数据库没有答复：{reason} → 检查它是否在运行、可写、有空间"
        ) from error
    except SQLAlchemyError as error:
        raise StoreUnavailableError(f"{place}: 数据库没有答复：{type(error).__name__}") from error
    except OSError as error:
        raise StoreUnavailableError(f"{place}: 打不开：{error.strerror} → 检查权限和空间") from error
