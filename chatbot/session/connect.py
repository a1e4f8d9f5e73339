"""From settings to a transport: one server, a unix socket, Sentinel or Cluster, each with timeouts and no retries.

redis-py 8 retries ten times with backoff by default and speaks RESP3 with a handshake of several commands; here one
attempt is made (``resilient_store`` decides when the next one is due) and RESP2 needs no handshake at all.
"""

from dataclasses import field
from pathlib import Path
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.retry import Retry
from redis.sentinel import Sentinel

from chatbot.errors import ConfigError
from chatbot.frozen import dataclass
from chatbot.session.cluster_transport import ClusterTransport
from chatbot.session.transport import CALL_SECONDS, DirectTransport, Transport

EMBEDDED = "embedded"
UNIX_SCHEME = "unix://"
DEFAULT_PORT = 6379
SENTINEL_PORT = 26379
MAX_CONNECTIONS = 1024
_CONNECT_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class RedisSettings:
    """Where the sessions live.

    ``host``: a name or address, ``unix:///path``, or ``None``/``""``/``"embedded"`` for the bundled server, whose
    files are in ``state_dir``. ``sentinels`` (with ``sentinel_master``) and ``cluster_nodes`` are ``host:port`` and
    go before ``host``. ``db`` does not exist in a Cluster.
    """

    host: str | None = None
    port: int = DEFAULT_PORT
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    db: int = 0
    tls: bool = False
    tls_ca_file: str | None = None
    sentinels: tuple[str, ...] = ()
    sentinel_master: str = ""
    sentinel_password: str | None = field(default=None, repr=False)
    cluster_nodes: tuple[str, ...] = ()
    state_dir: Path = Path("var/redis")

    def __post_init__(self) -> None:
        if self.sentinels and self.cluster_nodes:
            raise ConfigError("Redis 的 Sentinel 和集群节点都写了 → 只留一种")
        if self.sentinels and not self.sentinel_master:
            raise ConfigError("写了 Redis Sentinel，没写它看护的主库 → 补上主库的名字")
        if self.cluster_nodes and self.db:
            raise ConfigError(f"Redis 库号是 {self.db}，而集群只有 0 号库 → 删掉库号")
        for address in self.sentinels + self.cluster_nodes:
            parse_address(address, DEFAULT_PORT)

    @property
    def embedded(self) -> bool:
        """Whether the bundled server is meant."""
        return not (self.sentinels or self.cluster_nodes) and (self.host or EMBEDDED) == EMBEDDED


def connect(settings: RedisSettings) -> Transport:
    """A transport to what ``settings`` name; nothing is opened before its first command.

    For the bundled server pass the ``unix://`` address of a running ``EmbeddedRedis`` (``open_store`` does).
    """
    if settings.cluster_nodes:
        return ClusterTransport(lambda: _cluster(settings))
    if settings.sentinels:
        return DirectTransport(_sentinel_master(settings))
    if settings.embedded:
        raise ConfigError("自带的 Redis 启动之前没有地址 → 用 open_session_store")
    return DirectTransport(_single(settings))


def parse_address(address: str, default_port: int) -> tuple[str, int]:
    """``host``, ``host:port`` or ``[v6]:port`` → (host, port); ``ConfigError`` for anything else."""
    host, colon, port = address.rpartition(":")
    if not colon or address.endswith("]"):
        host, port = address, str(default_port)
    host = host.strip("[]")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ConfigError(f"Redis 地址 {address!r} 不是“主机:端口” → 例如 10.0.0.5:{default_port}")
    return host, int(port)


def _single(settings: RedisSettings) -> Redis:
    host = settings.host or ""
    if host.startswith(UNIX_SCHEME):
        return Redis(
            unix_socket_path=host.removeprefix(UNIX_SCHEME),
            db=settings.db,
            retry=_no_retry(),
            max_connections=MAX_CONNECTIONS,
            **_credentials(settings),
            **_protocol(),
        )
    return Redis(
        host=host,
        port=settings.port,
        db=settings.db,
        retry=_no_retry(),
        max_connections=MAX_CONNECTIONS,
        **_credentials(settings),
        **_tls(settings),
        **_protocol(),
    )


def _sentinel_master(settings: RedisSettings) -> Redis:
    sentinel_options: dict[str, Any] = {"retry": _no_retry(), **_tls(settings), **_protocol()}
    if settings.sentinel_password:
        sentinel_options["password"] = settings.sentinel_password
    sentinel = Sentinel(  # type: ignore[no-untyped-call]  # redis-py's
        [parse_address(address, SENTINEL_PORT) for address in settings.sentinels],
        sentinel_kwargs=sentinel_options,
    )
    master: Redis = sentinel.master_for(  # type: ignore[no-untyped-call]  # redis-py's
        settings.sentinel_master,
        db=settings.db,
        retry=_no_retry(),
        max_connections=MAX_CONNECTIONS,
        **_credentials(settings),
        **_tls(settings),
        **_protocol(),
    )
    return master


def _cluster(settings: RedisSettings) -> RedisCluster:
    addresses = (parse_address(address, DEFAULT_PORT) for address in settings.cluster_nodes)
    nodes = [ClusterNode(host, port) for host, port in addresses]  # type: ignore[no-untyped-call]  # redis-py's
    return RedisCluster(
        startup_nodes=nodes,
        retry=_no_retry(),
        max_connections=MAX_CONNECTIONS,
        **_credentials(settings),
        **_tls(settings),
        **_protocol(),
    )


def _no_retry() -> Retry:
    return Retry(NoBackoff(), 0)


def _protocol() -> dict[str, Any]:
    return {
        "protocol": 2,
        "driver_info": None,
        "socket_timeout": CALL_SECONDS,
        "socket_connect_timeout": _CONNECT_SECONDS,
    }


def _credentials(settings: RedisSettings) -> dict[str, Any]:
    return {"username": settings.username, "password": settings.password}


def _tls(settings: RedisSettings) -> dict[str, Any]:
    if not settings.tls:
        return {}
    return {"ssl": True, "ssl_ca_certs": settings.tls_ca_file}
