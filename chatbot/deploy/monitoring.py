"""The Grafana dashboard and the Prometheus alerts, from two tables; a test holds their metrics against ``/metrics``."""

from dataclasses import dataclass

from chatbot.json_file import Json

Document = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Panel:
    """One graph: its title, its unit (Grafana's name), and queries with their legends."""

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]
    kind: str = "timeseries"


@dataclass(frozen=True, slots=True)
class Alert:
    """Fires when ``expression`` has held for ``minutes``; ``help`` says what to do."""

    name: str
    expression: str
    minutes: int
    severity: str
    help: str


_RATE = "[5m]"
_SECONDS = "chatbot_turn_seconds_bucket"

PANELS = (
    Panel("每秒轮数 · turns a second", "reqps", ((f"sum(rate(chatbot_turns_total{_RATE}))", "turns"),)),
    Panel(
        "结果 · outcomes",
        "percentunit",
        (
            (
                f"sum by (outcome) (rate(chatbot_turns_total{_RATE})) / ignoring(outcome) group_left "
                f"sum(rate(chatbot_turns_total{_RATE}))",
                "{{outcome}}",
            ),
        ),
    ),
    Panel("来源 · sources", "reqps", ((f"sum by (source) (rate(chatbot_turns_total{_RATE}))", "{{source}}"),)),
    Panel(
        "一轮的时间 · time of a turn",
        "s",
        tuple(
            (f"histogram_quantile({q}, sum by (le) (rate({_SECONDS}{_RATE})))", f"p{q * 100:g}")
            for q in (0.5, 0.95, 0.99)
        ),
    ),
    Panel(
        "各来源的平均时间 · mean time by source",
        "s",
        (
            (
                f"sum by (source) (rate(chatbot_turn_seconds_sum{_RATE})) / "
                f"sum by (source) (rate(chatbot_turn_seconds_count{_RATE}))",
                "{{source}}",
            ),
        ),
    ),
    Panel("出错的请求 · error replies", "reqps", ((f"sum by (code) (rate(chatbot_http_errors_total{_RATE}))", "{{code}}"),)),
    Panel(
        "会话存储 · session store",
        "reqps",
        ((f"sum by (kind) (rate(chatbot_session_store_errors_total{_RATE}))", "{{kind}}"),),
    ),
    Panel(
        "存进数据库的轮数 · turns stored",
        "reqps",
        ((f"sum by (fate) (rate(chatbot_stored_turns_total{_RATE}))", "{{fate}}"),),
    ),
    Panel("组件 · components", "none", (("min by (component) (chatbot_component_ready)", "{{component}}"),), "stat"),
    Panel("知识版本 · knowledge versions", "none", (("count by (kb_version) (chatbot_kb_info)", "{{kb_version}}"),), "stat"),
)  # fmt: skip

ALERTS = (
    Alert(
        "ChatbotSlow",
        f"histogram_quantile(0.99, sum by (le) (rate({_SECONDS}{_RATE}))) > 0.25",
        10, "warning", "p99 超过 250 毫秒：看是否该加副本，或 Redis 变慢",
    ),
    Alert(
        "ChatbotErrors",
        f'sum(rate(chatbot_http_errors_total{{code="internal_error"}}{_RATE})) > 0',
        2, "critical", "有未预料的错误：按 trace_id 查日志",
    ),
    Alert(
        "ChatbotComponentNotReady",
        "min by (component) (chatbot_component_ready) == 0",
        2, "critical", "组件不可用（index、graph：新知识没有采用；redis：对话不记上下文）：看 /readyz 的原因",
    ),
    Alert(
        "ChatbotWithoutSessions",
        f'sum(rate(chatbot_session_store_errors_total{{kind="unavailable"}}{_RATE})) > 0',
        2, "critical", "有的轮没有上下文：检查 Redis",
    ),
    Alert(
        "ChatbotRowsDropped",
        f'sum(rate(chatbot_stored_turns_total{{fate="dropped"}}{_RATE})) > 0',
        1, "critical", "有的轮没存进数据库：检查数据库和磁盘空间",
    ),
    Alert(
        "ChatbotManyRefusals",
        'sum(rate(chatbot_turns_total{outcome="fallback"}[30m])) / sum(rate(chatbot_turns_total[30m])) > 0.2',
        30, "warning", "两成以上的问题答不上来：看没答好的问题，或最近发布的知识",
    ),
    Alert(
        "ChatbotVersionsDiffer",
        "count(count by (kb_version) (chatbot_kb_info)) > 1",
        15, "warning", "副本用着不同的知识：有副本没有采用新版本，看它的 /readyz",
    ),
)  # fmt: skip


def dashboard() -> Document:
    """The dashboard, as Grafana imports it; the data source is chosen on import."""
    panels: list[Json] = [_panel(number, panel) for number, panel in enumerate(PANELS)]
    source: Document = {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    return {
        "title": "白盒客服机器人 · white-box chatbot",
        "uid": "whitebox-chatbot",
        "tags": ["chatbot"],
        "timezone": "browser",
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [source]},
        "panels": panels,
    }


def alert_rules() -> Document:
    """The rule file for Prometheus."""
    rules: list[Json] = [
        {
            "alert": alert.name,
            "expr": alert.expression,
            "for": f"{alert.minutes}m",
            "labels": {"severity": alert.severity},
            "annotations": {"summary": alert.help},
        }
        for alert in ALERTS
    ]
    return {"groups": [{"name": "whitebox-chatbot", "rules": rules}]}


def _panel(number: int, panel: Panel) -> Document:
    source: Document = {"type": "prometheus", "uid": "${source}"}
    targets: list[Json] = [
        {"refId": chr(65 + place), "expr": query, "legendFormat": legend, "datasource": source}
        for place, (query, legend) in enumerate(panel.queries)
    ]
    return {
        "id": number + 1,
        "title": panel.title,
        "type": panel.kind,
        "datasource": source,
        "gridPos": {"x": 12 * (number % 2), "y": 8 * (number // 2), "w": 12, "h": 8},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": targets,
    }
