"""The verbs of the operator's loop: options and help; the work is in ``loop.py`` and ``published.py``, imported when a verb is called."""

from pathlib import Path
from typing import Annotated

import typer

from chatbot.cli.outcome import reporting
from chatbot.cli.verbs import Config, Json, app

Author = Annotated[str, typer.Option("--author", help="谁做的，记进审计 · who does it")]
Note = Annotated[str, typer.Option("--note", help="为什么，一句话 · why")]
Since = Annotated[str, typer.Option("--since", help="从何时起：7d、24h 或 2026-11-01 · from when on")]
Proposal = Annotated[str, typer.Argument(metavar="PROPOSAL", help="提案编号 · proposal id")]
audit = typer.Typer(help="审计日志 · the audit log", no_args_is_help=True)
app.add_typer(audit, name="audit")


@app.command()
def replay(
    config: Config = None,
    trace: Annotated[str, typer.Option(help="只重放这一轮，给出全文 · one turn by its trace id")] = "",
    candidate: Annotated[
        Path | None, typer.Option(metavar="F", help="另一份配置，与现在的比 · a candidate configuration")
    ] = None,
    since: Since = "30d",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="最多几轮 · turns at most")] = 10_000,
    as_json: Json = False,
) -> None:
    """重放过去的对话：修好几个、弄坏几个、改变几个 · past traffic over a knowledge base.

    例：chatbot replay --since 7d · chatbot replay --trace 3f2a… · chatbot replay --candidate new/engine.json
    """
    from chatbot.cli.loop import replay_trace, replay_traffic

    with reporting(as_json):
        if trace:
            replay_trace(config, trace, as_json)
        else:
            replay_traffic(config, candidate, (since, limit), as_json)


@app.command()
def cases(
    config: Config = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="最多看几条 · cases at most")] = 10_000,
    top: Annotated[int, typer.Option(min=1, max=1000, help="给出几组 · groups shown")] = 20,
    as_json: Json = False,
) -> None:
    """没答好的问题，按意思分组，影响的人多的在前 · bad cases grouped by meaning.

    例：chatbot cases --top 10
    """
    from chatbot.cli.loop import show_cases

    with reporting(as_json):
        show_cases(config, (limit, top), as_json)


@app.command()
def propose(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="修改清单（JSON），格式见 docs/loop.md · change set")
    ],
    config: Config = None,
    author: Author = "cli",
    note: Note = "",
    as_json: Json = False,
) -> None:
    """提出修改；线上不动 · a change set becomes a proposal.

    例：chatbot propose changes.json --note 加问法
    """
    from chatbot.cli.loop import propose_changes

    with reporting(as_json):
        propose_changes(config, file, (author, note), as_json)


@app.command()
def proposals(config: Config = None, as_json: Json = False) -> None:
    """列出提案，新的在前 · proposals, the latest first.

    例：chatbot proposals
    """
    from chatbot.cli.loop import list_proposals

    with reporting(as_json):
        list_proposals(config, as_json)


@app.command()
def prove(
    proposal: Proposal,
    config: Config = None,
    since: Since = "30d",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="最多几轮 · turns at most")] = 10_000,
    test: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="还要重放的测试文件，可写多次 · further test files"),
    ] = None,
    as_json: Json = False,
) -> None:
    """把提案放到副本上，重放过去的对话和测试 · replay past traffic and the tests over a copy with the changes.

    测试：控制台上传的，和 chatbot test 跑过、文件还在的。例：chatbot prove 1a2b3c4d5e6f
    """
    from chatbot.cli.loop import ground, prove_proposal

    with reporting(as_json):
        prove_proposal(config, proposal, ground(since, limit, tuple(test or ())), as_json)


@app.command()
def publish(
    proposal: Annotated[
        str,
        typer.Argument(metavar="[PROPOSAL]", help="证明过的提案；不写则发布手工改过的文件 · proven proposal"),
    ] = "",
    config: Config = None,
    author: Author = "cli",
    note: Note = "",
    as_json: Json = False,
) -> None:
    """发布成一个版本，运行中的服务自己换上 · one atomic version.

    例：chatbot publish 1a2b3c4d5e6f · chatbot publish --note 改了报价
    """
    from chatbot.cli.published import publish_version

    with reporting(as_json):
        publish_version(config, proposal, (author, note), as_json)


@app.command()
def rollback(
    version: Annotated[
        str, typer.Argument(metavar="[VERSION]", help="退到哪个版本；不写则退一步 · to which version")
    ] = "",
    config: Config = None,
    author: Author = "cli",
    as_json: Json = False,
) -> None:
    """退回任何一个早先的版本，不写则退一步 · any earlier version goes live again.

    例：chatbot rollback · chatbot rollback v3
    """
    from chatbot.cli.published import roll_back

    with reporting(as_json):
        roll_back(config, (author, version), as_json)


@app.command()
def versions(config: Config = None, as_json: Json = False) -> None:
    """列出发布过的版本，和还没发布的改动 · published versions.

    例：chatbot versions
    """
    from chatbot.cli.published import list_versions

    with reporting(as_json):
        list_versions(config, as_json)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="V1", help="版本 · version")],
    new: Annotated[str, typer.Argument(metavar="V2", help="版本 · version")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """两个版本差在哪里，逐个文件 · what V2 changes in V1.

    例：chatbot diff v1 v2
    """
    from chatbot.cli.published import show_diff

    with reporting(as_json):
        show_diff(config, (old, new), as_json)


@app.command()
def purge(
    config: Config = None,
    days: Annotated[
        int | None, typer.Option(min=0, help="留几天；默认看 store_retention_days · days kept")
    ] = None,
    as_json: Json = False,
) -> None:
    """删除存得太久的对话 · delete turns past their retention.

    例：chatbot purge --days 30
    """
    from chatbot.cli.published import purge_turns

    with reporting(as_json):
        purge_turns(config, days, as_json)


@audit.command("verify")
def audit_verify(
    config: Config = None,
    head: Annotated[str, typer.Option(help="以前记下的校验值，必须还在链里 · a hash noted before")] = "",
    as_json: Json = False,
) -> None:
    """检查审计日志有没有被改过；改过则退出码是 1 · check the hash chain.

    例：chatbot audit verify
    """
    from chatbot.cli.published import verify_audit

    with reporting(as_json):
        verify_audit(config, head, as_json)
