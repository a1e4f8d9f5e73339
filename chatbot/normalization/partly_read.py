"""A text of which some places are read already: what names are made of is looked for in what is free."""

from collections.abc import Container, Iterable
from dataclasses import field

from chatbot.frozen import dataclass
from chatbot.normalization.pieces import Piece


@dataclass(slots=True)
class PartlyRead:
    """An utterance, which of its characters are taken, and the words that mean something else."""

    said: str
    words: Container[str]
    taken: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        self.taken = [False] * len(self.said)

    def take(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            self.taken[piece.start : piece.end] = [True] * (piece.end - piece.start)

    def free(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            self.taken[piece.start : piece.end] = [False] * (piece.end - piece.start)

    def free_to(self, at: int) -> int:
        """The end of what is free from ``at`` on."""
        while at < len(self.said) and not self.taken[at]:
            at += 1
        return at

    def free_from(self, at: int) -> int:
        """The beginning of what is free up to ``at``."""
        while at > 0 and not self.taken[at - 1]:
            at -= 1
        return at
