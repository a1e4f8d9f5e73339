"""jieba's word list and segmenter as an object of one's own: no cache file, nothing loaded before it is asked for."""

import threading
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import jieba

jieba.setLogLevel(60)  # its greeting is no log line of ours
_LOCK = threading.Lock()


class Segmenter:
    """Splits text into words. ``tags`` gives the part of speech of each listed word, as jieba's list has it."""

    def __init__(self, extra: Iterable[str] = ()) -> None:
        """``extra`` words are always kept whole. Reads 5 MB: half a second."""
        self._jieba = jieba.Tokenizer()
        # what its own initialisation does, without the cache file that it leaves in the shared temporary folder
        with self._jieba.get_dict_file() as file:
            self._jieba.FREQ, self._jieba.total = self._jieba.gen_pfdict(file)
        self._jieba.initialized = True
        self.tags: Mapping[str, str] = _tags()
        for word in extra:
            self._jieba.add_word(word)

    @property
    def tokenizer(self) -> "jieba.Tokenizer":
        """jieba's own object, for its keyword extractors."""
        return self._jieba

    def words(self, text: str) -> list[str]:
        """The words of ``text`` in order; joined, they are ``text``."""
        return list(self._jieba.cut(text))

    def is_prefix(self, text: str) -> bool:
        """Whether a listed word begins with ``text``."""
        return text in self._jieba.FREQ


@cache
def _tags() -> Mapping[str, str]:
    found = {}
    with (Path(jieba.__file__).parent / "dict.txt").open(encoding="utf-8") as file:
        for line in file:
            word, _, tag = line.rstrip("\n").split(" ")
            found[word] = tag
    return found


def segmenter() -> Segmenter:
    """The one without extra words, shared by all who ask: 100 MB and half a second the first time."""
    with _LOCK:
        return _plain_segmenter()


@cache
def _plain_segmenter() -> Segmenter:
    return Segmenter()
