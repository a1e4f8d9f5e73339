"""The perturbation suite: how people mistype, misspell and mishear, generated with a seed.

Every kind takes a question and gives one noisy writing of it, always the same for the same seed and text.
"""

import random
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise

import jieba
from opencc import OpenCC

from chatbot.normalization.pinyin import fold, readings
from chatbot.normalization.text import has_han

jieba.setLogLevel(60)  # its greeting is no log line of ours

_SHAPES = (
    "未末 己已 人入 土士 日曰 天夫 大太 千干 午牛 田由 甲申 王玉 木术 本木 乌鸟 免兔 拔拨 折拆 侯候 晴睛 "
    "情清 请清 的钓 货贷 贷货 值植 直真 且目 目日 自白 白百 问间 间问 闪问 买卖 卖买 车东 东车 今令 令今 "
    "办为 力刀 九几 几儿 元无 无天 见贝 贝见 风凤 处外 外处 冷泠 冻冰 坏环 环坏 还坏 快块 块快 决快 "
    "电由 申电 质盾 保堡 提题 题提 换挨 修俢 轮抡 输轮 胎抬 油抽 由曲 耗秏 续读 读续 航舱 程桯 里理 充允 "
    "池他 他池 地他 址扯 付什 什付 首苜 利和 和利 率卒 息恩 期斯 分介 万方 方万 多夕 少小 小少 价阶 格洛 "
    "钱线 线钱 优忧 惠恵 补朴 证正 件仵 票栗 险验 验险 检捡 养美 年午 月用 用月 周同 同周 级极 极级"
)
_FILLERS_BEFORE = ("那个，", "嗯，", "请问一下，", "我想问下，", "呃，", "麻烦问一下，", "你好，", "就是说，")
_FILLERS_AFTER = ("啊", "呀", "呢亲", "哈", "谢谢", "吧？？", "～", "，急")


def _common_chars() -> str:
    """The 3,755 commonest Chinese characters: level 1 of GB 2312."""
    cells = (bytes([row, cell]) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return b"".join(cells).decode("gb2312", "ignore")


@lru_cache(maxsize=2)
def _by_sound(folded: bool) -> Mapping[str, str]:
    table: dict[str, str] = {}
    for char in _common_chars():
        sound = readings(char)[0]
        key = fold(sound) if folded else sound
        table[key] = table.get(key, "") + char
    return table


@lru_cache(maxsize=1)
def _shape_table() -> Mapping[str, str]:
    table: dict[str, str] = {}
    for pair in _SHAPES.split():
        for char, other in ((pair[0], pair[1]), (pair[1], pair[0])):
            table[char] = table.get(char, "") + other
    return table


@lru_cache(maxsize=1)
def _traditional() -> OpenCC:
    return OpenCC("s2t")


def _place(text: str, fits: Callable[[str], bool], rng: random.Random) -> int | None:
    places = [place for place, char in enumerate(text) if fits(char)]
    return rng.choice(places) if places else None


def _with_char(text: str, place: int | None, choices: str, rng: random.Random) -> str:
    if place is None or not choices:
        return text
    return text[:place] + rng.choice(choices) + text[place + 1 :]


def typing_error(text: str, rng: random.Random) -> str:
    """Two neighbours change places."""
    if len(text) < 3:
        return text
    place = rng.randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def homophone(text: str, rng: random.Random) -> str:
    """One character becomes another of the same sound (续航 → 续行)."""
    place = _place(text, has_han, rng)
    if place is None:
        return text
    others = _by_sound(False).get(readings(text[place])[0], "").replace(text[place], "")
    return _with_char(text, place, others, rng)


def shape_alike(text: str, rng: random.Random) -> str:
    """One character becomes another that looks like it."""
    place = _place(text, _shape_table().__contains__, rng)
    return text if place is None else _with_char(text, place, _shape_table()[text[place]], rng)


def _span(text: str, least: int, most: int, rng: random.Random) -> tuple[int, int] | None:
    spans = [
        (start, start + length)
        for length in range(least, most + 1)
        for start in range(len(text) - length + 1)
        if all(has_han(char) for char in text[start : start + length])
    ]
    return rng.choice(spans) if spans else None


def pinyin_full(text: str, rng: random.Random) -> str:
    """Two to four characters typed as their pinyin (续航 → xuhang)."""
    span = _span(text, 2, 4, rng)
    if span is None:
        return text
    start, end = span
    return text[:start] + "".join(readings(char)[0] for char in text[start:end]) + text[end:]


def pinyin_initials(text: str, rng: random.Random) -> str:
    """A term of three to five characters, one noun or two in a row, typed as its initials (续航里程 → xhlc)."""
    spans = [span for span in _terms(text) if 3 <= span[1] - span[0] <= 5]
    if not spans:
        return text
    start, end = rng.choice(spans)
    return text[:start] + "".join(readings(char)[0][0] for char in text[start:end]) + text[end:]


def _terms(text: str) -> list[tuple[int, int]]:
    """Where the nouns stand, and two nouns in a row."""
    nouns, place = [], 0
    from jieba import posseg  # its tables take 0.4 s to load, and not every rebuild fits anew

    for word, flag in posseg.cut(text):
        if flag.startswith(("n", "vn")) and all(map(has_han, word)):
            nouns.append((place, place + len(word)))
        place += len(word)
    return nouns + [(a[0], b[1]) for a, b in pairwise(nouns) if a[1] == b[0]]


def asr(text: str, rng: random.Random) -> str:
    """A misheard character (z/zh, n/ng not told apart), and a hesitation."""
    place = _place(text, has_han, rng)
    if place is None:
        return text
    others = _by_sound(True).get(fold(readings(text[place])[0]), "").replace(text[place], "")
    text = _with_char(text, place, others, rng)
    place = rng.randrange(len(text) + 1)
    return text[:place] + rng.choice("嗯呃啊那") + text[place:] if rng.random() < 0.5 else text


def traditional(text: str, rng: random.Random) -> str:
    """Traditional characters throughout."""
    converted: str = _traditional().convert(text)
    return converted


def full_width(text: str, rng: random.Random) -> str:
    """Letters, digits and marks as full-width forms; a full-width mark at the end."""
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)
    return wide + rng.choice("？！。")


def repeated(text: str, rng: random.Random) -> str:
    """One character typed two to four times."""
    if not text:
        return text
    place = rng.randrange(len(text))
    return text[:place] + text[place] * rng.randint(2, 4) + text[place + 1 :]


def missing(text: str, rng: random.Random) -> str:
    """One character left out."""
    if len(text) < 3:
        return text
    place = rng.randrange(len(text))
    return text[:place] + text[place + 1 :]


def fillers(text: str, rng: random.Random) -> str:
    """Polite or hesitant words before and after."""
    return rng.choice(_FILLERS_BEFORE) + text + rng.choice(_FILLERS_AFTER)


KINDS: Mapping[str, Callable[[str, random.Random], str]] = {
    "typing": typing_error,
    "homophone": homophone,
    "shape": shape_alike,
    "pinyin_full": pinyin_full,
    "pinyin_initials": pinyin_initials,
    "asr": asr,
    "traditional": traditional,
    "full_width": full_width,
    "repeated": repeated,
    "missing": missing,
    "fillers": fillers,
}


def perturb(text: str, kind: str, seed: int = 0) -> str:
    """``text`` with noise of ``kind``; the same for the same three arguments."""
    return KINDS[kind](text, random.Random(f"{seed}:{kind}:{text}"))


def any_noise(text: str, seed: int = 0) -> tuple[str, str]:
    """A kind drawn by the seed and the text, and the noisy text."""
    kind = random.Random(f"{seed}:{text}").choice(sorted(KINDS))
    return kind, perturb(text, kind, seed)
