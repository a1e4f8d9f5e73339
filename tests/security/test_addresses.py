"""Addresses: lists of networks, and whom to believe about the caller's."""

import pytest

from chatbot.security.addresses import Networks, client_address


@pytest.mark.parametrize(
    ("networks", "address", "inside"),
    [
        (("10.0.0.0/8",), "10.255.0.1", True),
        (("10.0.0.0/8",), "11.0.0.1", False),
        (("10.0.0.0/8",), "::ffff:10.0.0.1", True),
        (("10.0.0.1",), "10.0.0.1", True),
        (("fd00::/8",), "fd12::1", True),
        (("fd00::/8",), "fd12::1%eth0", True),
        (("fd00::/8",), "10.0.0.1", False),
        (("10.0.0.0/8",), "unknown", False),
        (("0.0.0.0/0",), "", False),
        (("10.0.0.0/8",), "10.0.0.1:80", False),
        ((), "10.0.0.1", False),
    ],
)
def test_an_address_is_in_a_list_or_not(networks: tuple[str, ...], address: str, inside: bool) -> None:
    assert (address in Networks(networks)) == inside


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "10.0.0.9", "192.0.2.1"),
        ("172.16.0.1", "192.0.2.1", "192.0.2.1"),
        ("172.16.0.1", "10.0.0.9, 192.0.2.1", "192.0.2.1"),
        ("172.16.0.1", "192.0.2.1, 172.16.0.2", "192.0.2.1"),
        ("172.16.0.1", "nonsense", "172.16.0.1"),
        ("172.16.0.1", "192.0.2.1, nonsense", "172.16.0.1"),
        ("172.16.0.1", ",,,", "172.16.0.1"),
        ("172.16.0.1", "[2001:db8::1]", "2001:db8::1"),
        ("172.16.0.1", "::ffff:192.0.2.1", "192.0.2.1"),
        ("", "192.0.2.1", "unknown"),
    ],
)
def test_only_what_a_trusted_proxy_wrote_is_believed(peer: str, forwarded: str, caller: str) -> None:
    assert client_address(peer, forwarded, Networks(("172.16.0.0/12",))) == caller
