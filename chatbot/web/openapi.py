"""The OpenAPI 3.1 document. Its models are what the tests hold every reply against."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

import chatbot
from chatbot.web.openapi_v1 import MODELS, SECURITY_SCHEMES, v1_paths
from chatbot.web.wire import DEFAULT_ROWS, MAX_ROWS, MAX_SENT_CHARACTERS

_SESSION_ID = r"^[A-Za-z0-9_.:-]{1,128}$"
_REF = "#/components/schemas/{model}"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ChatQuestion(BaseModel):
    """What a client sends. Further fields are ignored."""

    sent: str = Field(min_length=1, max_length=MAX_SENT_CHARACTERS, examples=["您好"])
    image: str | None = Field(
        None,
        description="A picture as base64, where the service has an image service; sent may then be absent",
    )
    session_id: str | None = Field(None, pattern=_SESSION_ID, description="Made and returned when absent")
    rows_limit: int = Field(
        DEFAULT_ROWS, ge=1, le=MAX_ROWS, description="How many table rows the reply may hold"
    )


class FaqSource(_Model):
    """The paraphrase that matched, and the file the answer stands in."""

    source: Literal["faq", "chitchat"]
    question: str
    label: int
    matched: str
    score: float
    module: str
    file: str


class PictureSource(_Model):
    """What an image service saw in the picture."""

    source: Literal["image"]
    label: str
    name: str
    score: float
    service: str


class GraphSource(_Model):
    """The leaf of the knowledge graph the value was read from."""

    source: Literal["kg"]
    entity: str
    path: list[str]
    value: str
    file: str


class IntentSource(_Model):
    """The operator's intent that was heard, and the example most like what was said."""

    source: Literal["intent"]
    intent: str
    action: Literal["handoff", "chitchat", "reply", "faq"]
    matched: str
    score: float = Field(ge=0, le=1)
    file: str


class PlanCondition(_Model):
    attribute: str
    op: Literal["=", "!=", "<", "<=", ">", ">=", "contains"]
    value: float | str
    unit: str


class QueryPlan(_Model):
    """What the knowledge graph was asked."""

    op: Literal["lookup", "compare", "filter", "superlative", "count", "verify"]
    entities: list[str]
    attributes: list[str]
    conditions: list[PlanCondition]
    order: str | None
    limit: int | None


class TableRow(_Model):
    entity: str
    values: dict[str, str]


class ChatReply(_Model):
    """One turn. ``degraded`` appears, as true, only when the session could not be loaded or saved."""

    session_id: str = Field(pattern=_SESSION_ID)
    trace_id: str
    kb_version: str
    answer: str
    answer_type: Literal["answer", "clarify", "recommend", "chitchat", "handoff", "fallback"]
    answer_source: Literal["faq", "kg", "chitchat", "guide", "none"]
    state: Literal["chitchat", "question_intake", "normalization", "answering", "exception"]
    confidence: float = Field(ge=0, le=1)
    entities: list[str]
    attribute: str | None
    evidence: list[PictureSource | FaqSource | GraphSource | IntentSource]
    plan: QueryPlan | None
    rows: list[TableRow] | None
    rows_total: int | None
    suggestions: list[str]
    why: str = Field(description="Why this answer was chosen")
    elapsed_ms: float = Field(ge=0)
    degraded: Literal[True] | None = None


class ErrorDetail(_Model):
    code: str
    message: str
    trace_id: str


class ErrorReply(BaseModel):
    """Every error has this shape."""

    error: ErrorDetail


_MODELS: tuple[type[BaseModel], ...] = (ChatQuestion, ChatReply, ErrorReply)


def openapi_document(service_name: str) -> dict[str, Any]:
    """The document of one service."""
    models = (*_MODELS, *MODELS)
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": service_name,
            "version": chatbot.__version__,
            "description": "白盒中文客服机器人：FAQ 与知识图谱问答，每个答案都带出处。"
            "A white-box Chinese customer-service chatbot: every answer names its evidence.",
        },
        "paths": {
            "/": {
                "post": _chat_operation("chat"),
                "get": _get("page", "演示页 · the demo page", "text/html"),
            },
            f"/api/predict/{service_name}": {"post": _chat_operation("predict")},
            "/healthz": {"get": _get("alive", "进程活着 · alive", "application/json")},
            "/readyz": {
                "get": _get("ready", "索引、图谱、Redis 就绪 · ready to answer", "application/json", ("503",))
            },
            "/metrics": {"get": _get("metrics", "Prometheus 指标 · metrics", "text/plain")},
            "/openapi.json": {"get": _get("openapi", "本文档 · this document", "application/json")},
            "/docs": {"get": _get("docs", "可读的接口说明 · these pages", "text/html")},
            "/widget.js": {
                "get": _get("widget", "一行接入的聊天窗口 · one-tag chat widget", "text/javascript")
            },
            **v1_paths(_errors(("400", "401", "403", "404", "409", "413", "429", "500", "503")), _REF),
        },
        "components": {"schemas": schemas["$defs"], "securitySchemes": SECURITY_SCHEMES},
    }


def _chat_operation(name: str) -> dict[str, Any]:
    trace = {
        "name": "X-Trace-Id",
        "in": "header",
        "schema": {"type": "string"},
        "description": "Returned in the reply",
    }
    return {
        "operationId": name,
        "summary": "一轮对话 · one turn",
        "parameters": [trace],
        "requestBody": {"required": True, "content": _json("ChatQuestion")},
        "responses": {
            "200": {"description": "答复 · the reply", "content": _json("ChatReply")},
            **_errors(("400", "405", "413", "429", "500")),
        },
    }


def _get(name: str, summary: str, media_type: str, errors: tuple[str, ...] = ()) -> dict[str, Any]:
    answer = {"description": summary, "content": {media_type: {}}}
    return {"operationId": name, "summary": summary, "responses": {"200": answer, **_errors(errors)}}


def _errors(statuses: tuple[str, ...]) -> dict[str, Any]:
    return {status: {"description": "错误 · error", "content": _json("ErrorReply")} for status in statuses}


def _json(model: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(model=model)}}}
