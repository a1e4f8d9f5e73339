"""Knowledge bases of other trades than the demo's, written out into a folder: telephones, insurance, rooms, all invented."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

Tree = Mapping[str, "str | Tree"]

_PHONE = ("售价", "尺寸", "刷新率", "处理器", "内存", "存储", "电池", "快充", "重量", "防水", "无线充电")
_PHONES = """
辰光|辰光Note|2025款|标准版 1999元 6.67英寸 90Hz 天玑7300 8GB 128GB 5000mAh 67W 195g IP54 无
辰光|辰光Note|2026款|增强版 2499元 6.7英寸 120Hz 天玑8400 12GB 256GB 6000mAh 90W 200g IP54 有
辰光|辰光Pro|2025款|标准版 3999元 6.73英寸 120Hz 骁龙8至尊版 12GB 256GB 5300mAh 120W 213g IP68 有
辰光|辰光Pro|2025款|典藏版 5299元 6.73英寸 120Hz 骁龙8至尊版 16GB 512GB 5300mAh 120W 215g IP68 有
墨岩|墨岩M1|2025款|青春版 1299元 6.5英寸 90Hz 骁龙6s 6GB 128GB 5000mAh 33W 188g IP54 无
墨岩|墨岩M9|2026款|旗舰版 5999元 6.82英寸 120Hz 骁龙8至尊版 16GB 512GB 6500mAh 100W 225g IP68 有
青瓷|青瓷S|2025款|标准版 2999元 6.3英寸 120Hz 天玑9300 8GB 256GB 4600mAh 66W 168g IP54 无
青瓷|青瓷S|2025款|轻薄版 3299元 6.3英寸 120Hz 天玑9300 12GB 256GB 4300mAh 66W 158g IP54 有
"""
_PLAN = ("保费", "保额", "等待期", "投保年龄", "保证续保", "住院医疗", "特需病房")
_PLANS = """
安心医疗险|基础版 299元/年 100万 30天 0-60岁 6年 有 无
安心医疗险|升级版 459元/年 300万 30天 0-65岁 20年 有 无
安心医疗险|尊享版 899元/年 600万 30天 0-70岁 20年 有 有
守护重疾险|少儿版 680元/年 50万 90天 0-17岁 无 无 无
守护重疾险|成人版 3200元/年 50万 180天 18-50岁 无 无 无
出行意外险|一年版 66元/年 50万 0天 18-65岁 无 有 无
孝心老人险|标准版 398元/年 20万 60天 60-80岁 5年 有 无
"""
_ROOM = ("房价", "面积", "床型", "早餐")
_ROOMS = """
云栖店|标准大床房 299元/晚 22平方米 大床 无
云栖店|豪华大床房 399元/晚 30平方米 大床 有
云栖店|标准双床房 329元/晚 25平方米 双床 无
湖滨店|湖景套房 899元/晚 60平方米 大床 有
湖滨店|经济内窗房 199元/晚 16平方米 大床 无
"""


_COURSE = ("学费", "课时数", "上课地点", "适合年级")
_COURSES = """
兴趣系列|启航绘画课程 680元 12节 南门校区 三年级
兴趣系列|彩虹绘画课程 980元 24节 南门校区 五年级
兴趣系列|围棋课程 560元 10节 北门校区 三年级
提分系列|培优基础课程 1280元 30节 北门校区 六年级
提分系列|培优深度课程 2380元 45节 南门校区 六年级
提分系列|冲刺数学课程 1880元 36节 北门校区 六年级
"""
_LAMP = ("价格", "噪音", "亮度", "开关数", "遥控")
_LAMPS = """
亮居|台灯|护目20|标准版 199元 20dB 300流明 1个 无
亮居|台灯|护目20|旗舰版 299元 18dB 500流明 2个 有
亮居|台灯|护目30 259元 22dB 400流明 2个 无
亮居|吊灯|星环60 899元 25dB 3000流明 3个 有
暮光|台灯|晨读15 129元 19dB 250流明 1个 无
暮光|吊灯|云顶80|标准版 1299元 30dB 5000流明 4个 有
暮光|吊灯|云顶80|静音版 1599元 21dB 5000流明 4个 有
"""


def courses(folder: Path) -> Path:
    """Six courses, whose names of two levels end in what they are."""
    return _written(folder, _COURSE, _COURSES, lambda told: {"基本信息": dict(told)})


def lamps(folder: Path) -> Path:
    """Seven lamps of two brands, which have their kind between the brand and the model."""
    return _written(folder, _LAMP, _LAMPS, lambda told: {"属性": dict(told)})


def phones(folder: Path) -> Path:
    """Eight telephones of three brands."""
    return _written(folder, _PHONE, _PHONES, _phone)


def plans(folder: Path) -> Path:
    """Seven insurance plans, whose names have two levels only."""
    return _written(folder, _PLAN, _PLANS, lambda told: {"基本信息": dict(told)})


def rooms(folder: Path) -> Path:
    """Five rooms of two hotels, which cost so much a night."""
    return _written(folder, _ROOM, _ROOMS, lambda told: {"房间": dict(told)})


def _phone(told: Mapping[str, str]) -> Tree:
    return {
        "属性": {"售价": told["售价"], "处理器": told["处理器"]},
        "屏幕": {"屏幕尺寸": told["尺寸"], "屏幕类型": "OLED", "刷新率": told["刷新率"]},
        "存储": {"运行内存": told["内存"], "机身存储": told["存储"]},
        "电池": {"电池容量": told["电池"], "有线快充": told["快充"], "无线充电": told["无线充电"]},
        "机身": {"重量": told["重量"], "防水等级": told["防水"]},
    }


def _written(
    folder: Path, names: tuple[str, ...], rows: str, tree: Callable[[Mapping[str, str]], Tree]
) -> Path:
    folder.mkdir(parents=True)
    for row in rows.strip().splitlines():
        keywords, *values = row.split(" ")
        name = keywords.replace("|", " ")
        content = {"实体": {"名称": name, "关键词": keywords}, **tree(dict(zip(names, values, strict=True)))}
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder
