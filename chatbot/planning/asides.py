"""What people say around a question and in the middle of it: who they are, that they think, whom they ask.

我年纪大了怕托底，想知道… is background; 嗯 那个 我想问一下就是… is nothing at all. None of it is part of the question.
"""

import re
from collections.abc import Callable

from chatbot.normalization.courtesy import without_courtesies
from chatbot.normalization.text import content
from chatbot.planning.frames import without_frame, without_idle_clauses
from chatbot.planning.links import Link
from chatbot.planning.scan import Scan
from chatbot.regex import regex

_MARKS = regex(r"[,。;!?]")
_FILLER = (
    r"(?:嗯+|呃+|哎呀?|诶|欸|唉|噢|哦+|啊(?=[,。])|额(?![外度定])|那什么|那啥|那个啥|内个|怎么说呢?|怎么讲呢?|你知道吧"
    r"|我想想|我看看(?=[,。])|让我想想|就是说|就是那个|就是(?=[,。])|然后呢?(?=[,。])|那个(?=那个|[,。]))"
)
_FILLERS = regex(rf"(?:(?<=[,。;!?])|^){_FILLER}(?:[,。\s]*{_FILLER})*[,。\s]*|[,。\s]{_FILLER}(?=[,。])")
_HEARD = regex("(?:我)?听[^,，。]{0,4}(?:说|讲|提)(?:过|起)?(?:的)?(?=[^,，。])")
_TRIED = regex(
    "(?:我|我们|俺)?(?:昨天|前天|今天|上周|上个?月|上?周末|周[一二三四五六日天]|刚刚?|之前|前[几两]天|已经)*"
    "(?:去)?(?:店里|门店|4s店)?(?:试驾|试乘|体验|试坐)(?:了|过)(?:一下)?(?=[a-z\u4e00-\u9fff])(?!.{0,3}(?:要|需|带|吗|没))"
)
_ORDER = regex("(?:第[一二三]个?问题|首先|先问一下|还有一?个?问题)(?:就?是|呢)?[,:]?(?=..)")
_IMPOSES = regex(
    r"(?:我)?(?:就|只|再|想)*(?:耽误|占用|打扰|打搅|麻烦)(?:一下)?(?:您|你)?们?的?(?:宝贵)?的?"
    r"(?:[一二两三几半\d]+(?:个)?(?:分钟|秒钟?|会儿?)|一?点儿?时间|时间)(?:了|哈|啊)?(?=$|[,，。])"
)
_ASK_AGAIN = regex(
    r"(?:^|(?<=[,。;!?]))(?:我)?(?:就是|就|只是|其实|主要)?(?:是)?(?:想|要)(?:请)?(?:问|打听|请教|了解|知道|咨询|确认|查|看)"
    r"(?:一?下子?|打听|问|看|一?声|个事儿?)?(?:[,。:]|(?:您|你)们?|就是|的是|说)*"
)
_FOR_ME = regex(
    r"(?:麻烦|劳驾|拜托|烦请|辛苦)(?:您|你)?(?:帮忙|帮我|给我|替我|帮)?(?:看|查|问|说|算|介绍|讲|找|列)(?:一?下|一?[看查问说找])?(?![车款])"
)
_FRAME = regex(
    r"^(?:(?:有人|有谁|谁|你们?|您)?(?:能不能|能否|可以|可不可以|能)?(?:知不知道|晓不晓得|清不清楚|知道|晓得|清楚|了解|告诉我|说说|说一?下|讲讲))"
    r"[,:]?(?P<asked>.{4,}?)(?:的?(?:吗|么|嘛|不)?)[?。]?$"
)
_WHO_KNOWS = regex(
    r"[,。\s](?:有没有人|有人|有谁|谁|你们?|您)(?:知道|晓得|清楚|了解|能告诉我|能说说|能解答)(?:一?下)?(?:的)?(?:吗|么|嘛|不|没)?[?。]?$"
)
_APPOSED = regex(r"(?<=[版款型a-z0-9])(?:那个|这个|那款|这款|那台|这台)小?(?:车子?|轿车)(?=[,。它的]|$)")
_THAT_ONE = regex(r"(?<=[\u4e00-\u9fff])的那[个款台](?=\s?[a-z0-9])")  # 奔驰改款的那个gla 200
_WHETHER = regex(
    "(?:冬天|夏天|平时|到底)?(能不能|带不带|有没有|支不支持|可不可以|配不配|能否|是否|(?:还|也)?(?:必须|一定|最好|应该|需要|[得要])(?:要|得)?(?:能够?|可以|会|带|有)|能够?|可以|会|带|有(?=..{0,2}[没吗么不]?$))(?:带|有|支持|够)?"
)
_ASKS = regex("多少|几|谁|比(?![较如方])|什么|哪|怎么|如何|为什么|吗|么$|多[大长久远重快]|[能会可]不[能会可]")
_WISHES = regex(
    "^(?:我|俺|咱)?(?:就|只|主要|最好)?(?:想要|只要|必须|一定要|最好|要求|要有|要带|要是|得有|得带|需要|带|有)(?!人)"
)
_PART = (2, 5)  # characters of either half of a feature's name
_SHORTEST = 2


def plain_question(text: str) -> str:
    """A normalised ``text`` without sounds of hesitation, requests to look and other frames; all of it when nothing stays."""
    said = _FILLERS.sub("", text)
    said = _IMPOSES.sub("", said) if "耽误" in said or "占用" in said or "打" in said else said
    said = _TRIED.sub("", said) if "试" in said or "体验" in said else said
    said = _ORDER.sub("", said) if "问" in said or "首先" in said else said
    said = _HEARD.sub("", said) if "听" in said else said
    said = _FOR_ME.sub("", _ASK_AGAIN.sub("", said))
    said = _THAT_ONE.sub("的", _APPOSED.sub("", said))
    kept = [piece for piece in map(without_courtesies, _clauses(said)) if content(piece)]
    kept = without_idle_clauses([without_frame(piece) for piece in kept])
    said = ",".join(kept) if len(kept) > 1 else "".join(kept)
    return said if len(content(said)) >= _SHORTEST else text


def unframed(text: str) -> str:
    """你知道最便宜的MPV吗 asks for it, and not whether it is known; so does what is said, and 有人知道吗 behind it."""
    said = _WHO_KNOWS.sub("", text)
    framed = _FRAME.match(said)
    return framed["asked"] if framed else said


def rejoined(text: str, known: Callable[[str], bool]) -> str:
    """方向盘冬天能不能加热 → 能不能方向盘加热: a feature's name that was taken apart; ``known`` says what is a name."""
    for found in _WHETHER.finditer(text):
        for before in range(_PART[1], _PART[0] - 1, -1):
            for behind in range(_PART[1], _PART[0] - 1, -1):
                start, end = found.start() - before, found.end() + behind
                name = text[start : found.start()] + text[found.end() : end]
                if start >= 0 and len(name) == before + behind and known(name):
                    return text[:start] + found.group(1) + name + text[end:]
    return text


def _clauses(text: str) -> list[str]:
    return [piece.strip() for piece in re.split(r"[,。;]", text)]


def carries(link: Link) -> bool:
    """Whether a question may be about it: a thing, an attribute, a value, a quantity, 最便宜."""
    if link.entity or link.attribute or link.quantity:
        return True
    if link.value or link.plays("part", "nth", "top", "those", "pair"):
        return True
    return link.degree is not None and link.degree.strength != "plain"


def background(scan: Scan) -> tuple[str, tuple[str, ...]]:
    """The text of ``scan`` without the clauses that hold something unknown and nothing of the graph, and these clauses."""
    if _MARKS.search(scan.text) is None:
        return scan.text, ()  # one clause, which stays
    kept: list[str] = []
    dropped: list[str] = []
    at = 0
    for piece in [*_MARKS.finditer(scan.text), None]:
        end = piece.start() if piece else len(scan.text)
        said = scan.text[at:end]
        inside = [link for link in scan.links if link.start >= at and link.end <= end]
        refuses = any(
            link.plays("not") and len(link.text) > 1 for link in inside
        )  # 除去德系 is a wish, 没经验 is none
        wishes = re.search(r"\d", said) or _WISHES.search(said)
        aside = (
            not refuses
            and not wishes  # 带360, 预算25: not understood, and said to be so
            and not any(map(carries, inside))
            and _unknown(said, inside, at)
            and not _ASKS.search(said)
        )
        (dropped if aside else kept).append(said)
        at = end + 1
    if not dropped or not any(content(piece) for piece in kept):
        return scan.text, ()
    return ",".join(piece for piece in kept if piece), tuple(
        piece.strip() for piece in dropped if content(piece)
    )


def _unknown(said: str, links: list[Link], at: int) -> bool:
    for link in links:
        said = said[: link.start - at] + "|" * (link.end - link.start) + said[link.end - at :]
    return bool(content(said.replace("|", "")))
