"""An utterance on its way to the scanner: notation in words, frames and background left out, corrections carried out."""

from collections.abc import Callable
from dataclasses import replace

from chatbot.knowledge_graph.graph import display_name
from chatbot.normalization.text import content, normalize
from chatbot.planning.asides import background, plain_question, rejoined
from chatbot.planning.bind import Binder
from chatbot.planning.corrections import corrected, not_but
from chatbot.planning.links import AttributeSense
from chatbot.planning.notation import in_words
from chatbot.planning.scan import Scan, Scanner, always
from chatbot.planning.spoken_names import SpokenNames
from chatbot.planning.vocabulary import Vocabulary

_SAME_THING = 4  # characters between an attribute and a stray part of its name


class Listener:
    """Built once for a knowledge base; the same utterance gives the same scan."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        scanner: Scanner,
        binder: Binder,
        plain: Callable[[str], str] = normalize,
    ) -> None:
        """``plain`` normalises, and puts a dialect's words in plain wording."""
        self._vocabulary, self._scanner, self._binder, self._plain = vocabulary, scanner, binder, plain
        self._names = SpokenNames(vocabulary.entities.names)

    def asked(self, utterance: str) -> str:
        """What is asked, in the words that ``scan`` goes by: normalised, without courtesies, notation in words."""
        return plain_question(in_words(self._names.written(self._plain(utterance))))

    def scan(self, text: str, *, mend: Callable[[], bool] = always, near: str = "") -> Scan:
        """Links of what is ``asked``; ``mend`` is consulted when words stay unknown that may be slips.

        ``near`` is the entity that the conversation speaks of.
        """

        def as_written(text: str) -> Scan:
            return self._scanner.as_written(text, near)

        took_back = instead = ""
        if change := corrected(text, as_written):
            text, took_back, instead = change.text, change.dropped, change.kept
        scan = self._explained(as_written(text))
        if scan.unknown and (joined := rejoined(scan.text, self._names_a_feature)) != scan.text:
            scan = self._explained(as_written(joined))
        if scan.unknown and (change := not_but(scan.text, as_written)):
            scan, took_back, instead = as_written(change.text), change.dropped, change.kept
        asides: tuple[str, ...] = ()
        if scan.unknown:
            rest, asides = background(scan)
            scan = self._explained(as_written(rest)) if asides else scan
        if scan.unknown and self._scanner.mendable(scan) and mend():
            scan = self._explained(self._scanner.mended(scan, near))
        if asides or took_back:
            return replace(scan, asides=asides, took_back=took_back, instead=instead, mended=True)
        return scan

    def _names_a_feature(self, name: str) -> bool:
        senses = self._vocabulary.finder.aliases.get(name, ())
        return any(isinstance(sense, AttributeSense) for sense in senses)

    def _explained(self, scan: Scan) -> Scan:
        """``scan`` without the unknown pieces that are a part of the name of what is linked right beside them."""
        if not scan.unknown:
            return scan
        left = tuple(piece for piece in scan.unknown if not self._is_part(piece, scan))
        if len(left) == len(scan.unknown):
            return scan
        said = len(content(scan.text)) or 1
        return replace(scan, unknown=left, coverage=1 - sum(map(len, left)) / said)

    def _is_part(self, piece: str, scan: Scan) -> bool:
        """电池 of 电池80度以上, 座椅 of 座椅带不带按摩, 整备 of 整备2吨."""
        start = scan.text.find(piece)
        for link in scan.links:
            if not (
                abs(link.start - start - len(piece)) <= _SAME_THING or abs(start - link.end) <= _SAME_THING
            ):
                continue
            paths = link.attribute.paths if link.attribute else ()
            if link.quantity and (usual := self._binder.default(link.quantity)):
                paths = (*paths, usual)
            if len(piece) > 1 and any(piece in display_name(path[-1]).lower() for path in paths):
                return True
        return False
