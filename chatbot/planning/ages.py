"""How old someone is, as it is said: 她58了, 我今年62, 孩子六岁半了; a number of years of a life, and of nothing else."""

import re

from chatbot.planning.purposes import WHO
from chatbot.regex import regex

_SAID = regex(
    rf"(?:(?:[我你您他她俺咱]|{WHO}|老人家?|小孩)(?:们|家)?(?:今年|已经|都|快|才|刚满?|满|大概|差不多|现在|有|是)*|今年)"
    r"(?<![\d.])(\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?)(多?)(?:了|啦)?"
    r"(?![\d.一二三四五六七八九十百千万亿个元块年月日号款台辆公岁周座分点寸匹升斤平米天位名人次项折间晚张件])"
)


def as_ages(text: str) -> str:
    """``text`` with every such number in years, and whose it is left out: 给我妈买个体检,58岁."""
    return _SAID.sub(_age, text) if _SAID.search(text) else text


def _age(found: re.Match[str]) -> str:
    start = "," if found.start() else ""
    return f"{start}{found.group(1)}{found.group(2)}岁"
