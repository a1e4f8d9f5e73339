"""What people call the things a graph may hold: words every graph can use, resolved to its own attributes.

The operator's ``comparatives.txt`` and ``value_synonyms.txt`` stand beside these and win over them.
"""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path as FilePath
from typing import Literal

from chatbot.errors import DataError
from chatbot.knowledge_graph.graph import AttributeNode, Path, display_name
from chatbot.normalization.lexicon import read_lines
from chatbot.normalization.text import normalize

Way = Literal["up", "down"]

# concept: parts of attribute names, best first: words, where [a/b] is either; the first word is the concept's name
_CONCEPTS = """
价格: 经销商报价 报价 厂商指导价 指导价 售价 价格 价: 价格 多少钱 售价 车价格 价位 价钱 报价 车价 几万 卖多少 多老钱 老钱 多贵 啥价钱 咋卖 怎么卖 咋卖的 怎么卖的 卖啥价 好多钱 几多钱 几钱 啥价位 价格多少 落地价 落地 啥价 什么价 是什么价 是啥价 什么价格 是什么价格 是什么价位 卖什么价 多少银子 准备多少 花多少 拿下 多钱 要多少钱 卖多少钱 裸车价 什么价位 贵不贵 指导价 多少w 多少万 几个w 几w 多少个w 几万块 多少块 多少块钱 啥价儿 标价 [卖/要/得/需要/得花/要花/大概要][多少钱/多少万/几万/几个钱] 多少银两 几个钱 多少钱起 起步价 起售价 多少钱起步
续航: 纯电续航 CLTC纯电续航 续航里程 续航: 续航 续航里程 里程 续航能力 纯电里程 纯电能跑 纯电能跑多远 纯电跑多远 纯电能跑多少 纯电能跑多少公里 纯电续航 能跑多远 跑多远 能跑多少公里 跑多少公里 充一次电能跑 充一次能跑 充满能跑 一次能跑 能跑 充一次电跑多少 充一次电能跑多少 一次充电能跑 跑多少 能开多远 开多远 续航有多少 充满电能跑 [充满/充满电/充满一次/满电/充一次电/一次充电/充一次/一次][能/可以/][跑/开/走][多远/多少公里/多少里/多少/几公里] 电能跑多远 纯电多少公里 能走多远 能走多少公里 走多少公里 跑一次能走多少公里 行驶多少公里 能行驶多少公里 能够行驶多少公里 光用电能够行驶多少公里 光用电能跑 纯用电能跑
综合续航: 综合续航 总续航: 综合续航 满油满电 一箱油能跑多少公里 一箱油能跑多远 一箱油跑多远 加满油能跑
加速: 百公里加速 0-100km/h加速 加速: 加速 百公里加速 零百 破百 提速 零百加速 加速时间 百公里加速时间 0到100 0-100 零到一百 起步加速 几秒破百 [零百/破百/百公里加速/零到百/零到一百/0到100/加速到一百/百公里][要/需要/得/用/][几秒/多少秒/多久/多长时间] 零到百 提速多少 加速多少秒 加速几秒
油耗: WLTC综合油耗 综合油耗 油耗: 油耗 综合油耗 百公里油耗 多少个油 费不费油 烧多少油 喝油 吃油 几个油 [百公里/一百公里/一公里][烧/喝/要/用/吃/费/耗/][多少油/几个油/多少个油/几升油/几升/多少升] 烧多少油 耗油多少
电耗: 百公里耗电量 耗电量 电耗: 电耗 耗电量 百公里电耗 百公里耗电 [百公里/一百公里][耗/用/要/费/][几度电/多少度电/多少电/几度/多少度] 费电多少
车速: 最高车速 最高时速 车速: 最高车速 [最快/最高/最多][能/可以/可/][跑/开/飙/跑到/开到/飙到/达到/到][多少/多快/多少码/多少迈/几码/多少公里/多少时速] 最快能开到多少 最快能开到 最快能跑 最快能跑多少 最快能跑到多少 最快多少迈 能跑多少迈 多少迈 多少码 能开多快 最快能开多少迈 极速 最高时速 能跑多快 最高能跑多快 最快能开多少
功率: 最大功率 总功率 功率: 功率 最大功率 动力 劲儿 劲头 动力怎么样
扭矩: 最大扭矩 扭矩: 扭矩 最大扭矩 扭力
马力: 最大马力 马力: 马力 最大马力
座位: 座位数 座位: 座位数 座位 座位数 座椅数 能拉几个人 拉几个人 能坐几个 能坐多少人 坐多少人 坐几个 能拉多少人 几座 几个座 几个座位 坐几个人 [能/可以/][坐/拉/装][几个人/多少人/几口人/几个]
轴距: 轴距: 轴距
后备厢: 后备厢容积 行李厢 后备: 后备厢 后备箱 行李厢 尾箱 后备箱容积 后备厢容积 能装多少 装多少东西 能装多少东西 屁股能装多少
电池: 电池容量 电池能量: 电池容量 电池是多大 电池有多大 电池多少度 电池是多少度 电池的多少度 电池几度 电池有多少度 几度电池 电池容量多少 电池多大 多少度电 电池能量 多大电池
离地: 最小离地间隙 离地间隙: 离地间隙 底盘高 底盘高度 通过性 底盘离地 离地 离地多高 底盘离地多高 底盘多高 底盘有多高 离地多少
长度: 长度: 车长
重量: 整备质量 重量: 车重 整备质量 车身重量 多重 有多重 多沉 多少斤 多少公斤 几吨重 多少吨
充电时间: 充电时间 快充时间: 充电时间 充一次电要多久 充一次要多久 充一次电多久 能充多快 充多快 充满要多久 充满电要多久 充电要多长时间 多久充满 多长时间充满 充电多久 充电速度 充电 [充满/充满电/充满一次电/充一次电/充电/充一次/充满一次][要/需要/得/需/大概要/得要/用/][多久/多长时间/多少时间/几小时/几个小时/多少小时/几个钟头/多少分钟/几分钟]
快充: 快充时间 快充: 快充时间 快充 [快充/快充充电][要/需要/得/充满要/][多久/多长时间/几分钟/多少分钟/几小时/几个小时]
慢充: 慢充时间 慢充: 慢充时间 慢充 [慢充/家充][要/需要/得/充满要/][多久/多长时间/几小时/几个小时/多少小时]
气囊: 安全气囊个数 气囊个数: 气囊
中控屏: 中控屏尺寸 中控屏幕尺寸 中控屏: 中控屏 中控屏幕 屏多大 屏幕多大 屏幕 大屏 屏幕 中控屏多大 大屏多大
质保: 整车质保 质保: 质保 保修 [质保/保修][几年/多久/多长时间/多少年/多少公里/几年或多少公里]
上市: 上市时间 上市日期: 上市时间 什么时候上市 上市
品牌: 品牌: 品牌 牌子 谁家 哪家 什么牌子 哪个牌子 厂家 车企
车系: 车系 品牌系列: 车系 系列
级别: 级别: 级别
能源: 能源类型 能源 燃料: 能源类型 能源 烧什么 什么能源 动力类型 动力形式 几种动力 哪几种动力 哪种动力 什么动力 烧油还是用电
驱动: 驱动方式 驱动: 驱动方式 驱动形式
车门: 车门数: 车门数
气缸: 气缸数: 气缸数
档位: 档位个数 挡位个数: 档位数
高压平台: 高压平台 电压平台: 高压平台 电压平台 平台 平台电压 电压
风阻: 风阻系数 风阻: 风阻 风阻系数 风阻cd cd cd值
颜色: 车身颜色 外观颜色 颜色: 颜色 车身颜色
"""
# words as said, concept (* for whatever attribute stands beside them), and which way the value goes
_COMPARATIVES = """
便宜 实惠 平价 划算 低价 省钱 经济\t价格\t↓
贵 高价\t价格\t↑
省油 油耗低 不费油 不喝油 不吃油 不耗油\t油耗\t↓
费油 耗油 喝油 吃油\t油耗\t↑
省电 不费电\t电耗\t↓
费电\t电耗\t↑
快 加速快 提速快 猛\t加速\t↓
慢\t加速\t↑
能跑 远 跑得远 跑的远 续航长\t续航\t↑
劲大 有劲 劲儿+大 劲头+大 动力+强 动力+足 动力+猛 劲+大\t功率\t↑
大空间 宽敞 空间+大 空间+宽敞\t轴距\t↑
电池+大\t电池\t↑
能装 装得多\t后备\t↑
底盘+高\t离地\t↑
速度+快 起步+快 提速+快\t加速\t↓
个头+大 车身+长 车+长\t长度\t↑
重 沉\t重量\t↑
轻\t重量\t↓
新 上市晚 上市+晚\t上市\t↑
旧 早 上市+早\t上市\t↓
大 高 长 宽 多 强 久 足\t*\t↑
小 低 短 窄 少 弱\t*\t↓
好 优\t*\t—
"""
# the trim that costs least or most, as people call it
CHEAPEST = ("最低配", "低配", "入门版", "入门款", "入门级", "丐版", "乞丐版", "最低配置")
DEAREST = ("顶配", "最高配", "高配", "满配", "顶配版", "最高配置")
# parts of values: words for them
_VALUES = """
插电\t插混 插电混动 插混车 phev 插电式 插电混合 插电式混动
纯电\t电的 用电的 充电的 纯电的 电车 电动车 电动汽车 纯电车 电动的 纯电动车 bev 纯电动汽车 ev
增程\t增程车 reev 增程式
柴油\t柴油车 柴油的
敞篷\t敞篷车 敞篷的 硬顶敞篷
汽油\t油的 吃油的 加油的 要加油的 烧油的 油车 燃油车 汽油车 燃油 烧油 烧汽油 纯油
油电混合\t油混 油电混动 hev 油电
氢燃料\t氢能 氢能源 氢燃料车 氢能源车 氢能车
能源类型：48v\t48v轻混 轻混 轻混车 微混
甲醇\t甲醇车
国vi\t国六 国6 国六b 国六排放
国v\t国五 国5
国iv\t国四 国4
纯电+插电+增程\t新能源 新能源车 绿牌
插电+油电混合+增程\t混动 混动车
四驱\t四轮驱动 四轮 awd
前驱+后驱\t两驱 两轮驱动 二驱
前驱\t前轮驱动
后驱\t后轮驱动
变速箱：手动\t手动的 手动版 手动挡 手动档 手排 手动变速箱 手动变速
!变速箱：手动\t自动的 自动挡 自动档 自动波
颜色：白\t白色 白色的 白的 白车
颜色：黑\t黑色 黑色的 黑的 黑车
颜色：红\t红色 红色的 红的 红车
颜色：蓝\t蓝色 蓝色的 蓝的
颜色：绿\t绿色 绿色的 绿的
颜色：灰\t灰色 灰色的 灰的
颜色：银\t银色 银色的
颜色：紫\t紫色 紫色的 紫的
颜色：橙\t橙色 橙色的 橘色
颜色：黄\t黄色 黄色的
颜色：粉\t粉色 粉色的 粉红色
紧凑型\ta级 a级车
中型\tb级 b级车
中大型\tc级 c级车
小型\ta0级 a0级车
微型\ta00级 a00级车
92号\t92号油 92油 92号汽油 加92 加92的 用92的 烧92 喝92
95号\t95号油 95油 95号汽油 加95 加95的 用95的 烧95 喝95
98号\t98号油 98油 98号汽油
suv\t越野 越野车 城市越野 运动型多用途车
mpv\t商务车 保姆车
轿车/紧凑型车+中型车+中大型车+大型车\t轿车 三厢轿车 小轿车
跑车\t超跑 轿跑车 轿跑
"""
# Names that measure the same: what an entity lacks by one it may have by another. ``*`` stands for anything.
_KIN = (
    "*纯电续航*",
    "*综合油耗*",
    "变速箱类型 变速箱",
    "变速箱档位个数 挡位个数",
    "电池容量 电池能量",
    "*0-100km/h加速* *0/100km/h加速*",
)
_CHOICES = re.compile(r"\[([^\]]*)\]")
_SIGNS: dict[str, Way | None] = {"↑": "up", "↓": "down", "—": None}


@dataclass(frozen=True, slots=True)
class Comparative:
    """A word of degree: what it measures (``""``: whatever stands beside it) and which way the value goes."""

    word: str
    concept: str
    way: Way | None


class Concepts:
    """The concepts above found in one graph: ``paths(name)``, best first, and the words for each."""

    def __init__(self, tree: Mapping[Path, AttributeNode]) -> None:
        leaves = [node for path, node in tree.items() if path and node.is_leaf]
        self._leaves = [(node, display_name(node.path[-1]).lower()) for node in leaves]
        self._names = "\n".join(said for _, said in self._leaves)
        self._named: dict[str, tuple[Path, ...]] = {}
        self.words: dict[str, tuple[str, ...]] = {}
        for line in _CONCEPTS.strip().splitlines():
            name, patterns, words = (part.strip() for part in line.split(": "))
            self.words[name] = tuple(
                dict.fromkeys(said for word in words.split() for said in _spelled_out(word))
            )
            self._named[name] = self._find(patterns.split())
        groups = [self._alike(patterns.split()) for patterns in _KIN]
        self._kin = {path: (path, *(p for p in group if p != path)) for group in groups for path in group}

    def kin(self, path: Path) -> tuple[Path, ...]:
        """``path``, then the attributes that measure the same, most entities first."""
        return self._kin.get(path, (path,))

    def _alike(self, patterns: list[str]) -> tuple[Path, ...]:
        lowered = [pattern.lower() for pattern in patterns]
        found = [node for node, said in self._leaves if any(fnmatchcase(said, p) for p in lowered)]
        return tuple(node.path for node in sorted(found, key=lambda node: -node.count))

    def _find(self, patterns: Iterable[str]) -> tuple[Path, ...]:
        """Leaves whose name begins or ends with the first pattern that any does, else those that hold one.

        Most entities first, then the shorter: 车系 is 品牌系列 rather than 全景可视泊车系统.
        """
        holding = {pattern: self._holding(pattern) for pattern in map(str.lower, patterns)}
        for fits in (_at_an_end, _inside):
            for pattern, those in holding.items():
                found = [(said != pattern, -node.count, len(node.path[-1]), node.path)
                         for node, said in those if fits(pattern, said)]  # fmt: skip
                if found:
                    return tuple(path for *_, path in sorted(found, key=lambda row: row[:3]))
        return ()

    def _holding(self, pattern: str) -> list[tuple[AttributeNode, str]]:
        """The leaves in whose name ``pattern`` stands; most patterns stand in none, which one search tells."""
        return [row for row in self._leaves if pattern in row[1]] if pattern in self._names else []

    def paths(self, name: str) -> tuple[Path, ...]:
        """The attribute a concept, or an attribute's own name, stands for: its best path, or nothing."""
        found = self._named.get(name)
        return (found or self._find([name]))[:1]


def _spelled_out(pattern: str) -> list[str]:
    """Every way through ``[充满/充一次电][要/得/][多久/几小时]``; an empty choice leaves its part out."""
    parts = _CHOICES.split(pattern)
    choices = [part.split("/") if i % 2 else [part] for i, part in enumerate(parts)]
    return ["".join(one) for one in itertools.product(*choices)]


def _at_an_end(pattern: str, name: str) -> bool:
    return name.startswith(pattern) or name.endswith(pattern)


def _inside(pattern: str, name: str) -> bool:
    return pattern in name


def comparatives(file: FilePath | None) -> tuple[Comparative, ...]:
    """The built-in words of degree, then those of ``comparatives.txt``, which win.

    Raises:
        DataError: a line that is not ``word|word ⇥ attribute ⇥ ↑``.
    """
    rows = [tuple(line.split("\t")) for line in _COMPARATIVES.strip().splitlines()]
    known = {w: Comparative(w, c.strip("*"), _SIGNS[s]) for words, c, s in rows for w in words.split()}
    for number, line in read_lines(file) if file else []:
        parts = [part.strip() for part in line.split("\t")]
        if len(parts) != 3 or parts[2] not in _SIGNS or not parts[0]:
            raise DataError(
                file or "", f"“{line[:40]}”不是“说法⇥属性⇥↑或↓”", line=number, hint="三栏，用 Tab 隔开；说不上好坏写 —"
            )  # fmt: skip
        for word in parts[0].split("|"):
            known[normalize(word)] = Comparative(normalize(word), parts[1].strip("*"), _SIGNS[parts[2]])
    return tuple(known.values())


def value_words(file: FilePath | None) -> Mapping[str, str]:
    """Word → the parts of values it stands for: ``a+b`` either, ``a/b`` the first that the graph has.

    Raises:
        DataError: a line of ``value_synonyms.txt`` that is not ``value ⇥ word|word``.
    """
    known: dict[str, str] = {}
    for line in _VALUES.strip().splitlines():
        meant, words = line.split("\t")
        known.update(dict.fromkeys(words.split(), meant))
    for number, line in read_lines(file) if file else []:
        meant, tab, words = line.partition("\t")
        if not tab or not words.strip():
            raise DataError(
                file or "", f"“{line[:40]}”不是“值⇥说法|说法”", line=number, hint="用一个 Tab 隔开"
            )
        known.update({normalize(word): normalize(meant) for word in words.split("|") if word.strip()})
    return known
