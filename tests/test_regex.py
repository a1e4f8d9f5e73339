"""Patterns that are compiled when first used."""

import re
import subprocess
import sys

import pytest

from chatbot.regex import regex

_TOLD = r"(\d)(?P<letter>[a-z])"


def test_a_pattern_is_compiled_once_and_not_before_its_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = re.compile
    monkeypatch.setattr(re, "compile", lambda text, flags=0: compiled.append(text) or real(text, flags))
    lazy = regex(_TOLD)
    assert compiled == []
    assert lazy.search("x1a") and lazy.search("1a") and lazy.sub("-", "1a") == "-"
    assert compiled == [_TOLD]


@pytest.mark.parametrize(
    "use",
    [
        lambda p: p.search("1a 2b").span(),
        lambda p: p.search("1a 2b", 1, 4),
        lambda p: p.search("1a 2b", 2).groups(),
        lambda p: p.match("x1a"),
        lambda p: p.fullmatch("1a")[2],
        lambda p: [hit.span() for hit in p.finditer("1a 2b", 1)],
        lambda p: p.findall("1a 2b"),
        lambda p: p.split("1a 2b 3c", 1),
        lambda p: p.split("1a 2b 3c", maxsplit=1),
        lambda p: p.sub(lambda hit: hit[2] + hit[1], "1a 2b", 1),
        lambda p: p.sub(r"\2\1", "1a 2b", count=1),
        lambda p: p.subn("", "1a 2b"),
        lambda p: (p.pattern, p.flags, p.groups, dict(p.groupindex)),
    ],
)
@pytest.mark.parametrize("flags", [0, re.IGNORECASE])
def test_it_tells_what_a_compiled_one_tells_the_first_time_and_the_second(use, flags: int) -> None:  # type: ignore[no-untyped-def]
    lazy, wanted = regex(_TOLD, flags), use(re.compile(_TOLD, flags))
    assert use(lazy) == wanted
    assert use(lazy) == wanted


def test_every_pattern_of_the_package_can_be_compiled() -> None:
    """A faulty one would else be told by the first customer who needs it."""
    check = """
import importlib, pkgutil, sys
import chatbot, chatbot.regex
made = []
plain = chatbot.regex._Lazy.__init__
def kept(self, *told):
    plain(self, *told)
    made.append(self)
chatbot.regex._Lazy.__init__ = kept
for room in ("planning", "normalization", "knowledge_graph", "dialog", "faq_modules", "answering"):
    package = importlib.import_module(f"chatbot.{room}")
    for module in pkgutil.walk_packages(package.__path__, f"chatbot.{room}."):
        importlib.import_module(module.name)
for one in made:
    one.search("")
print(len(made))
"""
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 300


def test_importing_the_planner_compiles_no_pattern() -> None:
    check = """
import re, sys
ours = []
real = re.compile
def told(pattern, flags=0):
    if "/chatbot/planning/" in sys._getframe(1).f_code.co_filename:
        ours.append(pattern)
    return real(pattern, flags)
re.compile = told
import chatbot.planning.planner
print(ours)
"""
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_it_has_all_that_a_compiled_one_has() -> None:
    public = {name for name in dir(re.Pattern) if not name.startswith("_")}
    assert public - set(dir(regex(_TOLD))) == {"scanner"}, "the last is not documented"
