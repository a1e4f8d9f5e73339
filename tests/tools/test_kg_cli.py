"""``python -m tools kg`` and ``bench kg``."""

import json
from pathlib import Path

import pytest

from chatbot.knowledge_graph.loader import load_graph
from tools.bench.kg import as_text, bench_kg, synthesised
from tools.cli import main

KG, LEXICON = Path("user_datasets/car_knowledge_graph"), Path("user_datasets/lexicon")


def test_kg_values_lists_what_could_not_be_read_as_one_json_object(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["kg", "values", "--kg", str(KG), "--json"])
    report = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0
    assert report["leaves"] == sum(report["kinds"].values())
    assert report["unread_leaves"] == sum(one["count"] for one in report["unread"])
    assert {"attribute", "reason", "count", "examples"} == set(report["unread"][0])


def test_kg_values_says_it_to_a_person_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["kg", "values", "--examples", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("共 ") and "没能读出来" in lines[1]


def test_a_folder_that_is_not_there_is_an_error_with_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["kg", "values", "--kg", str(tmp_path / "none")])
    assert ended.value.code == 1
    assert "没有这个知识图谱目录" in capsys.readouterr().err


def test_bench_kg_measures_a_fresh_process_and_agrees_with_pandas() -> None:
    (one,) = bench_kg(KG, LEXICON, entities=0, plans=100, progress=lambda text: None)
    assert one.entities == len(list(KG.glob("*.json")))
    assert one.speed.p50_ms <= one.speed.p95_ms <= one.speed.p99_ms
    assert one.speed.agree is True
    assert "pandas" in as_text([one])


def test_a_synthesised_graph_is_as_large_as_asked_and_the_same_for_the_same_seed() -> None:
    graph = load_graph(KG)
    one, two = synthesised(graph, 200), synthesised(graph, 200)
    assert (len(one.entities), one.version) == (200, two.version)
    assert one.entities == two.entities
    assert {path for entity in one.entities for path in entity.leaves} <= set(graph.tree)


def test_bench_kg_in_words_is_one_json_object_and_most_questions_are_understood(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bench", "kg", "--kg", str(KG), "--entities", "0", "--plans", "100", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0 and len(report["graphs"]) == 1
    in_words = report["in_words"]
    assert in_words["questions"] == 100 and in_words["answered"] > 0.7
    assert 0 < in_words["p50_ms"] <= in_words["p95_ms"] <= in_words["p99_ms"]
