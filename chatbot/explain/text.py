"""An explanation for a person at a terminal, in Chinese."""

import json
from collections.abc import Iterator

from chatbot.explain.explanation import (
    Candidate,
    Execution,
    Explanation,
    FaqRanking,
    FaqShown,
    IntentsShown,
    PlannedShown,
    Read,
    Scanned,
)

SIGNALS = {
    "module:feature_vector_faq_match": "向量相似", "module:fuzzy_closest_faq_match": "字面相近", "bm25": "字词重合",
    "coverage": "字词覆盖", "class": "分类证据", "sound_bm25": "读音重合", "sound_coverage": "读音覆盖", "length": "长度相近",
    "size": "相似问多少",
}  # fmt: skip
_KINDS = {
    "entity": "实体", "attribute": "属性", "value": "取值", "degree": "程度", "quantity": "数量", "grammar": "语法",
    "name_part": "名称",
}  # fmt: skip
_SOURCES = {"faq": "FAQ", "kg": "知识图谱", "chitchat": "闲聊", "guide": "引导", "none": "无"}
_TYPES = {
    "answer": "回答", "clarify": "反问", "recommend": "推荐相近问题", "chitchat": "闲聊", "handoff": "转人工",
    "fallback": "答不了",
}  # fmt: skip
_ABSENT = {"missing": "缺少这个值", "incomparable": "值无法比较"}
_PATHS = 3
_FAQS = 5  # of the candidates; as JSON all are given


def lines(explanation: Explanation) -> Iterator[str]:
    """The explanation, a line at a time."""
    yield f"═ 这一轮怎么来的（知识库 {explanation.kb_version}）"
    yield f"【听到】{explanation.utterance}"
    for carried in explanation.carried:
        yield f"  上文 · {carried}"
    yield from _read(explanation.read)
    yield from _scanned(explanation.scanned)
    yield from _planned(explanation.planned)
    for execution in explanation.executions:
        yield from _execution(execution)
    yield from _faq(explanation.faq)
    if explanation.intents:
        yield from _intents(explanation.intents)
    choice = explanation.choice
    yield f"【选择】{_TYPES[choice.answer_type]}，来源：{_SOURCES[choice.answer_source]}，置信度 {choice.confidence:.2f}"
    yield f"  经过：{' → '.join(choice.states)}"
    yield f"  把握：查询 {choice.graph:.2f}，标准问 {choice.faq:.2f}（门槛 {choice.threshold:.2f}）"
    yield f"  理由：{choice.why}"


def _read(read: Read) -> Iterator[str]:
    yield f"【链接】{read.text}"
    for candidate in read.links:
        yield from _candidate(candidate)
    if not read.links:
        yield "  没有点名任何实体或属性"
    if read.core:
        yield f"  实义部分“{read.core}”，没有解释的占 {read.leftover:.0%}"


def _scanned(scanned: Scanned) -> Iterator[str]:
    mended = "（已按读音或字形纠错）" if scanned.mended else ""
    yield f"【分段】{scanned.text}{mended}"
    for candidate in scanned.links:
        yield from _candidate(candidate)
    unknown = "、".join(f"“{piece}”" for piece in scanned.unknown)
    yield f"  解释了 {scanned.coverage:.0%} 的字" + (f"，没懂：{unknown}" if unknown else "")


def _candidate(candidate: Candidate) -> Iterator[str]:
    spans = " ".join(f"“{span.text}”[{span.start},{span.end})" for span in candidate.spans)
    yield f"  {_KINDS[candidate.kind]} {spans or '（位置不明）'} 得分 {candidate.score:.2f} → {candidate.meaning}"
    for path in candidate.paths[:_PATHS]:
        yield f"      {path}"
    for name in candidate.entities:
        yield f"      {name}"
    if candidate.entities_total > len(candidate.entities):
        yield f"      ……共 {candidate.entities_total} 个"


def _planned(planned: PlannedShown) -> Iterator[str]:
    skipped = "" if planned.consulted else "（这一轮没有用到规划器，下面是它会怎么读）"
    if planned.kind == "query":
        for shown in planned.plans:
            yield f"【计划】{shown.text}{skipped}"
            yield f"  {json.dumps(shown.plan.as_json(), ensure_ascii=False)}"
        if planned.carried:
            yield f"  沿用上文的实体：{'、'.join(planned.carried)}"
        if planned.kept:
            yield f"  沿用上文的条件：{' 且 '.join(planned.kept)}"
    elif planned.kind == "look_up":
        things = "；".join("、".join(group) for group in planned.entities)
        yield f"【计划】查询（{things or '上文的实体'}）的（{'、'.join(planned.attributes) or '全部'}）{skipped}"
    elif planned.kind == "refusal":
        yield f"【计划】不能回答：{planned.reason}{skipped}"
    else:
        yield f"【计划】不是图谱查询，或解释得不够{skipped}"


def _execution(execution: Execution) -> Iterator[str]:
    yield f"【执行】{execution.text}"
    yield f"  范围内 {execution.scope} 个"
    for step in execution.narrowing:
        undecided = f"，缺值无法判断 {step.undecided} 个" if step.undecided else ""
        yield f"  条件 {step.condition}：单独 {step.alone} 个，累计 {step.so_far} 个{undecided}"
    yield f"  得到 {execution.total} 个：{'、'.join(execution.first)}" + (
        "……" if execution.total > len(execution.first) else ""
    )
    for absent in execution.left_out:
        names = "、".join(absent.entities)
        more = "……" if absent.count > len(absent.entities) else ""
        yield f"  未计入 {absent.count} 个，“{absent.attribute}”{_ABSENT[absent.reason]}：{names}{more}"
    for note in execution.notes:
        yield f"  注意：{note}"


def _faq(faq: FaqRanking) -> Iterator[str]:
    if not faq.candidates:
        yield "【FAQ】没有候选"
        return
    read_as = f"，读作“{faq.read_as}”" if faq.read_as else ""
    yield f"【FAQ】{faq.asked}{read_as}（都不是的概率 {faq.nothing:.2f}）"
    for number, one in enumerate(faq.candidates[:_FAQS], 1):
        exact = "，一字不差" if one.exact else ""
        yield f"  {number}. {one.question} {one.confidence:.4f}，最像“{one.matched}”（{one.module} {one.score:.2f}）{exact}"
        if one.signals:
            yield f"     {_signals(one)}"


def _intents(intents: IntentsShown) -> Iterator[str]:
    chances = "，".join(f"{one.intent or '都不是'} {one.probability:.2f}" for one in intents.chances)
    yield f"【意图】{intents.asked}：{chances}（门槛 {intents.threshold:.2f}）"
    if intents.heard:
        yield f"  {intents.heard}，最像“{intents.matched}”（{intents.file}）"
    else:
        yield f"  没有采用：{intents.why}"


def _signals(one: FaqShown) -> str:
    return "，".join(
        f"{SIGNALS.get(s.name, s.name)} {s.value:.2f}×{s.weight:.2f}={s.share:.2f}" for s in one.signals
    )
