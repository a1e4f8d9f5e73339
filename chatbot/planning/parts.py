"""The parts of a question once its links are sorted out: things, conditions, rankings, attributes, roles."""

from collections.abc import Sequence

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.directions import Directions
from chatbot.knowledge_graph.graph import display_name
from chatbot.knowledge_graph.plan import Clause, Order, Path
from chatbot.planning.atom import Atom
from chatbot.planning.bind import Misfit
from chatbot.planning.concepts import Way
from chatbot.planning.links import DegreeSense, Link, Strength
from chatbot.planning.scan import Scan
from chatbot.planning.vocabulary import Vocabulary
from chatbot.planning.word_forms import PACE
from chatbot.regex import regex

_ORDERS: dict[str | None, Order] = {"up": "desc", "down": "asc"}
_OPPOSITE: dict[str | None, Order] = {"up": "asc", "down": "desc"}
_NEAR = 5  # characters between an attribute and a word of degree
_MEANT = regex("哪|谁|最|第[一二两三四五六七八九十\\d]")
_BY_HOW_MUCH = regex("比.*(?:[多少高低长短远大小])(?:多少|几)")  # 探索版比它多多少
_WHOSE = {"谁家", "哪家", "哪个牌子", "什么牌子", "哪个品牌"}
_SIZE = {"大", "小"}
_HIGH = {"高", "低"}
_EXTENT = {"长": "长", "宽": "宽", "高": "高", "短": "长", "窄": "宽", "矮": "高"}
_EITHER_END = set("大小高低长短宽窄多少")
_LIKE = regex("差不多|一样|同样|接近|相当|比|哪|谁")


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity, or several that fit a name. ``referred``: it was meant by 它, 第二个, …"""

    names: tuple[str, ...]
    clause: Clause | None
    start: int
    end: int
    referred: bool = False
    negated: bool = False

    @property
    def single(self) -> bool:
        return len(self.names) == 1


@dataclass(frozen=True, slots=True)
class Ranking:
    """最便宜, 更快: by which attribute, in which order."""

    path: Path
    order: Order | None
    strength: Strength
    start: int
    end: int


@dataclass(frozen=True)
class Parts:
    """Everything the grammar decides on. ``unmet``: something is wished for that is no condition (带桌板)."""

    scan: Scan
    things: tuple[Thing, ...] = ()
    atoms: tuple[Atom, ...] = ()
    rankings: tuple[Ranking, ...] = ()
    attributes: tuple[tuple[Path, ...], ...] = ()
    categories: tuple[tuple[Path, ...], ...] = ()
    misfits: tuple[Misfit, ...] = ()
    limit: int | None = None
    reverse: bool = False
    referred: bool = False
    loose: bool = False
    dangling: str = ""
    place: int = 0
    unmet: bool = False
    _roles: frozenset[str] = frozenset()

    def has(self, *roles: str) -> bool:
        return not self._roles.isdisjoint(roles)

    @property
    def text(self) -> str:
        return self.scan.text

    @property
    def topics(self) -> tuple[tuple[Path, ...], ...]:
        """What is to be told: the attributes, and beside them what a word names as well as ranks (价格 油耗 车长);
        alone, all that is ranked by."""
        named = {link.start for link in self.scan.links if link.attribute} if self.attributes else None
        plain = (
            rank
            for rank in self.rankings
            if named is None or (rank.strength == "plain" and rank.start in named)
        )
        return tuple(dict.fromkeys((*self.attributes, *((rank.path,) for rank in plain))))


def by_how_much(parts: Parts, rank: Ranking) -> Atom | None:
    """一万 of 比它便宜一万的: a quantity of what is ranked by, right behind the word of degree."""
    behind = (atom for atom in parts.atoms if atom.kind == "quantity" and atom.path == rank.path)
    return next((atom for atom in behind if 0 <= atom.start - rank.end <= 1), None)


_MOST_IN_A_NAME = regex("最[大高小低]")
_OF_SOME_CAR = regex(
    "的(?:车|[\u4e00-\u9fff]{0,3}车|suv|mpv|(?:是|有)?(?:哪|谁)|那[个款台辆]|$)|(?:是|属)?(?:哪[个款台辆]|谁)"
)
_DONE_SO = regex("[\u4e00-\u9fff]得[多少大小高低]")  # 哪个洗得多 asks for nothing that was asked before
_STEM = 2  # characters of a name that say what is measured


def rankings(
    links: Sequence[Link],
    text: str,
    used: frozenset[int],
    vocabulary: Vocabulary,
    last: Sequence[Path] = (),
    directions: Directions | None = None,
) -> tuple[tuple[Ranking, ...], frozenset[int]]:
    """Every word of degree that measures something, and the attribute links that say what.

    ``last`` was asked before in the conversation: 这三个哪个最长. ``directions`` say what 最好 and 最差 are.
    """
    found: list[Ranking] = []
    taken = set(used)
    for at, link in enumerate(links):
        sense = link.degree
        if sense is None or at in used or _asks_how_much(at, links):
            continue
        beside = _beside(at, links, text, frozenset(taken), vocabulary)
        named = _numeric(links[beside], vocabulary) if beside is not None else None
        named = named or _time_before(sense, links, text, vocabulary, last)
        path, way = _measured(sense, named, vocabulary)
        other_end = bool(found) and sense.strength == "most" and _ORDERS.get(way) != found[-1].order
        if path is None and other_end and sense.word[-1] in _EITHER_END:
            path = found[-1].path  # 续航最长的比最短的, 油耗最低和最高
        if path and named is None and (inner := _within(path, at, links, text, vocabulary)):
            path = inner
            taken.add(at - 1)
        path = path or _meant(sense, links, text, vocabulary, last)
        if path is None:
            continue
        if beside is not None and named == path:
            taken.add(beside)
        taken.add(at)
        found.append(Ranking(path, _order(way, path, directions), sense.strength, link.start, link.end))
    if not found and (named_most := _named_most(links, text, vocabulary)):
        at, ranking = named_most
        return (ranking,), frozenset({*taken, at})
    return tuple(found), frozenset(taken)


def _named_most(links: Sequence[Link], text: str, vocabulary: Vocabulary) -> tuple[int, Ranking] | None:
    """最大马力的车: the name of the attribute says which end of it is meant, and a car is asked for."""
    if any(link.degree or (link.entity and len(link.entity.names) == 1) for link in links):
        return None
    for at, link in enumerate(links):
        path = _numeric(link, vocabulary) if _MOST_IN_A_NAME.match(link.text) else None
        if path is not None and _OF_SOME_CAR.match(text, link.end):
            order: Order = "desc" if link.text[1] in "大高" else "asc"
            return at, Ranking(path, order, "most", link.start, link.end)
    return None


def _within(path: Path, at: int, links: Sequence[Link], text: str, vocabulary: Vocabulary) -> Path | None:
    """电动机总扭矩 for 扭矩最大 of the motors: the attribute of the category right before that measures the same."""
    before = links[at - 1] if at else None
    if before is None or before.category is None or text[before.end : links[at].start] not in ("", "的"):
        return None
    measured = display_name(path[-1])[-_STEM:]
    below = (p for category in before.category.paths for p in vocabulary.columns.below(category))
    return next((p for p in below if display_name(p[-1]).endswith(measured)), None)


def _order(way: Way | None, path: Path, directions: Directions | None) -> Order | None:
    """Which end is meant; of 最好 and 最差 as the attribute gets better, ``None`` where neither way is."""
    if way in _ORDERS:
        return _ORDERS[way]
    better = directions.of(path[-1]) if directions else None
    if better is None:
        return None
    return _OPPOSITE[better] if way == "worse" else _ORDERS[better]


def _asks_how_much(at: int, links: Sequence[Link]) -> bool:
    """车长多少 asks for the attribute 车长, and ranks nothing."""
    link, behind = links[at], links[at + 1] if at + 1 < len(links) else None
    named = link.attribute is not None and link.degree is not None and link.degree.strength == "plain"
    return named and behind is not None and behind.plays("much") and behind.start == link.end


def _measured(
    sense: DegreeSense, named: Path | None, vocabulary: Vocabulary
) -> tuple[Path | None, Way | None]:
    """What a word of degree measures and which way, beside the attribute ``named``: 充电快 is a short time."""
    if named is None or not (sense.path is None or (sense.word[-1] in PACE and named != sense.path)):
        return sense.path, sense.way
    if sense.word[-1] not in PACE:
        return named, sense.way
    slower: Way = "up" if vocabulary.dimension(named) == "时间" else "down"
    faster: Way = "down" if slower == "up" else "up"
    return named, slower if sense.word[-1] == "慢" else faster


def _time_before(
    sense: DegreeSense, links: Sequence[Link], text: str, vocabulary: Vocabulary, last: Sequence[Path]
) -> Path | None:
    """哪个最快 after 充电要多久: the time that was asked before, where nothing else is named."""
    if sense.word[-1] not in PACE or not _MEANT.search(text) or any(x.attribute or x.value for x in links):
        return None
    return next((path for path in last[:1] if vocabulary.dimension(path) == "时间"), None)


def _meant(
    sense: DegreeSense, links: Sequence[Link], text: str, vocabulary: Vocabulary, last: Sequence[Path]
) -> Path | None:
    """What is measured where no attribute is named: what was asked before, or what the word is mostly said of."""
    path: Path | None = None
    last = () if _DONE_SO.search(text) else last
    if (_MEANT.search(text) or _BY_HOW_MUCH.search(text)) and not any(x.attribute or x.value for x in links):
        path = next((p for p in last[:1] if _said_of(sense.word, vocabulary.dimension(p))), None)
    plainly = sense.strength != "plain" or _alone(links, text) or f"又{sense.word}" in text or "比" in text
    if path is None and sense.word in _SIZE and plainly:  # 屏幕越大越好，最大那个
        path = next((p for x in links if (p := _numeric(x, vocabulary)) is not None), None)
    if path is None and sense.word in _SIZE and plainly:
        paths = vocabulary.concepts.paths
        path = next(iter((*paths("轴距"), *paths("大小"))), None)
    beside = sense.strength != "plain" or _LIKE.search(text) is not None  # 跟L8差不多长的
    if path is None and beside and sense.word in _EXTENT:
        path = vocabulary.part(_EXTENT[sense.word])
    if path is None and sense.word in _HIGH and _alone(links, text):
        named = [p for p in vocabulary.columns.paths if "高" in p[-1] and vocabulary.dimension(p)]
        path = named[0] if len(named) == 1 else None  # 哪个高, of what has an altitude
    return path


def _alone(links: Sequence[Link], text: str) -> bool:
    """GL8和赛那哪个大: nothing else says what is measured."""
    return _MEANT.search(text) is not None and not any(x.attribute or x.value or x.quantity for x in links)


def _said_of(word: str, dimension: str) -> bool:
    """Whether a word of degree is said of what is measured so: 长 of a distance or a time, 高 of anything."""
    if word in _SIZE and dimension not in ("容积", "长度", "数量", "功率", "扭矩", ""):
        return False  # 哪个大, after the 油耗, asks for the size
    return bool(dimension) and (word not in "长短宽窄" or dimension in ("长度", "时间"))


def _beside(
    at: int, links: Sequence[Link], text: str, used: frozenset[int], vocabulary: Vocabulary
) -> int | None:
    """The attribute right before a word of degree, or right behind it; 谁家 of 功率谁家最高 is none."""
    compared = False
    for i in range(at - 1, -1, -1):
        link = links[i]
        compared = compared or link.text == "比"
        far = links[at].start - link.end > _NEAR and not compared
        if far or any(mark in text[link.end : links[at].start] for mark in ",;。"):
            break
        if link.text in _WHOSE and _numeric(link, vocabulary) is None:
            continue
        if link.attribute and i not in used:
            return i
        if link.attribute or link.degree or link.quantity or (link.value and not link.plays("filler")):
            break
        if link.entity and not compared and not any(x.text == "比" for x in links[:i]):
            break
    return _behind(at, links, used)


def _behind(at: int, links: Sequence[Link], used: frozenset[int]) -> int | None:
    for i in range(at + 1, min(at + 3, len(links))):
        link = links[i]
        if link.start - links[at].end > 1:
            break
        if link.attribute and i not in used:
            return i
        if not link.plays("so", "filler"):
            break
    return None


def _numeric(link: Link, vocabulary: Vocabulary) -> Path | None:
    paths = link.attribute.paths if link.attribute else ()
    return next((path for path in paths if vocabulary.dimension(path)), None)
