"""The words of the grammar: what joins, negates, counts, asks, refers back. Not tied to any domain."""

from collections.abc import Mapping

from chatbot.planning.words import built_in


def role_words() -> Mapping[str, tuple[str, ...]]:
    """Word → its roles."""
    found: dict[str, tuple[str, ...]] = {}
    for line in built_in("grammar"):
        role, _, words = line.partition(": ")
        for word in words.split():
            if role not in found.get(word, ()):
                found[word] = (*found.get(word, ()), role)
    return found
