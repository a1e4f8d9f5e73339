"""Car makes and models by every name that people have for them.

What a graph has is found by any of its names; of a make that it has not it is said so: 小鹏P7 is no Honda P7.
"""

from pathlib import Path as FilePath

from chatbot.planning.words import with_own


def makes(folder: FilePath | None = None) -> tuple[tuple[str, ...], ...]:
    """Each make's names, the commonest first; ``folder`` holds the operator's own ``makes.txt``."""
    return tuple(tuple(line.split()) for line in with_own("makes", folder))


def models(folder: FilePath | None = None) -> tuple[tuple[str, ...], ...]:
    """Each model's name as graphs have it, then what people call it."""
    return tuple(tuple(line.split()) for line in with_own("models", folder))
