"""Names of car makes that people ask for, with other ways to write them.

What a graph has is found by any of its names; of what it has not it is said so: 小鹏P7 is no Honda P7.
"""

_MAKES = """
特斯拉 tesla
宝马 bmw
奔驰 benz mercedes 梅赛德斯
奥迪 audi
大众 volkswagen vw
丰田 toyota
本田 honda
日产 nissan 尼桑
保时捷 porsche
别克 buick
比亚迪 byd
吉利 geely
红旗 hongqi
小米 xiaomi
福特 ford
现代汽车 hyundai
马自达 mazda
雷克萨斯 lexus
沃尔沃 volvo
路虎 landrover
捷豹 jaguar
凯迪拉克 cadillac
雪佛兰 chevrolet
林肯汽车 lincoln
法拉利 ferrari
兰博基尼 lamborghini
劳斯莱斯 rollsroyce
宾利 bentley
玛莎拉蒂 maserati
英菲尼迪 infiniti
讴歌 acura
斯柯达 skoda
标致 peugeot
雪铁龙 citroen
斯巴鲁 subaru
三菱汽车 mitsubishi
铃木 suzuki
小鹏 xpeng
理想汽车
蔚来 nio
问界 aito
极氪 zeekr
零跑 leapmotor
哪吒汽车
岚图 voyah
智己
阿维塔 avatr
深蓝汽车
腾势 denza
仰望汽车
方程豹
长安汽车 changan
长城汽车
哈弗 haval
魏牌
欧拉汽车
坦克汽车
奇瑞 chery
星途
捷途 jetour
荣威 roewe
名爵
上汽通用五菱 五菱宏光 wuling
宝骏
广汽传祺 传祺
埃安 aion
北汽
极狐
江淮
领克 lynkco
"""


def makes() -> tuple[tuple[str, ...], ...]:
    """Each make's names, the commonest first."""
    return tuple(tuple(line.split()) for line in _MAKES.strip().splitlines())
