"""``bench faq``: the synthesised FAQ, and the command at a size that takes seconds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from chatbot.normalization.text import normalize
from tools.bench.faq import forget_index, write_faq
from tools.bench.questions import held_out_questions, most_questions, synthetic_faq


def test_the_same_seed_gives_the_same_faq_and_no_text_twice() -> None:
    faq = synthetic_faq(2000, 40)
    assert faq == synthetic_faq(2000, 40) != synthetic_faq(2000, 40, seed=8)
    texts = [*faq.questions, *(text for own in faq.paraphrases for text in own)]
    assert len(texts) == len(set(texts)) == 2040
    assert {len(own) for own in faq.paraphrases} == {50}


def test_paraphrases_vary_as_people_do() -> None:
    own = synthetic_faq(100, 1).paraphrases[0]
    assert len({normalize(text) for text in own}) > 90
    assert len({text[:4] for text in own}) > 20 and len({len(text) for text in own}) > 8


def test_held_out_questions_stand_nowhere_in_the_faq() -> None:
    faq = synthetic_faq(2000, 40)
    asked = held_out_questions(faq, 200)
    assert not {text for text, _ in asked} & {text for own in faq.paraphrases for text in own}
    assert len({place for _, place in asked}) > 30


@pytest.mark.parametrize(("paraphrases", "questions"), [(5, 6), (0, 0), (10**6, most_questions() + 1)])
def test_sizes_that_cannot_be_are_refused(paraphrases: int, questions: int) -> None:
    with pytest.raises(ValueError, match="standard questions"):
        synthetic_faq(paraphrases, questions)


def test_what_a_rebuild_made_is_forgotten_and_the_questions_stay(tmp_path: Path) -> None:
    write_faq(tmp_path, synthetic_faq(20, 2), tmp_path)
    folder = tmp_path / "faq"
    before = sorted(folder.rglob("*"))
    (folder / ".versions" / "one").mkdir(parents=True)
    (folder / "query_features.out.cache").mkdir()
    for name in ("query_features.out", "faq_choice.json"):
        (folder / name).touch()
    forget_index(folder)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.slow
def test_the_command_measures_a_small_faq_in_one_run() -> None:
    command = [sys.executable, "-m", "tools", "bench", "faq", "--paraphrases", "300", "--incremental", "0"]
    command += ["--asked", "20", "--no-transformer", "--rounds", "2", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    (large,) = found["large"]
    assert (large["paraphrases"], large["questions"], large["search"]["kind"]) == (300, 3, "flat")
    assert large["rebuild_s"] > large["encode_s"] > 0 and large["again_s"] > large["again_work_s"] > 0
    assert len(large["rebuild_ratios"]) == 2
    assert min(large["rebuild_ratios"]) <= large["rebuild_ratio"] <= max(large["rebuild_ratios"])
    assert large["asked"]["p50_ms"] > 0 and large["asked"]["recall_at_1"] == 1.0
    assert large["files_mib"]["query_features.out"] > 0.3
    assert {"bm25_jieba", "bm25_characters", "tfidf_nearest", "rapidfuzz"} <= set(
        found["demo"]["rivals_p50_ms"]
    )
    assert found["wanted"]["p50_ms"] == 3.0
