"""有几个版本, 哪个版本四驱, 这车有几个版本: asked of the series that the conversation speaks of."""

from dataclasses import replace

from chatbot.planning.clauses import the_series
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_VERSIONS = regex("(?:几|哪|多少|什么|啥)(?:一?[个些款种])?(?:版本|配置)")
_HOW_MANY = regex("(?:几|多少|哪[几些])(?:一?[个些款种])?(?:版本|配置)")
_SEVERAL = 2


def versions_asked(parts: Parts, series: tuple[str, ...], vocabulary: Vocabulary) -> Parts:
    """``parts`` with the ``series`` spoken of as what is asked about, where its versions are asked for."""
    asked = _VERSIONS.search(parts.text)
    if asked is None or len(series) < _SEVERAL:
        return parts
    clause = the_series(series[0], vocabulary.graph)
    thing = Thing(series, clause, asked.start(), asked.start())
    return replace(parts, things=(thing,), _roles=parts._roles | {"versions"})


def asks_of_its_kin(parts: Parts) -> bool:
    """这车有几个版本: of the series that the one pointed at is of, for one car has no versions."""
    pointed = len(parts.things) == 1 and parts.things[0].referred
    told = parts.atoms or parts.attributes or parts.rankings
    return pointed and not told and _HOW_MANY.search(parts.text) is not None


def checks_one(parts: Parts) -> bool:
    """Q5 25款两驱有座椅加热没: whether what is named has a feature, and a value beside it that says which is meant."""
    kinds = {atom.kind for atom in parts.atoms}
    asks = parts.has("verify", "exists") and not parts.has("list", "count", "buy", "head", "which")
    return asks and len(parts.things) == 1 and kinds == {"value", "feature"}


def only_told(parts: Parts) -> bool:
    """24款两驱: a year and a value, and no more."""
    said = (x.entity or x.value or x.plays("part", "so", "filler") for x in parts.scan.links)
    return bool(parts.things) and all(said)
