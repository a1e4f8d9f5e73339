"""How long or when, beside what is done: 几天能出报告, 报告多久出, 有效期到多久, 几点退房, of 出报告时间, 有效期 and 退房时间.

Such a name says what is done and that its time is told; how it is asked for combines freely with that.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from chatbot.knowledge_graph.graph import Path, display_name
from chatbot.normalization.text import normalize
from chatbot.planning.links import AttributeSense, DegreeSense, Link, Sense
from chatbot.planning.word_forms import forms
from chatbot.regex import regex

_NAMED = regex("(?<=..)(?:时间|时长|时刻|日期|周期|期限|天数|期)$")
_HOW_LONG = regex(
    "多久|多长时间|多少时间|(?:几|多少)个?(?:工作日|小时|钟头|星期|礼拜|月|周)|(?:几|多少)(?:天|年|分钟)"
)
_WHEN = regex("什么时候|啥时候|什么时间|几点钟?|哪天|哪一天|几号|几月份?")
_LEAD = "(?:大概|一般|通常|最快|最晚|要|得|会|可以|才|能|是|到|有|需要|之前|以前|之后|以后|的|了)*"
_BEHIND, _BEFORE = regex(_LEAD), regex(_LEAD + "$")
_WORD = 2
_STARTS = ("|", ",", "要", "得")
_LONGEST = 10  # characters of a name
_MEASURED = "时间"


@dataclass(frozen=True)
class AskedTimes:
    """Words that are asked how long, and when: each with the attributes that tell."""

    long: Mapping[str, tuple[Path, ...]]
    when: Mapping[str, tuple[Path, ...]]

    def find(self, masked: str) -> Iterator[Link]:
        """A link for each way of asking in ``masked``, whose bars nothing reaches over."""
        for ways, words in ((_HOW_LONG, self.long), (_WHEN, self.when)):
            for hit in ways.finditer(masked) if words else ():
                start, end = hit.span()
                if found := _behind(masked, end, words):
                    start = _led_from(masked, start)
                    yield Link(start, found[0], masked[start : found[0]], (AttributeSense(found[1]),))
                elif found := _before(masked, start, words):
                    yield Link(found[0], end, masked[found[0] : end], (AttributeSense(found[1]),))
                elif around := _around(masked, start, end, words):
                    yield Link(*around[:2], masked[around[0] : around[1]], (AttributeSense(around[2]),))


def asked_times(
    paths: Iterable[Path], words: Mapping[str, Collection[Sense]], dimension: Callable[[Path], str]
) -> AskedTimes:
    """``words`` are all that mean something; what is done is what a name says before 时间."""
    lasts, happens = dict[str, tuple[Path, ...]](), dict[str, tuple[Path, ...]]()
    for word, senses in words.items():
        for sense in senses:
            if isinstance(sense, AttributeSense) and dimension(sense.paths[0]) == _MEASURED:
                lasts[word] = sense.paths
    for path, stem in _said_in_part(done(paths)):
        (lasts if dimension(path) == _MEASURED else happens).setdefault(stem, (path,))
    firsts = Counter(stem[0] for path, stem in done(paths) if dimension(path) == _MEASURED)
    lasts |= {stem[0]: lasts[stem] for _, stem in done(paths) if firsts[stem[0]] == 1 and stem in lasts}
    return AskedTimes(lasts, happens)


def done(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each attribute that is named after what is done, with that: 出报告 of 出报告时间."""
    for path in paths:
        name = normalize(display_name(path[-1]))
        if (stem := _NAMED.sub("", name)) != name:
            yield path, stem


def _said_in_part(those: Iterable[tuple[Path, str]]) -> Iterator[tuple[Path, str]]:
    """``those``, and 理赔 and 到账 of 理赔到账, where no other has them."""
    known = [*those]
    yield from known
    for path, stem in known:
        parts = {stem[:_WORD], stem[-_WORD:]} if len(stem) == 2 * _WORD else set[str]()
        yield from ((path, part) for part in parts if sum(part in other for _, other in known) == 1)


def _behind(text: str, at: int, words: Mapping[str, tuple[Path, ...]]) -> tuple[int, tuple[Path, ...]] | None:
    lead = _BEHIND.match(text, at)
    for start in range(lead.end() if lead else at, at - 1, -1):  # 到 of 到账 leads to nothing
        for end in range(min(len(text), start + _LONGEST), start + 1, -1):
            if text[start:end] in words:
                return end, words[text[start:end]]
    return None


def _before(text: str, at: int, words: Mapping[str, tuple[Path, ...]]) -> tuple[int, tuple[Path, ...]] | None:
    for end in range(_led_from(text, at), at + 1):
        for start in range(max(0, end - _LONGEST), end - 1):
            if text[start:end] in words:
                return start, words[text[start:end]]
    end = _led_from(text, at)
    if end and text[end - 1] in words and (end == 1 or text[: end - 1].endswith(_STARTS)):  # 等多久 of 等待期
        return end - 1, words[text[end - 1]]
    return None


def _led_from(text: str, at: int) -> int:
    """Where the words that lead to ``at`` and say nothing begin."""
    lead = _BEFORE.search(text, max(0, at - _LONGEST), at)
    return lead.start() if lead else at


def _around(
    text: str, start: int, end: int, words: Mapping[str, tuple[Path, ...]]
) -> tuple[int, int, tuple[Path, ...]] | None:
    """报告几天能出: what is done with it stands behind, and what it is done with before."""
    tail = _BEHIND.match(text, end)
    before, behind = _led_from(text, start), tail.end() if tail else end
    verb = text[behind : behind + 1]
    for first in range(max(0, before - _LONGEST), before - 1):
        if verb + text[first:before] in words:
            return first, behind + 1, words[verb + text[first:before]]
    return None


def paced(paths: Iterable[Path], dimension: Callable[[Path], str]) -> Iterator[tuple[str, DegreeSense]]:
    """出报告最快, 出报告慢: the word → that the time of what is done is short, or long."""
    for path, stem in _said_in_part(done(paths)):
        if dimension(path) == _MEASURED:
            yield from ((w, DegreeSense("快", path, "down", much)) for w, much in forms(f"{stem}+快"))
            yield from ((w, DegreeSense("慢", path, "up", much)) for w, much in forms(f"{stem}+慢"))
