"""御享零百多少: a version without its 版, where the versions of one series alone are called so, and no word is."""

from chatbot.normalization.common_words import common_among
from chatbot.normalization.name_parts import SUFFIX
from chatbot.normalization.text import normalize
from chatbot.planning.scan import Scan
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_BEFORE_A_NAME = regex(r"(?:^|[\s,，。、和跟与比那这的换成看])$")
_HAN = regex("[\u4e00-\u9fff]{2,4}")


class BareVersions:
    """Built once for a knowledge base."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._whole: dict[str, str] = vocabulary.derived.json("bare versions", lambda: _whole(vocabulary))

    def in_full(self, scan: Scan) -> str:
        """The text of ``scan`` with such a version as it is called, where what is asked of it is known; else nothing."""
        found = [stem for stem in self._whole if self._is_unknown(stem, scan)]
        if not found or not any(link.attribute or link.degree for link in scan.links):
            return ""
        text = scan.text
        for piece in found:
            text = text.replace(piece, self._whole[piece], 1)
        return text

    @staticmethod
    def _is_unknown(stem: str, scan: Scan) -> bool:
        """Whether it is said where a name stands, and not known, or but by one of its characters (智行, of which 行 is a word)."""
        at = scan.text.find(stem)
        return (
            at >= 0
            and any(piece in stem for piece in scan.unknown)
            and _BEFORE_A_NAME.search(scan.text, 0, at) is not None
        )


def _whole(vocabulary: Vocabulary) -> dict[str, str]:
    """Version without its ending → the version, of one series alone."""
    known, graph = vocabulary.entities, vocabulary.graph
    found: dict[str, str] = {}
    versions: dict[tuple[str, ...], str] = {}
    for entity in graph.entities:
        lead = graph.series(entity.name)
        versions[lead] = "|".join((versions.get(lead, ""), *map(normalize, entity.keywords[len(lead) :])))
    for name in sorted(known.names, key=lambda name: not name.endswith(SUFFIX[0])):
        stem = name.rstrip(SUFFIX)
        if (
            stem == name
            or not _HAN.fullmatch(stem)
            or stem in known.names
            or stem in vocabulary.finder.aliases
        ):
            continue
        if sum(stem in said for said in versions.values()) == 1:
            found.setdefault(stem, name)
    ordinary = common_among(found)
    return {stem: name for stem, name in found.items() if stem not in ordinary}
