"""An utterance on its way to the scanner: notation in words, frames and background left out, corrections carried out."""

from collections.abc import Callable
from dataclasses import replace

from chatbot.knowledge_graph.graph import display_name
from chatbot.normalization.courtesy import without_courtesies
from chatbot.normalization.text import content, normalize
from chatbot.planning.ages import as_ages
from chatbot.planning.asides import background, plain_question, rejoined, unframed
from chatbot.planning.bare_versions import BareVersions
from chatbot.planning.bind import Binder
from chatbot.planning.corrections import corrected, not_but, not_that_attribute, taken_up
from chatbot.planning.english import EnglishWords
from chatbot.planning.links import AttributeSense, Link, ValueSense
from chatbot.planning.misheard_makes import MisheardMakes
from chatbot.planning.model_years import ModelYears
from chatbot.planning.notation import in_words
from chatbot.planning.per_unit import told_per
from chatbot.planning.purposes import without_purpose, without_story
from chatbot.planning.scan import Scan, Scanner, always
from chatbot.planning.spaced_versions import SpacedVersions
from chatbot.planning.spoken_names import SpokenNames
from chatbot.planning.spoken_tail import plainly
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_LONE_KIND = regex(r"(?:(?<=^)|(?<=[\s,，、/+。]))[电油混](?=$|[\s,，、/+。])")  # suv 15w 油
_KINDS = {"电": "纯电", "油": "汽油", "混": "混动"}
_HAN = regex(r"[\u4e00-\u9fff]{2,4}")
_BEHIND_A_VALUE = frozenset("版款色")
_JUST_THAT = frozenset("普通 常规 正常 一般 普普通通".split())  # 普通途昂, which is no 途昂X
_AGE, _FITS = "年龄", "适合"
_SAME_THING = 4  # characters between an attribute and a stray part of its name
_GIVEN = "送赠"


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
        self._names, self._years = (
            SpokenNames(vocabulary.entities.names, vocabulary.derived),
            ModelYears(vocabulary),
        )
        self._bare = BareVersions(vocabulary)
        self._english = EnglishWords(vocabulary.entities.names, vocabulary.derived)
        entities = vocabulary.graph.entities
        self._spaced = SpacedVersions(entity.keywords[-1] for entity in entities if entity.keywords)
        brands = {entity.keywords[0] for entity in entities if entity.keywords}
        makes = sorted({normalize(brand).removesuffix("汽车") for brand in brands})
        self._ages = any(_AGE in vocabulary.dimensions(path) for path in vocabulary.columns.paths)
        self._per = told_per(vocabulary)
        self._makes = MisheardMakes(makes, vocabulary.finder.aliases.keys() | vocabulary.common_words)

    def asked(self, utterance: str) -> str:
        """What is asked, in the words that ``scan`` goes by: normalised, without courtesies, notation in words."""
        said = _LONE_KIND.sub(
            lambda found: _KINDS[found.group()], taken_up(self._spaced.set_apart(utterance))
        )
        said = plainly(self._plain(said))
        said = self._english.in_chinese(as_ages(said) if self._ages else said)
        said = self._per.sub("", said) if self._per else said
        said = without_courtesies(self._years.written(self._names.written(said)))
        return self._makes.written(unframed(plain_question(in_words(plainly(said)))))

    def scan(self, text: str, *, mend: Callable[[], bool] = always, near: str = "") -> Scan:
        """Links of what is ``asked``; ``mend`` is consulted when words stay unknown that may be slips.

        ``near`` is the entity that the conversation speaks of.
        """

        def as_written(text: str) -> Scan:
            return self._scanner.as_written(text, near)

        took_back = instead = ""
        text, story = without_story(text)
        change = not_that_attribute(text, as_written) if "不是" in text else None
        if change := change or corrected(text, as_written):
            text, took_back, instead = change.text, change.dropped, change.kept
        scan = self._with_whole_names(self._explained(as_written(text)), as_written)
        if scan.unknown and (change := not_but(scan.text, as_written)):
            scan, took_back, instead = as_written(change.text), change.dropped, change.kept
        asides: tuple[str, ...] = ()
        if scan.unknown and (apart := without_purpose(scan.text))[1]:
            again = self._explained(as_written(apart[0]))
            scan, purposes = (again, apart[1]) if len(again.unknown) < len(scan.unknown) else (scan, ())
            if purposes and not scan.unknown:
                return replace(scan, asides=(*story, *purposes), took_back=took_back, instead=instead)
        if scan.unknown:
            rest, asides = background(scan)
            scan = self._explained(as_written(rest)) if asides else scan
        if scan.unknown and mend() and self._scanner.mendable(scan):
            scan = self._explained(self._scanner.mended(scan, near))
        scan = self._without_misspelt_make(scan)
        asides = (*story, *asides)
        if asides or took_back:
            return replace(scan, asides=asides, took_back=took_back, instead=instead, mended=True)
        return scan

    def _with_whole_names(self, scan: Scan, as_written: Callable[[str], Scan]) -> Scan:
        """``scan`` with a feature's name that was taken apart, and a version that lacks its 版, as they are called."""
        if scan.unknown and (joined := rejoined(scan.text, self._names_a_feature)) != scan.text:
            scan = self._explained(as_written(joined))
        whole = self._bare.in_full(scan) if scan.unknown else ""
        return self._explained(as_written(whole)) if whole else scan

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

    def _without_misspelt_make(self, scan: Scan) -> Scan:
        """``scan`` without an unknown piece that is the make before a series, misspelt: the series says which it is."""
        ends = {link.start: link for link in scan.links if link.entity}
        found = [(piece, ends.get(scan.text.find(piece) + len(piece))) for piece in scan.unknown]
        left = tuple(piece for piece, link in found if link is None or not self._misspells_make(piece, link))
        said = len(content(scan.text)) or 1
        return (
            replace(scan, unknown=left, coverage=1 - sum(map(len, left)) / said)
            if left != scan.unknown
            else scan
        )

    def _misspells_make(self, piece: str, named: Link) -> bool:
        """松蛮 of 松蛮Q5: as long as the make in the name of the series behind it, and half of it right."""
        series = (
            {self._vocabulary.graph.by_name[n].keywords[1:2] for n in named.entity.names}
            if named.entity
            else set()
        )
        if len(series) != 1 or not _HAN.fullmatch(piece):
            return False
        whole = normalize("".join(next(iter(series))))
        same = sum(a == b for a, b in zip(piece, whole, strict=False))
        return whole[len(piece) :].startswith(named.text[:1]) and same * 2 >= len(piece)

    def _is_a_value(self, piece: str, scan: Scan) -> bool:
        """主驾 of 无钥匙进入是全车还是主驾: one of two, of which the attribute's value says which it is."""
        paths = {path for link in scan.links if link.attribute for path in link.attribute.paths}
        found = (self._vocabulary.columns.column(path) for path in paths)
        return any(piece in text for column in found if column is not None for text in column.plain)

    def _is_part(self, piece: str, scan: Scan) -> bool:
        """电池 of 电池80度以上, 座椅 of 座椅带不带按摩, 整备 of 整备2吨, 方向盘 of 方向盘是真皮的."""
        if piece in _BEHIND_A_VALUE:  # 汉的纯电版 is its version with that value, 月光白色 that colour
            return any(x.value and scan.text.startswith(piece, x.end) for x in scan.links)
        start = scan.text.find(piece)
        if piece in _JUST_THAT and any(_names(x) and x.start == start + len(piece) for x in scan.links):
            return True
        if len(piece) < 2:  # 住几晚, 玩几天: what is done so many
            behind = [x for x in scan.links if x.attribute and x.start == start + 1]
            if behind and piece in _GIVEN and self._is_a_value(piece, scan):
                return True  # 送手写笔的, where it is 赠送
            return any(x.text.startswith(("几", "多少")) for x in behind) or _may_do(start, scan)
        if "还是" in scan.text and self._is_a_value(piece, scan):
            return True
        beside = (
            x for x in scan.links
            if abs(x.start - start - len(piece)) <= _SAME_THING or abs(start - x.end) <= _SAME_THING
        )  # fmt: skip
        return any(self._has_in_its_name(piece, link) for link in beside)

    def _has_in_its_name(self, piece: str, link: Link) -> bool:
        """Whether ``piece`` stands in the name of what ``link`` speaks of; or says only that it fits: 适合多大年纪, 适合几个人住."""
        if piece == _FITS and link.attribute:
            return True
        paths = link.attribute.paths if link.attribute else ()
        paths = (*paths, *(sense.path for sense in link.senses if isinstance(sense, ValueSense)))
        if link.quantity and (usual := self._binder.default(link.quantity)):
            paths = (*paths, usual)
        return any(piece in display_name(part).lower() for path in paths for part in path)


def _may_do(at: int, scan: Scan) -> bool:
    """Whether the last word says what one may do, behind what is asked: 爬 of 多大岁数能爬."""
    able = next((x for x in scan.links if x.end == at and x.plays("enough")), None)
    asked = able is not None and any(x.attribute and x.end == able.start for x in scan.links)
    return asked and at == len(scan.text) - 1


def _names(link: Link) -> bool:
    """Whether it is a name, or a piece of one."""
    return bool(link.entity) or link.plays("part")
