"""``python -m tools bench <what>``: speed and memory, as figures and ratios of one run."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def bench() -> None:
    """测速：每项都在同一次运行里与参照物比较。例：python -m tools bench chat --turns 100000"""


@app.command("chat")
def chat(
    config: Annotated[Path, typer.Option(help="引擎配置")] = Path("user_datasets/chatbot_deploy_eas.json"),
    turns: Annotated[int, typer.Option(min=1000, help="32 个连接时的总轮数")] = 100_000,
    connections: Annotated[int, typer.Option(min=1, help="并发连接数")] = 32,
    workers: Annotated[int, typer.Option(min=1, help="工作进程数")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """整轮对话与同一服务器上的裸 Flask 路由（一次 Redis GET 和 SET）比较。"""
    from tools.bench.chat import ChatBench, as_text

    result = ChatBench(config, turns, connections, workers, print_progress).run()
    print(json.dumps(asdict(result), ensure_ascii=False) if as_json else as_text(result))


@app.command("kg")
def kg(
    kg: Annotated[Path, typer.Option(help="知识图谱目录")] = Path("user_datasets/car_knowledge_graph"),
    lexicon: Annotated[Path, typer.Option(help="词表目录")] = Path("user_datasets/lexicon"),
    entities: Annotated[int, typer.Option(min=0, help="另外合成多少个实体来测")] = 50_000,
    plans: Annotated[int, typer.Option(min=100, help="各执行多少个查询计划")] = 500,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """查询计划的速度与内存，与 pandas 做同样的筛选和排序比较；再从文字到答案问一遍。例：bench kg --entities 50000 --json"""
    from tools.bench.kg import as_text, bench_kg
    from tools.bench.kg_questions import as_text as in_words_text
    from tools.bench.kg_questions import bench_in_words

    results = bench_kg(kg, lexicon, entities, plans, print_progress)
    in_words = bench_in_words(kg, lexicon, plans, print_progress)
    if as_json:
        shown = {"graphs": [asdict(result) for result in results], "in_words": asdict(in_words)}
        print(json.dumps(shown, ensure_ascii=False))
    else:
        print(f"{as_text(results)}\n{in_words_text(in_words)}")


def print_progress(text: str) -> None:
    """Progress goes to standard error."""
    print(text, file=sys.stderr, flush=True)
