"""Which way an attribute gets better: a shorter 加速时间, a lower 价格, a longer 续航. Editable, never guessed."""

from collections.abc import Mapping
from dataclasses import field
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Literal

from chatbot.errors import DataError
from chatbot.frozen import dataclass
from chatbot.knowledge_graph.graph import display_name
from chatbot.normalization.lexicon import read_lines
from chatbot.normalization.text import normalize

Direction = Literal["up", "down"]

_SIGNS: dict[str, Direction | None] = {"↑": "up", "↓": "down", "—": None, "-": None}
_BUILT_IN = (
    "价↓ 油耗↓ 耗电↓ 电耗↓ 燃料消耗↓ 加速↓ 充电时间↓ 快充时间↓ 慢充时间↓ 制动距离↓ 转弯半径↓ 风阻系数↓ 保养费用↓ "
    "费用↓ 保费↓ 噪音↓ 噪声↓ 出报告↓ 等待期↓ "
    "续航↑ 车速↑ 功率↑ 扭矩↑ 马力↑ 电池容量↑ 电池能量↑ 容积↑ 轴距↑ 质保↑ 离地间隙↑ 气囊个数↑ 扬声器个数↑ 摄像头个数↑"
)


@dataclass(frozen=True)
class Directions:
    """Normalised names, or parts of names, and the way they get better; ``None``: neither way is better."""

    known: Mapping[str, Direction | None]
    _seen: dict[str, Direction | None] = field(default_factory=dict, repr=False, compare=False)

    def of(self, attribute: str) -> Direction | None:
        """The direction of the attribute named ``attribute``: its own line, else that of the longest part in it."""
        if attribute not in self._seen:
            self._seen[attribute] = self._find(attribute)
        return self._seen[attribute]

    def _find(self, attribute: str) -> Direction | None:
        for name in (normalize(attribute), normalize(display_name(attribute))):
            if name in self.known:
                return self.known[name]
        parts = [part for part in self.known if part in name]
        return self.known[max(parts, key=len)] if parts else None


@lru_cache(maxsize=1)
def built_in_directions() -> Directions:
    """What holds for cars without any file."""
    return Directions({word[:-1]: _SIGNS[word[-1]] for word in _BUILT_IN.split()})


def load_directions(file: FilePath | None) -> Directions:
    """``directions.txt`` on top of the built-in ones; those alone when the file does not exist.

    Raises:
        DataError: a line that is not ``name ⇥ ↑``, ``↓`` or ``—``.
    """
    known = dict(built_in_directions().known)
    for number, line in read_lines(file) if file else []:
        name, _, sign = line.partition("\t")
        if sign.strip() not in _SIGNS or not name.strip():
            raise DataError(
                file or "",
                f"“{line[:40]}”不是“属性名⇥↑或↓”",
                line=number,
                hint="用一个 Tab 隔开，右边写 ↑、↓ 或 —",
            )
        known[normalize(name)] = _SIGNS[sign.strip()]
    return Directions(known)
