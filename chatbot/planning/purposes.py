"""Whom a car is for and what for: 给老婆开, 上下班用的, 适合带娃的. Said to a salesperson, and no condition that a graph knows.

The words are a closed class of people and uses; what is said of these is left aside, and the reply says so.
"""

import re

from chatbot.regex import regex

WHO = (
    r"(?:我|俺|咱)?(?:们|家)?(?:里)?(?:老婆|媳妇儿?|爱人|老公|老伴儿?|爸妈|父母|爸|妈|岳父|岳母|爷爷|奶奶|儿子|闺女|女儿|孩子|娃|对象"
    r"|女朋友|男朋友|老人家?|老爷子|老太太|家人|家里人|自己|女生|女孩子?|女士|男生|年轻人|新手|小白)"
)
_USE = (
    r"(?:上下班|上班|通勤|代步|家用|自用|接送?(?:孩子|小孩|娃|学)|带(?:孩子|小孩|娃|老人|一家人)|买菜|跑(?:长途|高速|市区|工地|滴滴|网约车|业务)"
    r"|自驾游?|旅游|出去玩|郊游|露营|回老家|拉货|商务接待|公司接待|接待客户|接待|公司用|单位用|办公|练手|撑场面|谈生意|(?:在)?(?:市区|城里|乡下|农村|山里)(?:里)?开)"
)
_OFTEN = r"(?:平时|主要|就是|一般|日常|天天|每天|周末|偶尔|经常|大部分时间|只是|就|我(?:一个人|自己)|一个人)*"
_PURPOSE = (
    rf"(?:(?:我)?(?:是|想|要)?给{WHO}(?=(?:买|换|挑|选|推荐|整|提|弄)[个辆台一])"
    rf"|(?:我)?(?:是|想)?(?:买|换|送|留)?给{WHO}(?:平时)?(?:开|用|买|坐|代步|上下班|练手)?(?:开|用)?(?:的|用的|为主)?"
    rf"|(?:适合|方便|用来|用于|拿来|为了)?{_OFTEN}{_USE}(?:和{_USE})?(?:用|开|为主|(?:比较|的时候)?多|居多)?"
    rf"|{WHO}(?:平时|自己)?(?:开|用)(?=的|$|[,，。]|(?:什么|哪种?|啥)[款个种]?车?)|(?:适合){WHO}(?:开|用|坐)?)(?:的(?!话))?"
)
_ALONE = regex(rf"(?:嗯|哦|啊)?{_OFTEN}(?:{_PURPOSE}[，,、\s]*)+(?:就行|就好|吧|呢|啊|呀|嘛)?[。!~]*")
_BESIDE = regex(rf"[，,\s]*{_OFTEN}{_PURPOSE}[，,\s]*")
_SHORTEST_REST = 2
_STORY_ONE_LOOK = regex(
    "没.{0,3}(?:钱|预算|积蓄)[，,。]|(?:现在|目前|之前|以前|原来)(?:开|用)|[开用]了.{1,6}年|(?:天|年|月|单程|来回|往返).{0,6}(?:公里|里[地路])"
)
_STORY = regex(
    r"(?:(?<=[，,。])|^)(?:[^，,。]{0,6}我)?[^，,。]{0,2}(?:现在|目前|之前|以前|原来)(?:开|用)(?:的|着)[^，,。]*(?=[，,。]|$)"
    r"|^(?:[^，,。]{0,3}我)?(?:现在|目前|之前|以前|原来)(?:开|用)(?:的|着)?(?:是)?[^，,。]{2,16}?(?=(?:想|要|打算|准备)(?:再)?[换买入整看])"
    r"|(?:(?<=[，,。])|^)[^，,。]{0,5}没有?(?:啥|什么|多少|太多|那么多)?(?:钱|预算|积蓄)(?=[，,。])"
    r"|(?:(?<=[，,。])|^)[^，,。]{0,3}(?:开|用)了[^，,。]{1,6}年(?:多)?(?:了)?(?=[，,。])"
    r"|[，,。]?(?:一天|每天|天天|一年|每年|每个?月|单程|来回|往返)(?:大概|差不多|要|得|也就|就|最多)*(?:跑|开)?(?![^，,。]{0,3}(?:多少|几(?![十百千])))[^，,。]{1,6}?(?:公里|里地|里路)(?:左右|上下)?(?=[，,。]|$)"
)


def without_story(text: str) -> tuple[str, tuple[str, ...]]:
    """``text`` without what one drives now and how far one drives a day: no wish of the car that is looked for."""
    if _STORY_ONE_LOOK.search(text) is None:
        return text, ()
    found = [hit.group().strip(",，、 ") for hit in _STORY.finditer(text)]
    rest = re.sub("[,，]{2,}", ",", _STORY.sub(",", text)).strip(",， ")
    return (rest, tuple(found)) if found and len(rest) >= _SHORTEST_REST else (text, ())


def only_a_purpose(text: str) -> bool:
    """Whether a normalised ``text`` says whom it is for or what for, and nothing else."""
    return _ALONE.fullmatch(text) is not None


def without_purpose(text: str) -> tuple[str, tuple[str, ...]]:
    """``text`` without such words, and these; as it is where hardly anything would be left."""
    found = [hit.group().strip(",，、 ") for hit in _BESIDE.finditer(text)]
    rest = _BESIDE.sub(_seam, text).strip(",， ")
    return (rest, tuple(found)) if found and len(rest) >= _SHORTEST_REST else (text, ())


def _seam(found: re.Match[str]) -> str:
    return "," if found.group()[0] in ",，" or found.group()[-1] in ",，" else ""
