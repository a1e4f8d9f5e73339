"""What people say around a question: greetings, 请问, 谢谢, sounds of hesitation. It is no part of what they ask."""

import re
from functools import lru_cache

from chatbot.normalization.text import content

FEWEST_LEFT = 3  # letters that must remain, else the courtesies were the message: 您好啊, 请问在吗

_GREETING = r"(?:你好|您好|哈喽|哈啰|嗨|hi|hello|在吗|在不在|在么|有人吗|有人在吗)(?:啊|呀|哈)?"
_CALL = r"(?:(?:老师|师傅|亲亲?)(?:啊|呀)?|(?:客服|小哥哥?|小姐姐?|美女|帅哥|亲)(?:啊|呀)?[^\w%])"  # 客服电话 calls nobody
_ASK = (
    r"(?:我?(?:就是)?(?:想|要)(?:请问|请教|咨询|问问?|了解|打听)(?:一?下|一声)?|我?(?:请问|请教)(?:一?下)?"
    r"|我?(?:咨询|问|了解|打听)(?:一?下|一声)|(?:麻烦|劳驾|拜托)(?:您|你)?(?:帮我?)?(?:(?:问|看|查|说|讲|介绍)一?下)?"
    r"|打扰一?下|打扰了|不好意思)"
)
_HESITATION = r"(?:嗯+|呃+|额|哎|诶|欸|那个|那什么|话说)"
_BEFORE = re.compile(rf"(?:(?:{_GREETING}|{_CALL}|{_ASK}|{_HESITATION})[^\w%]*)+")
_THANKS = r"(?:谢谢|多谢|感谢|谢了|麻烦了|辛苦了?|拜托了?|(?<![着很不])急+|在线等)(?:您|你)?(?:啦|了|哈|啊)?"
_AFTER = re.compile(rf"(?:[^\w%]*(?:{_THANKS}|[呀啊哦哈呐哟哎]))+[^\w%]*$|[^\w%+]+$")
_OPENING = frozenset("你您哈嗨h在有老师亲客小美帅我就想要请咨问了打麻劳拜不嗯呃额哎诶欸那话")
_CLOSING = frozenset("谢了苦托急等您你啦哈啊呀哦呐哟哎")
"""What a courtesy at the start begins with, and one at the end ends with, if not with a mark: a look at one character
saves most questions two searches."""


@lru_cache(maxsize=256)  # a turn asks of the same words in the dialogue, the retrievers and the planner
def without_courtesies(text: str) -> str:
    """A normalised ``text`` without the courtesies at its ends; as it is when hardly anything would be left."""
    opening = _BEFORE.match(text) if text[:1] in _OPENING else None
    start = opening.end() if opening else 0
    may_close = text[-1:] in _CLOSING or not text[-1:].isalnum()
    closing = _AFTER.search(text, start) if may_close else None
    end = closing.start() if closing else len(text)
    if end - start == len(text):
        return text
    left = text[start:end]
    return left if len(content(left)) >= FEWEST_LEFT else text
