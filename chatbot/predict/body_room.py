"""How many bytes of request bodies one process holds at a time: many large pictures at once must not use up its memory."""

import threading

from chatbot.errors import OverloadedError

MIB = 2**20
MOST_MIB = 128
_AGAIN_SECONDS = 1.0


class BodyRoom:
    """Room for ``most`` bytes. A body that is larger than all of it may come in alone, so that none waits for ever."""

    def __init__(self, most: int = MOST_MIB * MIB) -> None:
        self._most, self._held = most, 0
        self._lock = threading.Lock()

    @property
    def held(self) -> int:
        """Bytes of the bodies that are being answered now."""
        return self._held

    def take(self, count: int) -> None:
        """Room for ``count`` bytes, until they are given back.

        Raises:
            OverloadedError: others take so much that these do not fit; nothing was read yet.
        """
        with self._lock:
            if self._held and self._held + count > self._most:
                raise OverloadedError(
                    f"正在处理的请求体共 {self._held / MIB:.0f} MiB，再收 {count / MIB:.1f} MiB 就超过 {self._most / MIB:.0f} MiB → 过一会儿再试，或一次少发几张",
                    _AGAIN_SECONDS,
                )
            self._held += count

    def give_back(self, count: int) -> None:
        """What was taken."""
        with self._lock:
            self._held -= count
