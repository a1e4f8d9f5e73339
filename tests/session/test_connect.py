"""Settings that name a Redis, and those that cannot."""

from typing import Any

import pytest

from chatbot.errors import ConfigError
from chatbot.session.connect import RedisSettings, connect, parse_address


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("redis", ("redis", 6379)),
        ("redis:1", ("redis", 1)),
        ("10.0.0.5:7000", ("10.0.0.5", 7000)),
        ("[::1]:7000", ("::1", 7000)),
        ("[::1]", ("::1", 6379)),
    ],
    ids=lambda value: str(value),
)
def test_an_address_is_host_and_port(address: str, expected: tuple[str, int]) -> None:
    assert parse_address(address, 6379) == expected


@pytest.mark.parametrize("address", ["", ":1", "a:", "a:b", "a:0", "a:65536", "a:-1"], ids=repr)
def test_an_address_of_another_form_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="主机:端口"):
        parse_address(address, 6379)


@pytest.mark.parametrize("host", [None, "", "embedded"], ids=repr)
def test_no_host_means_the_bundled_server(host: str | None) -> None:
    assert RedisSettings(host=host).embedded


@pytest.mark.parametrize(
    "settings",
    [
        RedisSettings(host="redis"),
        RedisSettings(host="unix:///run/redis.sock"),
        RedisSettings(sentinels=("a:1",), sentinel_master="m"),
        RedisSettings(cluster_nodes=("a:1",)),
    ],
    ids=["host", "unix socket", "sentinel", "cluster"],
)
def test_any_address_means_not_the_bundled_server_and_nothing_is_opened_yet(settings: RedisSettings) -> None:
    assert not settings.embedded
    connect(settings).close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"sentinels": ("a:1",)},
        {"sentinels": ("a:1",), "sentinel_master": "m", "cluster_nodes": ("b:1",)},
        {"cluster_nodes": ("a:1",), "db": 1},
        {"cluster_nodes": ("a:b",)},
        {"sentinels": ("a:b",), "sentinel_master": "m"},
    ],
    ids=["no master", "sentinel and cluster", "db in a cluster", "bad node", "bad sentinel"],
)
def test_settings_that_contradict_themselves_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="→"):
        RedisSettings(**wrong)


def test_the_bundled_server_has_no_address_to_connect_to() -> None:
    with pytest.raises(ConfigError, match="open_session_store"):
        connect(RedisSettings())


def test_secrets_are_not_shown() -> None:
    shown = repr(RedisSettings(host="redis", password="secret", sentinel_password="secret"))
    assert "secret" not in shown


def test_tls_verifies_the_server() -> None:
    settings = RedisSettings(host="redis", tls=True, tls_ca_file="ca.pem")
    transport: Any = connect(settings)
    options = transport._client.connection_pool.connection_kwargs
    assert options["ssl_cert_reqs"] == "required"
    assert options["ssl_ca_certs"] == "ca.pem"
    assert options["ssl_check_hostname"] is True
    transport.close()
