"""``chatbot deploy``: files for a cluster and for its monitoring, from the service description."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer
import yaml

from chatbot.cli.outcome import UsageError, print_json, reporting
from chatbot.deploy.manifests import Rendered, RenderOptions, adapter_rules, render
from chatbot.deploy.monitoring import alert_rules, dashboard
from chatbot.errors import ChatbotError
from chatbot.json_file import Json
from chatbot.service_desc import load_service_description

app = typer.Typer(
    help="生成集群部署用的文件 · files for a cluster", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def deploy() -> None:
    """生成集群部署用的文件 · files for a cluster."""


@app.command("render")
def render_files(
    service_desc: Annotated[
        Path, typer.Option("--service-desc", metavar="F", help="服务描述 · service description")
    ] = Path("chatbot_service_desc.json"),
    output: Annotated[
        Path | None, typer.Option("--output", metavar="D", help="写进这个目录；不写则打印清单 · folder")
    ] = None,
    redis_host: Annotated[str, typer.Option(help="集群里 Redis 的主机名 · Redis host")] = "redis",
    turns_per_replica: Annotated[
        int, typer.Option(min=1, help="每个副本承担的每秒轮数，超过就加副本 · turns a second")
    ] = 200,
    most_replicas: Annotated[int | None, typer.Option(min=1, help="最多几个副本 · most replicas")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只写一个 JSON 对象")] = False,
) -> None:
    """按服务描述生成 Kubernetes 清单、自动伸缩规则、Grafana 面板和告警 · render manifests.

    例：chatbot deploy render --output build/deploy
    """
    with reporting(as_json):
        if not service_desc.is_file():
            raise UsageError(f"--service-desc {service_desc}: 没有这个文件 → 检查路径")
        description = load_service_description(service_desc)
        config_name = os.path.relpath(description.config_path, service_desc.absolute().parent)
        rendered = render(
            description, config_name, RenderOptions(redis_host, turns_per_replica, most_replicas)
        )
        files = _texts(rendered)
        written = _write(files, output) if output else []
        for line in _remarks(rendered):
            typer.echo(line, err=True)
        if as_json:
            print_json({"files": written, "unused": dict(rendered.unused), "moved": list(rendered.moved),
                        "manifests": list(rendered.manifests)})  # fmt: skip
        elif output is None:
            typer.echo(files["kubernetes.yaml"], nl=False)
        else:
            typer.echo("\n".join(written))


def _texts(rendered: Rendered) -> dict[str, str]:
    return {
        "kubernetes.yaml": "---\n".join(_yaml(manifest) for manifest in rendered.manifests),
        "prometheus-adapter.yaml": _yaml(adapter_rules()),
        "prometheus-alerts.yaml": _yaml(alert_rules()),
        "grafana-dashboard.json": json.dumps(dashboard(), ensure_ascii=False, indent=2) + "\n",
    }


def _yaml(value: dict[str, Json]) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes what occurs twice twice: anchors in manifests help nobody."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _write(files: dict[str, str], folder: Path) -> list[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        raise ChatbotError(
            f"{folder}: 写不了（{error.strerror}）→ 检查权限和空间，或换一个 --output"
        ) from error
    return [str(folder / name) for name in files]


def _remarks(rendered: Rendered) -> list[str]:
    rows = [
        f"只有原来的云能用，写进了 Deployment 的注解：{key} = {value}"
        for key, value in rendered.unused.items()
    ]
    rows += [f"像是机密，没有写进清单，请放进 Secret：{name}" for name in rendered.moved]
    return rows
