"""Values worked out when first asked for, on the path of every turn."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

V = TypeVar("V")


class once(Generic[V]):
    """``functools.cached_property`` without its lock, for what one turn alone holds.

    Before Python 3.12 that lock is one for all instances of a class: threads that hear different utterances wait for one
    another at each property, and each wait is two switches of context. Without it two threads that ask the same instance
    at once may both work the value out.
    """

    def __init__(self, work: Callable[[Any], V]) -> None:
        self._work, self._name, self.__doc__ = work, work.__name__, work.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> "once[V]": ...

    @overload
    def __get__(self, instance: object, owner: type | None = None) -> V: ...

    def __get__(self, instance: object | None, owner: type | None = None) -> "once[V] | V":
        """The value; kept in the ``__dict__`` of ``instance``, where it is found before this is asked again."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._work(instance)
        return value
