"""The n-gram tokenizer as a plain ``tokenizer.json``: sentence-transformers runs it without any code of ours.

Its normaliser repeats ``chatbot.normalization.text.normalize`` rule by rule (Traditional to Simplified by single
characters only), then writes each known character as its image; the cuts between images give the tokens.
"""

import base64
import json
import sys
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from chatbot.encoders.ngram import CUT, UNKNOWN, image, is_separator
from tools.train_two_tower.charsmap import charsmap

_NOISE = "[\\x{0}-\\x{8}\\x{b}-\\x{1f}\\x{7f}\\x{200b}-\\x{200f}\\x{202a}-\\x{202e}\\x{2060}\\x{fe0e}\\x{fe0f}\\x{feff}]"
_HAN = "[\\x{4e00}-\\x{9fff}]"
_REPEATED_CHAR = r"([^\W\d])\1{2,}(?=\1)"
_SPACE_BESIDE_HAN = f"(?<={_HAN})\\s+(?=[\\x{{4e00}}-\\x{{9fff}}a-z0-9])|(?<=[a-z0-9])\\s+(?={_HAN})"


def tokenizer_json(vocabulary: Sequence[str]) -> str:
    """The ``tokenizer.json`` of ``vocabulary`` (token at position i has id i; the first is the unknown token)."""
    known = [token for token in vocabulary if len(token) == 1]
    layout: dict[str, object] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": _normalizers(known)},
        "pre_tokenizer": {
            "type": "Split",
            "pattern": {"String": CUT},
            "behavior": "Removed",
            "invert": False,
        },
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "vocab": {t: i for i, t in enumerate(vocabulary)},
            "unk_token": UNKNOWN,
        },
    }
    return json.dumps(layout, ensure_ascii=False, separators=(",", ":"))


def _normalizers(known: Sequence[str]) -> list[dict[str, object]]:
    images = {char: CUT for char in _separators()} | {char: image(char) for char in known}
    return [
        _replace(_NOISE, ""),
        {"type": "NFKC"},
        {"type": "Lowercase"},
        _precompiled(simplified_characters()),
        _replace(_REPEATED_CHAR, ""),
        _replace(_SPACE_BESIDE_HAN, ""),
        _precompiled(images),
    ]


def _replace(pattern: str, content: str) -> dict[str, object]:
    return {"type": "Replace", "pattern": {"Regex": pattern}, "content": content}


def _precompiled(replacements: dict[str, str]) -> dict[str, object]:
    return {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap(replacements)).decode()}


@lru_cache(maxsize=1)
def simplified_characters() -> dict[str, str]:
    """Traditional characters and their simplified form, where a single character is enough to tell."""
    from opencc import OpenCC  # only building a base needs it

    convert = OpenCC("t2s").convert
    pairs = {char: convert(char) for char in map(chr, [*range(0x3400, 0xA000), *range(0xF900, 0xFB00)])}
    return {char: simple for char, simple in pairs.items() if simple != char and len(simple) == 1}


def _separators() -> list[str]:
    every = (chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    return [char for char in every if is_separator(char) and unicodedata.normalize("NFKC", char) == char]
