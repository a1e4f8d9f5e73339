"""The part of the OpenAPI document that is under ``/v1``, and the shapes of other services' clients."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, Field

from chatbot.security.credentials import MAX_PASSWORD, MIN_PASSWORD
from chatbot.web.accounts_api import MAX_DAYS
from chatbot.web.compat_wire import MAX_NAME
from chatbot.web.operator_api import MAX_PAGE, MAX_WAIT, PAGE
from chatbot.web.public_api import DEFAULT_SUGGESTIONS, MAX_COMMENT, MAX_SUGGESTIONS
from chatbot.web.wire import MAX_SENT_CHARACTERS

_TEXT = {"type": "string"}


class WebhookMessage(BaseModel):
    """What a Rasa REST channel takes."""

    sender: str = Field("", max_length=MAX_NAME)
    message: str = Field(min_length=1, max_length=MAX_SENT_CHARACTERS, examples=["您好"])


class CompletionMessage(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str


class StreamOptions(BaseModel):
    include_usage: bool = False


class ChatCompletion(BaseModel):
    """OpenAI's chat completion. Only the last user message is heard; further fields are ignored."""

    model: str = "chatbot"
    messages: list[CompletionMessage] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None
    user: str | None = Field(
        None, max_length=MAX_NAME, description="Names the session; or header X-Session-Id"
    )


class Feedback(BaseModel):
    trace_id: str = Field(max_length=128)
    vote: Literal["up", "down"]
    comment: str = Field("", max_length=MAX_COMMENT)


class Login(BaseModel):
    name: str = Field(max_length=256)
    password: str = Field(max_length=256)


class ProposalDraft(BaseModel):
    """``changes`` as ``chatbot propose`` reads them; ``cases`` are ids of the bad cases they mend."""

    changes: list[dict[str, Any]]
    note: str = Field("", max_length=500)
    cases: list[str] = []


class Earlier(BaseModel):
    version: str = Field("", max_length=32, description="空：退一步 · empty: the one before")


class TestFile(BaseModel):
    file: str = Field(
        max_length=200, description="已上传的，或新文件的名字 · one at hand, or a new one's name"
    )
    content: str | None = Field(None, description="CSV 或 YAML 的全文 · its text")


class NewUser(BaseModel):
    name: str = Field(pattern=r"^[\w.@-]{1,64}$")
    role: Literal["chat", "operator", "admin"]
    password: str | None = Field(None, min_length=MIN_PASSWORD, max_length=MAX_PASSWORD)


class Disabled(BaseModel):
    disabled: bool


class NewPassword(BaseModel):
    password: str = Field(min_length=MIN_PASSWORD, max_length=MAX_PASSWORD)


class NewToken(BaseModel):
    label: str = Field("", max_length=64)
    days: int = Field(0, ge=0, le=MAX_DAYS, description="0: it never ends")


MODELS: tuple[type[BaseModel], ...] = (
    WebhookMessage, ChatCompletion, Feedback, Login, ProposalDraft, Earlier, TestFile, NewUser, Disabled, NewPassword, NewToken,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """One address. ``role`` empty: as open as the chat. ``query``: names of query parameters, see ``_QUERY``."""

    method: str
    path: str
    name: str
    summary: str
    role: str = ""
    model: type[BaseModel] | None = None
    query: tuple[str, ...] = ()
    status: str = "200"
    optional_body: bool = False


OPERATIONS = (
    Operation("post", "/webhooks/rest/webhook", "webhook", "Rasa REST 通道 · Rasa's REST channel", model=WebhookMessage),
    Operation("post", "/v1/chat/completions", "completions", "OpenAI 对话 · OpenAI's chat completions", model=ChatCompletion),
    Operation("get", "/v1/models", "models", "唯一的模型 · the one model"),
    Operation("get", "/v1/models/{name}", "model", "唯一的模型 · the one model"),
    Operation("get", "/v1/suggest", "suggest", "输入联想 · type-ahead", query=("q", "suggestions")),
    Operation("post", "/v1/feedback", "feedback", "赞或踩一个答复 · thumbs up or down", model=Feedback),
    Operation("get", "/v1/handoff", "handoff", "人工客服说了什么 · what a person said", query=("session", "after")),
    Operation("post", "/v1/login", "login", "登录，得到 cookie · log in", model=Login),
    Operation("post", "/v1/logout", "logout", "退出 · log out", "chat"),
    Operation("get", "/v1/me", "me", "我是谁，CSRF 令牌 · who I am", "chat"),
    Operation("get", "/v1/unanswered", "unanswered", "没答好的问题，按意思分组 · bad cases by meaning", "operator", query=("limit",)),
    Operation("get", "/v1/proposals", "proposals", "提案 · proposals", "operator", query=("limit",)),
    Operation("post", "/v1/proposals", "propose", "新提案 · a new proposal", "operator", ProposalDraft, status="201"),
    Operation("get", "/v1/proposals/{proposal_id}", "proposal", "一个提案 · one proposal", "operator"),
    Operation("post", "/v1/proposals/{proposal_id}/prove", "prove", "在过去的对话和测试上证明，后台进行 · replay past traffic and the tests", "operator", query=("wait",), status="202"),
    Operation("post", "/v1/proposals/{proposal_id}/publish", "publish", "发布，后台进行 · publish", "admin", query=("wait",), status="202"),
    Operation("get", "/v1/versions", "versions", "知识库版本 · versions", "operator"),
    Operation("get", "/v1/versions/diff", "diff", "两个版本的差别 · what differs", "operator", query=("old", "new")),
    Operation("post", "/v1/versions/rollback", "rollback", "换回早先的版本 · roll back", "admin", Earlier, optional_body=True),
    Operation("get", "/v1/faq", "faq", "标准问、相似问、答案 · standard questions", "operator", query=("q", "start", "limit")),
    Operation("get", "/v1/kg", "kg", "实体和属性 · entities and values", "operator", query=("q", "start", "limit")),
    Operation("get", "/v1/lint", "lint", "检查知识库，后台进行 · check the knowledge base", "operator", query=("wait",)),
    Operation("get", "/v1/tests", "tests", "测试的历史 · test runs", "operator", query=("limit",)),
    Operation("post", "/v1/tests", "runTests", "测试一个文件，后台进行 · run a test file", "operator", TestFile, query=("wait",), status="202"),
    Operation("post", "/v1/reload", "reload", "让每个工作进程重新加载 · load anew", "admin", query=("wait",), status="202"),
    Operation("get", "/v1/jobs", "jobs", "后台的任务 · long work", "operator"),
    Operation("get", "/v1/jobs/{job_id}", "job", "一个任务做到哪了 · how one is going", "operator", query=("wait",)),
    Operation("get", "/v1/users", "users", "用户 · users", "admin"),
    Operation("post", "/v1/users", "addUser", "加用户 · a new user", "admin", NewUser, status="201"),
    Operation("post", "/v1/users/{name}/disabled", "disableUser", "停用或恢复 · disable or enable", "admin", Disabled),
    Operation("post", "/v1/users/{name}/password", "setPassword", "重设密码 · a new password", "admin", NewPassword),
    Operation("get", "/v1/users/{name}/tokens", "tokens", "用户的令牌 · a user's tokens", "admin"),
    Operation("post", "/v1/users/{name}/tokens", "issueToken", "发令牌，只显示一次 · a new token", "admin", NewToken, status="201"),
    Operation("post", "/v1/tokens/{token_id}/revoke", "revokeToken", "作废令牌 · revoke a token", "admin"),
)  # fmt: skip
_QUERY: dict[str, tuple[str, dict[str, Any]]] = {
    "q": ("q", {**_TEXT, "maxLength": 200, "default": ""}),
    "session": ("session_id", {**_TEXT, "pattern": "^[A-Za-z0-9_.:-]{1,128}$"}),
    "after": (
        "after",
        {"type": "integer", "minimum": 0, "default": 0, "description": "at_ms of the last one known"},
    ),
    "old": ("old", {**_TEXT, "pattern": "^v[0-9]+$"}),
    "new": ("new", {**_TEXT, "pattern": "^v[0-9]+$"}),
    "start": ("start", {"type": "integer", "minimum": 0, "default": 0}),
    "limit": ("limit", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": PAGE}),
    "wait": (
        "wait",
        {"type": "integer", "minimum": 0, "maximum": MAX_WAIT, "default": 0, "description": "秒 · seconds"},
    ),
    "suggestions": (
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_SUGGESTIONS, "default": DEFAULT_SUGGESTIONS},
    ),
}
SECURITY_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "chatbot users token …，或 POST /v1/users/…/tokens",
    },
    "login": {
        "type": "apiKey",
        "in": "cookie",
        "name": "chatbot_login",
        "description": "写操作另要 X-CSRF-Token",
    },
}


def v1_paths(errors: dict[str, Any], ref: str) -> dict[str, dict[str, Any]]:
    """Path → method → operation. ``errors`` are the error responses by status, ``ref`` the form of references."""
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = _operation(one, errors, ref)
    return paths


def _operation(one: Operation, errors: dict[str, Any], ref: str) -> dict[str, Any]:
    statuses = ("200", "202") if "wait" in one.query and one.name != "job" else (one.status,)
    found: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary + (f"（{one.role}）" if one.role else ""),
        "parameters": [*_path_parameters(one.path), *map(_query_parameter, one.query)],
        "responses": {
            **{
                status: {"description": one.summary, "content": {"application/json": {}}}
                for status in statuses
            },
            **errors,
        },
    }
    if one.role:
        found["security"] = [{"token": []}, {"login": []}]
    if one.model:
        schema = {"$ref": ref.format(model=one.model.__name__)}
        found["requestBody"] = {
            "required": not one.optional_body,
            "content": {"application/json": {"schema": schema}},
        }
    return found


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in names]


def _query_parameter(key: str) -> dict[str, Any]:
    name, schema = _QUERY[key]
    return {"name": name, "in": "query", "required": False, "schema": schema}
