"""Words for the values that a graph's text attributes hold: whole values, their ends, and synonyms of these."""

from collections.abc import Iterable, Mapping, Sequence

from chatbot.knowledge_graph.columns import FLAG_CODE, Column, Columns
from chatbot.knowledge_graph.plan import AllOf, AnyOf, Clause, Condition, Not, Path
from chatbot.knowledge_graph.values import flag_word
from chatbot.planning.links import ValueSense
from chatbot.planning.value_texts import amounts, measured, mostly_measured, of_all
from chatbot.regex import regex

MAX_DISTINCT = 300
MAX_ENDS = 60  # an attribute with more distinct values is no classification, its values have no telling ends
MIN_SHARE = 0.03
MAX_SENSES = 4
_LONGEST = 14
_HEADER = "实体"
_SPLIT = regex(r"[、，,/;；+()（）\s]+")
_WORD = regex(r"[\u4e00-\u9fff]{2,}|[a-z]{3,}|[\u4e00-\u9fff]*[a-z]{2,}[\u4e00-\u9fff]*")
_HEAD = regex(r"(?:\d+[\u4e00-\u9fff])+(?=\D{2})")  # the counts before what a value is: 5门7座SUV
_COUNTS = regex(r"\d+[\u4e00-\u9fff]")  # 12核 of 12核车规级座舱芯片
_COUNTED = regex(r"\d[\u4e00-\u9fff]")
_DIGIT = regex(r"\d")
_NUMBERED = regex(r"(?=.*\d)(?:\d*[\u4e00-\u9fff]+\d*){1,4}|[a-z]\d{1,2}")  # 92号, 8挡湿式双离合, v8
_CODE = regex(
    r"(?<![a-z0-9.])(?:[a-z]\d{1,2}|\d\.\d[tl])(?![a-z0-9.])"
)  # v6, 1.5t of 1.5T 182马力 L4, though the horsepower is a measure
_SLASHED = regex(r"^\d{2,3}/\d{2} ?[a-z]{1,2}\d{2}$")  # 225/55 r18
_DASHED = regex(r"(?<![a-z0-9-])[a-z]{1,4}(?:-[a-z]{1,5})+(?![a-z0-9-])")  # e-cvt of e-cvt无级变速箱, dm-i
_GENERATION = regex(r"\d[a-z]\+?")  # 4G and 5G, which are no grams
_FEW_CODES = 4  # different values, all of a kind
_NAMED = regex(r"(?=.*\d)(?:[\u4e00-\u9fff]{2,}|[a-z]{2,})[a-z0-9\u4e00-\u9fff]+")  # 骁龙8至尊版, ip68
_LETTERED = regex(
    r"[a-z]\d?[\u4e00-\u9fff]{2,}|[\u4e00-\u9fff]{2,}\d+ [a-z]{2,}\d?"
)  # x系列, 擎芯9 pro, which is no 擎芯9
_RAISED = regex(r"[a-z]\d\+")  # L2+, which is more than L2
_DENIAL = "非"  # 非独立悬架 is not 独立悬架, though it holds it
_FEWEST = 5  # entities that have an attribute whose values people know
_RARE_WORD = regex(r"[\u4e00-\u9fff]{2,8}|[a-z]{4,}|[a-z]\d\+?|[\u4e00-\u9fff]{2,6}\d{3,4}[a-z]?")
_RARE_CORE = regex(r"[a-z]{5,}|(?<!\d)\d{4}(?!\d)")  # alcantara of 皮/alcantara混搭, 8155 of 高通骁龙8155p
_INSIDE = "内饰"  # 蓝色 is said of what one sees from outside
_SHORT_END = 3
_SUPPORTS = regex("^(?:支持|包含)")
_NUMERALS = dict(zip("123456789", "一两三四五六七八九", strict=True))
_DIGITS = {numeral: digit for digit, numeral in _NUMERALS.items()}
_OF_COLOURS = ("色", "色的")  # 樱粉色的 is no other 粉色的
_TAILS = ("车型", "车", "型", "级", "车身")
_LISTED = regex(r"[、，,;；()（）]+")  # what stands between the values of one that has several
_WEAK = {
    "前排",
    "后排",
    "主驾",
    "全车",
    "标配",
    "选配",
    "自动",
    "手动",
    "支持",
    "不支持",
    "比例",
    "导航",
    "电话",
    "其他",
    "前后",
    "有无",
    "公里",
    "万公里",
    "小时",
    "分钟",
}


class ValueWords:
    """Word → the conditions it may stand for, the attribute that most entities have first."""

    def __init__(
        self, columns: Columns, synonyms: Mapping[str, str], taken: Iterable[str], names: Iterable[str],
        said: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """``taken`` are words of the grammar, ``names`` those of attributes: 电池 is no end of 磷酸铁锂电池.

        ``said`` are other words for attributes: 动力 is no end of 插电式混合动力.
        """
        self._names, self._said = frozenset(names), frozenset(said)
        self._taken = {word for word in taken if len(word) < 3} | _WEAK
        self._synonyms = frozenset(synonyms)
        self._words: dict[str, dict[Path, Clause]] = {}
        self._longer: set[str] = set()  # words with a tail, where no value is that word itself
        self._weight: dict[Path, int] = {}
        self._texts: dict[Path, Sequence[str]] = {}
        total = max(len(columns), 1)
        for path in columns.paths:
            column = columns.column(path) if path[0] != _HEADER else None
            if column is None or column.distinct > MAX_DISTINCT:
                continue
            self._weight[path] = len(column.rows)
            self._texts[path] = column.plain
            if len(column.rows) >= MIN_SHARE * total:
                self._add_column(path, column)
        for path in self._weight:
            column = columns.column(path)
            if column is not None and _FEWEST <= len(column.rows) < MIN_SHARE * total:
                self._add_rare(path, column)
        for word, meant in synonyms.items():
            self._add_synonym(word, meant)

    def senses(self) -> Mapping[str, tuple[ValueSense, ...]]:
        return {
            word: tuple(
                ValueSense(path, clause)
                for path, clause in sorted(by_path.items(), key=lambda item: -self._weight[item[0]])[
                    :MAX_SENSES
                ]
            )
            for word, by_path in self._words.items()
        }

    def _add_column(self, path: Path, column: Column) -> None:
        whole: set[str] = set()
        parts: set[str] = set()
        same: dict[str, list[str]] = {}  # 旅行车: 5门5座旅行车
        counted = amounts(column)
        for code, (text, flag) in enumerate(zip(column.plain, column.flags.tolist(), strict=True)):
            pieces, head = _SPLIT.split(text), None if code in counted else _HEAD.match(text)
            if flag == FLAG_CODE[None] and (head or not measured(column)):
                parts.update(piece for piece in pieces if _NUMBERED.fullmatch(piece))
            parts.update(_CODE.findall(text))
            parts.update(_SLASHED.findall(text))
            if head:
                same.setdefault(text[head.end() :], []).append(text)
                parts.update(_COUNTS.findall(head.group()))
            if flag != FLAG_CODE[None] and (flag_word(text) or not _WORD.fullmatch(text)):
                continue
            few = column.distinct <= _FEW_CODES and _GENERATION.fullmatch(text)
            named = _NAMED.fullmatch(text) and not mostly_measured(column)
            lettered = _LETTERED.fullmatch(text)
            if _WORD.fullmatch(text) or few or _RAISED.fullmatch(text) or named or lettered:
                whole.add(text)
            parts.update(piece for piece in pieces if _WORD.fullmatch(piece) and piece != text)
        parts.update(label for label in column.labels if _WORD.fullmatch(label))
        counts = [text for text in column.plain if _DIGIT.search(text)]  # 无 beside 800万像素
        cores = {core for core in same if _WORD.fullmatch(core) and not of_all(core, counts)}
        listed = {text.split("、", 1)[0] for text in column.plain if "、" in text}
        ends = self._ends(whole | cores | listed) if column.distinct <= MAX_ENDS else set()
        ends -= self._said
        ends -= {end for end in ends if sum(name.endswith(end) for name in self._names) > 1}  # 尺寸
        ends |= self._cores(whole) if column.distinct <= MAX_ENDS else set()
        telling = {w for w in parts | ends if not of_all(w, column.plain)}
        denied = {w for w in parts | ends if any(_DENIAL + w in text for text in column.plain)}
        for word in sorted((telling | denied) - self._names, key=lambda word: (-len(word), word)):
            self._put(word, path, _holding(path, word, denied=word in denied))
            if word[0] in _NUMERALS and _COUNTED.fullmatch(word):
                self._put(_NUMERALS[word[0]] + word[1:], path, Condition(path, "contains", word))
        self._add_dashed(path, column)
        for word in sorted(whole | cores):
            just = _among(path, word, column.plain) or _just(path, word, whole, same.get(word, []))
            self._put(word, path, just, replace=True)

    def _add_dashed(self, path: Path, column: Column) -> None:
        """E-CVT whole, for it is no CVT; ecvt too."""
        for word in sorted({word for text in column.plain for word in _DASHED.findall(text)}):
            for said in (word, word.replace("-", "")):
                self._put(said, path, Condition(path, "contains", word))

    def _add_rare(self, path: Path, column: Column) -> None:
        """Values of what few entities have on record, where they are words for nothing else: iDrive, 支持CarPlay, 刀片电池."""
        if column.distinct > MAX_ENDS or measured(column):
            return
        pieces = {_SUPPORTS.sub("", piece) for text in column.plain for piece in _SPLIT.split(text)}
        pieces |= {core for piece in pieces for core in _RARE_CORE.findall(piece)}
        pieces |= {
            end for end in self._ends({p for p in pieces if _WORD.fullmatch(p)}) if len(end) > _SHORT_END
        }
        fresh = {
            w for w in pieces if _RARE_WORD.fullmatch(w) and w not in self._names and w not in self._said
        }
        common = {w for w in fresh if any(w in name for name in self._names)}
        for word in sorted(fresh - common):
            if word not in self._words:
                self._put(word, path, Condition(path, "contains", word))

    def _ends(self, whole: set[str]) -> set[str]:
        """Beginnings and ends of values: 四驱 of 双电机四驱, suv of 中型suv, 增程 of 增程式.

        Never half of a name: 速箱 of 手动变速箱 is none, for 变速箱 is one.
        """
        ends: set[str] = set()
        for text in whole:
            sizes = range(2, min(len(text), 6))
            first = max((n for n in range(2, len(text)) if text[:n] in self._names), default=0)
            last = max((n for n in range(2, len(text)) if text[-n:] in self._names), default=0)
            ends |= {text[:n] for n in sizes if n >= first} | {text[-n:] for n in sizes if n >= last}
        return {end for end in ends if _WORD.fullmatch(end)}

    def _cores(self, whole: set[str]) -> set[str]:
        """铁锂 of 磷酸铁锂电池, 双离合 of 湿式双离合变速箱: ends of what stands before a name."""
        found: set[str] = set()
        for text in whole:
            tail = max((n for n in range(2, len(text)) if text[-n:] in self._names), default=0)
            core = text[: len(text) - tail] if tail else ""
            found |= {core[-n:] for n in range(2, min(len(core), 6))}
        return {
            word
            for word in found
            if _WORD.fullmatch(word) and word not in self._words and word not in self._synonyms
        }

    def _put(self, word: str, path: Path, clause: Clause, *, replace: bool = False) -> None:
        if not 2 <= len(word) <= _LONGEST or word in self._taken:
            return
        known = self._words.setdefault(word, {})
        if replace or path not in known:
            known[path] = clause
        for tail in (*_TAILS, *_OF_COLOURS) if path[-1].endswith(_OF_COLOURS[0]) else _TAILS:
            longer = word + tail
            if not word.endswith(("车", "型")) or tail == "车":
                if longer not in self._words:
                    self._longer.add(longer)
                self._words.setdefault(longer, {}).setdefault(path, clause)
        if word[0] in _DIGITS and not word[1].isascii():  # 3餐全含
            self._words.setdefault(_DIGITS[word[0]] + word[1:], {}).setdefault(path, clause)

    def _add_synonym(self, word: str, meant: str) -> None:
        if "：" in meant:
            self._add_of_attribute(word, meant)
            return
        for choice in meant.split("/"):
            found = [self._best(part) for part in choice.split("+")]
            paths = {path for path, _ in (f for f in found if f)}
            if not paths:
                continue
            path = max(paths, key=lambda p: (self._weight[p], -len(p)))
            clauses = tuple(dict.fromkeys(f[1] for f in found if f and f[0] == path))
            for said in (word, *(longer for tail in _TAILS if (longer := word + tail) in self._longer)):
                self._words.setdefault(said, {})[path] = clauses[0] if len(clauses) == 1 else AnyOf(clauses)
            return

    def _add_of_attribute(self, word: str, meant: str) -> None:
        """``变速箱：手动``: the commonest attribute of that name with a value that holds the word; ``!`` all others."""
        name, _, part = meant.removeprefix("!").partition("：")
        found = [p for p in self._weight if name in p[-1] and any(part in t for t in self._texts[p])]
        if not found:
            return
        path = max(found, key=lambda p: (_INSIDE not in p[-1], self._weight[p], -len(p)))
        clause: Clause = Condition(path, "contains", part)
        self._words.setdefault(word, {})[path] = Not(clause) if meant.startswith("!") else clause

    def _of_one_character(self, part: str) -> dict[Path, Clause]:
        """女, which is no word by itself, but a value that has words."""
        told = self._texts if len(part) == 1 else {}
        return {path: Condition(path, "=", part) for path, texts in told.items() if part in texts}

    def _best(self, part: str) -> tuple[Path, Clause] | None:
        by_path = self._words.get(part) or self._of_one_character(part)
        if not by_path:
            return None
        path = max(by_path, key=lambda p: self._weight[p])
        return path, by_path[path]


def _holding(path: Path, word: str, *, denied: bool) -> Clause:
    """The entities whose value holds ``word``; where others deny it, those without these."""
    holds = Condition(path, "contains", word)
    return AllOf((holds, Not(Condition(path, "contains", _DENIAL + word)))) if denied else holds


def _among(path: Path, word: str, texts: Sequence[str]) -> Clause | None:
    """The entities one of whose values is ``word``, where some have several: 宁德时代 of 宁德时代,亿纬锂能."""
    several = [text for text in texts if word in text and word in _LISTED.split(text)]
    if len(several) < 2:
        return None
    if all(text in several for text in texts if word in text):
        return Condition(path, "contains", word)
    return AnyOf(tuple(Condition(path, "=", text) for text in several))


def _just(path: Path, word: str, whole: set[str], counted: list[str]) -> Clause:
    """The entities whose value is ``word``, with or without counts before it."""
    values = ([word] if word in whole else []) + sorted(counted)
    if len(values) == 1:
        return Condition(path, "=", values[0])
    if not any(word in other and other not in values for other in whole):
        return Condition(path, "contains", word)
    return AnyOf(tuple(Condition(path, "=", value) for value in values))
