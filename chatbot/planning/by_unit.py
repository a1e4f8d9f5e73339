"""What a quantity is of by its unit alone, where nothing names it: 500公里 the range, 5.6秒 the acceleration."""

from dataclasses import replace

from chatbot.knowledge_graph.phrases import QuantityPhrase
from chatbot.knowledge_graph.units import MONEY

_BY_UNIT = {
    "km": "续航", "mm": "轴距", "英寸": "中控屏", "s": "加速", "min": "快充", "h": "充电时间", "年": "质保",
    "Ps": "马力", "kWh": "电池", "V": "高压平台",
}  # fmt: skip
_BY_DIMENSION = {
    MONEY: "价格", "长度": "续航", "功率": "功率", "扭矩": "扭矩", "油耗": "油耗", "电耗": "电耗", "速度": "车速",
    "重量": "重量", "日期": "上市", "电量": "电池",
}  # fmt: skip
# Litres: up to so many they are said of the engine, then of 100 km, of the tank, and of the boot
_LITRES = ((3.5, "排量"), (25.0, "油耗"), (110.0, "油箱"))
_VOLUME = "容积"
_OF_CARS = (1.2, 25.0)  # metres: from how high the lowest cars are to how long the longest
_LONGER_THAN_AXLES = 3.4  # metres: more than the distance of any car's axles
_LENGTHS = {"m": 1.0, "cm": 0.01, "mm": 0.001}


def meant_by_unit(phrase: QuantityPhrase) -> tuple[str, ...]:
    """Names of concepts, the likeliest first; none where its unit says nothing."""
    if phrase.dimension == _VOLUME:
        return (_of_litres(phrase), "后备厢") if phrase.unit == "L" else ("后备厢",)
    names = (_BY_UNIT.get(phrase.unit), _BY_DIMENSION.get(phrase.dimension))
    return tuple(name for name in names if name)


def _of_litres(phrase: QuantityPhrase) -> str:
    """4.5L以下 is said of no boot."""
    end = next((one for one in (phrase.high, phrase.low) if isinstance(one, float)), 0.0)
    return next((name for most, name in _LITRES if 0 < end <= most), "后备厢")


def broken_through(phrase: QuantityPhrase, dimension: str) -> QuantityPhrase:
    """零百破4 is less than 4 seconds, of what is measured in time; 功率破200 and 价格破20万 are more."""
    if dimension != "时间" or not phrase.text.startswith("破") or phrase.high is not None:
        return phrase
    return replace(phrase, low=None, high=phrase.low, high_open=True)


def long_as_a_car(phrase: QuantityPhrase) -> bool:
    """5米以上, 4米6: nothing but a car's length is said so; 500米 and 2900毫米 are."""
    ends = [end for end in (phrase.low, phrase.high) if isinstance(end, float)]
    least = _OF_CARS[0] if phrase.unit == "m" else _LONGER_THAN_AXLES
    factor = _LENGTHS.get(phrase.unit, 0.0)
    return bool(ends and factor) and all(least <= end * factor <= _OF_CARS[1] for end in ends)
