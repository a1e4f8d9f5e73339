"""Ways of writing that stand for others, put plainly before words are looked for: 24年的老款 is 24款, 能坐六个人 is 6座."""

import re

from chatbot.normalization.mentions import MentionFinder
from chatbot.normalization.text import content
from chatbot.planning.links import AttributeSense, Sense
from chatbot.planning.roles import role_words

_CHIP_COUNT = re.compile(r"\s*\(\d+\)\s*$")
_BARE_YEAR = re.compile(r"(?<![\d.])(20[12]\d)(?=[\u4e00-\u9fff]|$|\s)(?![年款以之前后到至万元公])")
_YEAR_OF_MODEL = re.compile(r"(?<=[\u4e00-\u9fff])(2\d)(?:年(?=[的那这])|(?=的))")
_HAVE_HOW_MANY = re.compile(r"有(几个?|多少个?)[\u4e00-\u9fff]{1,4}")
_HESITATION = re.compile(r"[呃嗯]+[,，、。…\s]*|^(?:那个|这个|就是说|就是)[,，、。…\s]+")
_HUNDRED = re.compile(r"(?<![\d一二三四五六七八九十百千几两半])(?=百万|千万)")
_TEN_THOUSAND = re.compile(r"万万|(?<=\d)wan(?![a-z])")
_YEAR_OF_CAR = re.compile(r"(?<![\d.])(2\d)年(?=的?(?:老款|新款|款|车|那|这|版))")
_PEOPLE = re.compile(
    r"(?:能|可以|要|够)?(?:坐|拉|装|载)(?:得下|下)?([四五六七八九4-9])(?:个|口)人?(?:人)?(?!座)"
)
_FAMILY = re.compile(r"(?:家里|一家|全家)(?:有)?([四五六七八4-9])口(?:人|之家)?(?:人)?")
_YEAR_RUN_ON = re.compile(r"(?<=[a-z\d]\d)(?=20[12]\d款)")  # h92024款
_SHORT_YEAR = re.compile(
    r"(?<![\d.])(2\d)年(?=[底初上下以之]|\d{1,2}月|.{0,4}(?:上市|出的|发布|新车|的车))(?!以[内上])"
)
_BOTH_ENDS = re.compile(r"前后(?:排|轮|悬)?[\u4e00-\u9fff]{1,6}")  # 前后轮胎规格
_CYLINDERS = re.compile(r"([三四五六八十3-8])缸(?:发动)?机")
_COUNTED = re.compile(r"(?<=[\d四五六七八九两][座门缸])(?=[a-z])")  # 7座mpv
_VERSUS = re.compile(r"(?<=[\u4e00-\u9fff])(vs|pk)(?=[a-z0-9\u4e00-\u9fff])")
_HOW_MANY = re.compile(r"([\u4e00-\u9fff]{2,5})有(?:几个|多少个)")
_ANY = re.compile(
    r"[\d座缸坐拉装载口]|门[a-z]|万万|有(?:几|多少)|前后|[百千]万|vs|pk"
)  # one look, where there is mostly nothing to do
_MARKS = r",.;:!?~。、 …"


class Rewriter:
    """Built once for the words and the names of a graph."""

    def __init__(self, finder: MentionFinder[Sense], names: frozenset[str]) -> None:
        self._finder, self._names = finder, names
        noise = [word for word, roles in role_words().items() if roles == ("noise",)]
        self._noise_before, self._noise_behind = _courtesies(noise)

    def rewrite(self, text: str) -> str:
        """A normalised ``text`` without courtesies and hesitation, and with years, numbers and counts as they are read."""
        text = _HESITATION.sub("", _CHIP_COUNT.sub("", text))
        if _ANY.search(text) is None:
            return self._without_noise(text)
        text = _YEAR_RUN_ON.sub(" ", _TEN_THOUSAND.sub("万", text))
        text = _HOW_MANY.sub(self._counted, self._without_noise(text))
        text = _BOTH_ENDS.sub(self._both_ends, _HUNDRED.sub("一", text))
        text = _COUNTED.sub(" ", text)
        text = _CYLINDERS.sub(r"\1缸", text)
        text = _YEAR_OF_CAR.sub(self._model_year, text)
        text = _FAMILY.sub(r"\1座以上", _PEOPLE.sub(r"\1座以上", text))
        text = _HAVE_HOW_MANY.sub(self._plainly, text)
        text = _YEAR_OF_MODEL.sub(self._model_year, text)
        text = _SHORT_YEAR.sub(r"20\1年", text)
        return _VERSUS.sub(r" \1 ", _BARE_YEAR.sub(r"\1款", text))

    def _model_year(self, found: re.Match[str]) -> str:
        """尊享25的 is 尊享25款, where there is such a year."""
        year = f"{found.group(1)}款"
        return year if year in self._names else found.group()

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

    def _without_noise(self, text: str) -> str:
        """``text`` without the courtesies before and behind the question; all of it when that is all there is."""
        inner = self._noise_behind.sub("", self._noise_before.sub("", text))
        return inner if content(inner) else text


def _courtesies(noise: list[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Noise before and behind a question; what is but one character only where a mark sets it apart."""
    long = "|".join(sorted((w for w in noise if len(w) > 1), key=len, reverse=True))
    short = "".join(w for w in noise if len(w) == 1)
    before = re.compile(rf"^(?:(?:{long})[{_MARKS}]*|[{short}]+[{_MARKS}]+)+")
    return before, re.compile(rf"(?:[{_MARKS}]*(?:{long})|[{_MARKS}]+[{short}]|[{_MARKS}])+$")
