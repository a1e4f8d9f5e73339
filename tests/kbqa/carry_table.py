"""Every kind of query by every kind of follow-up: what may be said next, in several wordings, and what it means.

The meaning is a spec that the oracle of ``tools.evaluate.kg_spec`` works out from the raw JSON, independent of the planner.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tools.evaluate.kg_spec import Expectations, number

Spec = dict[str, Any]
P, RG, AC, FU, WB = "经销商报价", "纯电续航里程", "百公里加速时间", "综合油耗(L/100km)", "轴距(mm)"
VMAX, TRUNK = "最高车速(km/h)", "后备厢容积(L)"
E6, Q3, X7, Q5 = "青羽E6|长续航版", "星屿Q3|探索版", "北辰X7|旗舰版", "松峦Q5|四驱尊贵版"
TRACK, DRIFT = "星屿R1|赛道版", "星屿R1|后驱逐风版"
SUVS = ("经销商报价<=200000", "级别~SUV")
DEAR, SEDANS = ("经销商报价>=150000",), ("级别~轿车",)
ELECTRIC_4WD, PLUG_IN, SIX = (
    ("驱动方式~四驱", "能源类型=纯电动"),
    ("能源类型=插电式混合动力",),
    ("座位数(个)>=6",),
)
SUV_4WD = ("驱动方式~四驱", "级别~SUV")


def looked_up(names: Sequence[str], *attributes: str) -> Spec:
    return {"op": "lookup", "ents": list(names), "attrs": list(attributes)}


def filtered(*where: str) -> Spec:
    return {"op": "filter", "where": list(where)}


def ranked(by: str, way: str, *where: str) -> Spec:
    return {"op": "top", "where": list(where), "by": by, "dir": way, "k": 1}


def compared(attribute: str, *names: str) -> Spec:
    return {"op": "compare", "ents": list(names), "attr": attribute}


def asked_whether(names: Sequence[str], attribute: str) -> Spec:
    verify = {"op": "verify", "ents": list(names), "where": [f"{attribute}?有"]}
    return {"either": [verify, looked_up(names, attribute)]}


def either(*specs: Spec) -> Spec:
    return {"either": list(specs)}


@dataclass(frozen=True, slots=True)
class Next:
    """What may be said next, in any of ``said``, and what it then means, given the rows shown last."""

    kind: str
    said: str
    meant: Callable[[Sequence[str]], Spec]

    @property
    def wordings(self) -> list[str]:
        return self.said.split("|")


def always(spec: Spec) -> Callable[[Sequence[str]], Spec]:
    return lambda _shown: spec


def of_one(name: str, attribute: str) -> Iterator[Next]:
    """One thing is in focus, and ``attribute`` of it was asked."""
    yield Next(
        "attribute",
        "轴距呢|那轴距呢|它的轴距|轴距多少|那轴距是多少啊|再问下轴距|轴距|轴距咋样|然后轴距呢",
        always(looked_up([name], WB)),
    )
    yield Next(
        "feature",
        "有座椅按摩吗|带座椅按摩不|座椅按摩有没有|它带不带座椅按摩",
        always(asked_whether([name], "座椅按摩")),
    )
    yield Next(
        "beside",
        "跟Q3探索版比哪个便宜|和Q3探索版哪个便宜|比Q3探索版贵多少|跟Q3探索版差多少钱",
        always(compared(P, name, Q3)),
    )
    yield Next(
        "other thing",
        "那Q3探索版呢|Q3探索版呢|换成Q3探索版|Q3探索版的呢|Q3探索版",
        always(looked_up([Q3], attribute)),
    )
    yield Next(
        "new question",
        "有没有15万以内的SUV|15万以内的SUV有哪些",
        always(filtered("经销商报价<=150000", "级别~SUV")),
    )
    yield Next(
        "count",
        "20万以内的有几款|20万以内的有多少款车",
        always({"op": "count", "where": ["经销商报价<=200000"]}),
    )
    near = {"op": "near", "ent": name, "attr": P, "where": []}
    yield Next("nearest", "跟它差不多价位的还有啥|同价位的有哪些|价格差不多的车", always(near))


def of_two(first: str, second: str, cheaper: str, *, price_asked: bool) -> Iterator[Next]:
    """Two things are in focus."""
    both, dearer = (first, second), second if cheaper == first else first
    yield Next(
        "attribute",
        "那后备箱呢|后备箱呢|它们的后备箱|两个的后备箱|后备箱分别多大|这两款后备箱各多少",
        always(looked_up(both, TRUNK)),
    )
    yield Next(
        "which", "哪个便宜|哪款便宜点|谁更便宜|价格谁低|便宜的是哪个|哪个价格低", always(compared(P, *both))
    )
    yield Next(
        "difference",
        "价格差多少|差多少钱|它们差价多少" + ("|贵多少" if price_asked else ""),
        always(compared(P, *both)),
    )
    yield Next(
        "first", "第一个最高车速多少|前面那个最高车速多少|前者最高车速", always(looked_up([first], VMAX))
    )
    yield Next(
        "second", "第二个最高车速多少|后面那个最高车速多少|后者最高车速", always(looked_up([second], VMAX))
    )
    yield Next(
        "cheaper one",
        "便宜的那个最高车速多少|便宜那款的最高车速|价格低的那个最高车速多少",
        always(looked_up([cheaper], VMAX)),
    )
    yield Next("dearer one", "贵的那个最高车速多少|贵的那款最高车速呢", always(looked_up([dearer], VMAX)))
    yield Next("both", "都有座椅按摩吗|两个都有座椅按摩吗", always(asked_whether(both, "座椅按摩")))


def of_many(where: Sequence[str], oracle: Expectations) -> Iterator[Next]:
    """Conditions were told."""
    prices = sorted(
        (number(r.leaves[P]) or 0, r.name) for r in oracle._where({"where": where}) if P in r.leaves
    )
    yield Next(
        "cheapest",
        "最便宜的是哪个|哪个最便宜|里面最便宜的|最便宜的呢|其中哪款最便宜|便宜的是哪个|最便宜的多少钱",
        always(ranked(P, "asc", *where)),
    )
    yield Next("dearest", "最贵的是哪款|里面最贵的呢|哪个最贵", always(ranked(P, "desc", *where)))
    far = compared(P, prices[-1][1], prices[0][1])
    yield Next("far ends", "最贵和最便宜差多少|最贵的和最便宜的差多少钱|最贵最便宜差多少", always(far))
    yield Next(
        "count", "一共几款|有几款|几款|总共多少款|多少款啊", always({"op": "count", "where": list(where)})
    )
    average = {"op": "range", "attr": P, "where": list(where)}
    yield Next("average", "均价多少|平均价格|一般多少钱|价格范围|平均多少钱|它们均价多少", always(average))
    yield Next(
        "makes",
        "有哪些品牌|哪些牌子|分别是哪些品牌的",
        always({"op": "group", "attr": "品牌", "where": list(where)}),
    )


def of_a_list(where: Sequence[str]) -> Iterator[Next]:
    """Conditions were told, and what meets them is listed."""
    more = filtered(*where, "主驾座椅通风?有")
    yield Next(
        "narrower",
        "要带座椅通风的|只看有座椅通风的|有座椅通风的|其中有座椅通风的|再加个座椅通风|要有座椅通风|得有座椅通风",
        always(more),
    )
    less = filtered(*where, "!品牌=青羽汽车")
    yield Next(
        "without", "不要青羽的|除了青羽|青羽的不要|去掉青羽|排除青羽的|青羽除外|把青羽的去掉", always(less)
    )
    yield Next(
        "second",
        "第二个轴距多少|第二款的轴距|第二个呢，轴距|第2个轴距|第二个的轴距是多少",
        lambda shown: looked_up(shown[1:2], WB),
    )
    yield Next("last", "最后一个轴距多少|最后那款的轴距", lambda shown: looked_up(shown[-1:], WB))
    yield Next(
        "first two", "前两个轴距|前两款的轴距|前两个的轴距分别多少", lambda shown: looked_up(shown[:2], WB)
    )
    yield Next(
        "first and third",
        "第一个和第三个哪个快|第一个跟第三个比谁快|第一款和第三款谁加速快",
        lambda shown: compared(AC, shown[0], shown[2]),
    )
    all_of_them = filtered(*where)
    yield Next(
        "all",
        "它们的轴距|轴距分别多少|这几款的轴距|轴距都是多少|轴距呢",
        lambda shown: either(looked_up(shown, WB), all_of_them),
    )


def before(oracle: Expectations) -> Iterator[tuple[str, Iterator[Next]]]:
    """What opens a talk, and what may follow."""
    yield "青羽E6长续航版加速多少", of_one(E6, AC)
    yield "X7旗舰版多少钱", of_one(X7, P)
    yield "X7旗舰版和Q5四驱尊贵版的轴距分别是多少", of_two(X7, Q5, Q5, price_asked=False)
    yield "星屿R1赛道版和逐风版哪个快", of_two(TRACK, DRIFT, DRIFT, price_asked=False)
    yield (
        "E6疾风版和C型号四驱性能版哪个便宜",
        of_two("青羽E6|四驱疾风版", "C型号|四驱性能版", "青羽E6|四驱疾风版", price_asked=True),
    )
    for said, where in (
        ("20万以内的SUV有哪些", SUVS),
        ("四驱的纯电车", ELECTRIC_4WD),
        ("有没有六座以上的车", SIX),
    ):
        yield said, of_many(where, oracle)
        yield said, of_a_list(where)
    yield "四驱SUV有几款", of_many(SUV_4WD, oracle)
    yield "插混的车一般多少钱", of_many(PLUG_IN, oracle)
    yield (
        "15万以上的车哪个加速最快",
        iter(
            (
                Next("other end", "最慢的呢|那最慢的是哪个|最慢的", always(ranked(AC, "desc", *DEAR))),
                Next(
                    "second best",
                    "第二快的呢|那第二快的是哪个|第二名呢",
                    always(ranked(AC, "asc", *DEAR, "百公里加速时间>2.5")),
                ),
                Next(
                    "one more condition",
                    "轿车里呢|换成轿车呢|那轿车呢",
                    always(ranked(AC, "asc", *DEAR, "级别~轿车")),
                ),
            )
        ),
    )
    yield (
        "轿车里续航最长的三款",
        iter(
            (
                Next("other end", "最短的呢|续航最短的呢", always(ranked(RG, "asc", *SEDANS))),
                Next(
                    "two of them",
                    "第一个和第二个差多少钱|第一款比第二款贵多少|前两个价格差多少",
                    lambda shown: compared(P, *shown[:2]),
                ),
                Next(
                    "all of them", "它们的轴距|这几款的轴距|这三款的轴距", lambda shown: looked_up(shown, WB)
                ),
            )
        ),
    )
