"""Who is calling, by address: networks that may, and proxies whose word counts."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
UNKNOWN = "unknown"


class Networks:
    """A list of addresses and networks (``10.0.0.0/8``, ``::1``), checked when the configuration was read."""

    def __init__(self, networks: Sequence[str]) -> None:
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(
            ip_network(network, strict=False) for network in networks
        )

    def __bool__(self) -> bool:
        return bool(self._networks)

    def __contains__(self, address: str) -> bool:
        """Whether the text ``address`` lies in one of them; what is no address lies in none."""
        parsed = parse(address)
        return parsed is not None and any(parsed in network for network in self._networks)


def parse(text: str) -> Address | None:
    """An address without zone; IPv4 written as IPv6 (``::ffff:10.0.0.1``) is IPv4."""
    try:
        found = ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def client_address(peer: str, forwarded: str, proxies: Networks) -> str:
    """The caller's address: ``peer``, or what trusted proxies say of it in ``X-Forwarded-For``.

    The header is read from its end, where the nearest proxy wrote, for as long as the writer is trusted; what a client
    itself put in front is never believed. ``unknown`` when there is none (a unix socket).
    """
    address = peer
    for hop in reversed(forwarded.split(",") if forwarded else ()):
        if address not in proxies or parse(hop) is None:
            break
        address = hop
    parsed = parse(address)
    return UNKNOWN if parsed is None else str(parsed)
