"""How people name the things of a graph, one way at a time; the same seed gives the same."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph
from chatbot.normalization.pinyin import readings
from chatbot.normalization.text import has_han
from tools.evaluate.naming_truth import SUFFIX, Naming, Said, Truth
from tools.evaluate.noise import perturb

_YEAR = re.compile(r"(?:19|20)(\d\d)款")
_LATIN_WORD = re.compile(r"[A-Za-z]{6,}")
_PIECE = re.compile(r"[\u4e00-\u9fff]+|\d+(?:\.\d+)?|[A-Za-z]+|[^\s\w]+")
_NUMERALS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_TRIES = 20  # for each naming that is wanted


@dataclass(frozen=True, slots=True)
class Way:
    """What is said of a name, and how it is written; ``None`` where the name does not lend itself to it."""

    say: Callable[[Entity], Said | None]
    write: Callable[[Said], str | None]


class Namer:
    """Makes namings at random; the same seed gives the same."""

    def __init__(self, graph: KnowledgeGraph, seed: int = 1) -> None:
        self._truth, self._chance, self._seed = Truth(graph), random.Random(seed), seed
        self._entities = [entity for entity in graph.entities if len(entity.keywords) > 2]

    def made(self, each: int) -> Iterator[Naming]:
        """``each`` different ones of every way, or as many as there are."""
        for way in self.ways:
            texts: set[str] = set()
            for _ in range(each * _TRIES):
                naming = self._naming(way)
                if naming and naming.text not in texts:
                    texts.add(naming.text)
                    yield naming
                if len(texts) == each:
                    break

    @cached_property
    def ways(self) -> Mapping[str, Way]:
        """Way of naming → what is said, and how it is written."""
        plain = self._spaced
        return {
            "whole name": Way(self._whole, plain),
            "without the brand": Way(self._brandless, plain),
            "series alone": Way(self._series, plain),
            "series and year": Way(self._with_year, plain),
            "series and short year": Way(self._with_year, self._short_year),
            "year behind": Way(self._some, self._year_behind),
            "some words": Way(self._some, plain),
            "one word": Way(self._one, plain),
            "words in another order": Way(self._some, self._reordered),
            "words before the series": Way(self._one, self._before),
            "without 版": Way(self._some, self._cut),
            "run together": Way(self._some, self._joined),
            "spaces anywhere": Way(self._some, self._apart),
            "case": Way(self._some, self._case),
            "full width": Way(self._some, self._wide),
            "marks left out": Way(self._some, self._unmarked),
            "numerals": Way(self._some, self._numerals),
            "long words cut": Way(self._some, self._abbreviated),
            "homophone": Way(self._some, self._noisy("homophone")),
            "character alike": Way(self._some, self._noisy("shape")),
            "character missing": Way(self._some, self._missing),
            "letters mistyped": Way(self._some, self._mistyped),
            "pinyin": Way(self._with_year, self._pinyin),
            "pinyin of the brand": Way(self._with_year, self._pinyin_brand),
            "Chinese digit behind letters": Way(self._with_year, self._numeral_behind),
            "letters and digit apart": Way(self._some, self._digit_apart),
            "without 版, run together, short year": Way(self._some, self._hurried),
        }  # fmt: skip

    def _naming(self, way: str) -> Naming | None:
        say, write = self.ways[way].say, self.ways[way].write
        said = say(self._chance.choice(self._entities))
        text = write(said) if said else None
        if said is None or text is None:
            return None
        least, most = self._truth.of(said)
        return Naming(way, text, least, most) if least else None

    # -- what is said ------------------------------------------------------------------------------------

    def _whole(self, e: Entity) -> Said:
        brand, series = e.keywords[:2]
        short = brand.removesuffix("汽车")
        return self._said(e, series if short in series else f"{short}{series}", tuple(e.keywords[-1].split()))

    def _brandless(self, e: Entity) -> Said | None:
        said = self._said(e, self._bare_series(e), tuple(e.keywords[-1].split()))
        return said if len(said.series) > 1 else None

    def _series(self, e: Entity) -> Said | None:
        bare = self._bare_series(e)
        name = bare if len(bare) > 2 and self._chance.random() < 0.5 else self._whole(e).series
        return Said(e, name, "", (), ())

    def _with_year(self, e: Entity) -> Said | None:
        said = self._series(e)
        return replace(said, year=e.keywords[2]) if said and _YEAR.fullmatch(e.keywords[2]) else None

    def _some(self, e: Entity) -> Said | None:
        words = e.keywords[-1].split()
        kept = sorted(self._chance.sample(range(len(words)), self._chance.randint(1, len(words))))
        said = self._said(e, self._bare_series(e), tuple(words[at] for at in kept))
        said = replace(said, middle=(), year=said.year if self._chance.random() < 0.4 else "")
        return said if len(said.series) > 1 else None

    def _one(self, e: Entity) -> Said | None:
        said = self._some(e)
        return replace(said, words=said.words[:1], year="") if said else None

    def _said(self, e: Entity, series: str, words: tuple[str, ...]) -> Said:
        year = e.keywords[2] if _YEAR.fullmatch(e.keywords[2]) else ""
        return Said(e, series, year, tuple(w for w in e.keywords[2:-1] if w != year), words)

    @staticmethod
    def _bare_series(e: Entity) -> str:
        return e.keywords[1].removeprefix(e.keywords[0].removesuffix("汽车")).strip() or e.keywords[1]

    # -- how it is written -------------------------------------------------------------------------------

    @staticmethod
    def _spaced(said: Said) -> str:
        return " ".join(part for part in (said.series, said.year, *said.middle, *said.words) if part)

    def _short_year(self, said: Said) -> str:
        year = _YEAR.sub(r"\1", said.year)
        gap = " " if said.series[-1].isdigit() else ""
        return self._chance.choice(
            (f"{said.series}{gap}{year}款", f"{year}款{said.series}", f"{said.series} {said.year[:4]}")
        )

    def _year_behind(self, said: Said) -> str | None:
        return f"{said.series} {' '.join(said.words)} {said.year}" if said.year else None

    def _reordered(self, said: Said) -> str | None:
        words = list(said.words)
        self._chance.shuffle(words)
        return self._spaced(replace(said, words=tuple(words))) if tuple(words) != said.words else None

    def _before(self, said: Said) -> str | None:
        word = said.words[0]
        return f"{word}{'的' if has_han(word[-1]) else ' '}{said.series}" if has_han(word) else None

    def _cut(self, said: Said) -> str | None:
        words = tuple(SUFFIX.sub("", word) for word in said.words)
        return self._spaced(replace(said, words=words)) if words != said.words else None

    def _joined(self, said: Said) -> str:
        return _joined((said.series, said.year, *said.words))

    def _hurried(self, said: Said) -> str:
        year = _YEAR.sub(r"\1款", said.year)
        return _joined((said.series, year, *(SUFFIX.sub("", word) for word in said.words))).lower()

    def _apart(self, said: Said) -> str | None:
        pieces = _PIECE.findall(self._joined(said))
        marks = [" " if self._chance.random() < 0.6 else "" for _ in pieces[1:]]
        text = "".join(map("".join, zip(pieces, [*marks, ""], strict=True)))
        return text if " " in text else None

    def _case(self, said: Said) -> str | None:
        text = self._spaced(said)
        changed = self._chance.choice((text.lower(), text.upper(), text.title(), text.swapcase()))
        return changed if changed != text else None

    def _wide(self, said: Said) -> str | None:
        text = self._joined(said)
        wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)
        return wide if wide != text else None

    def _unmarked(self, said: Said) -> str | None:
        text = self._spaced(said)
        bare = re.sub(
            r"(?<=\w)[\-.·](?=[A-Za-z\u4e00-\u9fff])|(?<=[A-Za-z\u4e00-\u9fff])[\-.·]",
            self._chance.choice(("", " ")),
            text,
        )
        return bare if bare != text else None

    def _numerals(self, said: Said) -> str | None:
        text = self._spaced(said)
        return (
            re.sub(r"\d", lambda found: _NUMERALS[found.group()], text).replace(".", "点")
            if re.search(r"\d", text)
            else None
        )

    def _abbreviated(self, said: Said) -> str | None:
        words = tuple(
            _LATIN_WORD.sub(lambda f: f.group()[: self._chance.choice((3, 4))], word) for word in said.words
        )
        return self._spaced(replace(said, words=words)) if words != said.words else None

    def _noisy(self, kind: str) -> Callable[[Said], str | None]:
        def write(said: Said) -> str | None:
            text = self._spaced(said)
            noisy = perturb(text, kind, self._chance.randrange(1000))
            return noisy if noisy != text and sum(map(has_han, text)) > 2 else None

        return write

    def _missing(self, said: Said) -> str | None:
        words = [w for w in said.words if sum(map(has_han, w)) >= 4]
        if not words:
            return None
        word = words[0]
        at = self._chance.choice([i for i, char in enumerate(word) if has_han(char) and i < len(word) - 1])
        return self._spaced(
            replace(said, words=tuple(word[:at] + word[at + 1 :] if w == word else w for w in said.words))
        )

    def _mistyped(self, said: Said) -> str | None:
        text = self._spaced(said)
        found = [m for m in _LATIN_WORD.finditer(text)]
        if not found:
            return None
        hit = self._chance.choice(found)
        at = self._chance.randrange(hit.start() + 1, hit.end() - 1)
        slips = (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        )
        slip = self._chance.choice(slips)
        return slip if slip != text else None

    @staticmethod
    def _pinyin_brand(said: Said) -> str | None:
        brand = said.entity.keywords[0].removesuffix("汽车")
        if not said.series.startswith(brand) or brand == said.series:
            return None
        return f"{''.join(readings(char)[0] for char in brand)} {said.series.removeprefix(brand).strip()} {said.year[2:]}"

    @staticmethod
    def _numeral_behind(said: Said) -> str | None:
        text = re.sub(r"(?<=[A-Za-z])\d(?!\d)", lambda found: _NUMERALS[found.group()], said.series)
        return f"{text} {said.year}" if text != said.series else None

    def _digit_apart(self, said: Said) -> str | None:
        text = re.sub(r"(?<=[A-Za-z])(?=\d)", " ", said.series, count=1)
        return self._spaced(replace(said, series=text)) if text != said.series else None

    @staticmethod
    def _pinyin(said: Said) -> str | None:
        if sum(map(has_han, said.series)) < 2:
            return None
        return "".join(readings(char)[0] if has_han(char) else char for char in said.series) + f" {said.year}"


def _joined(words: Sequence[str]) -> str:
    """``words`` with no space but where two numbers or two words of letters would run into one."""
    text = ""
    for word in filter(None, words):
        for part in word.split():
            left, right = text[-1:], part[0]
            one = (
                left.isascii()
                and right.isascii()
                and ((left.isdigit() and right.isdigit()) or (left.isalpha() and right.isalpha()))
            )
            text += f" {part}" if one and text else part
    return text
