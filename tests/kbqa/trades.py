"""Two small knowledge bases of other trades for the tests, all invented: a laundry shop's machines and a dance school's courses."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

Tree = Mapping[str, "str | Mapping[str, str]"]

_MACHINES = """
泽川|洗衣机|泽川A8 ¥1299 洗涤 8kg 52dB 有 15-20㎡
泽川|洗衣机|泽川A10 1899元 洗涤 10kg 55dB 有 18-30㎡
泽川|干衣机|泽川D9 RMB 2599 烘干 9kg 60dB 有 20-35㎡
岚山|洗衣机|岚山S1 人民币699元 洗涤 3kg 50dB 无 8㎡以下
岚山|干衣机|岚山F7 2199元 烘干 7kg 58dB 无 12-20㎡
岚山|干衣机|岚山F10 3299元 烘干 10kg 63dB 有 30㎡以上
"""
_COURSES = """
少儿系列|启蒙舞蹈课 880元 5-8岁 需要 有(可试听) 3个月
少儿系列|少年街舞课 980元 8-16岁 不需要 无 6个月
成人系列|形体课 1280元 18-60岁 不需要 有 6个月
成人系列|国标舞课 1680元 18岁以上 需要 无(可加钱) 1年
成人系列|健身操课 399元 不限 不需要 可加做 1年
银龄系列|银龄广场舞课 199元 55-75岁 不用 无 2年
"""


def machines(folder: Path) -> Path:
    """Six machines, of which the washers have 洗涤/变频 and the dryers 烘干/变频."""
    return _written(folder, _MACHINES, _machine)


def courses(folder: Path) -> Path:
    """Six courses for people of such an age, with 是否自备舞鞋 and 是否含考级."""
    return _written(folder, _COURSES, _course)


def _machine(price: str, section: str, load: str, noise: str, variable: str, room: str) -> Tree:
    own = {"容量": load, "变频": variable}
    return {"属性": {"价格": price, "噪音": noise, "适用面积": room}, section: own}


def _course(price: str, age: str, shoes: str, exam: str, valid: str) -> Tree:
    told = {"价格": price, "适用年龄": age, "是否自备舞鞋": shoes, "是否含考级": exam, "有效期": valid}
    return {"基本信息": told}


def _written(folder: Path, rows: str, tree: Callable[..., Tree]) -> Path:
    folder.mkdir(parents=True)
    for row in rows.strip().replace("RMB ", "RMB").splitlines():
        keywords, *values = row.split(" ")
        name = keywords.replace("|", " ")
        content = {"实体": {"名称": name, "关键词": keywords}, **tree(*values)}
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder
