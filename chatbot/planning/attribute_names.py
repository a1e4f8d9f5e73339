"""Other names of attributes, made from their own: ESP of 车身稳定控制/ESC/ESP/DSC等, 前排侧气囊 of 前/后排侧气囊, 进气 of 进气形式.

Only what one attribute alone can be called so, and what is not a large part of other names.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set

from chatbot.knowledge_graph.columns import Column, Columns
from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph, Path, asked_whether, display_name
from chatbot.normalization.text import normalize
from chatbot.regex import regex

_ENDING = regex(
    "(?:系统|功能|装置|类型|方式|规格|形式|里程|辅助|技术|数量|检测|检查|服务|项目|赔付|保障|报销|(?<=^..)等级)$"
)
_IN_BRACKETS = regex(r"\([^)]*\)")
_UNIT_BEHIND = regex(r"(?<=[\u4e00-\u9fff])/[a-z]{1,3}$")
_BOTH = regex(r"^([前主])/([后副])(.+)$")
_ASCII_SLASH = regex(r"(?<=[a-z0-9])/(?=[a-z0-9])")
_JOINS = ("", "-", ".")
_WORD = regex("[a-z]+")
_LATIN = regex(r"[a-z]{3,}")
_HAN = regex(r"[\u4e00-\u9fff]{2,}")
_RUN = regex(r"[\u4e00-\u9fff]+")
_FEWEST_HOLDERS = 2  # entities that have an attribute before a part of its name may stand for it
_SHORT = 3  # characters
_CODE = regex(r"[\u4e00-\u9fff]{0,2}[a-z]*\d*(?=[\u4e00-\u9fff]{2,}$)")  # 碳13 of 碳13呼气
_HEAD = 2  # characters of a word
_GENERIC = frozenset(
    (
        "时间",
        "日期",
        "费用",
        "价格",
        "质量",
        "数量",
        "个数",
        "系数",
        "容量",
        "容积",
        "长度",
        "宽度",
        "高度",
        "年份",
        "期限",
    )
)
_MOST_HOLDERS = 2  # names that hold a stem: 电池 is a part of too many to stand for 电池类型


def short_forms(paths: Iterable[Path], entities: Sequence[Entity], names: Iterable[str]) -> dict[str, Path]:
    """Word → the attribute that it names; the attributes' names as they stand are not among them.

    Nor are words of the ``entities``' keywords, and what else they are called, ``names``.
    """
    taken = {word for e in entities for keyword in e.keywords for word in _WORD.findall(keyword.lower())}
    taken.update(names)
    own = {path: normalize(path[-1]) for path in paths}
    found: dict[str, set[Path]] = {}
    for path, name in own.items():
        for word in _forms(name):
            found.setdefault(word, set()).add(path)
    plain = set(own.values())
    taken |= plain
    holders = Counter(part for name in plain for part in _short_parts(name))
    return {
        word: next(iter(those))
        for word, those in found.items()
        if len(those) == 1 and word not in taken and (len(word) > _SHORT or holders[word] <= _MOST_HOLDERS)
    }


def _short_parts(name: str) -> set[str]:
    """Every two and three neighbouring characters of ``name``."""
    return {name[at : at + size] for size in range(2, _SHORT + 1) for at in range(len(name) - size + 1)}


def _forms(name: str) -> Iterator[str]:
    bare = _UNIT_BEHIND.sub("", _IN_BRACKETS.sub("", name)).strip()
    if both := _BOTH.match(bare):
        first, second, what = both.groups()
        wholes = [f"{first}{second}{what}", f"{first}{what}", f"{second}{what}"]
    else:
        parts = bare.removesuffix("等").split("/")
        wholes = [bare, *(p for p in parts if p != bare and (_LATIN.fullmatch(p) or _HAN.fullmatch(p)))]
        wholes += [_ASCII_SLASH.sub(join, bare) for join in _JOINS if _ASCII_SLASH.search(bare)]
    if what := asked_whether(bare):
        wholes.append(what)
    for whole in wholes:
        yield whole
        stem = _ENDING.sub("", whole)
        if stem != whole and len(stem) >= 2:
            yield stem


def telling_endings(columns: Columns, flags: Container[Path], known: Set[str]) -> dict[str, Path]:
    """按摩 of 座椅按摩, 无线充 of 手机无线充电: parts of a feature's name that no other name has.

    The last two characters, or any three or more; what has a number in it (碳13 of 碳13呼气). ``flags`` are the attributes
    that say whether a thing is there; words that are ``known`` are left alone. Of what most entities of its section have a
    number of the last two of four: 内存 of 运行内存.
    """
    names = {normalize(display_name(path[-1])): path for path in columns.paths}
    holders = Counter(part for name in names for part in _name_parts(name))
    beside = _in_sections(columns)
    found = {}
    for name, path in names.items():
        column = columns.column(path)
        code = _code(name) if path in flags else ""
        if code and code not in known and sum(code in other for other in names) == 1:
            found[code] = path
        enough = column is not None and len(column.rows) >= _FEWEST_HOLDERS
        if len(name) >= 4 and path in flags and enough:
            parts = (part for part in _name_parts(name) if len(part) > 2 or name.endswith(part))
            found.update({part: path for part in sorted(parts) if holders[part] == 1 and part not in known})
        elif column is not None and _is_compound(name, column) and 2 * len(column.rows) >= beside[path[0]]:
            tail = name[-_HEAD:]
            found.update({tail: path} if holders[tail] == 1 and tail not in known | _GENERIC else {})
    return found


def _code(name: str) -> str:
    """碳13 of 碳13呼气: what a name begins with, where that holds a letter or a number; empty where it does not."""
    found = _CODE.match(name)
    begin = found.group() if found else ""
    return begin if len(begin) > 1 and not (_RUN.fullmatch(begin) or begin.isdigit()) else ""


def _in_sections(columns: Columns) -> Mapping[str, int]:
    """How many entities have any attribute of each section: 洗涤 is of the washing machines alone."""
    rows: dict[str, set[int]] = {}
    for path in columns.paths:
        column = columns.column(path)
        rows.setdefault(path[0], set()).update(column.rows.tolist() if column is not None else ())
    return {section: len(those) for section, those in rows.items()}


def _is_compound(name: str, column: Column) -> bool:
    """运行内存, 有线快充: two words, of which the second alone says what is measured."""
    measured = 2 * len(set(column.text_of.tolist())) > column.distinct
    return len(name) == 2 * _HEAD and _HAN.fullmatch(name) is not None and measured


def _name_parts(name: str) -> set[str]:
    """Every run of two to six Chinese characters in ``name``."""
    runs = (name[at : at + size] for size in range(2, 7) for at in range(len(name) - size + 1))
    return {run for run in runs if _RUN.fullmatch(run)}


def level_words(graph: KnowledgeGraph) -> tuple[str, ...]:
    """What the first keyword is asked for by, where no attribute has its name: 品牌, 什么牌子; 系列 of what has none below."""
    level = graph.level_names["1"]
    named = any(path[-1] == level for path in graph.tree if path)
    words = ("品牌", "牌子", "谁家", "哪家", "什么牌子") if level == "品牌" else (level,)
    return (*(() if named else words), *(("系列",) if graph.series_depth == 1 else ()))
