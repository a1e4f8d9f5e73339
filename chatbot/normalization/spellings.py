"""The ways people write a name: whole, in parts, run together, without its brand or its ending."""

import itertools
import re
from collections.abc import Iterable, Sequence

from chatbot.normalization.text import normalize
from chatbot.regex import regex

SUFFIXES = ("版", "型", "款", "汽车")
_ONLY_A_QUANTITY = regex(r"[\d一二两三四五六七八九十]+[座门]?")
_HAN_RUN = regex(r"(?<=[a-z0-9+])(?!款)[\u4e00-\u9fff]{2,}[版型款]$")
_LAST_RUN = regex(r"(?<=[a-z0-9+·])(?!款)[\u4e00-\u9fff]{2,}[版型款]$")
_MAX_PARTS = 5
_SHORTEST = 2
_SHORT_CODE = regex(r"[a-z]\d\d")  # g63 of AMG G 63
_MODEL = "型号"  # B豪华 of B型号豪华版
_MARKS = regex(r"[\s\-.:·]")
_HAN_THEN_LATIN = regex(r"([\u4e00-\u9fff]{2,})([a-z][a-z0-9]+(?: [a-z]+)?|[a-z]级)")
_HAN_THEN_CODE = regex(r"[\u4e00-\u9fff]{2,}([a-z]{1,3}\d{1,3}[a-z]?)")
_CODE_THEN_HAN = regex(r"([a-z]{1,4}-?[a-z]?\d{1,2})(?=[\u4e00-\u9fff])")
_HAN_LATIN_HAN = regex(r"([\u4e00-\u9fff]{2,}[a-z]{2,4})(?=[\u4e00-\u9fff])")
_LATIN_TOKEN = regex(r"[a-z]+(?:-[a-z])?")
_KIND = regex(r"\([^)]*\)$|新能源$")
_ASCII_TOKEN = regex(r"[a-z0-9.\-]+")
_FIRST_WORD = regex(r"[a-z][a-z0-9.:\-]*(?=[ \u4e00-\u9fff])")
_NUMERIC = regex(r"\d+(?:\.\d+)?[tl]?")
_TELLING = regex(r"[a-z][\u4e00-\u9fff]|[a-z].*\d|\d.*[a-z\u4e00-\u9fff]|\d{3}|[a-z]{2}|[\u4e00-\u9fff]{2}")


def spellings(keyword: str) -> set[str]:
    """A keyword as people write it: whole, its parts, without 版/型/汽车, a year in two digits."""
    whole = normalize(keyword)
    found = {whole, _MARKS.sub("", whole), *(whole.replace(mark, "") for mark in " -·.")}
    parts = {normalize(part) for part in keyword.split()}
    parts |= {run for part in parts for run in _HAN_RUN.findall(part)}
    parts |= {part.replace("·", "") for part in parts}
    found |= {part for part in parts if len(part) >= 2 and not _counts(part)}
    found |= _run_together(keyword)
    if code := _HAN_THEN_CODE.fullmatch(whole):
        found.add(code[1])  # x12 of 清舞X12
    for suffix in SUFFIXES:
        stem = whole.removesuffix(suffix)
        if stem != whole and len(stem) >= (2 if suffix == "汽车" else 3) and not stem.isdigit():
            found.add(stem)
    if len(whole) == 5 and whole[:4].isdigit() and whole.endswith("款"):
        found.add(whole[2:])
    return {alias for alias in found if len(alias) >= 2}


def _counts(part: str) -> bool:
    return bool(_ONLY_A_QUANTITY.fullmatch(part) or _NUMERIC.fullmatch(part))


def _run_together(keyword: str) -> set[str]:
    """40tfsi of 40 TFSI, e300l of E 300 L: neighbouring parts of letters and digits, two or three."""
    tokens = [normalize(part) for part in keyword.split()]
    found = set()
    for length in (2, 3):
        for at in range(len(tokens) - length + 1):
            run = tokens[at : at + length]
            joined = "".join(run)
            long = len(joined) >= 4 or _SHORT_CODE.fullmatch(joined)
            if all(_ASCII_TOKEN.fullmatch(t) for t in run) and long and not joined.isdigit():
                found.add(joined)
    return found


def series_spellings(keywords: Sequence[str]) -> set[str]:
    """The second keyword without the first inside it (宝马5系 → 5系), without what only tells its kind apart
    (宋PLUS新能源 → 宋plus), in its Chinese part alone (赛那SIENNA → 赛那); one character with what goes with it.
    """  # fmt: skip
    if len(keywords) < 2:
        return set()
    brand, series = normalize(keywords[0]), normalize(keywords[1])
    short = brand.removesuffix("汽车")
    bare = _KIND.sub("", series)
    found = {bare, _MARKS.sub("", bare)}
    for name in (series, bare):
        cut = name.find(short)
        if cut >= 0:
            rest = name[cut + len(short) :].strip()
            found |= {rest, _MARKS.sub("", rest)}
    if (told := _CODE_THEN_HAN.match(bare)) and not told.group(1).isdigit():
        found.add(told.group(1))  # rav4 of RAV4荣放
    if told := _HAN_LATIN_HAN.match(bare):
        found.add(told.group(1))  # 探岳gte of 探岳GTE插电混动
    if both := _HAN_THEN_LATIN.fullmatch(bare):
        found.add(both.group(1))
    found = {name for name in found if len(name) >= 2 and _TELLING.search(name)}
    found |= {bare} if len(bare) == 1 and bare != series and not bare.isascii() else set()  # 唐 of 唐新能源
    if not bare.startswith(short) and not bare[0].isascii():
        found |= {f"{short}{bare}"}  # 大众探岳x is not 大众探岳
    if len(bare) <= 2 and not bare.isascii():
        tokens = {t for word in keywords[2:] for t in _LATIN_TOKEN.findall(normalize(word)) if len(t) > 1}
        found |= {f"{bare}{token}" for token in tokens} | {f"{bare}{t.replace('-', '')}" for t in tokens}
        parts = [part for word in keywords[3:] for part in word.split()][:_MAX_PARTS]
        chosen = (c for n in range(1, len(parts) + 1) for c in itertools.combinations(parts, n))
        found |= {normalize(" ".join((bare, *some))) for some in chosen}
    return found


def joined_spellings(keywords: Sequence[str]) -> set[str]:
    """雷凌运动版 of its CVT运动版: a series of one or two characters before the end of a word of the version."""
    bare = _KIND.sub("", normalize(keywords[1])) if len(keywords) > 1 else ""
    if not bare or len(bare) > _SHORTEST or bare.isascii():
        return set()
    parts = (normalize(part) for word in keywords[3:] for part in word.split())
    return {f"{bare}{run}" for part in parts for run in _LAST_RUN.findall(part)}


def bare_series(keywords: Sequence[str]) -> set[str]:
    """The series without what only tells its kind apart, where there is such a thing: Cayenne of Cayenne新能源."""
    series = normalize(keywords[1]) if len(keywords) > 1 else ""
    bare = _KIND.sub("", series)
    brand = normalize(keywords[0]).removesuffix("汽车")
    return {bare, _MARKS.sub("", bare), bare.removeprefix(brand).strip()} if bare != series else set()


def first_words(keywords: Sequence[str]) -> set[str]:
    """id7 of 大众ID.7 VIZZION, zrv of ZR-V 致在: a series by its first word, with a number or a mark in it."""
    if len(keywords) < 2:
        return set()
    series = normalize(keywords[1])
    short = normalize(keywords[0]).removesuffix("汽车")
    rest = _KIND.sub("", series[series.find(short) + len(short) :] if short in series else series).strip()
    found = _FIRST_WORD.match(rest)
    first = found.group() if found else ""
    return {first, _MARKS.sub("", first)} if found and not first.isalpha() else set()


def own_parts(series: Iterable[str]) -> dict[str, str]:
    """锐放 → 卡罗拉锐放 (there is a 卡罗拉 too), 荣放 → RAV4荣放: Chinese parts of series' names that one series alone has."""
    bare = {name: _KIND.sub("", normalize(name)).strip() for name in series}
    known = {name for name in bare.values() if len(name) >= _SHORTEST}
    found: dict[str, set[str]] = {}
    for name, plain in bare.items():
        parts = set(re.findall(r"[\u4e00-\u9fff]{2,}", plain)) - {plain}
        parts |= {plain[len(other) :] for other in known if plain.startswith(other) and plain != other}
        for part in sorted(parts):
            if "汽" not in part and len(part) >= _SHORTEST and re.fullmatch(r"[\u4e00-\u9fff]+", part):
                found.setdefault(part, set()).add(name)
    return {part: next(iter(names)) for part, names in found.items() if len(names) == 1}


def weak_spellings(keyword: str) -> set[str]:
    """What is a name only beside another one: 尊享 of 尊享版, 豪华 of 豪华型."""
    parts = {normalize(part) for part in keyword.split()}
    parts |= {run for part in parts for run in _HAN_RUN.findall(part)}
    numbers = {part for part in parts if _NUMERIC.fullmatch(part) and part[-1] in "tl"}
    stems = {part[:-1] for part in parts if part.endswith(SUFFIXES[:3])}
    numbers |= {part.removesuffix(_MODEL) for part in parts if part.endswith(_MODEL) and part[:1].isascii()}
    return numbers | {stem for stem in stems if len(stem) >= 2 and not any(c.isdigit() for c in stem)}
