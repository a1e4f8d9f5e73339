"""What a model must do to be served or run over files: four methods and a schema. All else is the platform's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from chatbot.json_file import Json

Item: TypeAlias = Mapping[str, Json]
"""One thing to predict on: the schema's inputs by name, of the types it states. Absent optional inputs are absent."""

Kind: TypeAlias = Literal["text", "integer", "number", "boolean", "image"]
"""An image is the base64 text of a picture's file."""

UNTIL = "until"
"""In an item that is predicted apart (``Processor.apart``): the ``time.monotonic`` by which its outcome is needed."""

CALLERS = "invalid_"
"""How the codes begin of errors that the caller can mend."""


@dataclass(frozen=True, slots=True)
class ItemError:
    """Why one item has no prediction; the others of its request have theirs."""

    code: str
    message: str


Outcome: TypeAlias = Mapping[str, Json] | ItemError
"""What became of one item: the schema's outputs by name, or why not."""


@dataclass(frozen=True, slots=True)
class Input:
    """One field of an item. ``most`` is the longest text (characters, an image's bytes) or the greatest number allowed."""

    name: str
    kind: Kind = "text"
    required: bool = True
    about: str = ""
    most: int = 20_000
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of an item, and the JSON Schema of what a prediction holds. ``example`` is a valid item.

    ``forms`` are the wire formats that are spoken, where the kind of model has several.
    """

    inputs: tuple[Input, ...]
    outputs: Mapping[str, Json]
    example: Item
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """What is served: ``task`` and ``version`` as the model directory states them, ``labels`` in the model's order.

    ``side_by_side``: batches that are predicted at once use a core each, as Python's lock is free meanwhile.
    """

    task: str
    version: str
    schema: Schema
    labels: tuple[str, ...] = ()
    about: Mapping[str, Json] = field(default_factory=dict)
    side_by_side: bool = False


class Predictor(Protocol):
    """One model. Made cheaply (files are looked at, not read); ``load`` does what takes time and memory.

    Promises of an implementation, checked by ``tests/contracts/predictor.py``: the outcomes stand in the order of the
    items, one each; an outcome does not depend on what else is in the batch; ``predict`` may be called by several
    threads at once; ``unload`` may be called twice.
    """

    def load(self) -> None:
        """Make ready to predict.

        Raises:
            ModelError: the files are not what they should be; names the file and the way out.
        """

    def predict(self, items: Sequence[Item]) -> Sequence[Outcome]:
        """One outcome an item, in their order. ``items`` fit the schema; there is at least one."""

    def describe(self) -> Description:
        """What this is; works before ``load``."""

    def unload(self) -> None:
        """Give memory back; ``predict`` is not called afterwards."""
