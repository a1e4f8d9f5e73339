"""What a text sounds like: toneless pinyin syllables, one private character each."""

from chatbot.normalization.pinyin import fold, readings

_FIRST_PRIVATE = 0xF0000


class SoundTable(dict[int, str]):
    """A ``str.translate`` table from characters to syllables; homophones (里程, 里城) come out the same.

    Of a character with several readings the commonest counts. The table fills itself as characters are met; what is not
    Chinese stays as it is.
    """

    def __init__(self) -> None:
        super().__init__()
        self._syllables: dict[str, str] = {}

    def __missing__(self, code: int) -> str:
        char = chr(code)
        sound = fold(readings(char)[0])
        if sound != char:
            sound = self._syllables.setdefault(sound, chr(_FIRST_PRIVATE + len(self._syllables)))
        self[code] = sound
        return sound
