"""Graphs for the tests: the demo, the shared real one where it exists, and synthetic ones with every oddity."""

import json
import random
from collections.abc import Sequence
from pathlib import Path as FilePath

from chatbot.knowledge_graph.build_columns import build_columns
from chatbot.knowledge_graph.directions import load_directions
from chatbot.knowledge_graph.execute import Engine
from chatbot.knowledge_graph.graph import KnowledgeGraph, build_tree
from chatbot.knowledge_graph.loader import parse_entity
from chatbot.knowledge_graph.units import load_units

ROOT = FilePath(__file__).parents[2]
DEMO = ROOT / "user_datasets" / "car_knowledge_graph"
LEXICON = ROOT / "user_datasets" / "lexicon"
UNITS = load_units(LEXICON / "units.txt")
DIRECTIONS = load_directions(LEXICON / "directions.txt")

Tree = dict[str, object]


def trees_of(folder: FilePath) -> list[Tree]:
    return [json.loads(file.read_text("utf-8-sig")) for file in sorted(folder.glob("*.json"))]


def graph_of(trees: Sequence[Tree], version: str = "v") -> KnowledgeGraph:
    entities = tuple(
        parse_entity(json.dumps(tree, ensure_ascii=False).encode(), FilePath(f"{i}.json"))
        for i, tree in enumerate(trees)
    )
    return KnowledgeGraph(entities, version, build_tree(entities))


def engine_of(trees: Sequence[Tree]) -> Engine:
    return Engine(build_columns(graph_of(trees), UNITS), UNITS, DIRECTIONS)


def tree(name: str, **leaves: object) -> Tree:
    return {"实体": {"名称": name, "关键词": name.replace(" ", "|")}, "属性": leaves}


def synthetic_trees(seed: int, size: int = 30) -> list[Tree]:
    """Entities with values missing, in several units, as ranges, as flags, and of mixed types."""
    rng = random.Random(seed)
    trees = []
    for i in range(size):
        brand, series = f"牌{rng.randint(1, 4)}", f"系{rng.randint(1, 6)}"
        whole = _synthetic_leaves(rng)
        leaves = {key: value for key, value in whole.items() if rng.random() < 0.8}
        inner = {"灯": rng.choice(("LED", "卤素", "矩阵LED")), "音响": rng.choice(("有", "无", "选配"))}
        trees.append(
            {
                "实体": {"名称": f"{brand} {series} 第{i}号", "关键词": f"{brand}|{series}|第{i}号"},
                "属性": leaves,
                "配置": {"内部": inner if rng.random() < 0.7 else {"灯": inner["灯"]}},
            }
        )
    return trees


def _synthetic_leaves(rng: random.Random) -> dict[str, str]:
    price, distance = rng.randint(50, 400), rng.randint(20, 80)
    low = rng.randint(10, 40)
    return {
        "报价": rng.choice((f"{price / 10}万", f"{price * 1000}元", str(price * 1000))),
        "里程": rng.choice((f"{distance * 10}km", f"{distance * 10}公里", f"{distance * 10000}米")),
        "转速(rpm)": rng.choice((str(low * 100), f"{low * 100}-{low * 100 + 500}")),
        "功率(kW)": str(rng.randint(60, 90)),
        "快充": rng.choice(("30分钟", "0.5小时", f"{rng.randint(20, 50)}分钟")),
        "气囊": rng.choice(("无", "6个", "(标配)", f"{rng.randint(0, 9)}个")),
        "级别": rng.choice(("轿车", "SUV", "紧凑型SUV", "(标配)跑车")),
        "天窗": rng.choice(("有", "无", "选配", "全景天窗", "(选配)")),
        "杂": rng.choice(("12km", "3小时", "7", "有", "待定")),
    }
