"""``chatbot predict``: model services beside the chatbot, in a process of their own."""

from pathlib import Path
from typing import Annotated

import typer

from chatbot.cli.outcome import UsageError, print_json, reporting

app = typer.Typer(help="模型子服务 · model services", no_args_is_help=True, rich_markup_mode=None)
DEFAULT_STATE = Path("var/predict")
Descriptions = Annotated[
    list[Path], typer.Argument(metavar="DESC.json…", help="服务描述，一个或几个 · service descriptions")
]
State = Annotated[
    Path, typer.Option("--state-dir", metavar="D", help="令牌和解开的模型放在这里 · tokens, unpacked models")
]
Json = Annotated[bool, typer.Option("--json", help="标准输出只写一个 JSON 对象")]


@app.callback()
def predict() -> None:
    """模型子服务：POST /api/predict/<服务名> · model services."""


@app.command()
def serve(
    descriptions: Descriptions,
    host: Annotated[str, typer.Option(help="监听的地址；0.0.0.0 是所有网卡 · address")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口，0 由系统挑 · port")] = 8080,
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="工作进程数；默认是描述里最大的 metadata.instance")
    ] = None,
    state_dir: State = DEFAULT_STATE,
    bodies_mib: Annotated[
        int,
        typer.Option(
            "--bodies-mib",
            min=1,
            max=65_536,
            help="一个进程里正在处理的请求体最多共多少 MiB · request bodies in memory",
        ),
    ] = 128,
    as_json: Json = False,
) -> None:
    """运行一个或几个模型服务 · run model services.

    换模型：把新的放到 model_path（改名替换），服务自己发现、试载、再逐个换上，一个请求也不丢。

    例：chatbot predict serve intent.json risk.json --port 8080
    """
    from chatbot.cli.predict_serving import Request, serve_models

    with reporting(as_json):
        serve_models(Request(_files(descriptions), host, port, workers, state_dir, as_json, bodies_mib))


@app.command()
def check(descriptions: Descriptions, state_dir: State = DEFAULT_STATE, as_json: Json = False) -> None:
    """载入模型，算一遍自带的例子，不启动服务 · load and try, serve nothing.

    例：chatbot predict check intent.json
    """
    from chatbot.cli.predict_serving import check_models

    with reporting(as_json):
        checked = check_models(_files(descriptions), state_dir)
        if as_json:
            print_json({"services": checked})
        else:
            for one in checked:
                typer.echo(f"{one['name']}: {one['task']} {one['version']}，载入 {one['seconds']} 秒，可以用")


@app.command()
def token(
    name: Annotated[str, typer.Argument(metavar="NAME", help="服务名 · service name")],
    state_dir: State = DEFAULT_STATE,
    as_json: Json = False,
) -> None:
    """给一个服务换新令牌；旧的在服务重启后失效 · a new token.

    例：chatbot predict token intent
    """
    from chatbot.predict.tokens import make_token

    with reporting(as_json):
        _, made = make_token(name, state_dir)
        if as_json:
            print_json({"name": name, "token": made})
        else:
            typer.echo(f"{name} 的新令牌（只显示这一次）：{made}")


@app.command()
def processors(as_json: Json = False) -> None:
    """有哪些 processor · what kinds of model there are."""
    from chatbot.predict.processors import processor_names

    names = processor_names()
    if as_json:
        print_json({"processors": list(names)})
    else:
        typer.echo("\n".join(names))


def _files(descriptions: list[Path]) -> list[Path]:
    for file in descriptions:
        if not file.is_file():
            raise UsageError(f"{file}: 没有这个服务描述 → 检查路径")
    return descriptions
