"""Intents that words alone decide."""

import pytest

from chatbot.normalization.intent import PhraseIntent

HANDOFF = PhraseIntent(["转人工", "人工", "我要投诉"])


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        pytest.param("转人工", True, id="exact"),
        pytest.param("给我转人工!", True, id="inside a short sentence"),
        pytest.param("人工", True, id="short phrase alone"),
        pytest.param("人工费多少钱", False, id="short phrase inside"),
        pytest.param("不要转人工", False, id="negated"),
        pytest.param(
            "我想问问怎么才能在你们的手机应用里找到转人工的按钮啊", False, id="a long sentence about it"
        ),
        pytest.param("", False, id="empty"),
    ],
)
def test_a_phrase_fits_whole_or_inside_a_short_utterance(text: str, fits: bool) -> None:
    assert HANDOFF.fits(text) is fits
