"""The engine configuration: what is read, what is refused, and that every key is documented."""

import json
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import SETTINGS, EngineConfig, load_engine_config
from chatbot.errors import ConfigError

ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with everything a configuration names by default."""
    for name in ("faqs/questions", "faqs/answers", "faqs/text_match_two_tower_model_dir", "graph"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("query_label_idx_map.txt", "query_features.out"):
        (tmp_path / "faqs" / name).touch()
    return tmp_path


def write(folder: Path, **keys: Any) -> Path:
    file = folder / "engine.json"
    least = {"faq_data_dir": "faqs", "knowledge_graph_data_dir": "graph"}
    file.write_text(json.dumps({**least, **keys}), encoding="utf-8")
    return file


def load(folder: Path, environ: dict[str, str] | None = None, **keys: Any) -> EngineConfig:
    return load_engine_config(write(folder, **keys), environ or {"HOME": "/home/someone"})


def refusal(folder: Path, environ: dict[str, str] | None = None, **keys: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, environ, **keys)
    return caught.value.message


def test_two_keys_are_enough_and_the_rest_follows(folder: Path) -> None:
    config = load(folder)
    assert config.faq_modules == ("feature_vector_faq_match", "fuzzy_closest_faq_match")
    assert config.faq_query_label_idx_map == folder / "faqs" / "query_label_idx_map.txt"
    assert config.pretrained_feature_vectors_path == folder / "faqs" / "query_features.out"
    assert config.feature_generator_model_dir == folder / "faqs" / "text_match_two_tower_model_dir"
    assert config.faq_confidence_threshold == 0.4
    assert (config.redis_port, config.session_ttl_seconds, config.max_suggestions) == (6379, 86400, 4)


def test_relative_paths_are_relative_to_the_file_and_absolute_ones_stay(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    config = load(folder, bad_case_log="log/bad.jsonl", state_dir="/var/lib/somewhere")
    assert config.knowledge_graph_data_dir == folder / "graph"
    assert config.bad_case_log == folder / "log" / "bad.jsonl"
    assert config.state_dir == Path("/var/lib/somewhere")


def test_small_talk_and_lexicon_are_taken_from_beside_the_file_when_they_are_there(folder: Path) -> None:
    assert load(folder).chitchat_data_dir is None
    (folder / "chitchat").mkdir()
    (folder / "lexicon").mkdir()
    config = load(folder)
    assert (config.chitchat_data_dir, config.lexicon_dir) == (folder / "chitchat", folder / "lexicon")


def test_the_state_folder_is_one_per_configuration_file(folder: Path) -> None:
    first = load(folder).state_dir
    second = load_engine_config(
        write(folder).rename(folder / "other.json"), {"HOME": "/home/someone"}
    ).state_dir
    assert first.parent == second.parent == Path("/home/someone/.local/state/whitebox-chatbot")
    assert first != second
    assert (
        load(folder, {"XDG_STATE_HOME": "/state"}).state_dir == Path("/state/whitebox-chatbot") / first.name
    )


def test_the_bad_case_log_is_in_the_state_folder_wherever_that_is(folder: Path) -> None:
    assert load(folder, state_dir="here").bad_case_log == folder / "here" / "bad_cases.jsonl"


@pytest.mark.parametrize("host", [None, "", "embedded"], ids=["absent", "empty", "embedded"])
def test_without_a_redis_host_the_bundled_one_is_meant(folder: Path, host: str | None) -> None:
    assert load(folder, **({} if host is None else {"redis_host": host})).redis_embedded


@pytest.mark.parametrize(
    "keys",
    [
        {"redis_host": "redis.internal"},
        {"redis_sentinels": ["10.0.0.1:26379", "10.0.0.2"], "redis_sentinel_master": "main"},
        {"redis_cluster_nodes": ["[fd00::1]:7000"]},
    ],
    ids=["host", "sentinels", "cluster"],
)
def test_a_named_redis_is_not_the_bundled_one(folder: Path, keys: dict[str, Any]) -> None:
    assert not load(folder, **keys).redis_embedded


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(folder: Path) -> None:
    environ = {"CHATBOT_REDIS_PASSWORD": "from-env", "CHATBOT_FAQ_CANDIDATES": "20"}
    config = load(folder, environ, redis_password="from-file", redis_port=7000)
    assert (config.redis_password, config.faq_candidates, config.redis_port) == ("from-env", 20, 7000)


@pytest.mark.parametrize(
    ("name", "text", "key", "value"),
    [
        ("CHATBOT_REDIS_TLS", "true", "redis_tls", True),
        ("CHATBOT_REDIS_TLS", "0", "redis_tls", False),
        ("CHATBOT_FAQ_CONFIDENCE_THRESHOLD", "0.55", "faq_confidence_threshold", 0.55),
        ("CHATBOT_FAQ_CONFIDENCE_THRESHOLD", "1", "faq_confidence_threshold", 1.0),
        ("CHATBOT_FAQ_MODULES", "one, two", "faq_modules", ("one", "two")),
        ("CHATBOT_FAQ_MODULES", '["one"]', "faq_modules", ("one",)),
        ("CHATBOT_REDIS_PASSWORD", "123456", "redis_password", "123456"),
        ("CHATBOT_REDIS_PASSWORD", "", "redis_password", ""),
        ("CHATBOT_CORS_ALLOW_ORIGINS", "https://a.example,http://b.example:8080", "cors_allow_origins",
         ("https://a.example", "http://b.example:8080")),
    ],
    ids=["true", "zero", "number", "whole-number", "commas", "json-list", "digits-stay-text", "empty", "origins"],
)  # fmt: skip
def test_an_environment_variable_is_read_as_its_kind(
    folder: Path, name: str, text: str, key: str, value: object
) -> None:
    assert getattr(load(folder, {name: text}), key) == value


def test_a_variable_that_nearly_fits_is_warned_of_and_a_foreign_one_is_left_alone(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load(folder, {"CHATBOT_REDIS_PASWORD": "secret", "CHATBOT_SERVICE_HOST": "10.0.0.1"})
    assert "CHATBOT_REDIS_PASSWORD" in caplog.text
    assert "SERVICE_HOST" not in caplog.text and "secret" not in caplog.text


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(folder: Path) -> None:
    file = write(folder)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b", ", b",\r\n"))
    assert load_engine_config(file, {}).knowledge_graph_data_dir == folder / "graph"


def test_secrets_are_in_no_representation(folder: Path) -> None:
    config = load(folder, redis_password="hunter2", handoff_webhook="https://example.com/?token=hunter2")
    assert "hunter2" not in repr(config)


@pytest.mark.parametrize(
    ("keys", "parts"),
    [
        ({"faq_confidence_treshold": 0.5}, ["faq_confidence_treshold", "是不是想写 faq_confidence_threshold"]),
        ({"Redis_Host": "x"}, ["Redis_Host", "redis_host"]),
        ({"zzzzzzzz": 1}, ["zzzzzzzz", "可用的键", "faq_modules"]),
        ({"redis_port": "6379"}, ["redis_port", '"6379"', "文字", "整数，1 到 65535"]),
        ({"redis_port": True}, ["redis_port", "true", "整数"]),
        ({"redis_port": 6379.0}, ["redis_port", "6379.0", "整数"]),
        ({"redis_port": 0}, ["redis_port", "1 到 65535"]),
        ({"faq_confidence_threshold": 1.5}, ["faq_confidence_threshold", "1.5", "0 到 1"]),
        ({"faq_confidence_threshold": None}, ["faq_confidence_threshold", "null", "数字"]),
        ({"faq_modules": "fuzzy_closest_faq_match"}, ["faq_modules", "列表"]),
        ({"faq_modules": []}, ["faq_modules", "不能为空"]),
        ({"faq_modules": ["a", 1]}, ["faq_modules", "1"]),
        ({"faq_modules": ["a", "a"]}, ["faq_modules", "写了两次"]),
        ({"faq_data_dir": 7}, ["faq_data_dir", "路径"]),
        ({"faq_data_dir": ""}, ["缺少 faq_data_dir"]),
        ({"faq_data_dir": "a\0b"}, ["faq_data_dir", "NUL"]),
        ({"faq_data_dir": "nowhere"}, ["faq_data_dir", "nowhere", "不存在", "建立这个目录"]),
        ({"lexicon_dir": "nowhere"}, ["lexicon_dir", "nowhere"]),
        ({"faq_query_label_idx_map": "faqs"}, ["faq_query_label_idx_map", "文件不存在"]),
        ({"pretrained_feature_vectors_path": "no.out"}, ["no.out", "python -m tools rebuild-index"]),
        ({"log_level": "loud"}, ["log_level", "loud", "debug / info"]),
        ({"log_utterances": "yes"}, ["log_utterances", "true 或 false"]),
        ({"cors_allow_origins": ["https://a.example/"]}, ["cors_allow_origins", "https://a.example/", "斜杠"]),
        ({"redis_cluster_nodes": ["a:b"]}, ["redis_cluster_nodes", "a:b", "主机:端口"]),
        ({"redis_cluster_nodes": ["a:70000"]}, ["redis_cluster_nodes", "a:70000"]),
        ({"redis_sentinels": ["a:1"]}, ["redis_sentinel_master"]),
        ({"redis_host": "a", "redis_cluster_nodes": ["a:1"]}, ["redis_host", "redis_cluster_nodes", "只能写一个"]),
        ({"redis_db": 3, "redis_cluster_nodes": ["a:1"]}, ["redis_db", "0 号库"]),
        ({"allow_addresses": ["10.0.0.0/99"]}, ["allow_addresses", "10.0.0.0/99", "网段"]),
        ({"trusted_proxies": ["proxy.example"]}, ["trusted_proxies", "proxy.example"]),
        ({"sensitive_words": "no.txt"}, ["sensitive_words", "no.txt", "不存在"]),
        ({"rate_limit_per_address": -1}, ["rate_limit_per_address", "-1"]),
        ({"handoff_webhook": "ftp://x"}, ["handoff_webhook", "http"]),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else None,
)  # fmt: skip
def test_a_bad_value_is_refused_with_key_value_and_way_out(
    folder: Path, keys: dict[str, Any], parts: list[str]
) -> None:
    message = refusal(folder, **keys)
    assert str(folder / "engine.json") in message
    for part in parts:
        assert part in message


def test_a_bad_secret_is_named_but_not_shown(folder: Path) -> None:
    assert "12345" not in refusal(folder, redis_password=12345)


def test_a_bad_variable_is_named(folder: Path) -> None:
    message = refusal(folder, {"CHATBOT_REDIS_PORT": "many"})
    assert "环境变量 CHATBOT_REDIS_PORT" in message and "many" in message


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (b"", ["是空的"]),
        (b" \n", ["是空的"]),
        (b'{"a": 1,\n  "b" 2}', [":2:", "第 2 行", "列"]),
        (b"[]", ["JSON 对象", "列表"]),
        (b'{"redis_port": 1, "redis_port": 2}', ["redis_port", "两次"]),
        ("{“a”: 1}".encode("gbk"), ["UTF-8"]),
        (b"[" * 100_000, ["嵌套"]),
        (b" " * (1024 * 1024 + 1), ["KiB"]),
    ],
    ids=["empty", "blank", "comma", "list", "twice", "gbk", "deep", "large"],
)  # fmt: skip
def test_a_broken_file_is_refused_with_the_place(tmp_path: Path, raw: bytes, parts: list[str]) -> None:
    file = tmp_path / "broken.json"
    file.write_bytes(raw)
    with pytest.raises(ConfigError) as caught:
        load_engine_config(file, {})
    for part in [str(file), *parts]:
        assert part in caught.value.message


@pytest.mark.parametrize("make", [False, True], ids=["missing", "a-folder"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, make: bool) -> None:
    file = tmp_path / "nothing.json"
    if make:
        file.mkdir()
    with pytest.raises(ConfigError, match=r"nothing\.json"):
        load_engine_config(file, {})


def test_the_tools_may_load_it_before_model_and_features_exist(folder: Path) -> None:
    (folder / "faqs" / "query_features.out").unlink()
    with pytest.raises(ConfigError, match="rebuild-index"):
        load(folder)
    assert load_engine_config(write(folder), {}, require_built=False).faq_data_dir == folder / "faqs"


def test_without_the_vector_module_no_model_is_needed(folder: Path) -> None:
    (folder / "faqs" / "query_features.out").unlink()
    assert load(folder, faq_modules=["fuzzy_closest_faq_match"]).faq_modules == ("fuzzy_closest_faq_match",)


def test_the_demo_configuration_is_valid() -> None:
    file = ROOT / "user_datasets" / "chatbot_deploy_eas.json"
    config = load_engine_config(file, {}, require_built=False)
    assert config.redis_embedded and config.lexicon_dir == file.parent / "lexicon"


@pytest.mark.parametrize("page", ["docs/configuration.md", "docs/zh/configuration.md"])
def test_every_key_is_documented_in_both_languages(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [setting.name for setting in SETTINGS if f"| `{setting.name}` |" not in text] == []


def test_every_key_has_help_in_both_languages() -> None:
    assert [setting.name for setting in SETTINGS if not (setting.zh and setting.en)] == []
