"""A small helping of ``python -m tools fuzz``: no 500 over HTTP, no foreign exception out of a parser."""

import json
from pathlib import Path

import pytest

from chatbot.errors import ConfigError, DataError
from tools.fuzz.cli import guided, report
from tools.fuzz.http import fuzz_http
from tools.fuzz.parsers import fuzz_parser, targets
from tools.fuzz.targets import Target

ROOT = Path(__file__).parents[2]
TARGETS = {target.name: target for target in targets(ROOT)}


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_reads_or_refuses_and_nothing_else(name: str) -> None:
    found = fuzz_parser(TARGETS[name], 30)
    assert found.faults == []
    assert found.cases >= 30
    assert found.outcomes["read"] > 0  # the seeds are good


@pytest.mark.slow
def test_no_request_that_the_document_suggests_ends_in_a_500(tmp_path: Path) -> None:
    found = fuzz_http(ROOT, tmp_path, 150)
    assert [(one.name, one.faults) for one in found if one.faults] == []
    total = report(found)
    assert isinstance(total["cases"], int) and total["cases"] >= 100
    by_name = {one.name: one.outcomes for one in found}
    assert by_name["POST /"]["200"] > 0 and by_name["POST /"]["400"] > 0
    assert by_name["GET /v1/faq"]["200"] > 0


def test_the_fuzzer_sees_a_fault() -> None:
    def parse(body: bytes, folder: Path) -> object:
        if body.startswith(b"x"):
            raise DataError("f", "bad")
        return body.decode("ascii")

    found = fuzz_parser(Target("weak", parse, (b"good", b"xbad")), 200)
    assert found.outcomes["fault"] > 0 and found.outcomes["refused"] > 0
    assert "UnicodeDecodeError" in found.faults[0]
    told = json.loads(json.dumps(report([found])))
    assert (told["cases"], told["faults"]) == (found.cases, found.outcomes["fault"])


def test_without_atheris_the_guided_part_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.fuzz.cli.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"atheris.*\.\[fuzz\]"):
        guided(["label map"], 10)
