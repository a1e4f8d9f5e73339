"""The words every graph can use, in plain text files beside this one; ``#`` starts a comment, an operator's file adds to them."""

from functools import cache
from importlib.resources import files
from pathlib import Path as FilePath

from chatbot.normalization.lexicon import read_lines


@cache
def built_in(name: str) -> tuple[str, ...]:
    """The lines of ``name``.txt that hold words."""
    text = files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def with_own(name: str, folder: FilePath | None) -> tuple[str, ...]:
    """The built-in lines, then those of the operator's file of the same name in ``folder``."""
    file = folder / f"{name}.txt" if folder else None
    own = [line for _, line in read_lines(file)] if file else []
    return (*built_in(name), *own)
