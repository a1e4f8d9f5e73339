"""Short forms of attributes' names: each stands for one attribute, and for none where it would be another's too."""

from chatbot.planning.attribute_names import short_forms

PATHS = [
    ("安全", "车身稳定控制/ESC/ESP/DSC等"),
    ("安全", "前/后排侧气囊"),
    ("发动机", "进气形式"),
    ("电池", "电池类型"),
    ("电池", "电池能量(kWh)"),
    ("电池", "电池能量密度/Wh(kg)"),
    ("电池", "电池冷却方式"),
    ("配置", "Wi/Fi热点"),
    ("配置", "夜视系统"),
]


def test_parts_ends_and_stems_of_a_name_stand_for_it() -> None:
    forms = short_forms(PATHS, (), ())
    assert forms["esp"] == forms["dsc"] == forms["车身稳定控制"] == PATHS[0]
    assert forms["前排侧气囊"] == forms["前后排侧气囊"] == PATHS[1]
    assert forms["进气"] == PATHS[2] and forms["夜视"] == PATHS[8]
    assert forms["wifi热点"] == forms["wi-fi热点"] == PATHS[7]
    assert forms["电池能量密度"] == PATHS[5]


def test_what_many_names_hold_or_a_thing_is_called_stands_for_none() -> None:
    assert "电池" not in short_forms(PATHS, (), ())
    assert "esp" not in short_forms(PATHS, (), ("esp",))
