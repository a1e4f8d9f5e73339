"""No port is given twice, whatever the system hands out."""

import socket

import pytest

from tests.browser import ports


def test_a_port_that_the_system_hands_out_again_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    handed_out = iter((40001, 40001, 40001, 40002))

    class Probe:
        def __enter__(self) -> "Probe":
            return self

        def __exit__(self, *_: object) -> None: ...

        def bind(self, _address: tuple[str, int]) -> None: ...

        def getsockname(self) -> tuple[str, int]:
            return "127.0.0.1", next(handed_out)

    monkeypatch.setattr(socket, "socket", Probe)
    monkeypatch.setattr(ports, "_given", set())
    assert [ports.fresh_port(), ports.fresh_port()] == [40001, 40002]
