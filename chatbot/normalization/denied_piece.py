"""A piece of a name that the thing meant has not: q5l 45豪华动感 非典藏, C260L皓夜（不是改款）, 途锐 火山岩不要 就锐尊."""

from collections.abc import Callable, Container, Sequence
from dataclasses import replace

from chatbot.frozen import dataclass
from chatbot.normalization.entity_link import EntityLink
from chatbot.normalization.text import normalize
from chatbot.regex import regex

_DENIED = regex(r"[\s,，(（]*(?:(?<!是)不是|非)(?P<piece>[\u4e00-\u9fff]{2,6})")
_UNWANTED = regex(
    r"(?P<of>版|款|型)?的?(?:不要|不想要|不算|不带)(?:(?P<piece>[\u4e00-\u9fff]{2,6}?)(?P<the>版|款|型)?的|了|啊)?"
    r"[\s,，]*(?:我|就|只|还是|要|是|看|说|问)*(?:普通|常规|正常)?的?"
)
_BEHIND = regex(r"(?:版|款|型)?(?:的?那?[个款台辆])?[)）]*(?![吗嘛么吧]|[\s,，]*(?:而|就|我|应该)?[是要说])")
_SHORTEST, _LONGEST = 2, 6


@dataclass(frozen=True, slots=True)
class DeniedPiece:
    """``said[start:end]`` says that ``piece`` is in no name that is meant; ``amid``: more of the name may stand behind it."""

    start: int
    end: int
    piece: str
    amid: bool = False

    def out_of(self, said: str) -> str:
        """``said`` with nothing where it stands, and as long."""
        return said[: self.start] + " " * (self.end - self.start) + said[self.end :]

    def narrowed(self, links: Sequence[EntityLink]) -> tuple[EntityLink, ...]:
        """``links``, one of them without those that have the piece; nothing where none of them has some, or more is named."""
        if self.amid and len(links) != 1:
            return ()
        if not self.amid and any(start > self.start for link in links for start, _ in link.spans):
            return ()
        for at, link in enumerate(links):
            kept = tuple(name for name in link.candidates if self.piece not in normalize(name))
            some = 0 < len(kept) < len(link.candidates)
            if (some and not self.amid) or (self.amid and len(kept) == 1):
                fewer = replace(link, candidates=kept, spans=(*link.spans, (self.start, self.end)))
                return (*links[:at], fewer, *links[at + 1 :])
        return ()


def denied_piece(
    said: str, in_some_name: Callable[[str], bool], words: Container[str] = ()
) -> DeniedPiece | None:
    """The first piece of a name that is denied behind one; 不是改款吗 asks, and 不是舒享是尊享 corrects.

    ``words`` mean something else as well: 不要两驱的 is a wish.
    """
    for found in _DENIED.finditer(said):
        start, longest = found.span("piece")
        if found.start() == 0:
            continue
        for end in range(longest, start + _SHORTEST - 1, -1):
            behind = _BEHIND.match(said, end) if in_some_name(said[start:end]) else None
            if behind:
                return DeniedPiece(found.start(), behind.end(), said[start:end])
    return _unwanted(said, lambda piece: piece not in words and in_some_name(piece))


def _unwanted(said: str, in_some_name: Callable[[str], bool]) -> DeniedPiece | None:
    """火山岩不要 of 途锐 火山岩不要 就锐尊, and 不要火山岩的 of 途锐锐尊 不要火山岩的."""
    for found in _UNWANTED.finditer(said) if "不" in said else ():
        if (piece := found["piece"]) and in_some_name(piece):
            return DeniedPiece(*found.span(), piece, amid=True)
        for start in range(max(1, found.start() - _LONGEST), found.start() - _SHORTEST + 1):
            piece = said[start : found.start()]
            if not found["piece"] and in_some_name(piece):
                return DeniedPiece(start, found.end(), piece, amid=True)
    return None
