"""Rules whose addresses are made late find and make the same addresses."""

from typing import Any

import pytest
from werkzeug.routing import BuildError, Map, Rule

from chatbot.web.unbuilt_rule import UnbuiltRule

PATHS = {
    "plain": "/admin/faq",
    "slash": "/admin/",
    "number": "/admin/faq/<corpus>/<int:label>/edit",
    "rest": "/admin/<path:rest>",
}


def adapter(kind: type[Rule]) -> Any:
    return Map([kind(path, endpoint=name) for name, path in PATHS.items()]).bind("a.example")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("plain", {}),
        ("plain", {"page": 2, "q": "油耗"}),
        ("slash", {}),
        ("number", {"corpus": "talk", "label": 3, "of": "x"}),
        ("rest", {"rest": "a/b c"}),
    ],
)
@pytest.mark.parametrize("unknown", [True, False])
def test_an_address_is_made_as_by_an_ordinary_rule(name: str, values: dict[str, Any], unknown: bool) -> None:
    ours, theirs = (adapter(kind).build(name, values, append_unknown=unknown) for kind in (UnbuiltRule, Rule))
    assert ours == theirs
    assert adapter(UnbuiltRule).match(ours.partition("?")[0])[0] == name


def test_an_address_is_not_made_without_one_of_its_parts() -> None:
    with pytest.raises(BuildError):
        adapter(UnbuiltRule).build("number", {"corpus": "talk"})


def test_nothing_is_compiled_before_an_address_is_asked_for() -> None:
    rule = UnbuiltRule("/a/<b>", endpoint="a")
    addresses = Map([rule]).bind("a.example")
    assert addresses.match("/a/c") == ("a", {"b": "c"})
    assert "_open_builder" not in vars(rule)
    assert addresses.build("a", {"b": "d"}) == "/a/d"
    assert "_open_builder" in vars(rule)
