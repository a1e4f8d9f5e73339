"""The operator's files as the editor shows them, and the changes it can ask for."""

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
    """An entity and its values, ``path`` joined by ``/``."""

    row: EntityRow
    values: tuple[tuple[str, str], ...]


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


@dataclass(frozen=True, slots=True)
class AddParaphrase:
    """One more way to ask a standard question."""

    question: str
    text: str
    corpus: Corpus = "faq"


@dataclass(frozen=True, slots=True)
class RemoveParaphrase:
    """A wording is taken out."""

    question: str
    text: str
    corpus: Corpus = "faq"


@dataclass(frozen=True, slots=True)
class AddQuestion:
    """A new standard question with its first wordings and its general answer."""

    question: str
    paraphrases: tuple[str, ...]
    answer: str
    corpus: Corpus = "faq"


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """The answer of ``owner`` (an entity, or 通用); an empty ``text`` takes it out."""

    question: str
    owner: str
    text: str
    corpus: Corpus = "faq"


@dataclass(frozen=True, slots=True)
class SetValue:
    """A leaf of an entity; an empty ``value`` takes it out. ``path`` is joined by ``/``."""

    entity: str
    path: str
    value: str


@dataclass(frozen=True, slots=True)
class AddAlias:
    """One more way to say a name, in a ``table`` lexicon."""

    file: Literal["attribute_synonyms.txt", "entity_aliases.txt"]
    name: str
    alias: str


@dataclass(frozen=True, slots=True)
class WriteFile:
    """A whole file anew: an import, or a lexicon edited as text. ``file`` is relative to the data folder."""

    file: str
    text: str


Change = AddParaphrase | RemoveParaphrase | AddQuestion | SetAnswer | SetValue | AddAlias | WriteFile
