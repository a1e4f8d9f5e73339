"""Words that point at a picture, put as if what it shows had been named: 这车多少钱 → 海豚 E6多少钱."""

from collections.abc import Callable

from chatbot.normalization.courtesy import without_courtesies
from chatbot.normalization.text import content
from chatbot.regex import regex

_COUNTED = r"(?:辆|台|款|部|个|件|种|只|双|条|张)?"
_THING = r"(?:车子|车型|车|东西|产品)?"
_PICTURE = r"(?:(?:图|图片|照片|相片)(?:里面?|中|上面?)(?:的)?)"
_POINTER = rf"(?:{_PICTURE}?(?:这|那|此)(?![么样里边时些儿会])一?{_COUNTED}(?:(?:图片|照片|图)(?:里面?|中|上面?)?的?)?{_THING}|{_PICTURE}{_THING}|它)"
_POINTED = regex(_POINTER)
_WHAT = rf"(?:是|叫|属于|算)?(?:什么|啥|哪)一?{_COUNTED}[\u4e00-\u9fff]{{0,3}}"
_ASKS_WHAT = regex(
    rf"(?:(?:你|您|帮我|能)?(?:认识|认得出?|知道|看看|识别)(?:一下)?)?(?:{_POINTER})?(?:{_WHAT})?[吗么呢啊呀吧]?"
)


def named_for_pointed(said: str, name: str, asks_of_it: Callable[[str], bool]) -> str:
    """``said`` about a picture of ``name``, as a question that holds without the picture.

    ``name`` alone where it is only asked what the picture shows, or nothing is said. ``asks_of_it`` tells whether a
    text speaks of an attribute: 这是什么颜色 asks for the colour.
    """
    plain = without_courtesies(said.strip())
    bare = content(plain)
    if not bare or (_ASKS_WHAT.fullmatch(bare) and not asks_of_it(plain)):
        return name
    pointed = _POINTED.search(plain)
    if pointed is None:
        return f"{name}{plain}"
    before, after = plain[: pointed.start()], plain[pointed.end() :]
    return f"{before}{name}{after}"
