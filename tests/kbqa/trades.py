"""Small knowledge bases of other trades for the tests, all invented: a laundry shop's machines, a dance school's courses, a
guest house's rooms, an insurer's covers and a shop's gadgets."""

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
_STAYS = """
山景系列|山景亲子基础房 388元/晚 35㎡ 12:00前 可加床(80元) 有 大床、小床 无
山景系列|山景亲子豪华房 588元/晚 48㎡ 13:00前 可加床 有 大床、小床 有
山景系列|山景情侣豪华房 688元/晚 42㎡ 14:00前 不可加床 无 大床 有
田园系列|田园标准房 268元/晚 22㎡ 12:00前 不可加床 无 双床 无
"""
_COVERS = """
守心重疾|守心重疾经典版 3200元/年 28天-55岁 90天 5个工作日 有 无 10年
守心重疾|守心重疾尊享版 5600元/年 28天-60岁 180天 3个工作日 有 无 终身
康乐医疗|康乐医疗标准版 298元/年 0-65岁 30天 7个工作日 无 可附加 1年
暮年安|暮年安防癌险 1680元/年 50-75岁 180天 10个工作日 无 有 10年
"""
_GADGETS = """
岚川|相机|Q7|8+256 2999元 Q系列 霜蓝、月白 岭芯5 320克 2400万像素 60W 256GB 不支持
岚川|相机|Q7_Pro|8+512 3999元 Q系列 海蓝、墨黑 岭芯5_Pro 410克 4800万像素 90W 512GB 赠送
岚川|手表|远行3 899元 远行系列 墨黑 岭芯2 60克 无 10W 32GB 不支持
极屿|相机|G2|16+1TB 4599元 G系列 月白 屿核3 380克 3600万像素 120W 1024GB 支持
极屿|手表|潮汐10 1299元 潮汐系列 海蓝 屿核1 52克 无 15W 64GB 不支持
极屿|手表|潮汐20 2799元 潮汐系列 墨黑 屿核1 58克 无 15W 64GB 不支持
"""


def machines(folder: Path) -> Path:
    """Six machines, of which the washers have 洗涤/变频 and the dryers 烘干/变频."""
    return _written(folder, _MACHINES, _machine)


def courses(folder: Path) -> Path:
    """Six courses for people of such an age, with 是否自备舞鞋 and 是否含考级."""
    return _written(folder, _COURSES, _course)


def stays(folder: Path) -> Path:
    """Four rooms, with 退房时间, 可否加床 and beds of which a room may have several."""
    return _written(folder, _STAYS, _stay)


def covers(folder: Path) -> Path:
    """Four covers for people from some days old, with 等待期, 理赔到账时间, 身故赔付 and HPV检测."""
    return _written(folder, _COVERS, _cover)


def gadgets(folder: Path) -> Path:
    """Six cameras and watches, whose names have numbers, of which one is the beginning of another."""
    return _written(folder, _GADGETS, _gadget)


def _stay(price: str, area: str, leave: str, bed: str, tub: str, beds: str, view: str) -> Tree:
    told = {
        "价格": price,
        "面积": area,
        "退房时间": leave,
        "可否加床": bed,
        "浴缸": tub,
        "床型": beds,
        "山景": view,
    }
    return {"基本信息": told}


def _cover(price: str, age: str, wait: str, paid: str, death: str, hpv: str, term: str) -> Tree:
    told = {"保费": price, "投保年龄": age, "等待期": wait, "理赔到账时间": paid, "身故赔付": death}
    return {"基本信息": {**told, "HPV检测": hpv, "保障期限": term}}


def _gadget(
    price: str, line: str, colours: str, chip: str, weight: str, lens: str, power: str, room: str, strap: str
) -> Tree:
    told = {"价格": price, "系列": line, "颜色": colours, "处理器": chip, "重量": weight, "镜头": lens}
    return {"基本信息": {**told, "有线快充": power, "存储空间": room, "背带": strap}}


def _machine(price: str, section: str, load: str, noise: str, variable: str, room: str) -> Tree:
    own = {"容量": load, "变频": variable}
    return {"属性": {"价格": price, "噪音": noise, "适用面积": room}, section: own}


def _course(price: str, age: str, shoes: str, exam: str, valid: str) -> Tree:
    told = {"价格": price, "适用年龄": age, "是否自备舞鞋": shoes, "是否含考级": exam, "有效期": valid}
    return {"基本信息": told}


def _written(folder: Path, rows: str, tree: Callable[..., Tree]) -> Path:
    folder.mkdir(parents=True)
    for row in rows.strip().replace("RMB ", "RMB").splitlines():
        keywords, *values = (part.replace("_", " ") for part in row.split(" "))
        name = keywords.replace("|", " ")
        content = {"实体": {"名称": name, "关键词": keywords}, **tree(*values)}
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder
