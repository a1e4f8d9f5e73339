"""The name of one entity, taken apart: which pieces of what somebody typed are pieces of it."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import field
from functools import cached_property
from types import MappingProxyType

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.graph import Entity
from chatbot.knowledge_graph.numerals import DIGIT
from chatbot.normalization.pinyin import Sounds, readings, sounds
from chatbot.normalization.text import normalize
from chatbot.regex import regex

SUFFIX = "版型款"
_ATOM = regex(r"\d+(?:\.\d+)?|[a-z]+|\++")
_LATIN_STRETCH = regex(r"[a-z0-9.+\-:·'é ]+")
_SIZE = regex(r"\d\.\d")
_HAN_RUN = regex(r"[\u4e00-\u9fff]+")
YEAR = regex(r"((?:19|20)?(\d\d))款?")
SAID = regex(r"[\u4e00-\u9fff]+|[a-z0-9.+]+")
_DATED = regex(r"(?:19|20)\d\d款?|\d\d款")  # 40 is a name
_COUNTED_HAN = regex("(第?)([二两三四五六七八九])([座门代])")  # 六座 is 6座
COUNTED = regex(r"第?[12]?\d[座门代]")
_JOINED = 5  # so many neighbouring pieces of letters and digits are written as one word
_MAX_PINYIN = 5
_LONG_WORD = 5  # letters


_DOTTED = regex("(?<=[\u4e00-\u9fff])·(?=[\u4e00-\u9fff])")  # 锐·科技版 is said 锐科技
_LEADING = regex("[a-z0-9.+]+(?=[\u4e00-\u9fff])")
_HEAD = regex("([\u4e00-\u9fff]+)·(?=[\u4e00-\u9fff])")


def _plain(word: str) -> str:
    return _DOTTED.sub("", normalize(word).replace("é", "e"))


def atoms(latin: str) -> tuple[str, ...]:
    """Its numbers and its words of letters, marks left out: 2.0t → 2.0, t."""
    return tuple(_ATOM.findall(latin))


@dataclass(frozen=True)
class NameParts:
    """Read once from an entity: its keywords, each in the parts that spaces make, normalised."""

    words: tuple[tuple[str, ...], ...]
    heads: frozenset[str] = frozenset()  # what stands before a dot in them: 锐 of 锐·科技版
    plainly: Mapping[str, str] = field(
        default_factory=dict
    )  # what a word of it is also called: 四驱 → xdrive

    @classmethod
    def of(cls, entity: Entity, plain_words: Mapping[str, str] = MappingProxyType({})) -> "NameParts":
        """``plain_words``: a maker's word, and what everybody calls it (xdrive: 四驱)."""
        heads = frozenset(head for word in entity.keywords for head in _HEAD.findall(word))
        words = tuple(tuple(_plain(part) for part in word.split()) for word in entity.keywords)
        version = words[-1] if words else ()
        also = {
            plain: said for said, plain in plain_words.items() if any(_holds(part, said) for part in version)
        }
        return cls(words, heads, also)

    @cached_property
    def han(self) -> str:
        """Every run of Chinese characters, a bar between two."""
        runs = (run for word in self.words for part in word for run in _HAN_RUN.findall(part))
        return "|".join((*runs, *self.plainly))

    @cached_property
    def heard(self) -> Sounds:
        """What ``han`` sounds like."""
        return sounds(self.han)

    @cached_property
    def latin(self) -> frozenset[str]:
        """Neighbouring numbers and words of letters, up to five as one: 55, sline of S line, 260l; years; 5座."""
        found: set[str] = set()
        for word in map(" ".join, self.words):
            for stretch in _LATIN_STRETCH.findall(word):
                said = atoms(stretch)
                for length in range(1, _JOINED + 1):
                    found |= {"".join(said[i : i + length]) for i in range(len(said) - length + 1)}
            found.update(COUNTED.findall(word))
            for hit in _COUNTED_HAN.finditer(word):
                found |= {f"{hit[1]}{DIGIT[hit[2]]}{hit[3]}", f"{DIGIT[hit[2]]}{hit[3]}"}
            if (year := YEAR.fullmatch(word)) and len(word) > 3:
                found.update(year.groups())
        return frozenset(found)

    @cached_property
    def atoms(self) -> tuple[str, ...]:
        """Every number and word of letters, as often as it stands in the name without its year."""
        words = (word for word in map(" ".join, self.words) if not YEAR.fullmatch(word))
        return tuple(atom for word in words for atom in atoms(word))

    @cached_property
    def initials(self) -> frozenset[str]:
        """Two or three neighbouring words of letters and numbers, long words by their first letter: ct, c4s, tgt."""
        found: set[str] = set()
        for word in map(" ".join, self.words[2:]):
            for stretch in _LATIN_STRETCH.findall(word):
                said = atoms(stretch)
                short = [atom[0] if len(atom) >= _LONG_WORD else atom for atom in said]
                for length in (2, 3):
                    for at in range(len(said) - length + 1):
                        if len(said[at]) >= _LONG_WORD:
                            found.add("".join(short[at : at + length]))
        return frozenset(found)

    @cached_property
    def pinyin(self) -> frozenset[str]:
        """Its Chinese characters in letters, two to five together."""
        found = set()
        for run in self.han.split("|"):
            spelled = [readings(char)[0] for char in run]
            for length in range(2, _MAX_PINYIN + 1):
                found |= {"".join(spelled[i : i + length]) for i in range(len(spelled) - length + 1)}
        return frozenset(found)

    def like(self, said: str, heard: Sounds) -> str | None:
        """The part of the name that sounds like ``said``, of which at least half the characters are the same."""
        width = len(said)
        for at in range(len(self.han) - width + 1):
            part = self.han[at : at + width]
            if "|" in part or sum(a == b for a, b in zip(said, part, strict=True)) * 2 < width:
                continue
            if all(a & b for a, b in zip(heard, self.heard[at : at + width], strict=True)):
                return part
        return None

    def lacking_one(self, said: str) -> str | None:
        """The part of the name that ``said`` is with a character inside left out."""
        width = len(said)
        for cut in range(1, width):
            at = self.han.find(said[:cut])
            while at >= 0:
                more = self.han[at : at + width + 1]
                if more[cut + 1 :] == said[cut:] and "|" not in more:
                    return more
                at = self.han.find(said[:cut], at + 1)
        return None

    def but_one(self, said: str) -> str | None:
        """The part of the name that ``said`` is but for one character; the first one only where a word begins."""
        width = len(said)
        for at in range(len(self.han) - width + 1):
            part = self.han[at : at + width]
            if "|" in part or sum(a != b for a, b in zip(said, part, strict=True)) != 1:
                continue
            if part[0] == said[0] or at == 0 or self.han[at - 1] == "|":
                return part
        return None

    def left_over(
        self, said: Iterable[str], lead: Iterable[str], *, touched: bool, apart: bool = False
    ) -> str:
        """The last keyword without ``said``: of every word of it, or only of those that some of it is part of.

        ``lead`` said which series is meant: it takes whole words of the name with it, and no part of one, for 7 of HS7
        is not that of 7座. ``apart``: what stands before a dot or Chinese characters is a word of its own: CVT of CVT运动版.
        """
        left = []
        said = [self.plainly.get(one, one) for one in said]
        series = {part for word in self.words[:-1] for part in (*word, "".join(word))}
        series.update(atom for one in lead for atom in (one, *pieces_of(one)))
        for token in self.words[-1]:
            if series.issuperset(pieces_of(token)) or token in series:
                if not touched:
                    continue  # 途昂 Pro of the series 途昂, E of E 260 L
                rest, hit = _without(token, said, self.atoms)
                left += [rest] if hit else []
                continue
            rest, hit = _without(token, said, self.atoms)
            if hit or not touched:
                left.append(self._behind(token, rest) if apart and hit else rest)
        return "".join(left)

    def _behind(self, token: str, rest: str) -> str:
        """``rest`` of ``token`` without what is a word of its own before it."""
        first = _LEADING.match(token)
        heads = (first.group(),) if first else self.heads
        return rest.removeprefix(next((head for head in heads if rest.startswith(head)), ""))


def _holds(part: str, word: str) -> bool:
    """Whether a part of a name holds a maker's word: xdrive of xdrive30l, and no ev of hev."""
    return word in part and (not word.isalpha() or word in atoms(part))


def middle_of(words: Iterable[Iterable[str]]) -> frozenset[str]:
    """The pieces of ``words``, those between the series and the version of one name, without its year."""
    parts = (part for word in words for part in word if not _DATED.fullmatch(part))
    return frozenset(piece for part in parts for piece in pieces_of(part))


def pieces_of(token: str) -> list[str]:
    """A word as its runs of Chinese characters, its numbers, words of letters and marks that count."""
    return re.findall(r"[\u4e00-\u9fff]+|\d+(?:\.\d+)?|[a-z]+|\++", token)


def _without(token: str, said: Iterable[str], atoms_of_name: Container[str]) -> tuple[str, bool]:
    """What is left of a word of the name, and whether any of ``said`` was in it."""
    pieces = pieces_of(token)
    hit = False
    for one in sorted(said, key=len, reverse=True):
        for at, piece in enumerate(pieces):
            if _HAN_RUN.fullmatch(one):
                if one in piece:
                    pieces[at], hit = piece.replace(one, "", 1), True
            elif piece in atoms(one) or _joined_with_another(piece, one, atoms_of_name):
                pieces[at], hit = "", True
                if _SIZE.fullmatch(piece) and pieces[at + 1 : at + 2] in (["l"], ["t"]):
                    pieces[at + 1] = ""  # 2.0 says 2.0L
    pieces = [piece for piece in pieces if piece]
    if pieces and pieces[-1][-1] in SUFFIX:
        pieces[-1] = pieces[-1][:-1]
    return "".join(pieces), hit


def _joined_with_another(piece: str, said: str, atoms_of_name: Container[str]) -> bool:
    """S of S line, said as sline; not the x of xdrive in X设计套装."""
    if not (piece.isascii() and piece.isalpha()) or piece not in said:
        return False
    before, behind = said.startswith(piece), said.endswith(piece)
    return len(piece) > 1 or (before and said[1:] in atoms_of_name) or (behind and said[:-1] in atoms_of_name)
