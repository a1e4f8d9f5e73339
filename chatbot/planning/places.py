"""Places and numbers of things in an utterance: 第二个, 前三名, 倒数第一, 三个版本; and numbers without a unit beside an attribute."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatbot.knowledge_graph.numerals import read_number
from chatbot.knowledge_graph.phrases import QuantityPhrase, find_quantities
from chatbot.knowledge_graph.units import UnitTable
from chatbot.planning.links import Link, QuantitySense, RoleSense
from chatbot.regex import regex

_DIGITS = {
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "仨": 3,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "大": 1,
}
_N = "([一二两三四五六七八九十]|[1-9]\\d?)"
_RANKED = r"(?:最[\u4e00-\u9fff]{1,3}|[贵省远快慢高低大小长短近新]|便宜)"
_MAY_BE_PLACE = regex(
    "[一二两俩三仨四五六七八九十1-9]|老大|最后那|中间"
)  # one look, where there is mostly none
_PLACES = (
    (regex(rf"^{_N}(?:个|款|台|辆)(?:车)?(?:里面|里头|里|中|当中|之中)"), "those"),
    (
        regex(
            "^(?:那|这)?([两俩三四五六])个(?=(?:价格?|油耗|续航|轴距|加速|电耗|天窗|后备箱|座位|多少|都)[^,。]{0,4}$)"
        ),
        "those",
    ),
    (
        regex(rf"(?:另外|其他|其它|剩下?的?|其余的?|余下的?)(?:的|那)?{_N}(?:个|款|台|辆)(?!品牌|牌子)"),
        "rest",
    ),
    (regex(rf"另(?:外)?(?:那)?{_N}(?:个|款|台|辆)(?!品牌|牌子)"), "rest"),
    (regex(rf"倒数第{_N}(?=[便贵低高大小长短快慢省远重轻新多少])"), "kth reverse"),
    (regex(rf"第{_N}(?=[便贵低高大小长短快慢省远重轻新多少])"), "kth"),
    (regex(rf"前{_N}(?:个|款|名|台|辆)?(?:里面|里|中|当中|之中)"), "those"),
    (regex(rf"(?:排行?|排名|名列|位居|位列)(?:在)?第{_N}(?:名|位)?"), "kth best"),
    (regex(rf"(?<=[来给荐挑选列推看排找报]){_N}个(?![座位门缸挡档油气月点万千])"), "top"),
    (regex(rf"倒数第{_N}(?:名|款|个|台|辆|位)?"), "kth reverse"),
    (regex(rf"倒数前?{_N}(?:名|款|个|台|辆|位)?"), "reverse"),
    (
        regex(rf"(?<!安全|质量|品质|舒适)第{_N}(?![代回次遍胎眼时年天排])(?:个|款|名|台|辆|位|种)?"),
        "nth",
    ),
    (
        regex(
            r"(?<![让给带接送家老])(?<!老[大二三])(?<!老[大二三][和跟])老([大二三四五])(?!的?(?:婆|公|板)|[和跟]?老[大二三四])"
        ),
        "nth",
    ),
    (regex(rf"^(?:那|这)?{_N}(?:款|个|台|辆)(?:车|里|里面)?(?=哪|谁|那个最|那款最)"), "those"),
    (regex(rf"^(?:那|这)?{_N}(?:款|台|辆|个)(?=[^,。]{{0,6}}(?:各|分别|都))"), "those"),
    (regex(rf"^(?!一){_N}(?:个|款|台|辆)车?的(?=[\u4e00-\u9fff]{{2,8}}$)"), "those"),
    (regex(r"最后(?:一|那)(?:个|款|台|辆|名|部|位)"), "last"),
    (regex(r"(?:最)?中间(?:的)?(?:那|这)?一?(?:个|款|台|辆)"), "nth middle"),
    (regex(rf"前(?!一[个款台辆]){_N}(?:名|款|位|个|台|辆)?(?![驱排悬天年月周次回遍])"), "top"),
    (regex(rf"top\s?{_N}"), "top"),
    (
        regex(rf"(?<![这那第哪有几前后另同\d.十百])(?<!(?<!以)[上下]){_N}(?:款|台|辆|名)(?!以|车以)"),
        "top",
    ),
    (regex(rf"(?:这|那)(?!一[款台辆个]){_N}(?:款|台|辆|个|种)"), "those"),
    (regex(rf"^{_N}(?:个|款|台|辆)(?:车)?(?:里面|里头|里|中|当中|之中|都|分别)"), "those"),
    (regex(rf"(?<=的){_N}个(?=$|[,车呢吧呀啊有是])"), "top"),
    (regex(rf"{_RANKED}的?(?P<at>前?{_N}个)(?![座位门缸挡档油气])"), "top"),
    (regex(r"最[\u4e00-\u9fff]{1,3}?的?(?P<at>([俩仨]))(?![差比谁哪])"), "top"),
    (regex(rf"{_N}个?(?=(?:版本|配置|型号|车型|车系|品牌|牌子))"), "top"),
)

# Words of quantities that are mended where they are misheard.
QUANTITY_WORDS = (
    "以内 以上 以下 之内 之间 左右 上下 公里 超过 不到 低于 高于 小于 大于 不超过 千瓦 英寸 小时 分钟 "
    "两座 四座 五座 六座 七座 八座 区间 倒数"
).split()
_BESIDE = regex(
    r"(?:够不够|有没有|能不能|到不到|到没到|超没超过|等于|恰好|正好|刚好|为|能|有|能有|到|能到|得|得有|要|是|够|达到|达|过|能过|上|能上|上得了|能上到|破|进|在|能跑|跑|多|大概|大约|降到|提到|加到|改到|改成|改为|放宽到|涨到|调到|提高到|降低到|放宽|收紧到|减到|换成){0,3}"
)
_BARE = regex(
    r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九]百[一二三四五六七八九十]*)(?![\d.]*[a-z%年月款座门个号挡档缸种项万千])"
)
_FOLLOW_UP = regex(
    r"(?:(?<![\d.a-z])(?=[\d.]+的?呢$)|(?<=[到成为至])|^(?:那|那就|就|要不)?(?=[\d.]+(?:吧|也行|也可以)))"
    r"(\d+(?:\.\d+)?)(?:的)?(?:[呢吧啊]|也行|也可以)?$"
)


def find_places(masked: str, taken: Sequence[Link]) -> Iterator[Link]:
    """Ordinals and counts of things, none over ``taken``; of two that overlap the first of ``_PLACES``."""
    found: list[Link] = list(taken)
    for pattern, role in _PLACES if _MAY_BE_PLACE.search(masked) else ():
        for hit in pattern.finditer(masked):
            if any(link.start < hit.end() and hit.start() < link.end for link in found):
                continue
            number = _number(hit.group(pattern.groups)) if pattern.groups else -1
            part = "at" if "at" in pattern.groupindex else 0
            roles = (*role.split(), f"n:{number}")
            link = Link(*hit.span(part), hit.group(part), tuple(RoleSense(one) for one in roles))
            found.append(link)
            yield link


def _number(said: str) -> int:
    return _DIGITS.get(said) or int(said)


def _alone(text: str, links: Sequence[Link]) -> list[re.Match[str]]:
    """500 of 没有的话500呢, 30 of 那放宽到30."""
    found = _FOLLOW_UP.search(text)
    taken = found and any(x.start < found.end(1) and found.start(1) < x.end for x in links)
    return [found] if found and not taken else []


def bare_numbers(text: str, links: Sequence[Link], units: UnitTable) -> Iterator[Link]:
    """续航有600吗, 最高车速能到200: a number right behind an attribute needs no unit."""
    for hit in _alone(text, links):
        for phrase in find_quantities(hit.group(1), units, bare=True)[:1]:
            moved = _moved(phrase, hit.start(1))
            yield Link(moved.start, moved.end, moved.text, (QuantitySense(moved),))
    for link in links:
        if link.attribute is None:
            continue
        gap = _BESIDE.match(text, link.end)
        found = _BARE.match(text, gap.end() if gap else link.end)
        if found is None or any(x.start < found.end() and found.start() < x.end for x in links):
            continue
        for phrase in find_quantities(_in_digits(found.group()), units, bare=True)[:1]:
            moved = replace(phrase, start=found.start(), end=found.end(), text=found.group())
            yield Link(moved.start, moved.end, moved.text, (QuantitySense(moved),))


def _in_digits(said: str) -> str:
    """五百 as 500."""
    number = None if said[0].isdigit() else read_number(said)
    return f"{number.low:f}" if number else said


def _moved(phrase: QuantityPhrase, by: int) -> QuantityPhrase:
    return replace(phrase, start=phrase.start + by, end=phrase.end + by)
