"""Amounts as they are said of cars: 20个 and a bare 20 are ten thousands of yuan."""

from dataclasses import replace

from chatbot.knowledge_graph.phrases import QuantityPhrase
from chatbot.knowledge_graph.units import COUNT, MONEY
from chatbot.regex import regex

_SLANG = range(3, 1000)
_BUDGETS = range(5, 200)  # ten thousands that a car may cost, said without a unit
_WAN = 10_000
_MONEY_DIFFERENCE = regex("差价|价差|差.{0,3}(?:钱|万|块)|(?:钱|价格?)差")


def as_money(phrase: QuantityPhrase) -> QuantityPhrase:
    """20个 said of money is 20万; the phrase itself where it says no money."""
    ends = [end for end in (phrase.low, phrase.high) if isinstance(end, float)]
    if phrase.unit != "个" or "个" not in phrase.text or not all(int(e) in _SLANG for e in ends):
        return phrase
    return _in_wan(phrase)


def budget(phrase: QuantityPhrase) -> QuantityPhrase | None:
    """30以内 is 30万以内; ``None`` for a number that has a unit or no bound, or that no car costs."""
    ends = [end for end in (phrase.low, phrase.high) if isinstance(end, float)]
    bare = phrase.dimension == COUNT and not phrase.unit and not phrase.exact
    return _in_wan(phrase) if bare and ends and all(int(end) in _BUDGETS for end in ends) else None


def plain_money(phrase: QuantityPhrase) -> QuantityPhrase | None:
    """3000以内 as yuan; ``None`` for a number that has a unit or no bound."""
    bare = phrase.dimension == COUNT and not phrase.unit and not phrase.exact
    return replace(phrase, unit="元", dimension=MONEY) if bare else None


def _in_wan(phrase: QuantityPhrase) -> QuantityPhrase:
    return replace(
        phrase, low=times(phrase.low, _WAN), high=times(phrase.high, _WAN), unit="元", dimension=MONEY
    )


def times(end: float | str | None, factor: float) -> float | str | None:
    """One end of a quantity multiplied; what is no number stays as it is."""
    return end * factor if isinstance(end, float) else end


def in_counts(phrase: QuantityPhrase) -> bool:
    """5个 of what is counted in nothing else; 7座 says what it counts."""
    return phrase.unit == "个" and "个" in phrase.text


def says_money(text: str) -> bool:
    """差多少钱, 差价: the difference in the price, whatever was spoken of before."""
    return _MONEY_DIFFERENCE.search(text) is not None
