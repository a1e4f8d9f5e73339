"""How a spoken message ends and points, put plainly: 逐风的呢撒, 有天窗咯, 有伐; 上面说的那几款, 另外那个.

Particles are a closed class. What they add (that it is asked, that it is taken to be so) is kept in a plain particle; what
only colours is left out.
"""

from chatbot.planning.rewrites import Rewrites
from chatbot.regex import regex

_ANY = regex(
    "^那[个款台辆]|[撒噻啵哟呗哒嘎噶诺哉咯喽伐勒〇]|[是对错]吧|[上前]面|刚[才刚]|上述|之前|另|好[多久远大长重高快宽]|然后|就是|里|多座|少座|预算|贵个?[0-9一两二三四五]|上限|价|喃|那个|[头次]|0百|剩下|余下|剩余|其余|最|^[那它]?[长宽高]|差|hh|哈哈|嘿嘿|嘻嘻|233|666|lol|xsw|aws|emm|orz|qaq|笑死"
)  # one look
_LAUGHS = regex(
    r"[,，\s]*(?<![a-z0-9])(?:h{2,}|哈{2,}|嘿{2,}|嘻{2,}|233+|666+|lol|xswl|awsl|emm+|orz|qaq|(?<=[\u4e00-\u9fff])笑死我?了?)(?![a-z0-9])"
)
_ASKS = regex("多少|几|哪|谁|什么|啥|吗|怎|咋|好多|[不没]$")
_COLOUR = regex(r"(?<=..)(?:[撒噻啵哟呗噶诺哉]|(?<=[呢吗吧])[嘞咧哩哈嘛哒嘎])+(?=[?。!~]*$)")
_TAKEN_TO_BE_SO = regex(r"(?<=..)(?:[咯喽]|是吧|对吧|没错吧)(?=[?。!~]*$)")
_AND_ITS = regex(r"(?<=[版款型的速耗航价距重长])勒(?=[?。!~]*$)")
_ASKED = regex(r"(?<=[\u4e00-\u9fff][\u4e00-\u9fff])伐(?=[?。!~]*$)|(?<=有)伐(?=[?。!~]*$)")
_HOW_MUCH = regex(
    "(?<=[贵宜快慢长短高低大小重轻差远])好多(?=$|[钱万秒嘛哦啊呢])"
)  # 贵好多 asks where a dialect does
_HOW_LONG = regex("(?<=[\u4e00-\u9fff])好久(?=$|[嘛哦啊呢])")  # 质保好久
_LI = regex("(?:能|可以)?跑(?:个)?(?:多少|几|好多)里(?:地|路)?")  # no speed
_AND_THEN = regex("(?<=[的车吗呢吧])(?:然后|还有就是|再就是)(?=[^,，。呢])")
_SEATS = regex("(?:多少|好多|几多)座")
_CAP = regex(
    r"(?:预算|上限|价格|价位|价钱)(?:可以|能)?(?:再)?(提到?|加到?|涨到?|放宽到?|提高到?|降到?|减到?|降低到?|压到?)"
    r"(\d{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?)(?![\d万wk千公.%个])"
)
_ZERO = regex("(?<=[一二三四五六七八九零])〇|〇(?=[一二三四五六七八九零])")
_SHOWN = r"(?:上面|前面|刚才|刚刚|之前)(?:(?:你|您)?(?:说|提|列|讲|看|推荐|介绍)(?:到|过|出来?)?)?的?"
_WORDS = (
    (
        regex("^(?:[嗯哦好行那],?)*那个((?:最|更)?(?:[快慢贵大小远省]|便宜))的(?=[^,，。是车话]{2,})"),
        r"\1的那个",
    ),
    (regex("(?<=..)喃(?=[?。!~]*$)"), "呢"),
    (regex("(?<=[跑开走])好远(?=$|[,，。嘛哦啊呢嘞])"), "多远"),
    (regex("(?<=有)好(?=[大长重高快宽远](?:$|[,，。嘛哦啊呢嘞]))"), "多"),
    (regex("(最(?:贵|便宜))(?=几万|几千|多少钱)"), r"\1的"),
    (
        regex(
            "^(?:再|多|还)?(?:能|可以)?贵个?([\\d一两二三四五]{1,2}万)(?:块钱?|元)?(?:也|都)?(?:行|可以|成|没事|能接受|没关系)"
        ),
        r"预算再加\1",
    ),
    (regex("头一(?=[个款台辆部])"), "第一"),
    (regex("头(?=[两二三四五][个款台辆部])"), "前"),
    (regex("前[面边](?:的)?(?:那)?(?=[两二三四五]\\s?[个款台辆部])"), "前"),
    (regex("次(?=[快慢贵便高低大长省远])"), "第二"),
    (regex("(?<=[贵宜])(?:了|出)?多少钱"), "多少"),
    (regex("(?<![\\d.])0百(?![公万])"), "零百"),
    (regex("^(?:那|那么)?它?的?([长宽高])(?=呢|是?多少)"), r"车\1"),
    (regex("(?<=动力|续航|油耗|价格|空间|功率|轴距)差(?=多少|多大|几)"), "相差"),
    (
        regex(
            "(?:剩下|余下|剩余|其余)的?(?:车|这些|那些|[这那]几[个款台辆])*的?(?:里[面头边]?|当中|之中|中)?的?"
            "(?=[^,，。]{0,4}(?:哪|谁|最))"
        ),
        "剩下的",
    ),
    (regex("(?<=预算)(?:可以|能)?(?=[加涨添降减砍抬](?:个)?[\\d一两二三四五六七八九]+万)"), "再"),
    (regex("(最[\u4e00-\u9fff]{1,4}的|(?:便宜|省油|[贵快慢省大小长短高低多少])的)是$"), r"\1是哪个"),
)
_POINTERS = (
    (regex(rf"(?:{_SHOWN}|上述)(?:那|这)?几(?=[个款台辆种])"), "这几"),
    (regex(rf"{_SHOWN}(?:那|这)些(?:车|个|款)?"), "这几款"),
    (
        regex(
            r"另(?:外)?(?:的)?(?:那)?(?:一)?(?=[个款台辆](?:呢|$|[的,]|多少|价))|另外的?那一?(?=[个款台辆])"
        ),
        "另一",
    ),
    (
        regex("^那(?=[个款台辆][\u4e00-\u9fff]{2,4}?[长短高低大小快慢贵重宽远](?:一?[点些])(?:[呢啊]|$))"),
        "哪",
    ),
)
_PLAINLY = Rewrites(
    (
        (_ZERO, "零"),
        (_COLOUR, ""),
        *_WORDS,
        (_CAP, r"预算\1\2万"),
        (_SEATS, "几座"),
        (_LI, "能跑多远"),
        (_AND_THEN, ","),
        (_HOW_MUCH, "多少"),
        (_HOW_LONG, "多久"),
    )
)
_AT_LAST = Rewrites(((_AND_ITS, "呢"), (_ASKED, "吗"), *_POINTERS))


def plainly(text: str) -> str:
    """A normalised ``text`` with the particle at its end, and the words that point back, as the grammar knows them."""
    if _ANY.search(text) is None:
        return text
    text = _LAUGHS.sub("", text) or text
    text = _PLAINLY(text)
    text = _TAKEN_TO_BE_SO.sub("" if _ASKS.search(text) else "吗", text)
    return _AT_LAST(text)
