"""The command line: options and help. What a verb does is in the module it imports, so ``--help`` stays fast."""

from pathlib import Path
from typing import Annotated

import typer

import chatbot
from chatbot.cli.deploying import app as deploy_app
from chatbot.cli.handoffs import app as handoff_app
from chatbot.cli.outcome import reporting
from chatbot.cli.people import app as people
from chatbot.cli.predicting import app as predict_app

app = typer.Typer(
    name="chatbot",
    help="白盒中文客服机器人：FAQ 与知识图谱问答，每个答案都带出处。\n\nA white-box Chinese customer-service chatbot.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(people, name="users")
app.add_typer(handoff_app, name="handoff")
app.add_typer(deploy_app, name="deploy")
app.add_typer(predict_app, name="predict")
_CONFIG_HELP = "引擎配置；默认 user_datasets/chatbot_deploy_eas.json · engine configuration"
_JSON_HELP = "标准输出只写一个 JSON 对象 · one JSON object on standard output"
Config = Annotated[Path | None, typer.Option("--config", metavar="F", help=_CONFIG_HELP)]
Json = Annotated[bool, typer.Option("--json", help=_JSON_HELP)]
Session = Annotated[
    str | None, typer.Option("--session", metavar="ID", help="会话编号；默认新开一个 · session id")
]


def main() -> None:
    """The entry point of ``chatbot`` and ``python -m chatbot``."""
    app()


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"chatbot {chatbot.__version__}")
        raise typer.Exit


@app.callback()
def chatbot_options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="版本 · version")
    ] = False,
) -> None:
    """白盒中文客服机器人：FAQ 与知识图谱问答，每个答案都带出处。

    A white-box Chinese customer-service chatbot.
    """
    if context.invoked_subcommand != "serve":  # there a service description has a say in it first
        chatbot.one_thread_a_process()


@app.command()
def serve(
    config: Config = None,
    service_desc: Annotated[
        Path | None,
        typer.Option("--service-desc", metavar="F", help="服务描述，代替 --config · service description"),
    ] = None,
    host: Annotated[str, typer.Option(help="监听的地址；0.0.0.0 是所有网卡 · address")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="端口，默认 8079，0 由系统挑 · port", show_default=False),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="工作进程数；默认等于处理器数，最多 4 · workers")
    ] = None,
    as_json: Json = False,
) -> None:
    """启动服务（网页、接口、指标） · run the service.

    例：chatbot serve --port 8079

    例：chatbot serve --service-desc chatbot_service_desc.json
    """
    from chatbot.cli.serving import Request, run_service

    with reporting(as_json):
        run_service(Request(config, service_desc, host, port, workers, as_json))


@app.command()
def reload(
    config: Config = None,
    service_desc: Annotated[
        Path | None,
        typer.Option("--service-desc", metavar="F", help="服务描述，代替 --config · service description"),
    ] = None,
    timeout: Annotated[float, typer.Option(min=1, help="最多等多少秒 · seconds to wait")] = 60.0,
    as_json: Json = False,
) -> None:
    """让正在运行的服务采用新的配置和知识，一个请求也不丢 · reload the running service.

    例：chatbot reload --config user_datasets/chatbot_deploy_eas.json
    """
    from chatbot.cli.reloading import reload_services

    with reporting(as_json):
        reload_services(config, service_desc, timeout, as_json)


@app.command()
def ask(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="要说的话 · what to say")],
    config: Config = None,
    session: Session = None,
    rows_limit: Annotated[int, typer.Option(min=1, max=1000, help="表格最多几行 · table rows")] = 20,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="再讲答案怎么来的：分段、候选、计划、执行、选择 · how it came about"),
    ] = False,
    as_json: Json = False,
) -> None:
    """问一句，不经过网络 · one turn, in process.

    例：chatbot ask 标准续航升级版的变速箱是什么类型

    例：chatbot ask 30万以内续航500公里以上的SUV哪款加速最快 --explain
    """
    from chatbot.cli.talking import Question, ask_once

    with reporting(as_json):
        ask_once(Question(text, config, session, rows_limit, explain, as_json))


@app.command()
def shell(config: Config = None, session: Session = None, as_json: Json = False) -> None:
    """在终端里聊，输入序号点选建议 · a conversation in the terminal.

    例：chatbot shell
    """
    from chatbot.cli.talking import talk

    with reporting(as_json):
        talk(config, session, as_json)


@app.command("test")
def run_scripts(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="对话脚本（YAML）或问题表（CSV、XLSX） · scripts or a sheet"),
    ],
    config: Config = None,
    junit: Annotated[Path | None, typer.Option(metavar="F", help="另写一份 JUnit XML · for CI")] = None,
    history: Annotated[bool, typer.Option(help="记下结果并与上次比较 · keep and compare")] = True,
    as_json: Json = False,
) -> None:
    """按脚本对话，列出通过与失败；有失败时退出码是 1 · play scripted conversations.

    例：chatbot test tests/conversations/demo.yaml · chatbot test questions.xlsx --junit report.xml
    """
    from chatbot.cli.checking import PlayOptions, play_file

    with reporting(as_json):
        play_file(file, config, PlayOptions(junit, history), as_json)


@app.command()
def lint(config: Config = None, as_json: Json = False) -> None:
    """检查配置和知识库，指出文件、行和改法；有错误时退出码是 1 · check the knowledge base.

    例：chatbot lint --config user_datasets/chatbot_deploy_eas.json
    """
    from chatbot.cli.checking import lint_knowledge

    with reporting(as_json):
        lint_knowledge(config, as_json)


@app.command()
def backup(
    output: Annotated[Path, typer.Option("--output", metavar="F", help="写成这个 .tar.gz · archive")],
    config: Config = None,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的文件 · overwrite")] = False,
    as_json: Json = False,
) -> None:
    """备份配置、知识、版本和数据库，服务不用停 · back up.

    例：chatbot backup --output backup.tar.gz
    """
    from chatbot.cli.backups import back_up

    with reporting(as_json):
        back_up(output, config, force, as_json)


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(metavar="F", help="chatbot backup 写的文件 · archive")],
    data_dir: Annotated[
        Path, typer.Option("--data-dir", metavar="D", help="配置和知识恢复到这个目录 · folder")
    ] = Path("user_datasets"),
    state_dir: Annotated[
        Path | None, typer.Option("--state-dir", metavar="D", help="运行数据恢复到这个目录 · state")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="替换已有的，原来的改名留存 · replace")] = False,
    as_json: Json = False,
) -> None:
    """恢复一份备份：先查验，再一次换上；要先停掉服务 · restore.

    例：chatbot restore backup.tar.gz --data-dir user_datasets
    """
    from chatbot.cli.backups import restore as bring_back

    with reporting(as_json):
        bring_back(archive, data_dir, state_dir, force, as_json)
