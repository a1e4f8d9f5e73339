"""The sockets a service listens on, bound before anything slow is done."""

import contextlib
import errno
import socket
import struct
import sys

from chatbot.errors import ConfigError

BACKLOG = 2048
_SO_ATTACH_FILTER = 26
"""Linux's number, which Python's ``socket`` does not name."""


def bind(host: str, port: int, workers: int) -> list[socket.socket]:
    """One listening socket a worker, all at the same address, before anything slow is done.

    The kernel deals connections out to them evenly. Workers that share one socket do not: the first to wake takes
    most of a burst, and one processor idles. The master keeps all of them, so what waits for a killed worker is
    answered by the one that replaces it.

    Raises:
        ConfigError: the port is taken, may not be used, or the host is not this machine's.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.create_server((host, port), family=family) as alone:  # fails when anyone else listens
            port = alone.getsockname()[1]
        shared = hasattr(socket, "SO_REUSEPORT")
        return [
            socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=shared)
            for _ in range(workers if shared else 1)
        ]
    except socket.gaierror as error:
        raise ConfigError(
            f"--host {host}: 不认识这个主机名 → 写 127.0.0.1（本机）或 0.0.0.0（所有网卡）"
        ) from error
    except OSError as error:
        raise ConfigError(_bind_message(host, port, error)) from error


def take_no_more(listener: socket.socket) -> None:
    """Let the kernel take no further connection for ``listener``, nor for whoever shares it; those it has taken stay.

    Whoever connects meanwhile tries again within a second, and is refused once the socket is closed. Without it a
    connection that comes between the last ``accept`` and ``close`` is taken and then reset. A packet filter that keeps
    nothing (https://docs.kernel.org/networking/filter.html); where there are none, nothing is done.
    """
    if sys.platform != "linux":
        return
    import ctypes  # only at a stop

    keep_nothing = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # BPF_RET | BPF_K, 0 bytes
    program = struct.pack("HP", 1, ctypes.addressof(keep_nothing))
    with contextlib.suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


def address_to_open(host: str, port: int) -> str:
    """What a person on this machine types into a browser."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def _bind_message(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"端口 {port} 已被占用（{host}:{port}）→ 用 --port 换一个端口，或停掉占用它的程序"
    if error.errno == errno.EACCES:
        return f"没有权限监听端口 {port} → 用 --port 换一个 1024 以上的端口"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} 不是这台机器的地址 → --host 写 127.0.0.1（本机）或 0.0.0.0（所有网卡）"
    return f"不能监听 {host}:{port}：{error.strerror} → 用 --host 和 --port 换一个地址"
