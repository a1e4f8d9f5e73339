"""Ways of writing that stand for others, put plainly before words are looked for: 24年的老款 is 24款, 能坐六个人 is 6座."""

import re
from collections.abc import Callable

from chatbot.knowledge_graph.graph import Path
from chatbot.normalization.mentions import MentionFinder
from chatbot.planning.front_and_back import paired
from chatbot.planning.links import AttributeSense, DegreeSense, Sense, ValueSense
from chatbot.planning.noise import Noise
from chatbot.planning.roles import role_words
from chatbot.planning.word_order import in_order
from chatbot.regex import regex

_CHIP_COUNT = regex(r"\s*\(\d+\)\s*$")
_BARE_YEAR = regex(r"(?<![\d.])(20[12]\d)(?=[\u4e00-\u9fff]|$|\s)(?![年款以之前后到至万元公])")
_YEAR_OF_MODEL = regex(
    r"(?:(?<=[\u4e00-\u9fff,])|(?<![\w.]))(2\d)年(?=[的那这])|(?<![^\u4e00-\u9fff,])(2\d)(?=的|[那这][个款台辆])"
)
_YEAR_ALONE = regex(r"(?<=[a-z\d\u4e00-\u9fff] )(2\d)(?= )")  # 宝马i4 23 edrive40
_YEAR_BEHIND = regex(
    r"([\u4e00-\u9fff]{2})(2\d)(?!多(?![重长宽高大少远快久])|[-~到至来\d.a-z万千公里秒度升款年号寸米吨个%]|座(?![椅位]))"
)  # m9行政26
_YEAR_BEFORE = regex(
    r"(?<![-~到至\d.a-z])(2\d)(?=([\u4e00-\u9fff]{2}))(?![-~到至多来\d.a-z万千公里秒度升座款年号寸英米吨个%台辆岁])"
)  # 25智行
_HAVE_HOW_MANY = regex(r"有(几个?|多少个?)[\u4e00-\u9fff]{1,4}")
_HESITATION = regex(r"[呃嗯]+[,，、。…\s]*|^(?:那个|这个|就是说|就是)[,，、。…\s]+")
_HUNDRED = regex(r"(?<![\d一二三四五六七八九十百千几两半])(?=百万|千万)")
_TEN_THOUSAND = regex(r"万万|(?<=\d)\s?wan(?![a-z])")
_YEAR_OF_CAR = regex(r"(?<![\d.])(2\d)年(?=的?(?:老款|新款|款|车|那|这|版))")
_PEOPLE = regex(
    r"(?:能|可以|要|够)?(?:坐|拉|装|载)(?:得[下了上]|下|满|进)?([四五六七八九4-9])(?:个|口)大?人?(?:人)?(?!座)"
)
_FAMILY = regex(
    r"(?:[俺咱我他你]?们?家里?|一家|全家)?(?:一共|总共|共)?(?:有)?([四五六七八4-9])口(?:人|之家)(?:人)?|一家(?:老小)?([四五六七八4-9])口(?!人|之家)"
)
_YEAR_RUN_ON = regex(r"(?<=[a-z\d]\d)(?=20[12]\d款)")  # h92024款
_SHORT_YEAR = regex(
    r"(?<![\d.])(2\d)年(?=[底初上下以之]|\d{1,2}月|.{0,4}(?:上市|出的|发布|新车|的车))(?!以[内上])"
)
_BOTH_ENDS = regex(r"前后(?:排|轮|悬)?[\u4e00-\u9fff]{1,6}")  # 前后轮胎规格
_CYLINDERS = regex(r"([三四五六八十3-8])缸(?:发动)?机")
_COUNTED = regex(r"(?<=[\d四五六七八九两][座门缸])(?=[a-z])")  # 7座mpv
_LATIN_WORD = regex(r"(?<![a-z0-9])([a-z]{3,})(?=(\d+))")  # suv30万, mpv7座
_OF_THINGS = frozenset({ValueSense, AttributeSense})
_VERSUS = regex(r"(?<=[\u4e00-\u9fff])(vs|pk)(?=[a-z0-9\u4e00-\u9fff])")
_HOW_MANY = regex(r"([\u4e00-\u9fff]{2,5})有(?:几个|多少个)")
_ANY = regex(
    r"[\d座缸坐拉装载口]|[两俩][个颗只根块]|以[上下]|往上|门[a-z]|万万|有(?:几|多少)|前后|[百千]万|vs|pk|2\d(?![\d.a-z])"
)  # one look, where there is mostly nothing to do
_RUN_TOGETHER = regex(
    r"(?<=[a-z0-9]\d)(?<!(?<!\d)20)(?=2\d款)|(?<=[a-z]\d)(?=\d\.\d[tl](?![a-z]))"
)  # s525款, hs31.5t
_CODES = regex(r"(?<![a-z0-9])([a-z]{1,3}\d[a-z]?)(\d{2,3}[a-z]{0,2})(?![a-z0-9.])")  # x540li
_COUNTED_THINGS = regex(
    r"(?P<count>\d+|[一二两三四五六七八九十]+)(?P<of>[个颗只根枚块])(?P<what>[\u4e00-\u9fff]{2,5}?)(?P<bound>及?以[上下内]|或者?以[上下]|往上|起步?)(?=$|[的,。!?a-z车轿跑])"
)  # 12个扬声器以上
_TWO_OF_THEM = regex("(?<![这那前后头另])[两俩](?=[个颗只根块]([\u4e00-\u9fff]{2,5}))")  # 两个排气管的车
_NUMBER_BEFORE = regex(
    r"(?<![\d.a-z一-龥+])(?P<number>\d{1,4}(?:\.\d+)?)的(?P<what>[\u4e00-\u9fff]{2,6}?)(?=(?:都|是|有)*(?:哪|什么|啥|吗|没|$)|的)"
)  # 10.25的仪表是哪些车
_UNABLE = regex(
    "(?<![能会以可行])(?:不(?:能够?|会|可以?)|没法|无法|没办法)(?P<what>[\u4e00-\u9fffa-z0-9]{2,8})"
)  # 不能外放电的
_TWO_YEARS = regex(r"(?<=\d款)(?=(?:20)?2\d款)")  # 24款25款尊享
_OTHER_YEAR = regex(
    r"(?<=2\d款)([和跟与比、])(2\d)(?=马力|$|[\u4e00-\u9fff])(?=马力|(?![万千百元块公里度升寸米秒吨年款号个座匹马多来]))"
)  # 24款跟25马力差几匹
_NUMBER_OF_THINGS = "数量"
_BEHIND_BOTH = regex(
    r"(?P<what>[\u4e00-\u9fff]{2,5})前后(?=(?:各|都|分别|是|用)*(?:多少|多大|什么样?的?|啥样?的?|哪种|怎样)?的?[吗呢啊]?$)"
)  # 轮胎规格前后
_ASKS_WHICH = regex("[些种个啥么][\u4e00-\u9fff]{2}")
_NAME_APART = regex(
    r"(?P<head>[\u4e00-\u9fff]{2,5}?)(?:都|分别|一共|一般)?(?P<asked>[有是用]?的?(?:哪几种|哪几个|哪些|什么|几种|哪种|啥))(?P<tail>[\u4e00-\u9fff]{2})(?=$|[的,。吗呢啊可])"
)  # 轮圈有哪些尺寸
_OR_RATHER = regex(r"^(.{2,24}?)[,\s]?还是(.{2,24}?)(?:一?[点些])?[啊呀呢]?$")
_EITHER_DOES = regex(
    r"([\u4e00-\u9fff]{1,5})不\1(?:都|也)?(?:行|可以|成|无所谓|没关系|没事)(?:了|吧|的)?"
    r"|(?:什么|啥|哪种|哪个|随便什么|随便哪个)([\u4e00-\u9fff]{2,5})(?:都|也)(?:行|可以|成|无所谓|没关系)(?:了|吧|的)?"
)  # 四驱不四驱都行, 什么颜色都行
_ANY_PRICE = regex(
    r"(?:多少钱|什么价位?|啥价位?|几万)(?:都|也)(?:行|可以|成|无所谓|没关系)|(?:预算|价钱|钱)(?=(?:不限|不设限|随意|随便|无所谓|没限制|没要求|不是问题|充足|够))"
)
_MOST_OF = regex("([坐拉装载])最多的?(人|货|东西)(?=$|[的,。车])")  # 能坐最多人的车
_MATTERS = regex(
    "^(?:但|可|不过)?(?:我|俺|咱)?(?:们)?(?:现在|其实|还是|主要|比较|更|最|就|只|挺)*(?:在意|在乎|看重|注重|关心|看中)(?:的(?:就)?是)?"
    "([\u4e00-\u9fff]{2,6}?)(?:的话)?[,，]?(?:选哪[个款台辆]|买哪[个款台辆]|哪[个款台辆]好|呢|吧)?$"
)  # 我更在意油耗
_THAT_OF_THEM = regex("(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{2})(?=([那这][个款台辆种]))")
_JOINT = regex("[和跟与及、]|还有|以及")
_LONGEST_NAME, _LONGEST_TAIL = 7, 4  # characters of an attribute's name, and of the end of one


class Rewriter:
    """Built once for the words and the names of a graph."""

    def __init__(
        self, finder: MentionFinder[Sense], names: frozenset[str], dimension: Callable[[Path], str]
    ) -> None:
        """``dimension`` is what an attribute is measured in."""
        self._finder, self._names, self._dimension = finder, names, dimension
        noise = [word for word, roles in role_words().items() if roles == ("noise",)]
        self._paired = paired(finder)
        self._noise = Noise(noise, names, finder.aliases)

    def rewrite(self, text: str) -> str:
        """A normalised ``text`` without courtesies and hesitation, and with years, numbers and counts as they are read."""
        text = _MATTERS.sub(self._best_in, text)
        text = _ANY_PRICE.sub(lambda found: "价格" if found.group()[-1] in "算钱" else "价格无所谓", text)
        text = in_order(text, self._finder.aliases.__contains__)
        text = _MOST_OF.sub(r"\1\2最多", text) if "最多" in text else text
        text = _NAME_APART.sub(self._joined_name, text) if _ASKS_WHICH.search(text) else text
        text = _UNABLE.sub(self._without, text) if "不" in text or "法" in text else text
        text = _BEHIND_BOTH.sub(self._of_both_ends, text) if "前后" in text else text
        text = _EITHER_DOES.sub(lambda found: f"{found[1] or found[2]}无所谓", text)
        text = self._shared_head(text) if _JOINT.search(text) else text
        text = _THAT_OF_THEM.sub(self._with_de, text) if "那" in text or "这" in text else text
        text = _OR_RATHER.sub(self._which_of_two, _HESITATION.sub("", _CHIP_COUNT.sub("", text)))
        if _ANY.search(text) is None and not (self._paired and self._paired.search(text)):
            return self._noise.without(text)
        text = _COUNTED_THINGS.sub(self._bounded, text)
        text = _NUMBER_BEFORE.sub(self._number_behind, _TWO_OF_THEM.sub(self._two, text))
        text = _YEAR_RUN_ON.sub(" ", _TEN_THOUSAND.sub("万", text))
        text = _TWO_YEARS.sub("和", _RUN_TOGETHER.sub(" ", text))
        text = _CODES.sub(self._codes_apart, text)
        text = _HOW_MANY.sub(self._counted, self._noise.without(text))
        if self._paired:
            text = self._paired.sub(r"前\g<0>和后\g<0>", text)
        text = _BOTH_ENDS.sub(self._both_ends, _HUNDRED.sub("一", text))
        text = _LATIN_WORD.sub(self._word_apart, _COUNTED.sub(" ", text))
        text = _CYLINDERS.sub(r"\1缸", text)
        text = _YEAR_OF_CAR.sub(self._model_year, text)
        text = _FAMILY.sub(lambda found: f"{found[1] or found[2]}座以上", _PEOPLE.sub(r"\1座以上", text))
        text = _HAVE_HOW_MANY.sub(self._plainly, text)
        text = _YEAR_OF_MODEL.sub(self._model_year, text)
        text = _YEAR_ALONE.sub(self._model_year, text)
        text = _YEAR_BEFORE.sub(self._version_of_year, _YEAR_BEHIND.sub(self._year_of_version, text))
        text = _OTHER_YEAR.sub(r"\1\2款", text)
        text = _SHORT_YEAR.sub(r"20\1年", text)
        return _VERSUS.sub(r" \1 ", _BARE_YEAR.sub(r"\1款", text))

    def _best_in(self, found: re.Match[str]) -> str:
        """我更看重油耗 asks which is best in it."""
        return f"哪个{found[1]}最好" if self._is_attribute(found[1]) else found.group()

    def _joined_name(self, found: re.Match[str]) -> str:
        """轮圈有哪些尺寸 is 轮圈尺寸有哪些, where that is a name and 尺寸 by itself one of something else."""
        head, asked, tail = found["head"], found["asked"], found["tail"]
        named = any(self._is_attribute(head[at:] + tail) for at in range(len(head) - 1))
        return f"{head}{tail}{asked}" if named and self._is_attribute(tail) else found.group()

    def _two(self, found: re.Match[str]) -> str:
        """两个排气管的车 is 2个排气管的车, where these are counted; 两个价格 are those of two."""
        words = (found[1][:end] for end in range(len(found[1]), 1, -1))
        senses = (sense for word in words for sense in self._finder.aliases.get(word, ()))
        paths = (path for sense in senses if isinstance(sense, AttributeSense) for path in sense.paths)
        return "2" if any(self._dimension(path) == _NUMBER_OF_THINGS for path in paths) else found.group()

    def _number_behind(self, found: re.Match[str]) -> str:
        """10.25的仪表 is 仪表10.25, where that is what is measured."""
        return f"{found['what']}{found['number']}的" if self._is_attribute(found["what"]) else found.group()

    def _without(self, found: re.Match[str]) -> str:
        """不能外放电 is 没有外放电, where that is a thing a car has or has not."""
        what = found["what"]
        known = any(self._is_attribute(what[:end]) for end in range(len(what), 1, -1))
        return f"没有{what}" if known else found.group()

    def _bounded(self, found: re.Match[str]) -> str:
        """12个扬声器以上 is 扬声器12个以上, where that is what is counted."""
        what = found["what"]
        return (
            f"{what}{found['count']}{found['of']}{found['bound']}"
            if self._is_attribute(what)
            else found.group()
        )

    def _of_both_ends(self, found: re.Match[str]) -> str:
        """轮胎规格前后 is 前轮胎规格和后轮胎规格, where both are words."""
        what = found["what"]
        for at in range(len(what) - 1):
            front, rear = f"前{what[at:]}", f"后{what[at:]}"
            if self._is_attribute(front) and self._is_attribute(rear):
                return f"{what[:at]}{front}和{rear}"
        return found.group()

    def _with_de(self, found: re.Match[str]) -> str:
        """手动那个 is 手动的那个, where only that is a word."""
        known, said = self._finder.aliases, found[1]
        short = f"{said}的" in known and said not in known and f"{said}{found[2]}" not in known
        return f"{said}的" if short else said

    def _shared_head(self, text: str) -> str:
        """座椅通风和加热 is 座椅通风和座椅加热, where that is a word and 加热 none."""
        for joint in _JOINT.finditer(text):
            head = next((text[at : joint.start()] for at in range(max(0, joint.start() - _LONGEST_NAME), joint.start() - 2)
                         if self._is_attribute(text[at : joint.start()])), "")  # fmt: skip
            for size in range(min(_LONGEST_TAIL, len(text) - joint.end()), 1, -1) if head else ():
                tail = text[joint.end() : joint.end() + size]
                if self._is_attribute(tail):
                    break
                for cut in range(len(head) - 1, 1, -1):
                    if self._is_attribute(head[:cut] + tail):
                        return text[: joint.end()] + head[:cut] + text[joint.end() :]
        return text

    def _codes_apart(self, found: re.Match[str]) -> str:
        """x540li is x5 40li, where there is no such name and both are names."""
        series, version = found.groups()
        apart = found.group() not in self._names and {series, version} <= self._names
        return f"{series} {version}" if apart else found.group()

    def _word_apart(self, found: re.Match[str]) -> str:
        """suv30万 is suv 30万, cltc700公里 cltc 700公里: a word for a kind of thing or an attribute, not a part of a name."""
        said = found[1]
        senses = map(type, self._finder.aliases.get(said, ()))
        known = found[1] + found[2] not in self._names and not _OF_THINGS.isdisjoint(senses)
        return f"{said} " if known else said

    def _which_of_two(self, found: re.Match[str]) -> str:
        """V4省油还是Q5省油 is V4和Q5哪个省油, where 省油 is a word of degree; 买V4还是T3 asks which is better."""
        one, other = found.group(1), found.group(2)
        for size in range(min(4, len(one) - 1), 0, -1):
            said = one[-size:]
            if other.endswith(said) and self._is_ranked_by(said):
                return f"{one[:-size].rstrip('更比较')}和{other[:-size].rstrip('更比较')}哪个{said}"
        return found.group()

    def _model_year(self, found: re.Match[str]) -> str:
        """尊享25的 is 尊享25款, where there is such a year."""
        year = f"{found.group(found.lastindex or 1)}款"
        return year if year in self._names else found.group()

    def _year_of_version(self, found: re.Match[str]) -> str:
        """行政26 is 行政26款, where 行政 is a piece of a name and there is such a year."""
        said, year = found.groups()
        known = f"{year}款" in self._names and any(said in name for name in self._names)
        return f"{said}{year}款" if known else found.group()

    def _version_of_year(self, found: re.Match[str]) -> str:
        """25智行 is 25款智行, likewise."""
        year, said = found.groups()
        known = f"{year}款" in self._names and any(said in name for name in self._names)
        return f"{year}款" if known and not self._is_attribute(said) else found.group()

    def _plainly(self, found: re.Match[str]) -> str:
        """有几个座 is 几个座, where that is a word."""
        said = found.group()[1:]
        words = [said[:end] for end in range(len(said), len(found.group(1)), -1)]
        known = any(isinstance(s, AttributeSense) for w in words for s in self._finder.aliases.get(w, ()))
        return said if known else found.group()

    def _both_ends(self, found: re.Match[str]) -> str:
        """前后轮胎规格 is 前轮胎规格和后轮胎规格, where both are words."""
        said = found.group()[2:]
        if self._is_attribute(found.group()):
            return found.group()
        for end in range(len(said), 0, -1):
            front, rear = f"前{said[:end]}", f"后{said[:end]}"
            if self._is_attribute(front) and self._is_attribute(rear):
                return f"{front}和{rear}{said[end:]}"
        return found.group()

    def _is_ranked_by(self, said: str) -> bool:
        """省油, and 马力大: a word of degree, by itself or behind the name of an attribute."""
        cuts = (cut for cut in range(len(said)) if cut == 0 or self._is_attribute(said[:cut]))
        senses = (sense for cut in cuts for sense in self._finder.aliases.get(said[cut:], ()))
        return any(isinstance(sense, DegreeSense) for sense in senses)

    def _is_attribute(self, word: str) -> bool:
        return any(isinstance(sense, AttributeSense) for sense in self._finder.aliases.get(word, ()))

    def _counted(self, found: re.Match[str]) -> str:
        """电机有几个 is 几个电机, where that is a word."""
        what = found.group(1)
        return next(
            (
                what[:i] + f"几个{what[i:]}"
                for i in range(len(what) - 1)
                if f"几个{what[i:]}" in self._finder.aliases
            ),
            found.group(),
        )
