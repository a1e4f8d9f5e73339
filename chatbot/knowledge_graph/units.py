"""Units and the dimensions within which they convert: the operator's ``units.txt`` on top of built-in ones."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from pathlib import Path as FilePath

from chatbot.errors import DataError
from chatbot.frozen import dataclass
from chatbot.normalization.lexicon import read_lines

COUNT = "数量"  # the dimension of a number without any unit
DATE = "日期"  # base unit: days, as in ``datetime.date.toordinal``
MONEY = "货币"
PERSONS = "人"  # a unit and a dimension where a graph counts in it

# name, dimension, factor to the dimension's base unit, spellings; the form of a line of units.txt
_BUILT_IN = """
元 货币 1 元|块|块钱|人民币|圆|rmb
万元 货币 10000 万元|万块|万块钱
km 长度 1000 公里|千米|km|里地
m 长度 1 米|m|公尺
cm 长度 0.01 厘米|公分|cm
mm 长度 0.001 毫米|mm
英寸 长度 0.0254 英寸|寸|吋|inch
年 时间 31536000 年|周年
月 时间 2592000 个月|月
周 时间 604800 周|星期|个星期|礼拜
天 时间 86400 天|日|个工作日|工作日|个自然日|自然日
h 时间 3600 小时|个小时|钟头|个钟|h
min 时间 60 分钟|分|min
s 时间 1 秒|秒钟|s|sec
kWh 电量 1 千瓦时|度|度电|kWh
kW 功率 1000 千瓦|kW
瓦 功率 1 瓦|瓦特|W
Ps 功率 735.49875 马力|匹|匹马力|Ps
N·m 扭矩 1 牛米|牛·米|N·m|Nm|N.m|牛顿米
t 重量 1000 吨|t
kg 重量 1 千克|公斤|kg
g 重量 0.001 克|g
斤 重量 0.5 斤|市斤
L 容积 1 升|公升|L|l
mL 容积 0.001 毫升|mL
km/h 速度 1 km/h|公里每小时|公里/小时|公里/时|千米每小时|千米/小时|迈|码|kmh|kph
m/s 速度 3.6 m/s|米每秒|米/秒
L/100km 油耗 1 L/100km|升每百公里|升/百公里|个油|升油
kWh/100km 电耗 1 kWh/100km|度每百公里|度/百公里|千瓦时每百公里
rpm 转速 1 rpm|转|转/分|转每分钟
V 电压 1 伏|伏特|V|v
Hz 频率 1 赫兹|赫|Hz
GHz 频率 1000000000 吉赫|GHz
TB 存储 1024 太字节|TB
GB 存储 1 吉字节|GB
MB 存储 0.0009765625 兆字节|MB
mAh 电荷 1 毫安时|毫安|mAh
Ah 电荷 1000 安时|Ah
像素 像素 1 像素
㎡ 面积 1 平方米|平米|平方|平|㎡|m²|m2
dB 噪音 1 分贝|dB
岁 年龄 1 岁|周岁
个 数量 1 个|只|根|枚|颗|扇|座|门|挡|档|缸|位
% 比例 0.01 %|个百分点
"""
# These scale a number and say no unit; alone they are read with the number. A capital T is a turbocharged litre.
_NOT_UNITS = {"万", "w", "千", "k", "亿", "百", "T"}


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit; ``factor`` × a number in it is the number in the dimension's base unit."""

    name: str
    dimension: str
    factor: Decimal


class UnitTable:
    """Units by their spellings. Spellings of several letters are read in any case, single letters as written."""

    def __init__(self, spelled: Mapping[str, Unit]) -> None:
        self._exact = {s: unit for s, unit in spelled.items() if s not in _NOT_UNITS}
        self._folded = {s.lower(): unit for s, unit in self._exact.items() if len(s) > 1}

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever a spelling, a dimension or a factor does."""
        lines = (f"{s}\t{u.name}\t{u.dimension}\t{u.factor}" for s, u in sorted(self._exact.items()))
        return "\n".join(lines)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        long = sorted(self._folded, key=len, reverse=True)
        short = [s for s in self._exact if len(s) == 1]
        either = "|".join(_bounded(s) for s in long)
        return re.compile(f"(?i:{either})|{'|'.join(_bounded(s) for s in short)}")

    def find(self, spelled: str) -> Unit | None:
        """The unit written ``spelled``, or ``None``."""
        spelled = spelled.strip()
        return self._exact.get(spelled) or self._folded.get(spelled.lower())

    def counting(self, what: str) -> "UnitTable":
        """The table with one more unit, which is a dimension of its own."""
        return UnitTable({**self._exact, what: Unit(what, what, Decimal(1))})

    def spelled(self, dimension: str) -> tuple[str, ...]:
        """Every spelling of the units of a dimension."""
        return tuple(s for s, unit in self._exact.items() if unit.dimension == dimension)

    def match(self, text: str, start: int) -> tuple[Unit, int] | None:
        """The longest unit at ``start`` and the position behind it."""
        found = self._pattern.match(text, start)
        unit = self.find(found.group()) if found else None
        return (unit, found.end()) if found and unit else None


def _bounded(spelled: str) -> str:
    """A pattern; a Latin spelling must not run on into further letters."""
    return re.escape(spelled) + ("(?![A-Za-z])" if spelled[-1].isascii() and spelled[-1].isalpha() else "")


@lru_cache(maxsize=1)
def built_in_units() -> UnitTable:
    """The table without any file."""
    return UnitTable(_spellings(_built_in_rows()))


def load_units(file: FilePath | None) -> UnitTable:
    """``units.txt`` on top of the built-in table; that alone when the file does not exist.

    Raises:
        DataError: a line that is not four columns, or a factor that is no positive number.
    """
    if file is None or not file.is_file():
        return built_in_units()
    return UnitTable(_spellings([*_built_in_rows(), *_rows_of(file)]))


_Row = tuple[str, str, Decimal, list[str]]


def _built_in_rows() -> list[_Row]:
    rows = (line.split(" ", 3) for line in _BUILT_IN.strip().splitlines())
    return [(name, dimension, Decimal(factor), words.split("|")) for name, dimension, factor, words in rows]


def _rows_of(file: FilePath) -> list[_Row]:
    rows = []
    for number, line in read_lines(file):
        columns = [column.strip() for column in line.split("\t")]
        if len(columns) != 4 or not all(columns):
            raise DataError(
                file,
                f"“{line[:40]}”不是四栏",
                line=number,
                hint="写成 标准单位⇥哪类量⇥换算数⇥写法|写法，用 Tab 隔开",
            )
        try:
            factor = Decimal(columns[2])
        except InvalidOperation:
            factor = Decimal(0)
        if not factor.is_finite() or factor <= 0:
            raise DataError(file, f"换算数“{columns[2]}”不是正数", line=number, hint="例：1000 或 0.01")
        rows.append((columns[0], columns[1], factor, [w.strip() for w in columns[3].split("|") if w.strip()]))
    return rows


def _spellings(rows: Iterable[_Row]) -> dict[str, Unit]:
    spelled: dict[str, Unit] = {}
    for name, dimension, factor, words in rows:
        unit = Unit(name, dimension, factor)
        spelled.update(dict.fromkeys([name, *words], unit))
    return spelled
