"""``docs/predict-image.md`` and its Chinese twin name what there is to choose."""

import inspect
from pathlib import Path

import pytest

from tools.image.dataset.cli import convert_verb
from tools.image.dataset.rows import FORMS
from tools.image.pai import CLOUD_ONLY
from tools.image.predict_cli import predict_verb

PAGES = ["docs/predict-image.md", "docs/zh/predict-image.md"]
_NAMED = {"as_json": "--json", "resume": "--restart", "input": "--input"}


@pytest.mark.parametrize("page", PAGES)
def test_every_option_of_convert_and_predict_and_every_form_is_documented(page: str) -> None:
    text = Path(page).read_text(encoding="utf-8")
    parameters = [*inspect.signature(convert_verb).parameters, *inspect.signature(predict_verb).parameters]
    options = {_NAMED.get(name, f"--{name.replace('_', '-')}") for name in parameters}
    assert [one for one in sorted(options) if one not in text] == []
    assert [form for form in FORMS if f"| `{form}` |" not in text] == []


@pytest.mark.parametrize("page", PAGES)
def test_the_usual_cloud_only_options_are_named(page: str) -> None:
    text = Path(page).read_text(encoding="utf-8")
    named = [option for option in CLOUD_ONLY if f"`{option}`" in text]
    assert {"cpuRequired", "gpuRequired", "buckets", "arn", "ossHost"} <= set(named)
