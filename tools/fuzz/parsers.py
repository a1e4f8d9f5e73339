"""Broken files for every parser: bytes near to good ones, and bytes near to nothing.

A parser may answer, or raise a ``ChatbotError`` that says what is wrong. Anything else is a finding.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chatbot.config import load_engine_config
from chatbot.errors import ChatbotError
from chatbot.faq_modules.answers import load_answers
from chatbot.faq_modules.dataset import (
    ANSWERS,
    MAP_FILE,
    QUESTIONS,
    StandardQuestion,
    load_csv,
    load_dataset,
    load_label_map,
)
from chatbot.faq_modules.features import read_features
from chatbot.knowledge_graph.directions import load_directions
from chatbot.knowledge_graph.loader import parse_entity
from chatbot.knowledge_graph.units import load_units
from chatbot.learning.changes import load_changes
from chatbot.normalization.lexicon import load_lexicon
from chatbot.scripted import load_scripts
from chatbot.security.uploads import UploadGuard
from chatbot.sensitive_words import load_sensitive_words
from chatbot.service_desc import load_service_description
from chatbot.session.codec import decode_memory
from chatbot.web.compat_wire import read_completion, read_webhook
from chatbot.web.wire import read_chat_request
from tools.fuzz.files import file_targets
from tools.fuzz.targets import Findings, Parse, Target, file_parse, workbook

_ELSEWHERE = ("units.txt", "directions.txt", "out_of_scope.txt")
"""Lexicon files with parsers of their own, or that only the offline tools read."""

_PIECES = (
    b"", b"\0", b"\n", b"\r\n", b"\t", b",", b'"', b"{", b"}", b"[", b"]", b":", b"\\u0000", b"\\ud800", b"\xff\xfe",
    b"\xef\xbb\xbf", b"1e999", b"-1", b"NaN", b"9" * 400, b"null", b"true", b"[[" * 3000, b"\xe2\x80\xae", b"PK\x03\x04",
    b"..", b"/", b"&a;", b"- ", b"%s", "汉".encode(), b"\xf0\x9f\x98\x80",
)  # fmt: skip


@st.composite
def near(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A seed with up to six wounds, or, now and then, any bytes."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=400))
    body = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.sampled_from((0, 1, 1, 1, 2, 3, 6)))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.sampled_from((0, 0, 0, 1, 1, 2, 8, 64, 4096))))
        body[start:end] = draw(
            st.sampled_from(_PIECES) | st.text(max_size=4).map(_bytes) | st.binary(max_size=4)
        )
    return bytes(body)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def fuzz_parser(target: Target, cases: int) -> Findings:
    """``cases`` inputs for one parser, the same each time."""
    found = Findings(target.name)

    @settings(
        max_examples=cases, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(near(target.seeds))
    def attack(body: bytes) -> None:
        found.cases += 1
        with tempfile.TemporaryDirectory(prefix="chatbot-fuzz-") as folder:
            try:
                target.parse(body, Path(folder))
            except ChatbotError:
                found.outcomes["refused"] += 1
            except Exception as error:
                found.fault(f"{type(error).__name__}: {error} ← {body[:200]!r}")
            else:
                found.outcomes["read"] += 1

    attack()
    return found


def targets(root: Path) -> Iterator[Target]:
    """Every parser of the service, with seeds from the demo domain in ``root``/user_datasets."""
    data = root / "user_datasets"
    places = {"faq_data_dir": data / "car_faqs", "knowledge_graph_data_dir": data / "car_knowledge_graph"}
    rest = {"faq_modules": ["fuzzy_closest_faq_match"], "redis_port": 6379, "allow_addresses": ["10.0.0.0/8"],
            "cors_allow_origins": ["https://a.example"], "log_utterances": True, "faq_confidence_threshold": 0.4}  # fmt: skip
    config = json.dumps({**rest, **places}, default=str).encode()
    graph = sorted((data / "car_knowledge_graph").glob("*.json"))[:3]
    lexicons = [file for file in sorted((data / "lexicon").glob("*.txt")) if file.name not in _ELSEWHERE]
    yield Target(
        "engine config", file_parse("engine.json", lambda file: load_engine_config(file, {})), (config,)
    )
    yield Target(
        "service description",
        file_parse("desc.json", load_service_description),
        ((root / "chatbot_service_desc.json").read_bytes(),),
    )
    yield Target(
        "graph entity",
        lambda body, folder: parse_entity(body, folder / "x.json"),
        tuple(file.read_bytes() for file in graph),
    )
    yield Target(
        "label map", file_parse(MAP_FILE, load_label_map), (_lines(data / "car_faqs" / MAP_FILE, 12),)
    )
    yield Target(
        "labelled csv", file_parse("train.csv", load_csv), (_lines(data / "car_faqs" / "train.csv", 12),)
    )
    yield Target("paraphrases", _dataset(QUESTIONS), ("几时上市\n啥时候卖\n".encode(),))
    yield Target("answers", _dataset(ANSWERS), ("[问上市]\t2025 年\n".encode(),))
    for file in lexicons:
        yield Target(f"lexicon {file.name}", _lexicon(file.name), (_lines(file, 12),))
    yield Target("units", file_parse("units.txt", load_units), (_lines(data / "lexicon" / "units.txt", 12),))
    seed = _lines(data / "lexicon" / "directions.txt", 12)
    yield Target("directions", file_parse("directions.txt", load_directions), (seed,))
    yield Target(
        "features",
        file_parse("f.out", lambda file: read_features(file, "abc")),
        ("# encoder=abc dimension=3 count=2\n几时上市\t0\t0.6,0.8,0\n啥时候卖\t0\t1,0,0\n".encode(),),
    )
    yield Target(
        "scripted conversations",
        file_parse("t.yaml", load_scripts),
        (_lines(root / "tests/conversations/demo.yaml", 40),),
    )
    yield Target(
        "sensitive words", file_parse("words.txt", load_sensitive_words), ("# 词\n敏感词\n".encode(),)
    )
    yield Target(
        "uploaded xlsx",
        lambda body, _: UploadGuard().read_table("a.xlsx", body),
        (workbook([["问题", "期望"], ["多少钱", 5]]),),
    )
    yield Target(
        "uploaded csv", lambda body, _: UploadGuard().read_table("a.csv", body), ('问题,"答,案"\n'.encode(),)
    )
    yield from _json_targets()
    yield from file_targets(data)


def _json_targets() -> Iterator[Target]:
    """What arrives over the wire, and what comes back from Redis."""
    changes = json.dumps([{"kind": "SetValue", "entity": "a", "path": ["b", "c"], "value": "1"},
                          {"kind": "AddParaphrase", "question": "q", "text": "t"}]).encode()  # fmt: skip
    chat = '{"sent": "您好", "session_id": "s1", "rows_limit": 20}'.encode()
    completion = (
        b'{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}], "stream": true,'
    )
    completion += b' "stream_options": {"include_usage": true}, "user": "u"}'
    memory = b'{"v":2,"state":"chitchat","entities":["a"],"attribute":["b"],"turns":1,"suggestions":["c"],"failures":0}'
    yield Target("change set", lambda body, _: load_changes(body.decode("utf-8", "replace")), (changes,))
    yield Target("chat request", lambda body, _: read_chat_request(body), (chat,))
    yield Target("completion request", lambda body, _: read_completion(body, None), (completion,))
    yield Target("webhook request", lambda body, _: read_webhook(body), (b'{"sender": "u", "message": "a"}',))
    yield Target("session payload", lambda body, _: decode_memory(body, "s"), (memory,))


def _dataset(part: str) -> Parse:
    """A FAQ folder that is good but for the one file in ``part``."""

    def run(body: bytes, folder: Path) -> object:
        for name, text in (
            (MAP_FILE, "问上市\t0\n"),
            (f"{QUESTIONS}/问上市", "几时上市\n"),
            (f"{ANSWERS}/通用", "[问上市]\t好\n"),
        ):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(body if name.startswith(part) else text.encode())
        load_answers(folder, (StandardQuestion(0, "问上市"),))
        return load_dataset(folder)

    return run


def _lexicon(name: str) -> Parse:
    def run(body: bytes, folder: Path) -> object:
        (folder / name).write_bytes(body)
        return load_lexicon(folder)

    return run


def _lines(file: Path, count: int) -> bytes:
    return b"\n".join(file.read_bytes().split(b"\n")[:count]) + b"\n"
