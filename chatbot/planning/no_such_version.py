"""A version that is not there: 云岚S5赛道版, 2.5L四驱尊贵版 of a 威兰达, 1.5T风尚版, 2.0T旗领版 where all are 3.0T.

One place, with one answer: that the graph has no such car. What the series does have is offered beside it, and nothing of
another series, or of another drive, engine or number of seats, is told in its place.
"""

import itertools
from collections.abc import Callable

from chatbot.knowledge_graph.plan import KEYWORDS, NAME, Condition, Plan, leaf_conditions
from chatbot.normalization.spellings import series_spellings
from chatbot.normalization.text import normalize
from chatbot.planning.context import Context
from chatbot.planning.contradicted import contradicted
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.query import Refusal
from chatbot.planning.read_parts import is_brand, is_year
from chatbot.planning.unknowns import capitals
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_OF_EACH = regex("各|分别")  # 经典版 升级版各多少钱
_DEEPEST, _PAIR = 5, 2
_COUNTS_ALIKE = regex(r"[\d二两三四五六七八九]([座门])[\d二两三四五六七八九]\1$")  # 8座9座 are two versions
_OWN_CODE = regex(r"(?<![a-z0-9.])\d{3}[a-z]{1,3}(?![a-z0-9])")
_CODE = regex(r"[a-z]{1,3}\s?\d{2,3}")  # E300L says which series it is of
_TRIM = regex(r"[\u4e00-\u9fff]{2,6}[版型]$")
_CLOSE = regex(r"[的\s]*")


def no_such_version(
    parts: Parts,
    told: Parts,
    context: Context,
    vocabulary: Vocabulary,
    holding: Callable[[Plan], tuple[str, ...]],
) -> Refusal | None:
    """The refusal where a version is named that is not there.

    ``told`` are the ``parts`` as they are meant in this conversation; ``holding`` gives the cars that a plan finds.
    """
    return (
        _of_another_series(parts, vocabulary)
        or _not_of_the_one_spoken_of(parts, context, vocabulary, holding)
        or _unheard_of(parts, context, vocabulary)
        or contradicted(told, vocabulary, holding)
    )


def _of_another_series(parts: Parts, vocabulary: Vocabulary) -> Refusal | None:
    """云岚S5赛道版, 松峦Q5 2026款: a version that the series has not, though another one has."""
    for first, second in itertools.pairwise(parts.things):
        turned = is_year(first.clause) and _level(second) == 2
        series, version = (second, first) if turned else (first, second)
        if (
            (min(_levels(series)) > 2 and not _names_its_series(series, parts.text, vocabulary, begins=True))
            or not (3 <= _level(version) <= _DEEPEST or _is_piece(version, parts.text, vocabulary))
            or parts.text[first.end : second.start].strip() not in ("", "的")
            or series.referred
            or version.referred
            or _COUNTS_ALIKE.search(parts.text, first.start, second.end)
            or (series.single and (first.end < second.start or parts.has("which", "compare")))
            or (series.single and version.single and _OF_EACH.search(parts.text))
            or _names_its_series(version, parts.text, vocabulary)
            or (
                (parts.has("compare", "each") or len(parts.things) > _PAIR)
                and set(version.names) <= set(vocabulary.graph.kin(series.names[0]))
            )  # Q5两驱四驱差多少, X7旗舰 礼遇 进阶各跑多少公里
        ):
            continue
        if not set(series.names) & set(version.names):
            return Refusal("unknown_entity", capitals(parts.text[first.start : second.end]), parts.scan)
    return None


def _names_its_series(thing: Thing, text: str, vocabulary: Vocabulary, *, begins: bool = False) -> bool:
    """M2 is a version of the 宝马M2, and the series as well: no version of what stands before it.

    ``begins``: the series is named first, and something behind it (护卫舰07 205KM).
    """
    said = text[thing.start : thing.end].replace(" ", "")
    lead = vocabulary.graph.series(thing.names[0])
    if len(lead) < 2:
        return False
    series = normalize(lead[1]).replace(" ", "")
    if not begins:
        return said in series
    return said.startswith((series, *(name.replace(" ", "") for name in series_spellings(lead))))


def _not_of_the_one_spoken_of(
    parts: Parts, context: Context, vocabulary: Vocabulary, holding: Callable[[Plan], tuple[str, ...]]
) -> Refusal | None:
    """2.5L四驱尊贵版 while a 威兰达 is spoken of that has none such: no car of another series that has."""
    near = context.near(vocabulary.graph)
    if len(parts.things) != 1 or not near:
        return None
    thing, lead = parts.things[0], vocabulary.graph.series(near)
    if thing.referred or thing.negated or not _is_piece(thing, parts.text, vocabulary) or len(lead) < 2:
        return None
    spoken_of = {vocabulary.graph.series(name) for name in (*context.recent, *context.shown)}
    named = [vocabulary.graph.series(name) for name in thing.names]
    if any(lead[1] in one[1] or one[1] in lead[1] or one in spoken_of for one in named):
        return None  # of its other kind, or of one that was spoken of before
    said = parts.text[thing.start : thing.end]
    if _code_of_one_series(said, vocabulary, holding):
        return None
    return Refusal("unknown_entity", f"{lead[1]} {capitals(said)}", parts.scan)


def _code_of_one_series(
    said: str, vocabulary: Vocabulary, holding: Callable[[Plan], tuple[str, ...]]
) -> bool:
    """740li, 652t: letters and digits in the names of one series alone say which it is, as its own name would."""
    for code in _OWN_CODE.findall(said):
        names = holding(Plan("filter", (), (), (Condition(NAME, "contains", code),)))
        if len({vocabulary.graph.series(name) for name in names}) == 1:
            return True
    return False


def _is_piece(thing: Thing, text: str, vocabulary: Vocabulary) -> bool:
    """Whether it is named by pieces of a version's name alone, and by nothing of a brand or a series."""
    of_a_version = thing.clause is None or min(_levels(thing)) > 2  # 2025款旗领
    if not of_a_version or not thing.names or _CODE.search(text[thing.start : thing.end]):
        return False
    said = text[thing.start : thing.end].replace(" ", "")
    leads = {vocabulary.graph.series(name) for name in thing.names}
    words = {normalize(word).replace(" ", "") for lead in leads for word in lead}
    if any(_begins_it(word, said) for word in words):
        return False  # 汉EV, and c性能 of the C型号
    return not any(word[at : at + 2] in said for word in words for at in range(len(word) - 1))


def _begins_it(series: str, said: str) -> bool:
    """Whether ``said`` begins with a series of one character, or with the letter that one is told by."""
    lettered = series[:1].isascii() and series[:1].isalpha() and not series[1:2].isascii()
    return said.startswith(series[0]) and (len(series) == 1 or (lettered and not said[1:2].isascii()))


def _unheard_of(parts: Parts, context: Context, vocabulary: Vocabulary) -> Refusal | None:
    """1.5T风尚版 while a RAV4 is spoken of, or behind it: a version's name that the series has not."""
    pieces = [piece for piece in parts.scan.unknown if _TRIM.search(piece)]
    if len(pieces) != 1 or len(parts.scan.unknown) != 1 or len(parts.things) > 1:
        return None
    start = parts.text.find(pieces[0])
    end = start + len(pieces[0])
    values = [atom for atom in parts.atoms if atom.kind == "value" and atom.end <= start]
    begin = values[-1].start if values and _CLOSE.fullmatch(parts.text[values[-1].end : start]) else start
    thing = parts.things[0] if parts.things else None
    if thing is not None:
        if thing.referred or is_brand(thing.clause) or not _CLOSE.fullmatch(parts.text[thing.end : begin]):
            return None
        names: tuple[str, ...] = thing.names
    else:
        near = context.near(vocabulary.graph)
        names = (near,) if near and begin == 0 else ()
    if not names:
        return None
    lead = vocabulary.graph.series(names[0])[-1]
    said = capitals(parts.text[begin:end])
    return Refusal("unknown_entity", f"{lead} {said}", parts.scan)


def _levels(thing: Thing) -> list[int]:
    """Which keywords name it; a big number where none does."""
    named = leaf_conditions((thing.clause,) if thing.clause else ())
    return [int(c.attribute[2]) for c in named if c.attribute[:2] == KEYWORDS and len(c.attribute) == 3] or [
        9
    ]


def _level(thing: Thing) -> int:
    """Which keyword names it, 1 for the brand; a big number where it takes more than one."""
    clause = thing.clause
    named = isinstance(clause, Condition) and clause.attribute[:2] == KEYWORDS and len(clause.attribute) == 3
    return int(clause.attribute[2]) if named and isinstance(clause, Condition) else 9
