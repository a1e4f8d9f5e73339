"""Two values with 还是 between them ask which of the two it is: V4是油电混合还是插混."""

import itertools
from dataclasses import replace

from chatbot.knowledge_graph.plan import Path
from chatbot.planning.parts import Parts
from chatbot.regex import regex

_OR = regex("的?还是(?:个|用|带|那种)?")
_MAX_OTHER = 5  # characters of the other value that the graph has not: AT, 吃电


def one_or_other(parts: Parts) -> Parts:
    """V4是油电混合还是插混 asks for the attribute that both are values of; CVT还是AT for that of the one that is known."""
    if "还是" not in parts.text or parts.has("list", "count", "head"):
        return parts
    for one, other in itertools.pairwise(parts.atoms):
        if one.path == other.path and "还是" in parts.text[one.end : other.start]:
            return _asking_for(parts, one.path)
    for piece in parts.scan.unknown if not parts.attributes else ():
        start = parts.text.find(piece)
        end = start + len(piece)
        for atom in parts.atoms:
            apart = parts.text[atom.end : start] if atom.end <= start else parts.text[end : atom.start]
            if atom.kind == "value" and len(piece) <= _MAX_OTHER and _OR.fullmatch(apart):
                left = tuple(one for one in parts.scan.unknown if one != piece)
                scan = replace(parts.scan, unknown=left, coverage=1.0 if not left else parts.scan.coverage)
                return _asking_for(replace(parts, scan=scan), atom.path)
    return parts


def asks_which_of_two(parts: Parts) -> bool:
    """纯电还是混动, and nothing behind it: 纯电还是油车好 asks for advice."""
    return bool(parts.atoms) and not parts.text[parts.atoms[-1].end :].strip("的车呢啊呀")


def _asking_for(parts: Parts, path: Path) -> Parts:
    rest = tuple(atom for atom in parts.atoms if atom.path != path)
    return replace(parts, atoms=rest, attributes=tuple(dict.fromkeys((*parts.attributes, (path,)))))
