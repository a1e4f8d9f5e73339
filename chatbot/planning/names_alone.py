"""Whether a name is all that a message says."""

from chatbot.normalization.text import content
from chatbot.planning.scan import Scan


def only_names(scan: Scan) -> bool:
    """途观L 380: a name, cut short, and no more."""
    return any(link.score < 1 for link in scan.links) and names_alone(scan)


def names_alone(scan: Scan) -> bool:
    """A name, and nothing that asks for anything."""
    named = any(link.entity for link in scan.links)
    return named and not scan.unknown and all(x.entity or x.plays("part", "so", "filler") for x in scan.links)


def only_named(scan: Scan) -> bool:
    """A name from one end to the other: E6长续航 of 想看看E6长续航; of 玉享版几坐 something else is left."""
    said = content("".join(x.text for x in scan.links if x.entity or x.plays("part")))
    return names_alone(scan) and not scan.mended and len(said) == len(content(scan.text))
