"""``chatbot deploy``: files for a cluster and for its monitoring, from the service description."""

from pathlib import Path
from typing import Annotated

import typer

from chatbot.cli.outcome import UsageError, print_json, reporting

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
        from chatbot.cli.deploy_files import (  # PyYAML and the rest: for this verb alone
            rendered_files,
            write_files,
        )

        if not service_desc.is_file():
            raise UsageError(f"--service-desc {service_desc}: 没有这个文件 → 检查路径")
        rendered, files = rendered_files(service_desc, redis_host, turns_per_replica, most_replicas)
        written = write_files(files, output) if output else []
        for key, value in rendered.unused.items():
            typer.echo(f"只有原来的云能用，写进了 Deployment 的注解：{key} = {value}", err=True)
        for name in rendered.moved:
            typer.echo(f"像是机密，没有写进清单，请放进 Secret：{name}", err=True)
        if as_json:
            print_json({"files": written, "unused": dict(rendered.unused), "moved": list(rendered.moved),
                        "manifests": list(rendered.manifests)})  # fmt: skip
        elif output is None:
            typer.echo(files["kubernetes.yaml"], nl=False)
        else:
            typer.echo("\n".join(written))
