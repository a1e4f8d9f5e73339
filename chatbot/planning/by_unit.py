"""What a quantity is of by its unit alone, where nothing names it: 500公里 the range, 5.6秒 the acceleration."""

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
