"""The links of an utterance as candidates: what each part of it may mean, where it stands and how sure it is."""

from collections.abc import Iterator, Sequence

from chatbot.explain.explanation import Candidate, Read, Scanned, Span
from chatbot.knowledge_graph.phrases import QuantityPhrase
from chatbot.knowledge_graph.plan import Path
from chatbot.knowledge_graph.plan_text import attribute_text, clause_text, quantity_text
from chatbot.normalization.reader import Reading
from chatbot.planning.links import (
    AttributeSense,
    CategorySense,
    DegreeSense,
    EntitySense,
    Link,
    QuantitySense,
    RoleSense,
    Sense,
    ValueSense,
)
from chatbot.planning.scan import Scan

FEW = 5
_NAME_PART = "part"
_WAYS = {"up": "往高", "down": "往低", None: "方向看上下文"}
_STRENGTHS = {"most": "最", "more": "更", "plain": "原级"}
_ROLES = {
    "or": "或", "and": "且", "not": "非", "has": "有", "exists": "有没有", "count": "问几个", "total": "总共",
    "sort": "排序", "list": "列出", "which": "问哪个", "compare": "比较", "much": "问多少", "typical": "问范围",
    "average": "问平均", "nearest": "找相近", "verify": "问是否", "enough": "问够不够", "head": "泛指实体",
    "it": "指代：它", "pair": "指代：这几个", "those": "指代：这些", "previous": "指代：前面那个", "others": "还有别的",
    "keep": "在其中再选", "swap": "换条件", "any": "不限", "buy": "要推荐", "wrong": "更正", "done": "条件说完了",
    "noise": "客套话", "so": "虚词", "filler": "虚词",
}  # fmt: skip


def read_links(reading: Reading) -> Read:
    """What the linkers found; where words between were left out, an attribute has several spans."""
    found: list[Candidate] = []
    taken = [False] * len(reading.text)
    for entity in reading.entities:
        spans = tuple(_span(reading.text, *span) for span in entity.spans)
        meaning = f"实体，{len(entity.candidates)} 个符合"
        names, total = entity.candidates[:FEW], len(entity.candidates)
        found.append(Candidate("entity", meaning, spans, entity.score, names, total))
        for start, end in entity.spans:
            taken[start:end] = [True] * (end - start)
    for attribute in reading.attributes:
        said = tuple(_placed(reading.text, attribute.text, taken))
        meaning = f"属性“{attribute.alias}”"
        found.append(Candidate("attribute", meaning, said, attribute.score, paths=_joined(attribute.paths)))
    return Read(reading.text, reading.core, reading.leftover, tuple(found))


def scan_links(scan: Scan) -> Scanned:
    """What the planner found, every sense of every link, in reading order."""
    found = [_candidate(link, sense) for link in scan.links for sense in link.senses]
    kept = tuple(dict.fromkeys(one for one in found if one is not None))
    return Scanned(scan.text, scan.mended, scan.coverage, scan.unknown, kept)


def _candidate(link: Link, sense: Sense) -> Candidate | None:
    spans = (Span(link.start, link.end, link.text),)
    match sense:
        case EntitySense(names):
            meaning = f"实体，{len(names)} 个符合"
            return Candidate("entity", meaning, spans, link.score, names[:FEW], len(names))
        case AttributeSense(paths):
            meaning = f"属性“{attribute_text(paths[0])}”"
            return Candidate("attribute", meaning, spans, link.score, paths=_joined(paths))
        case CategorySense(paths):
            meaning = f"类别“{attribute_text(paths[0])}”"
            return Candidate("attribute", meaning, spans, link.score, paths=_joined(paths))
        case ValueSense(path, clause):
            return Candidate(
                "value", f"取值：{clause_text(clause)}", spans, link.score, paths=_joined((path,))
            )
        case DegreeSense(word, path, way, strength):
            what = f"“{attribute_text(path)}”{_WAYS[way]}" if path else _WAYS[way]
            about = _joined((path,)) if path else ()
            return Candidate(
                "degree", f"程度（{_STRENGTHS[strength]}{word}）：{what}", spans, link.score, paths=about
            )
        case QuantitySense(phrase):
            return Candidate("quantity", f"数量：{quantity_meaning(phrase)}", spans, link.score)
        case RoleSense(role):
            return _role(role, spans, link.score)


def _role(role: str, spans: tuple[Span, ...], score: float) -> Candidate | None:
    if role.startswith("n:"):  # the number of a 第二个, shown with it
        return None
    if role == _NAME_PART:
        return Candidate("name_part", "前面那个名称的另一部分", spans, score)
    return Candidate("grammar", f"语法：{_ROLES.get(role, role)}", spans, score)


def quantity_meaning(phrase: QuantityPhrase) -> str:
    """``≤ 30万元（货币）``; what was widened or assumed is said."""
    low, high = _bound(phrase.low, phrase.unit), _bound(phrase.high, phrase.unit)
    if phrase.exact:
        said = f"＝ {low}"
    else:
        above = f"{'＞' if phrase.low_open else '≥'} {low}" if low else ""
        below = f"{'＜' if phrase.high_open else '≤'} {high}" if high else ""
        said = " 且 ".join(part for part in (above, below) if part)
    remarks = [phrase.dimension] if phrase.dimension else []
    remarks += ["约数，已放宽"] if phrase.approximate else []
    remarks += ["没说单位，按语境取"] if phrase.assumed else []
    return f"{said}（{'，'.join(remarks)}）" if remarks else said


def _bound(value: float | str | None, unit: str) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else quantity_text(value, unit)


def _joined(paths: Sequence[Path]) -> tuple[str, ...]:
    return tuple("/".join(path) for path in paths)


def _span(text: str, start: int, end: int) -> Span:
    return Span(start, end, text[start:end])


def _placed(text: str, said: str, taken: list[bool]) -> Iterator[Span]:
    """Where ``said`` stands in ``text`` outside what is ``taken``: in one piece, else character by character in order."""
    start = next((at for at in _places(text, said) if not any(taken[at : at + len(said)])), -1)
    if start >= 0:
        yield _span(text, start, start + len(said))
        return
    begin = end = -1
    for char in said.replace(" ", ""):
        at = next((i for i in range(max(end, 0), len(text)) if text[i] == char and not taken[i]), -1)
        if at < 0:
            break
        if at == end:
            end += 1
            continue
        if end > 0:
            yield _span(text, begin, end)
        begin, end = at, at + 1
    if end > 0:
        yield _span(text, begin, end)


def _places(text: str, said: str) -> Iterator[int]:
    at = text.find(said)
    while said and at >= 0:
        yield at
        at = text.find(said, at + 1)
