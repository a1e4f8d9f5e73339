"""``python -m tools bench <what>``: speed and memory, as figures and ratios of one run."""

import json
import os
import sys
import tempfile
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


@app.command("soak")
def soak(
    config: Annotated[Path, typer.Option(help="引擎配置；在副本上跑")] = Path(
        "user_datasets/chatbot_deploy_eas.json"
    ),
    minutes: Annotated[float, typer.Option(min=0.2, max=60, help="跑多少分钟")] = 10.0,
    connections: Annotated[int, typer.Option(min=1, max=512, help="并发连接数")] = 64,
    workers: Annotated[int, typer.Option(min=1, max=16, help="工作进程数")] = 2,
    publishes: Annotated[int, typer.Option(min=0, max=100, help="其间发布多少次知识")] = 20,
    kills: Annotated[int, typer.Option(min=0, max=50, help="其间杀掉多少次工作进程")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """边聊边发布、边杀进程：失败的请求、延迟与丢失的记录；有不该失败的就以 1 退出。例：bench soak --minutes 2"""
    from tools.bench.soak import Soak, SoakPlan
    from tools.bench.soak_report import as_text

    plan = SoakPlan(minutes, connections, workers, publishes, kills)
    result = Soak(config.absolute(), plan, print_progress).run()
    print(json.dumps(asdict(result), ensure_ascii=False) if as_json else as_text(result))
    if not result.clean:
        raise typer.Exit(1)


@app.command("faults")
def faults(
    config: Annotated[Path, typer.Option(help="引擎配置；在副本上跑")] = Path(
        "user_datasets/chatbot_deploy_eas.json"
    ),
    only: Annotated[list[str] | None, typer.Option(help="只跑这个名字的，可写多次")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """逐个弄坏周围的东西：答了几轮、多久恢复、丢了几条记录。有失败、没恢复或丢了记录就以 1 退出。例：bench faults"""
    from tools.bench.faults import Faults, as_text

    results = Faults(config.absolute(), print_progress).run(tuple(only or ()))
    print(json.dumps([asdict(r) for r in results], ensure_ascii=False) if as_json else as_text(results))
    if not all(r.clean for r in results):
        raise typer.Exit(1)


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


@app.command("faq")
def faq(
    config: Annotated[Path, typer.Option(help="引擎配置")] = Path("user_datasets/chatbot_deploy_eas.json"),
    paraphrases: Annotated[int, typer.Option(min=0, help="合成多少条相似问；0 表示只测演示 FAQ")] = 1_000_000,
    questions: Annotated[int, typer.Option(min=0, help="其中多少个标准问；0 表示每个 100 条")] = 0,
    incremental: Annotated[int, typer.Option(min=0, help="另一规模，看改一行后的重建；0 表示不测")] = 100_000,
    asked: Annotated[int, typer.Option(min=10, help="每个规模提问多少次")] = 1000,
    rounds: Annotated[int, typer.Option(min=1, help="只编码与完整重建轮流测几轮，取中位数")] = 3,
    transformer: Annotated[bool, typer.Option(help="m3e-small 也来比（取来了才有）")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """FAQ 检索的速度、召回、内存与重建时间，与同类方法比较。例：bench faq --paraphrases 1000000 --json"""
    from tools.bench.faq import bench_faq
    from tools.bench.faq_text import as_json as json_text
    from tools.bench.faq_text import as_text

    sizes = [(incremental, max(1, incremental // 100))] if incremental else []
    if paraphrases:
        sizes.append((paraphrases, questions or max(1, paraphrases // 100)))
    result = bench_faq(config, sizes, asked, print_progress, transformer=transformer, rounds=rounds)
    print(json_text(result) if as_json else as_text(result))


@app.command("suggest")
def suggest(
    config: Annotated[Path, typer.Option(help="引擎配置")] = Path("user_datasets/chatbot_deploy_eas.json"),
    texts: Annotated[int, typer.Option(min=100, help="多少个相似问")] = 10_000,
    calls: Annotated[int, typer.Option(min=100, help="联想多少次")] = 5_000,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """输入联想的耗时，汉字、拼音、首字母逐字输入。例：bench suggest --texts 10000 --json"""
    from tools.bench.suggest import bench_suggest

    found = bench_suggest(config, texts, calls)
    print(
        json.dumps(asdict(found))
        if as_json
        else f"{found.texts} 个相似问：p50 {found.ms_p50} ms，p99 {found.ms_p99} ms"
    )


@app.command("predict")
def predict(
    description: Annotated[Path, typer.Argument(metavar="DESC.json", help="模型服务的描述", exists=True)],
    items: Annotated[
        Path | None, typer.Option("--items", help="问什么：JSON Lines；默认是模型的例子")
    ] = None,
    requests: Annotated[int, typer.Option(min=50, help="每条路由多少次")] = 4_000,
    connections: Annotated[int, typer.Option(min=2, max=64, help="同时问的连接数")] = 32,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """模型服务与裸路由、与同一模型不合批的普通 Flask 比较。例：bench predict intent.json --items asked.jsonl"""
    from tools.bench.predict import as_json as json_text
    from tools.bench.predict import as_text, bench_predict, example_items

    result = bench_predict(
        description, example_items(description, items), requests, connections, print_progress
    )
    print(json_text(result) if as_json else as_text(result))


@app.command("predict-image")
def predict_image(
    model_dir: Annotated[Path | None, typer.Option(help="模型目录；默认现做一个没有训练的网络")] = None,
    backbone: Annotated[str, typer.Option(help="没有模型目录时用哪个网络")] = "mobilenet_v2",
    pictures: Annotated[Path | None, typer.Option(help="JPEG 的文件夹；默认现做", exists=True)] = None,
    connections: Annotated[int, typer.Option(min=2, max=64, help="同时问的连接数")] = 32,
    explain: Annotated[bool, typer.Option(help="也测四种解释")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """图片服务比单纯前向多用多少时间，同时问快几倍，解释要几秒。例：bench predict-image --pictures images"""
    from tools.bench.predict_image import as_text, bench_image, sample_files

    result = bench_image(model_dir, backbone, sample_files(pictures), connections, explain, print_progress)
    print(json.dumps(asdict(result), ensure_ascii=False) if as_json else as_text(result))


@app.command("loop")
def loop(
    config: Annotated[Path, typer.Option(help="引擎配置")] = Path("user_datasets/chatbot_deploy_eas.json"),
    rows: Annotated[int, typer.Option(min=100, help="多少行")] = 10_000,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """回放、坏例聚类、相似问体检的耗时。例：bench loop --rows 10000 --json"""
    from chatbot.config import load_engine_config
    from tools.bench.loop import as_text, bench_loop

    results = bench_loop(load_engine_config(config, os.environ), rows, print_progress)
    print(json.dumps({"jobs": [asdict(one) for one in results]}) if as_json else as_text(results))


@app.command("predict-offline")
def predict_offline(
    model_dir: Annotated[Path, typer.Option(help="模型目录，或它的 .tar.gz")],
    input: Annotated[Path, typer.Option(help="csv、jsonl 或路径列表")],
    rows: Annotated[int, typer.Option(min=1000, help="多少行；输入会截短或重复")] = 100_000,
    columns: Annotated[str, typer.Option(help="模型的输入用哪些列，如 first_sequence=title")] = "",
    append_columns: Annotated[str, typer.Option(help="附在结果后的输入列")] = "",
    batch_size: Annotated[int, typer.Option(min=1, help="模型一次算多少行")] = 64,
    workers: Annotated[str, typer.Option(help="测哪些进程数")] = "1,2",
    repeats: Annotated[int, typer.Option(min=1, max=20, help="各测几遍，取中位数")] = 3,
    written: Annotated[str, typer.Option("--output-format", help="csv 或 jsonl")] = "csv",
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """离线预测与直接调用模型比每秒行数。例：bench predict-offline --model-dir D --input F --columns first_sequence=title"""
    from tools.bench.predict_offline import as_text, bench_offline
    from tools.predict.asked import Asked, job_of

    counts = [int(one) for one in workers.split(",")]
    asked = Asked(model_dir, input, Path(f"out.{written}"), columns=columns, append_columns=append_columns,
                  batch_size=batch_size)  # fmt: skip
    results = bench_offline(job_of(asked), rows, counts, repeats, print_progress)
    shown = {"workers": [asdict(one) for one in results]}
    print(json.dumps(shown, ensure_ascii=False) if as_json else as_text(results))


@app.command("predict-image-offline")
def predict_image_offline(
    model_path: Annotated[Path, typer.Option(help="图片分类的模型目录")],
    input: Annotated[Path, typer.Option(help="图片列表或目录")],
    rows: Annotated[int, typer.Option(min=10, help="多少张；输入会截短或重复")] = 600,
    batch_size: Annotated[int, typer.Option(min=1, help="模型一次算多少张")] = 16,
    workers: Annotated[str, typer.Option(help="测哪些进程数")] = "1,2",
    repeats: Annotated[int, typer.Option(min=1, max=20, help="各测几遍，取中位数")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """图片的离线预测与直接调用模型（图片已在内存）比每秒张数。例：bench predict-image-offline --model-path D --input clothing"""
    from tools.bench.predict_offline import as_text, bench_offline
    from tools.image.offline import AskedPictures, picture_job

    counts = [int(one) for one in workers.split(",")]
    with tempfile.TemporaryDirectory(prefix="predict-image-") as folder:
        asked = AskedPictures(str(model_path), str(input), f"{folder}/out.txt", batch_size=batch_size)
        results = bench_offline(picture_job(asked), rows, counts, repeats, print_progress)
    shown = {"workers": [asdict(one) for one in results]}
    print(json.dumps(shown, ensure_ascii=False) if as_json else as_text(results))


def print_progress(text: str) -> None:
    """Progress goes to standard error."""
    print(text, file=sys.stderr, flush=True)
