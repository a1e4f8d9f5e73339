"""The table of settings: a row each, with its kind, default, limits and help in Chinese and English."""

from dataclasses import MISSING, field
from pathlib import Path
from typing import Any

from chatbot.config_values import Kind, Setting
from chatbot.frozen import dataclass

EMBEDDED = "embedded"
PII_KINDS = ("id_card", "bank_card", "phone", "plate", "email", "address")


def _row(kind: Kind, default: Any, zh: str, en: str, **limits: Any) -> Any:
    """One row of the settings table: a dataclass field that carries its ``Setting``."""
    row = Setting("", kind, None if default is MISSING else default, zh, en, **limits)
    return field(default=default, metadata={"setting": row}, repr=not row.secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineConfig:
    """What the chatbot was told by its operator: checked, complete, paths absolute."""

    source: Path
    """The file it was read from."""

    # A table: kind and default, then Chinese and English help
    # fmt: off
    faq_modules: tuple[str, ...] = _row(
        "texts", ("feature_vector_faq_match", "fuzzy_closest_faq_match"),
        "依次运行的 FAQ 模块", "FAQ modules, run in this order", required=True,
    )
    faq_data_dir: Path = _row(
        "dir", MISSING, "FAQ 数据目录，含 questions/ 和 answers/", "FAQ data: questions/ and answers/", required=True
    )
    faq_query_label_idx_map: Path = _row(
        "file", None, "标准问与编号的对照表；默认是 faq_data_dir 里的 query_label_idx_map.txt",
        "standard questions and their ids; default: query_label_idx_map.txt in faq_data_dir",
    )
    pretrained_feature_vectors_path: Path = _row(
        "file", None, "导出的相似问特征；默认是 faq_data_dir 里的 query_features.out",
        "exported features; default: query_features.out in faq_data_dir", built=True,
    )
    feature_generator_model_dir: Path = _row(
        "dir", None, "双塔模型目录；默认是 faq_data_dir 里的 text_match_two_tower_model_dir",
        "the trained encoder; default: text_match_two_tower_model_dir in faq_data_dir", built=True,
    )
    faq_confidence_threshold: float = _row(
        "number", 0.4, "置信度低于它的 FAQ 不作为答案", "an FAQ below this confidence is not an answer",
        minimum=0, maximum=1,
    )
    faq_candidates: int = _row(
        "integer", 10, "每个 FAQ 模块召回的标准问个数", "standard questions each FAQ module retrieves",
        minimum=1, maximum=1000,
    )
    knowledge_graph_data_dir: Path = _row(
        "dir", MISSING, "知识图谱目录，一个实体一个 .json", "knowledge graph, one .json an entity", required=True
    )
    chitchat_data_dir: Path | None = _row(
        "dir", None, "闲聊数据目录，格式同 faq_data_dir；默认是配置文件旁的 chitchat，没有就用内置的",
        "small talk, same form as faq_data_dir; default: chitchat beside this file, else the built-in one",
    )
    chitchat_confidence_threshold: float = _row(
        "number", 0.7, "置信度低于它的不当作闲聊", "below this confidence it is not small talk", minimum=0, maximum=1
    )
    intents_dir: Path | None = _row(
        "dir", None, "运营者自己的意图：intents.txt（动作）和 examples.csv（例句）；空着不用",
        "an operator's own intents: intents.txt (actions) and examples.csv (examples); empty: none",
    )
    lexicon_dir: Path | None = _row(
        "dir", None, "词典目录（同义词、单位、停用词）；默认是配置文件旁的 lexicon（存在时）",
        "lexicons (synonyms, units, stop words); default: lexicon beside this file when it exists",
    )
    max_suggestions: int = _row(
        "integer", 4, "一次回复最多给几个可点的建议", "suggestions a reply offers at most", minimum=1, maximum=20
    )
    handoff_text: str = _row("text", "", "转人工时说的话；空着用内置的", "what is said on handoff; empty: built in")
    handoff_webhook: str = _row(
        "text", "", "转人工时 POST 通知的 http(s) 地址；空着不通知", "http(s) address told of a handoff; empty: none",
        secret=True,
    )
    handoff_secret: str = _row(
        "text", "", "给转人工通知签名的密钥（whsec_…，用 chatbot handoff secret 生成）；空着不签名",
        "signs what handoff_webhook is told (whsec_…, made by chatbot handoff secret); empty: unsigned", secret=True,
    )
    bad_case_log: Path = _row(
        "path", None, "没答好的问题记在这个文件；默认是 state_dir 里的 bad_cases.jsonl",
        "turns that did not help are written here; default: bad_cases.jsonl in state_dir",
    )
    store_url: str = _row(
        "text", "", "数据库地址（sqlite:///… 或 postgresql://…）；空着用 state_dir 里的 store.db",
        "database (sqlite:///… or postgresql://…); empty: store.db in state_dir", secret=True,
    )
    store_turns: bool = _row(
        "boolean", True, "把每轮对话存进数据库，供重放和学习用", "keep turns in the database, for replay and learning"
    )
    store_retention_days: int = _row(
        "integer", 90, "对话在数据库里保留多少天；0 是一直保留", "days that turns are kept; 0: for ever",
        minimum=0, maximum=36_500,
    )
    store_queue_rows: int = _row(
        "integer", 10_000, "数据库没有答复时，每个工作进程最多攒多少轮", "turns a worker holds while the database is away",
        minimum=1, maximum=10_000_000,
    )
    pii_masks: tuple[str, ...] = _row(
        "texts", PII_KINDS, "存下之前隐去哪些个人信息；[] 是都不隐去", "personal data masked before storing; []: none"
    )
    versions_dir: Path = _row(
        "path", None, "发布过的知识库版本放这里；默认是配置文件旁的 .versions",
        "published knowledge versions; default: .versions beside this file",
    )
    redis_host: str = _row(
        "text", "", "Redis 主机；空着或写 embedded 则启动自带的 Redis", "Redis host; empty or embedded: the bundled one"
    )
    redis_port: int = _row("integer", 6379, "Redis 端口", "Redis port", minimum=1, maximum=65535)
    redis_username: str = _row("text", "", "Redis 用户名（ACL）", "Redis user name (ACL)")
    redis_password: str = _row(
        "text", "", "Redis 密码；建议用环境变量 CHATBOT_REDIS_PASSWORD 给",
        "Redis password; better given as CHATBOT_REDIS_PASSWORD", secret=True,
    )
    redis_db: int = _row("integer", 0, "Redis 库号（集群只有 0）", "Redis database (a cluster has only 0)",
                         minimum=0, maximum=1_000_000)
    redis_tls: bool = _row("boolean", False, "用 TLS 连接 Redis", "connect to Redis over TLS")
    redis_tls_ca_file: Path | None = _row(
        "file", None, "签发 Redis 证书的 CA 证书（PEM）；默认用系统信任的",
        "the CA certificate (PEM) that Redis's is checked against; default: those the system trusts",
    )
    redis_sentinels: tuple[str, ...] = _row(
        "addresses", (), "Sentinel 地址的列表（主机:端口），代替 redis_host", "Sentinels (host:port) in place of redis_host"
    )
    redis_sentinel_master: str = _row(
        "text", "", "Sentinel 里主库的名字", "the master's name at the Sentinels"
    )
    redis_cluster_nodes: tuple[str, ...] = _row(
        "addresses", (), "Redis 集群节点的列表（主机:端口），代替 redis_host",
        "Redis Cluster nodes (host:port) in place of redis_host",
    )
    session_ttl_seconds: int = _row(
        "integer", 86_400, "会话静默多少秒后忘记", "a session is forgotten after this silence, in seconds",
        minimum=1, maximum=31_536_000,
    )
    state_dir: Path = _row(
        "path", None, "运行时写的文件放这里；默认是 $XDG_STATE_HOME（或 ~/.local/state）/whitebox-chatbot/<配置路径的短哈希>",
        "files written at run time; default: $XDG_STATE_HOME (or ~/.local/state)/whitebox-chatbot/<short hash of the path>",
    )
    log_level: str = _row(
        "choice", "info", "日志级别", "log level", choices=("debug", "info", "warning", "error")
    )
    log_utterances: bool = _row(
        "boolean", False, "日志里写出顾客的原话和答复", "write what users say and are told into the log"
    )
    cors_allow_origins: tuple[str, ...] = _row(
        "origins", (), "允许嵌入聊天窗口的网站来源；[\"*\"] 是任何网站", 'origins that may embed the chat; ["*"]: any'
    )
    request_timeout: int = _row(
        "integer", 30, "工作进程失去响应多少秒后被换掉", "a worker silent for this many seconds is replaced",
        minimum=1, maximum=3600,
    )
    require_chat_token: bool = _row(
        "boolean", False, "对话接口也要令牌（演示页和聊天窗口就用不了）",
        "the chat needs a token too (the demo page and the widget then do not work)",
    )
    rate_limit_per_address: int = _row(
        "integer", 0, "一个 IP 地址每分钟最多几次请求；0 是不限", "requests an address may make a minute; 0: no limit",
        minimum=0, maximum=1_000_000,
    )
    rate_limit_per_session: int = _row(
        "integer", 0, "一个会话每分钟最多几次请求；0 是不限", "requests a session may make a minute; 0: no limit",
        minimum=0, maximum=1_000_000,
    )
    rate_limit_per_token: int = _row(
        "integer", 0, "一个令牌每分钟最多几次请求；0 是不限", "requests a token may make a minute; 0: no limit",
        minimum=0, maximum=1_000_000,
    )
    trusted_proxies: tuple[str, ...] = _row(
        "networks", (), "反向代理的地址或网段，只信它们写的 X-Forwarded-For",
        "addresses or networks of reverse proxies whose X-Forwarded-For is believed",
    )
    allow_addresses: tuple[str, ...] = _row(
        "networks", (), "只有这些地址或网段能访问；空着是都能", "only these addresses or networks are served; empty: all"
    )
    admin_allow_addresses: tuple[str, ...] = _row(
        "networks", (), "只有这些地址或网段能访问控制台和管理接口；空着是都能",
        "only these addresses or networks may use the console and its API; empty: all",
    )
    login_seconds: int = _row(
        "integer", 43_200, "登录多少秒后要重新登录", "a log-in ends after this many seconds",
        minimum=60, maximum=31_536_000,
    )
    sensitive_words: Path | None = _row(
        "file", None, "敏感词文件，一行一个；含有它们的话不回答", "sensitive words, one a line; what holds one is not answered"
    )
    risk_service_url: str = _row(
        "text", "", "文本风控服务的地址（http(s)://…/api/predict/<服务名>）；空着不检查",
        "the text-risk service (http(s)://…/api/predict/<name>); empty: nothing is checked",
    )
    risk_service_token: str = _row(
        "text", "", "文本风控服务的令牌；建议用环境变量 CHATBOT_RISK_SERVICE_TOKEN 给",
        "its token; better given as CHATBOT_RISK_SERVICE_TOKEN", secret=True,
    )
    risk_fail_open: bool = _row(
        "boolean", True, "风控服务不答复时：true 放行，false 拒绝",
        "when the risk service does not answer: true lets messages pass, false refuses them",
    )
    risk_timeout_ms: int = _row(
        "integer", 200, "最多等风控服务多少毫秒", "a turn waits for the risk service no longer than this, in milliseconds",
        minimum=10, maximum=300,
    )
    risk_safe_label: str = _row(
        "text", "正常", "风控服务用哪个标签表示没有风险", "the label by which the risk service says that there is none"
    )
    risk_refusal_text: str = _row(
        "text", "", "因风险不回答时说的话；空着用内置的", "what is said to a message refused for risk; empty: built in"
    )
    image_service_url: str = _row(
        "text", "", "图像分类服务的地址（http(s)://…/api/predict/<服务名>）；空着就不收图片",
        "the image classification service (http(s)://…/api/predict/<name>); empty: no pictures are taken",
    )
    image_service_token: str = _row(
        "text", "", "图像分类服务的令牌；建议用环境变量 CHATBOT_IMAGE_SERVICE_TOKEN 给",
        "its token; better given as CHATBOT_IMAGE_SERVICE_TOKEN", secret=True,
    )
    image_labels: Path | None = _row(
        "file", None, "标签对应的实体，一行一个：标签<Tab>实体名；没写的标签就是名字本身",
        "what its labels are called, label<Tab>entity a line; a label that is not listed is its own name",
    )
    image_confidence_threshold: float = _row(
        "number", 0.6, "图像分类至少多大把握才直接回答；不够就先问", "below this probability it is asked which it is",
        minimum=0, maximum=1,
    )
    image_timeout_ms: int = _row(
        "integer", 2_000, "最多等图像服务多少毫秒（风控和分类各算各的）",
        "a turn waits for each image service no longer than this, in milliseconds", minimum=50, maximum=10_000,
    )
    image_max_mb: int = _row(
        "integer", 4, "图片最大多少 MB", "largest picture, in MB", minimum=1, maximum=20
    )
    image_risk_service_url: str = _row(
        "text", "", "图片风控服务的地址；空着不检查", "the image-risk service; empty: pictures are not checked"
    )
    image_risk_service_token: str = _row(
        "text", "", "图片风控服务的令牌；建议用环境变量 CHATBOT_IMAGE_RISK_SERVICE_TOKEN 给",
        "its token; better given as CHATBOT_IMAGE_RISK_SERVICE_TOKEN", secret=True,
    )
    image_risk_safe_label: str = _row(
        "text", "正常", "图片风控服务用哪个标签表示没有风险", "the label by which the image-risk service says that there is none"
    )
    max_upload_mb: int = _row(
        "integer", 10, "上传的表格最大多少 MB", "largest table that may be uploaded, in MB", minimum=1, maximum=1024
    )
    # fmt: on

    @property
    def redis_embedded(self) -> bool:
        """Whether sessions live in the bundled Redis."""
        elsewhere = self.redis_sentinels or self.redis_cluster_nodes
        return not elsewhere and self.redis_host in ("", EMBEDDED)
