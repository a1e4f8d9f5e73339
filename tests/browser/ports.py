"""A port for every service a browser meets: with one given twice, it would meet the storage of the first again."""

import socket

_given: set[int] = set()


def fresh_port() -> int:
    """A free loopback port that no service of this process had before."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port
