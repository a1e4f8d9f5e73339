"""The operator's files as the editor shows them."""

from dataclasses import dataclass, field
from typing import Literal

from chatbot.web.admin.values import Corpus


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A standard question in the list."""

    corpus: Corpus
    label: int
    text: str
    paraphrases: int
    answers: int


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text of a file and where it stands."""

    text: str
    file: str
    line: int
    owner: str = ""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A standard question with all that belongs to it; an answer's ``owner`` is the entity, or 通用."""

    row: QuestionRow
    paraphrases: tuple[PlacedText, ...]
    answers: tuple[PlacedText, ...]


@dataclass(frozen=True, slots=True)
class EntityRow:
    """An entity in the list."""

    name: str
    keywords: tuple[str, ...]
    leaves: int
    file: str


@dataclass(frozen=True, slots=True)
class EntityView:
    """An entity and its values by path."""

    row: EntityRow
    values: tuple[tuple[tuple[str, ...], str], ...]


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """A node of the attribute tree: how many entities have it, and a few of its values."""

    path: str
    name: str
    depth: int
    is_leaf: bool
    entities: int
    examples: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LexiconView:
    """A lexicon file: ``table`` rows are ``name ⇥ alias|alias``, ``words`` one a line. ``rows`` leave comments out."""

    file: str
    form: Literal["table", "words"]
    about: str
    rows: tuple[PlacedText, ...]
    text: str = field(default="", repr=False)
