"""What ``bench faq`` measured, for a person and as JSON, with the figures that are wanted beside it."""

import json
from dataclasses import asdict

from tools.bench.faq import Demo, FaqBench, Large

WANTED_DEMO_MS, WANTED_LARGE_MS, WANTED_RECALL = 0.3, 3.0, 0.99
WANTED_OPEN_S, WANTED_REBUILD_RATIO, WANTED_INCREMENTAL_S = 2.0, 1.2, 2.0


def as_text(result: FaqBench) -> str:
    """The figures for a person, what is wanted beside each."""
    return "\n".join([_demo_text(result.demo), *map(_large_text, result.large)])


def as_json(result: FaqBench) -> str:
    """One JSON object, the wanted figures in it."""
    wanted = {
        "demo_p50_ms": WANTED_DEMO_MS, "p50_ms": WANTED_LARGE_MS, "recall_at_1": WANTED_RECALL, "open_s": WANTED_OPEN_S,
        "rebuild_ratio": WANTED_REBUILD_RATIO, "again_s_at_100000": WANTED_INCREMENTAL_S,
    }  # fmt: skip
    return json.dumps({**asdict(result), "wanted": wanted}, ensure_ascii=False)


def _demo_text(demo: Demo) -> str:
    beside = "，".join(
        f"{name} {p50} ms（{p50 / demo.p50_ms:.1f} 倍）" for name, p50 in demo.rivals_p50_ms.items()
    )
    return (
        f"演示 FAQ（{demo.questions} 个标准问，{demo.paraphrases} 条相似问）："
        f"p50 {demo.p50_ms} ms（要求 ≤ {WANTED_DEMO_MS}），p99 {demo.p99_ms} ms\n  同一次运行里：{beside}"
    )


def _large_text(one: Large) -> str:
    seen, files = one.asked, "，".join(f"{name} {size} MiB" for name, size in one.files_mib.items())
    return (
        f"{one.paraphrases} 条相似问，{one.questions} 个标准问；检索方式 {json.dumps(one.search)}\n"
        f"  p50 {seen.p50_ms} ms（要求 ≤ {WANTED_LARGE_MS}），其中自身 CPU {seen.cpu_p50_ms} ms，p99 {seen.p99_ms} ms，第一问 {seen.first_ms} ms；"
        f"recall@1 {seen.recall_at_1}（要求 ≥ {WANTED_RECALL}），整体 top-1 {seen.top1}\n"
        f"  打开 {seen.open_s} s（要求 ≤ {WANTED_OPEN_S}）；内存 RSS {seen.rss_mib} MiB、PSS {seen.pss_mib} MiB，"
        f"其中打开后增加 {seen.rss_added_mib}\n  文件：{files}\n"
        f"  只编码 {one.encode_s} s（一个线程）、{one.encode_processes_s} s（{one.processes} 个进程），完整重建 {one.rebuild_s} s："
        f"{one.rebuild_ratio} 倍、{one.rebuild_ratio_processes} 倍（要求 ≤ {WANTED_REBUILD_RATIO}；一个线程的各轮：{'、'.join(map(str, one.rebuild_ratios))}）；"
        f"改一行后重建 {one.again_s} s，其中工作 {one.again_work_s} s"
        f"（10 万条时要求 ≤ {WANTED_INCREMENTAL_S}）"
    )
