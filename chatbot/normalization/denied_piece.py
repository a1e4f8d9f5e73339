"""A piece of a name that the thing meant has not: q5l 45豪华动感 非典藏, C260L皓夜（不是改款）."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chatbot.frozen import dataclass
from chatbot.normalization.entity_link import EntityLink
from chatbot.normalization.text import normalize
from chatbot.regex import regex

_DENIED = regex(r"[\s,，(（]*(?:(?<!是)不是|非)(?P<piece>[\u4e00-\u9fff]{2,6})")
_BEHIND = regex(r"(?:版|款|型)?(?:的?那?[个款台辆])?[)）]*(?![吗嘛么吧]|[\s,，]*(?:而|就|我|应该)?[是要说])")
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class DeniedPiece:
    """``said[start:end]`` says that ``piece`` is in no name that is meant."""

    start: int
    end: int
    piece: str

    def out_of(self, said: str) -> str:
        """``said`` with nothing where it stands, and as long."""
        return said[: self.start] + " " * (self.end - self.start) + said[self.end :]

    def narrowed(self, links: Sequence[EntityLink]) -> tuple[EntityLink, ...]:
        """``links``, one of them without those that have the piece; nothing where none of them has some, or more is named."""
        if any(start > self.start for link in links for start, _ in link.spans):
            return ()
        for at, link in enumerate(links):
            kept = tuple(name for name in link.candidates if self.piece not in normalize(name))
            if kept and len(kept) < len(link.candidates):
                fewer = replace(link, candidates=kept, spans=(*link.spans, (self.start, self.end)))
                return (*links[:at], fewer, *links[at + 1 :])
        return ()


def denied_piece(said: str, in_some_name: Callable[[str], bool]) -> DeniedPiece | None:
    """The first piece of a name that is denied behind one; 不是改款吗 asks, and 不是舒享是尊享 corrects."""
    for found in _DENIED.finditer(said):
        start, longest = found.span("piece")
        if found.start() == 0:
            continue
        for end in range(longest, start + _SHORTEST - 1, -1):
            behind = _BEHIND.match(said, end) if in_some_name(said[start:end]) else None
            if behind:
                return DeniedPiece(found.start(), behind.end(), said[start:end])
    return None
