"""Cantonese, Taiwanese and other regional wording in the words that the rest of the program knows: 有冇 → 有没有, 後車廂 → 后备厢.

Works on text as ``normalize`` leaves it, so Traditional characters are Simplified here already. The operator's
``dialect.txt`` (普通话⇥说法|说法) stands beside the built-in words and wins over them.
"""

import re
from collections.abc import Iterable, Mapping

from chatbot.derived import Derived
from chatbot.normalization.text import normalize

# plain wording ⇥ what is said for it; longer wordings are tried first
_BUILT_IN = """
是不是\t系唔系 系咪 系不系
有没有\t有冇
可不可以\t得唔得 可唔可以 好唔好
能不能\t能唔能 识唔识
要不要\t要唔要 使唔使
不要\t莫要 莫给我 莫选 莫看 甭要 甭给我 勿要 弗要 覅要 覅 休要 伐要 唔要 唔好 唔想要 冇得要
不用\t唔使 唔驶
不是\t唔系
不到\t唔到
不超过\t唔超过 唔多过
谢谢\t唔该晒 多谢晒 唔该
没有\t冇
哪款\t边款 边架 边部 边台 边只 边架车 边款车 边部车
哪些\t边啲 边几款 边几架 边几部 有边啲
哪里\t边度
这个\t嘞个 勒个
那个\t那锅
哪个\t哪锅
差多少\t查多少
差不多\t差唔多 争唔多
还是\t定系
现在\t而家
找\t揾 搵
我们\t我哋
你们\t你哋
提车\t攞车 拎车
能提车\t有车提 有车攞
划算\t抵玩
强点\t劲啲
吃油\t食油
大小\t大细
多少\t几化
多少钱\t几化铜钿 几化钞票 多少铜钿 几多蚊
什么时候\t啥辰光
这款\t搿部 搿台 搿辆 搿款 搿只 搿部车 迭部 迭部车
这个\t搿个 迭个
很\t交关 邪气 老鼻子 贼拉 嘎嘎 嗷嗷 杠杠
什么\t啥子 么子
怎么\t咋个
怎么办\t咋整 啷个办 咋个办
没有\t莫得 没得
有没有\t有莫得 有没得 有得没得
怎么样\t巴不巴适 得不得劲 攒不攒劲 中不中
你们家\t你屋头 你屋
哪种\t何种
几年\t若干年
多少\t若干 几许
的优先\t者优先
便宜\t价廉
什么\t咩嘢 乜嘢 咩 乜
怎么样\t点样 得劲不 得劲不得劲 巴适不 巴适不巴适 攒劲不 攒劲不攒劲
多少\t几多
便宜\t相因
多少钱\t几钱 几多钱 几多银 几钿
多少公里\t好多公里
多少匹\t好多匹
多少马力\t好多马力
多少升\t好多升
多久\t几耐
多大\t有几大 几大
多长\t有几长 几长
多远\t有几远 几远
多快\t有几快 几快
多重\t有几重 几重
什么时候\t几时
为什么\t点解
这款\t呢款 呢台 呢架 呢部 呢架车 呢部车 呢只
那款\t嗰款 嗰台 嗰辆 嗰架 嗰部 嗰架车 嗰部车 嗰个
这两款\t呢两款 呢两架 呢两部
它\t佢
在\t喺
来\t嚟
的\t嘅
了\t咗
给\t畀 俾
看\t睇
看看\t睇睇 睇下
和\t同埋
还有没有\t仲有冇
还有\t仲有
还\t仲系
一点\t啲多
这么\t咁
比较\t比起嚟
重新来\t重新嚟过 由头嚟过 再嚟过
最便宜的\t最平嘅 最抵嘅
最便宜\t最抵
便宜点\t平啲 平少少 平一啲
便宜的\t平嘅 抵嘅
便宜\t抵买
贵点\t贵啲
快点\t快啲
大点\t大啲
小点\t细啲
最小\t最细
最快\t最快脆
最远\t行得最远
远点\t行得远啲 远啲
省油点\t悭油啲
省油\t悭油
省电\t悭电
漂亮\t靓
开\t揸
后备厢\t后车厢 车尾箱 尾厢 行李舱
款\t年式
座\t人座
升\t公升
扭矩\t扭力值
suv\t休旅车 运动休旅
油电混合\t油电车 油电混合车
插电混动\t插电式油电 插电油电
售价\t牌价 建议售价 定价
"""
# 系 is 是, 平 is 便宜 and so on only where the rest is Cantonese too
_CANTONESE = re.compile(
    "[𠮶嘅咩冇唔喺啲佢哋嚟咗嗰咁乜睇畀揸]|边[架款部啲度台]|(?<![旁这那左右])边个|几[多耐远]|系咪"
)
_ONLY_THEN = (
    (re.compile("(?<![旁这那左右])边个"), "哪款"),
    (re.compile(r"(?<![\d直关体派联干])系(?![列统数])"), "是"),
    (
        re.compile(
            "(?:仲|还)?(平|便宜|贵|快|慢|大|细|小|长|远|省油)过(?![\\d一二两三四五六七八九十几])"
            "([a-z0-9\u4e00-\u9fff]{2,12}?)(?=$|[,。的嘅吗呢])"
        ),
        r"比\2\1",
    ),
    (re.compile("(?<![公持水均平])平(?=过|的|那|这|$)|(?<=最)平(?![价均])"), "便宜"),
    (re.compile("(?<=[a-z0-9版款型])同(?=[a-z0-9\u4e00-\u9fff])"), "和"),
    (re.compile("[啫喎咧嘞啩㗎噃]+"), ""),
    (re.compile("(?<=[\u4e00-\u9fff])架(?=车)|(?<=[几一两三四五六])架"), "款"),
    (re.compile("细(?=的)"), "小"),
    (re.compile("行(?=得)"), "跑"),
    (re.compile("争(?=多|几)"), "差"),
    (re.compile("拣"), "选"),
    (re.compile("唔"), "不"),
    (re.compile("啲"), "些"),
)
# What means so in these places only: 部 counts cars, 好久 is 多久, 伊 is 它, 廿五 is 二十五
_IN_PLACE = (
    (re.compile("(?<=[买换整提选想要])部(?=[\u4e00-\u9fff0-9])(?![分门件队长位落])"), "台"),
    (re.compile("(?<![等了过很])好久(?=能|可以|才|提|交|上市|到货|有)"), "多久"),
    (re.compile("(?:^|(?<=[,。]))伊(?=有|是|个|的|呢|几|多|啥|[油电]耗|续航|价|马力)"), "它"),
    (re.compile("个(?=[搿迭])"), "的"),
    (re.compile("(?:^|(?<=[,。版款型]))阿(?=有(?!没))"), "有没"),
    (re.compile("(?:^|(?<=[,。版款型]))阿是(?=[\u4e00-\u9fff])"), "是不是"),
    (re.compile("(?<=[两几三])只(?=差|哪|啥|阿|边|各|都)"), "款"),
    (re.compile("啷个(?=[卖买订办保开用整修申预])"), "怎么"),
    (re.compile("(?<=[车款版型])滴(?=[\u4e00-\u9fff])|(?<=[a-z0-9\u4e00-\u9fff])滴(?=车|价|续航|$)"), "的"),
    (re.compile("(?<=最[\u4e00-\u9fff]{2})嘞|(?<=最[\u4e00-\u9fff])嘞"), "的"),
    (re.compile("廿(?=[一二三四五六七八九万])"), "二十"),
    (re.compile("卅(?=[一二三四五六七八九万])"), "三十"),
)
_MAY_BE_IN_PLACE = re.compile("滴|最.{1,2}嘞|部|好久|伊|个[搿迭]|阿[有是]|只|啷个|[廿卅]")
_YEAR = re.compile(r"(?<=\d{4})年(?=款)")


class Dialect:
    """Built once for a lexicon; ``plain`` costs one search where there is nothing to do."""

    def __init__(
        self,
        words: Mapping[str, tuple[str, ...]] | None = None,
        names: Iterable[str] = (),
        derived: Derived | None = None,
    ) -> None:
        """``words``: what the operator's table adds, plain wording → what is said for it.

        A built-in wording that is part of one of ``names`` (entities, attributes) stays as it is.
        """
        built_in = _built_in_words()
        kept = derived or Derived()
        named = frozenset(kept.json("dialect in names", lambda: _part_of_any(built_in, names)))
        self._plain = {said: plain for said, plain in built_in.items() if said not in named}
        for plain, wordings in (words or {}).items():
            self._plain.update(dict.fromkeys(wordings, normalize(plain)))
        longest = sorted(self._plain, key=len, reverse=True)
        self._words = re.compile("|".join(map(re.escape, longest)))

    def plain(self, text: str) -> str:
        """A normalised ``text`` in plain wording; the text itself when it holds no word of a dialect."""
        for pattern, plain in _IN_PLACE if _MAY_BE_IN_PLACE.search(text) else ():
            text = pattern.sub(plain, text)
        cantonese = _CANTONESE.search(text)
        if not cantonese and self._words.search(text) is None:
            return text
        text = self._words.sub(self._one, text)
        for pattern, plain in _ONLY_THEN if cantonese else ():
            text = pattern.sub(plain, text)
        return _YEAR.sub("", text)

    def _one(self, found: re.Match[str]) -> str:
        return self._plain[found.group()]


def _part_of_any(words: Iterable[str], names: Iterable[str]) -> list[str]:
    every = "\n".join(names)
    return [word for word in words if word in every]


def _built_in_words() -> Mapping[str, str]:
    rows = (line.split("\t") for line in _BUILT_IN.strip().splitlines())
    return {normalize(word): plain for plain, said in rows for word in said.split()}  # 嗰 is 𠮶 by then
