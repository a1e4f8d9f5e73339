"""Utterance normalisation: width, case, Traditional to Simplified, noise.

One function, used alike by the dialogue, the encoders and the offline tools, so that what is indexed and
what is asked are written the same way.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Protocol, cast

from chatbot.messages import Language

_LONE_SURROGATES_AND_CONTROLS = re.compile(
    "[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufe0e\ufe0f\ufeff]"
)
_REPEATED_MARK = re.compile(r"([^\w\s])\1+")
_REPEATED_CHAR = re.compile(r"([^\W\d])\1{3,}")
_SPACES = re.compile(r"\s+")
_SPACE_BESIDE_HAN = re.compile(
    r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fffa-z0-9])|(?<=[a-z0-9]) (?=[\u4e00-\u9fff])"
)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_PLAIN = re.compile(
    r"(?:([a-z\u4e00-\u9fff])(?!\1{3})|[0-9]|([,.?!:;%+/~、。-])(?!\2))*"
)  # nothing to do: the usual case, in 1 µs; also of what was normalised before
_CONTENT, _NO_CONTENT = re.compile(r"[^\W_]"), re.compile(r"[\W_]+")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@lru_cache(maxsize=1)
def _simplifier() -> _Converter:
    from opencc import OpenCC  # loaded once, on the first Chinese text: its dictionaries take 30 ms

    return cast(_Converter, OpenCC("t2s"))


@lru_cache(maxsize=1)
def _traditional() -> frozenset[str]:
    """The characters that the conversion changes at all; a text without any of them needs none (25 µs saved)."""
    every = "\n".join(map(chr, range(0x3400, 0xA000)))
    simplified = _simplifier().convert(every).split("\n")
    return frozenset(
        char for char, simple in zip(every.split("\n"), simplified, strict=True) if char != simple
    )


@lru_cache(maxsize=256)  # a turn normalises the same utterance in the reader, the retriever and the encoder
def normalize(text: str) -> str:
    """``text`` in the form in which everything is compared.

    NFKC width folding, lower case, Traditional to Simplified, control and zero-width characters and lone
    surrogates removed, marks and 4+ letters in a row folded to one, spaces folded and dropped beside Chinese.
    """
    if _PLAIN.fullmatch(text) and _traditional().isdisjoint(text):
        return text
    text = unicodedata.normalize("NFKC", _LONE_SURROGATES_AND_CONTROLS.sub("", text)).lower()
    if not _traditional().isdisjoint(text):
        text = _simplifier().convert(text)
    if _PLAIN.fullmatch(text):
        return text  # a wide mark or a capital was all
    text = _REPEATED_CHAR.sub(r"\1", _REPEATED_MARK.sub(r"\1", text))
    text = _SPACES.sub(" ", text).strip()
    return _SPACE_BESIDE_HAN.sub("", text)


@lru_cache(maxsize=256)  # a turn asks it of the same words in seven places
def content(text: str) -> str:
    """Only the letters, digits and Chinese characters of a normalised ``text``: no marks, emoji or spaces."""
    return text if text.isalnum() else _NO_CONTENT.sub("", text)


def has_content(text: str) -> bool:
    """Whether a normalised ``text`` holds a letter, a digit or a Chinese character."""
    return _CONTENT.search(text) is not None


def has_han(text: str) -> bool:
    """Whether ``text`` holds a Chinese character."""
    return _HAN.search(text) is not None


_ENGLISH = frozenset(
    "a an and any are at can cost could do does fast find for from get give has have hello hi how i in is it list long many "
    "me much my of on or please price show tell than thank thanks that the there this to want what when where which who "
    "why will with you your".split()
)
"""Words that a sentence in English is hardly without."""


def language_of(text: str) -> Language:
    """English for words of letters without any Chinese; Chinese for all else, codes such as C63 and GLA 180 too."""
    if has_han(text):
        return "zh"
    words = re.findall(r"[a-z]+", text.lower())
    coded = any(char.isdigit() for char in text) and not any(word in _ENGLISH for word in words)
    return "en" if words and not coded else "zh"
