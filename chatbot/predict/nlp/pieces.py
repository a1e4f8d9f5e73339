"""Word pieces of one text or a pair, cut to a length: the same in training and in serving. Needs ``tokenizers``."""

from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from chatbot.errors import ModelError

TOKENIZER_FILE = "tokenizer.json"
_CHARACTERS_A_PIECE = 20
"""No more characters are read than this many for each piece that is kept: a piece is seldom longer."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """``ids`` with the model's own marks around; ``types`` is 1 for those of the second text."""

    ids: list[int]
    types: list[int]


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer in ``folder``, without padding or cutting of its own.

    Raises:
        ModelError: missing or damaged.
    """
    path = folder / TOKENIZER_FILE
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises a bare Exception
        raise ModelError(f"{path}: 读不了（{error}）→ 重新导出这个模型") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def pieces(tokenizer: Tokenizer, first: str, second: str, length: int) -> Pieces:
    """At most ``length`` pieces, marks included; of a pair, the longer text is cut first."""
    reach = length * _CHARACTERS_A_PIECE
    one = tokenizer.encode(first[:reach], add_special_tokens=False)
    two = tokenizer.encode(second[:reach], add_special_tokens=False) if second else None
    room = max(2, length - tokenizer.num_special_tokens_to_add(is_pair=two is not None))
    if two is not None:
        two.truncate(min(len(two.ids), max(room // 2, room - len(one.ids))))
        room -= len(two.ids)
    one.truncate(min(len(one.ids), room))
    whole = tokenizer.post_process(one, two)
    return Pieces(whole.ids, whole.type_ids)
