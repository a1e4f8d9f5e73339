"""What a reply says and stands on, as the contract's JSON."""

from typing import Any

from chatbot.reply import Evidence, FaqEvidence, IntentEvidence, PictureEvidence, Reply, Row


def outcome_object(reply: Reply, rows_limit: int) -> dict[str, Any]:
    """What ``reply`` says and stands on, keys in the contract's order; at most ``rows_limit`` rows."""
    return {
        "answer": reply.answer,
        "answer_type": reply.answer_type,
        "answer_source": reply.answer_source,
        "state": reply.state,
        "confidence": round(reply.confidence, 4),
        "entities": reply.entities,
        "attribute": reply.attribute,
        "evidence": [_evidence(evidence) for evidence in reply.evidence],
        "plan": None if reply.plan is None else reply.plan.as_json(),
        "rows": None if reply.rows is None else [_row(row) for row in reply.rows[:rows_limit]],
        "rows_total": reply.rows_total,
        "suggestions": reply.suggestions,
        "why": reply.why,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    if isinstance(evidence, FaqEvidence):
        return {
            "source": evidence.source,
            "question": evidence.question,
            "label": evidence.label,
            "matched": evidence.matched,
            "score": round(evidence.score, 4),
            "module": evidence.module,
            "file": evidence.file,
        }
    if isinstance(evidence, PictureEvidence):
        return {
            "source": evidence.source,
            "label": evidence.label,
            "name": evidence.name,
            "score": evidence.score,
            "service": evidence.service,
        }
    if isinstance(evidence, IntentEvidence):
        return {
            "source": evidence.source,
            "intent": evidence.intent,
            "action": evidence.action,
            "matched": evidence.matched,
            "score": round(evidence.score, 4),
            "file": evidence.file,
        }
    return {
        "source": evidence.source,
        "entity": evidence.entity,
        "path": evidence.path,
        "value": evidence.value,
        "file": evidence.file,
    }


def _row(row: Row) -> dict[str, Any]:
    return {"entity": row.entity, "values": row.values}
