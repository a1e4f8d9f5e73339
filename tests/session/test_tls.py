"""Sessions over TLS, against a real redis-server with certificates made for the test."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from chatbot.errors import SessionStoreUnavailableError
from chatbot.session.base import Memory
from chatbot.session.connect import RedisSettings, connect
from chatbot.session.redis_store import RedisSessionStore
from tests.session.conftest import _await_port, _free_port

T = TypeVar("T")
SERVER, OPENSSL = shutil.which("redis-server"), shutil.which("openssl")
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "2")


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run([str(OPENSSL), *arguments], cwd=folder, check=True, capture_output=True)


def _certificates(folder: Path, host: str) -> None:
    """``ca.crt``, and ``server.crt``/``server.key`` for ``host`` signed by it."""
    _openssl(folder, "req", "-x509", *_NEW_KEY, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=test CA")
    (folder / "names").write_text(f"subjectAltName={host}\n")
    _openssl(folder, "req", *_NEW_KEY, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=redis")
    _openssl(
        folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
        "-days", "2", "-extfile", "names", "-out", "server.crt",
    )  # fmt: skip


def _speaks_tls(server: str, folder: Path) -> bool:
    """Whether this redis-server was built with TLS: one that was not, knows no such option."""
    options = ["--port", "0", "--tls-port", "0", "--save", "", "--unixsocket", "no/such/folder/socket"]
    said = subprocess.run(
        [server, *options], cwd=folder, capture_output=True, text=True, timeout=10, check=False
    )
    return "Bad directive" not in said.stdout + said.stderr


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A redis-server that takes TLS alone: its port, and the folder with its certificates."""
    if SERVER is None or OPENSSL is None:
        pytest.skip(
            "needs redis-server and openssl on the PATH (Debian: apt-get install redis-server openssl)"
        )
    folder = tmp_path_factory.mktemp("tls")
    if not _speaks_tls(SERVER, folder):
        pytest.skip(f"{SERVER} was built without TLS")
    _certificates(folder, "IP:127.0.0.1")
    port = _free_port()
    process = subprocess.Popen(
        [SERVER, "--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1", "--dir", str(folder),
         "--tls-cert-file", "server.crt", "--tls-key-file", "server.key", "--tls-ca-cert-file", "ca.crt",
         "--tls-auth-clients", "no", "--save", "", "--logfile", "log", "--requirepass", "open sesame"],
        cwd=folder,
    )  # fmt: skip
    _await_port(port)
    yield port, folder
    process.kill()
    process.wait()


def store(settings: RedisSettings) -> RedisSessionStore:
    return RedisSessionStore(connect(settings))


def settings(served: tuple[int, Path], **changes: object) -> RedisSettings:
    port, folder = served
    known = {"host": "127.0.0.1", "port": port, "password": "open sesame", "tls": True}
    return RedisSettings(**{**known, "tls_ca_file": str(folder / "ca.crt"), **changes})  # type: ignore[arg-type]


def patiently(action: Callable[[], T]) -> T:
    """``action``, again while a loaded machine takes longer over it than a call may."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return action()
        except SessionStoreUnavailableError as error:
            if "Timeout" not in str(error) or time.monotonic() > deadline:
                raise


def test_a_session_is_kept_over_tls_and_read_by_another_connection(served: tuple[int, Path]) -> None:
    one, other = store(settings(served)), store(settings(served))
    patiently(lambda: one.commit(one.acquire("s"), Memory(entities=("某车",), turns=3)))
    lease = patiently(lambda: other.acquire("s"))
    assert (lease.memory.entities, lease.memory.turns) == (("某车",), 3)
    other.release(lease)
    one.close()
    other.close()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param(
            {"tls_ca_file": None}, "CERTIFICATE_VERIFY_FAILED", id="certificate of an unknown authority"
        ),
        pytest.param({"host": "localhost"}, "CERTIFICATE_VERIFY_FAILED", id="certificate of another host"),
        pytest.param({"tls": False}, "Connection", id="without TLS"),
        pytest.param({"password": "wrong"}, "Authentication", id="wrong password"),
    ],
)
def test_what_cannot_be_trusted_or_is_not_let_in_is_unavailable(
    served: tuple[int, Path], changes: dict[str, object], said: str
) -> None:
    refused = store(settings(served, **changes))
    with pytest.raises(SessionStoreUnavailableError) as caught:
        patiently(lambda: refused.acquire("s"))
    assert said in f"{caught.value} {caught.value.__cause__!r}"
    refused.close()
