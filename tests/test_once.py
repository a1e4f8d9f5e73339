"""``once`` against what it promises: worked out once, kept with the instance, and no thread waits for another's."""

import threading
from dataclasses import dataclass

import pytest

from chatbot.once import once


@dataclass(frozen=True)
class Heard:
    """Counts how often its text was worked out."""

    said: str
    asked: list[str]

    @once
    def text(self) -> str:
        """In small letters."""
        self.asked.append(self.said)
        return self.said.lower()


def test_a_value_is_worked_out_once_and_kept_with_its_instance() -> None:
    one, other = Heard("SUV", []), Heard("MPV", [])
    assert [one.text, one.text, other.text, one.text] == ["suv", "suv", "mpv", "suv"]
    assert one.asked == ["SUV"]


def test_a_value_that_is_kept_is_no_part_of_what_a_frozen_value_equals() -> None:
    asked: list[str] = []
    one, other = Heard("SUV", asked), Heard("SUV", asked)
    assert one.text == "suv" and one == other


def test_what_fails_is_tried_again() -> None:
    class Moody:
        tries = 0

        @once
        def mood(self) -> str:
            self.tries += 1
            if self.tries == 1:
                raise LookupError
            return "good"

    moody = Moody()
    with pytest.raises(LookupError):
        _ = moody.mood
    assert moody.mood == "good"


def test_the_class_shows_the_property_and_its_docstring() -> None:
    assert isinstance(Heard.text, once) and Heard.text.__doc__ == "In small letters."


def test_one_instance_does_not_wait_for_another() -> None:
    """As they do at ``functools.cached_property`` before Python 3.12."""
    begun, finish = threading.Event(), threading.Event()

    class Slow:
        def __init__(self, wait: bool) -> None:
            self.wait = wait

        @once
        def value(self) -> bool:
            if self.wait:
                begun.set()
                return finish.wait(10)
            return True

    slow = threading.Thread(target=lambda: Slow(wait=True).value)
    slow.start()
    assert begun.wait(10)
    quick = threading.Thread(target=lambda: Slow(wait=False).value)
    quick.start()
    quick.join(5)
    done = not quick.is_alive()
    finish.set()
    slow.join(10)
    quick.join(10)
    assert done
