"""Words that are not understood and stand apart from what is: they are left out, and the reply says so."""

from chatbot.planning.parts import Parts
from chatbot.planning.scan import Scan
from chatbot.planning.unknowns import MODEL_LIKE
from chatbot.regex import regex

MIN_COVERAGE = 0.8
MAX_UNKNOWN = 3
MAX_PIECE = 4
MAX_ALL = 8
MIN_TOLD = 2  # what else must be said, for the rest to be left out
_NEAR = 3  # characters between a word and what is said to be most of it
_CLAUSE = regex(r"[^,;。!?]+")
_CHANGES_ALL = regex("二手|准新|展车|试驾车")  # its price is none of a new one
_CLINGS = ("not", "has", "exists", "compare", "or", "nearest", "verify", "enough")


def stray(parts: Parts) -> bool:
    """Whether all that is not understood stands before what is meant in its clause, or in a clause of its own.

    家里俩娃，七座的有哪些: the first clause is chatter. What is said behind a condition (好开吗), or by 有 or 不要, may be
    what matters, and is not left out.
    """
    unknown = parts.scan.unknown
    told = len(parts.atoms) + len(parts.things) + sum(r.strength == "most" for r in parts.rankings)
    told += parts.has("head", "list", "count", "buy", "which")
    if not unknown or told < MIN_TOLD or sum(map(len, unknown)) > MAX_ALL:
        return False
    return all(len(piece) <= MAX_PIECE and _apart(piece, parts) for piece in unknown)


def _apart(piece: str, parts: Parts) -> bool:
    start = parts.text.find(piece)
    clause = next((c for c in _CLAUSE.finditer(parts.text) if c.start() <= start < c.end()), None)
    if clause is None or piece.isascii() or _CHANGES_ALL.search(piece):
        return False
    meant = [atom.start for atom in parts.atoms] + [thing.start for thing in parts.things]
    meant += [rank.start for rank in parts.rankings]
    inside = [at for at in meant if clause.start() <= at < clause.end()]
    near = [x for x in parts.scan.links if clause.start() <= x.start and x.end <= start + len(piece)]
    if any(link.plays(*_CLINGS) and not link.plays("so") for link in near):
        return False
    return start < min(inside, default=clause.end()) and not _is_measured(start + len(piece), parts)


def _is_measured(end: int, parts: Parts) -> bool:
    """雷 of 哪个雷达最多: what is most is said right behind it, and of nothing else."""
    behind = next((x for x in parts.scan.links if x.start >= end and not x.plays("so")), None)
    degree = behind.degree if behind is not None and behind.start - end < _NEAR else None
    return degree is not None and degree.strength == "most" and degree.path is None


def too_little_known(scan: Scan) -> bool:
    """Whether too much of the content is explained by nothing."""
    return scan.coverage < MIN_COVERAGE or sum(map(len, scan.unknown)) > MAX_UNKNOWN


def says_nothing_of_the_graph(scan: Scan) -> bool:
    """Too little is known of it, it names nothing, and nothing in it looks like a name: no plan and no refusal either."""
    names = any(link.entity or link.attribute or link.value or link.plays("head") for link in scan.links)
    names = names or any(link.degree and link.degree.strength == "most" for link in scan.links)  # 销量最高的
    return too_little_known(scan) and not names and not any(map(MODEL_LIKE.search, scan.unknown))
