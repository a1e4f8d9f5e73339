"""一年多少钱, 一晚多少钱: the price, where prices are told per year or per night; it is no condition of one year."""

import re

from chatbot.knowledge_graph.graph import display_name
from chatbot.planning.vocabulary import Vocabulary

_UNITS = "年 月 天 晚 间 次 节 课时 人 份 套".split()
_IN_NAMES = {
    "保费": "年",
    "年费": "年",
    "学费": "年",
    "月租": "月",
    "月费": "月",
    "房价": "晚间",
    "房费": "晚间",
}


def told_per(vocabulary: Vocabulary) -> re.Pattern[str] | None:
    """What says the unit before a price that is asked for; nothing where prices are of the whole thing."""
    path = next(iter(vocabulary.concepts.paths("价格")), None)
    column = vocabulary.columns.column(path) if path else None
    if path is None or column is None:
        return None
    units = [*_IN_NAMES.get(display_name(path[-1]), "")]
    units += [u for u in _UNITS if any(f"/{u}" in text or f"每{u}" in text for text in column.texts)]
    said = "|".join(dict.fromkeys(units))
    return (
        re.compile(rf"[一每]个?(?:{said})(?:要|得|是|大概|的)*(?=多少|啥价|什么价|几个?钱|贵不贵)")
        if said
        else None
    )
