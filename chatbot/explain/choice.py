"""Why the reply is what it is, in Chinese, from what the turn decided."""

from chatbot.answering.answerer import GRAPH_THRESHOLD, Answerer
from chatbot.answering.inquiry import (
    Answered,
    Inquiry,
    Missing,
    NeedAttribute,
    NeedEntity,
    NeedTopic,
    Outcome,
    Refused,
    Unsure,
)
from chatbot.dialog.hearing import Hearing
from chatbot.dialog.state import Step, Turn
from chatbot.explain.explanation import Choice, PlannedShown
from chatbot.knowledge_graph.plan_text import attribute_text
from chatbot.reply import Reply

STATES = {
    "chitchat": "闲聊", "question_intake": "问题接收", "normalization": "归一化", "answering": "问答",
    "exception": "异常处理",
}  # fmt: skip
REFUSALS = {
    "unknown_entity": "资料里没有这个实体",
    "no_attribute": "资料里没有这个属性",
    "wrong_dimension": "单位与属性对不上",
    "nothing_to_point_at": "指代的东西前面没有出现过",
}
_WITHOUT_INQUIRY = {
    "chitchat": "是闲聊、取消或没有文字内容，不必查资料",
    "handoff": "用户要求转人工",
    "recommend": "不是中文问题，给出引导",
    "clarify": "等用户从给出的选项里选",
    "fallback": "没有可回答的内容",
    "answer": "直接回答",
}


def chosen(hearing: Hearing, step: Step, planned: PlannedShown) -> Choice:
    """The choice of the turn that ended in ``step``."""
    threshold = hearing.settings.faq_confidence_threshold
    inquiry = step.turn.inquiry if step.turn else None
    graph = _sure_of_graph(hearing, inquiry) if inquiry else 0.0
    faq = hearing.faq[0].confidence if hearing.faq else 0.0
    why = _why(step.turn, step.reply, graph, faq, threshold)
    if inquiry and not inquiry.query and planned.kind in ("query", "look_up") and planned.consulted:
        why += "；规划器也读出了计划，但没有采用：标准问或直接查询更可能"
    return Choice(
        tuple(STATES.get(name, name) for name in step.states), step.reply.answer_type, step.reply.answer_source,
        step.reply.confidence, graph, faq, threshold, why,
    )  # fmt: skip


def _sure_of_graph(hearing: Hearing, inquiry: Inquiry) -> float:
    """The score of the query, or how sure it is that a value is looked up."""
    if inquiry.query:
        return inquiry.query.score
    return Answerer(hearing.knowledge, hearing.settings.faq_confidence_threshold).graph_confidence(inquiry)


def _why(turn: Turn | None, reply: Reply, graph: float, faq: float, threshold: float) -> str:
    if turn and turn.meant:
        return f"听出运营者的意图“{turn.meant.intent}”（{turn.meant.probability:.2f}），按它的动作 {turn.meant.action.kind} 办"
    if turn is None or turn.inquiry is None:
        return _WITHOUT_INQUIRY[reply.answer_type]
    if turn.inquiry.query:
        coverage = turn.inquiry.query.scan.coverage
        return f"规划器解释了 {coverage:.0%} 的字，读成一个查询计划；没有更像的标准问（最高 {faq:.2f}）"
    if isinstance(turn.outcome, Answered):
        return _answered(turn.inquiry, turn.outcome, graph, faq, threshold)
    if isinstance(turn.outcome, Unsure):
        doubts = f"最像的标准问 {faq:.2f} 低于门槛 {threshold:.2f}，查询把握 {graph:.2f} 低于 {GRAPH_THRESHOLD:.2f}"
        return f"{doubts}，不猜"
    return _unanswered(turn.outcome) or _WITHOUT_INQUIRY[reply.answer_type]


def _unanswered(outcome: Outcome | None) -> str:
    """Understood, but not answered yet, or not at all."""
    match outcome:
        case NeedEntity():
            return f"有 {len(outcome.candidates)} 个实体都符合，先问是哪个"
        case NeedAttribute():
            return f"“{attribute_text(outcome.path)}”是一类属性，先问是哪一项"
        case NeedTopic():
            return "点了名，没说问什么，先问"
        case Missing():
            return "听懂了，但资料里没有这个值，如实说"
        case Refused(refusal):
            return f"{REFUSALS.get(refusal.code, refusal.code)}：“{refusal.subject}”"
        case _:
            return ""


def _answered(inquiry: Inquiry, found: Answered, graph: float, faq: float, threshold: float) -> str:
    if inquiry.question:
        return f"标准问“{inquiry.question}”是用户点选的，或沿用上文"
    if found.source == "kg":
        return f"问句点名了属性，查询把握 {graph:.2f}（门槛 {GRAPH_THRESHOLD:.2f}），标准问 {faq:.2f}"
    return f"标准问“{found.question}”的置信度 {faq:.2f} 不低于门槛 {threshold:.2f}，查询把握 {graph:.2f}"
