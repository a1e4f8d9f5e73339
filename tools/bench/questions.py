"""A FAQ of any size, synthesised with a seed: what people ask about everyday services, and how they ask it.

A standard question is who asks (外地户口), about what (医保卡), and what for (丢了怎么补办). Its paraphrases differ in words
for each of the three, in order, in politeness, in marks and now and then in a typing error.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SEED = 7
_TYPING_ERRORS = 0.1

_WHO = [
    group.split("|")
    for group in (
        "|本人 学生|在校学生|还在上学 老人|老年人|六十五岁以上 外地户口|外地人|不是本地的 本地户口|本地人|有本地户籍 未成年|未成年人|"
        "不满十八岁 新用户|刚注册的|第一次用 老客户|老用户|用了好几年 企业|公司|单位 个体户|个体工商户|自己做小生意 军人|现役军人|在部队 "
        "退役军人|退伍军人|刚退伍 残疾人|有残疾证|残障人士 孕妇|怀孕了|准妈妈 外国人|外籍人士|持外国护照 港澳居民|港澳同胞|香港澳门的 "
        "留学生|在国外读书|海外留学 应届生|应届毕业生|刚毕业 农村户口|农村户籍|农业户口 退休人员|已经退休|退休职工 失业人员|没有工作|"
        "刚失业 自由职业|自由职业者|没有固定单位 新生儿|刚出生的宝宝|婴儿 双职工|夫妻都上班|两口子都有工作 单亲家庭|一个人带孩子|离异带娃 "
        "低保户|享受低保|领低保的 教师|老师|在学校教书 医生|医护人员|在医院上班 司机|开出租的|跑车的 北京|北京这边|人在北京 上海|上海地区|"
        "在上海 广州|广州这边|人在广州 深圳|深圳地区|在深圳 成都|成都这边|人在成都 杭州|杭州地区|在杭州 武汉|武汉这边|人在武汉 西安|"
        "西安地区|在西安 周末|礼拜六礼拜天|双休日 节假日|放假期间|过节的时候 晚上|夜里|下班以后 网上|线上|在手机上 窗口|现场|去柜台 "
        "代别人|替家人|帮朋友 加急|急用|着急要 逾期|过了期限|超过时间 第二次|又一次|再次 异地|跨省|在外省"
    ).split(" ")
]
_WHAT = [
    group.split("|")
    for group in (
        "医保卡|医疗保险卡 社保卡|社会保障卡 身份证|居民身份证 护照|因私护照 驾驶证|驾照 行驶证|车辆行驶证 居住证|暂住证 户口本|户口簿 "
        "信用卡|贷记卡 储蓄卡|借记卡 房贷|住房贷款 车贷|汽车贷款 公积金|住房公积金 养老金|养老保险 失业金|失业保险金 生育津贴|生育保险 "
        "宽带|家里的网 手机卡|电话卡 流量包|上网套餐 号码携带|携号转网 快递|包裹 外卖|外卖订单 机票|飞机票 火车票|高铁票 酒店|宾馆房间 "
        "退税|个税退税 发票|电子发票 营业执照|工商执照 公司账户|对公账户 商标|注册商标 专利|发明专利 合同|劳动合同 工伤|工伤保险 "
        "学历证书|毕业证 普通话证书|普通话等级证 教师资格证|教资 会计证|会计从业资格 体检|健康体检 疫苗|预防针 挂号|医院预约 病历|就诊记录 "
        "燃气|天然气 水费|自来水费 电费|家用电费 暖气费|取暖费 物业费|小区物业费 停车位|车位 车牌|汽车牌照 年检|车辆年审 交通违章|违章 "
        "电动车|电瓶车 新能源车|电动汽车 二手车|旧车 充电桩|家用充电桩 保养|汽车保养 轮胎|车胎 空调|家用空调 洗衣机|全自动洗衣机 冰箱|电冰箱 "
        "手机|智能手机 笔记本电脑|手提电脑 耳机|蓝牙耳机 路由器|无线路由器 会员|会员服务 优惠券|代金券 积分|账户积分 红包|现金红包 "
        "健身卡|健身房年卡 图书证|借书证 公交卡|交通卡 老年卡|敬老卡 游泳卡|游泳馆的卡 月子中心|月嫂服务 幼儿园|幼儿园学位 小学|小学学位 "
        "补习班|培训课程 签证|出国签证 保险理赔|保险赔付 意外险|意外伤害保险 重疾险|重大疾病保险 宠物|猫狗 花店|鲜花配送 搬家|搬家服务 保洁|家政保洁"
    ).split(" ")
]
_ASKED = [
    group.split("|")
    for group in (
        "怎么办理|如何办理|在哪里办|办理流程是什么 需要什么材料|要带哪些资料|都要准备什么证件|要交什么文件 多久能办好|几天能办完|要等多长时间|什么时候能下来 "
        "要多少钱|收费标准是多少|费用是多少|贵不贵 丢了怎么补办|弄丢了怎么办|遗失后如何补|不见了去哪补 怎么取消|如何注销|不想要了怎么退|能不能撤掉 "
        "可以转让吗|能过户给别人吗|可不可以转给家人|怎么过户 过期了怎么办|到期了如何续|有效期过了还能用吗|怎么延期 怎么查询进度|在哪看办到哪一步了|"
        "如何查状态|进度怎么查 有什么条件|要满足哪些要求|门槛是什么|谁可以申请 有优惠吗|能不能打折|有没有减免|可以便宜点吗 怎么修改信息|"
        "资料填错了怎么改|如何变更信息|手机号换了怎么更新 可以退款吗|钱能退吗|怎么申请退费|多久退钱 怎么投诉|对服务不满意找谁|投诉电话是多少|去哪里反映问题 "
        "能在网上办吗|手机上可以办吗|支持线上办理吗|要不要跑现场 有次数限制吗|一年能办几次|最多可以办几回|有没有上限 为什么被拒|没通过是什么原因|"
        "审核不过怎么回事|申请被退回怎么办 怎么绑定|如何关联账号|在哪里绑|绑定不了怎么办 能用多长时间|有效期几年|可以用多久|什么时候失效 "
        "哪里有网点|最近的办理点在哪|去哪个地方|地址在哪里 营业时间是几点|几点开门|几点下班|中午休息吗 怎么预约|要不要提前约|如何约时间|预约不上怎么办 "
        "可以代办吗|能让别人去办吗|本人一定要到场吗|委托书怎么写 怎么缴费|在哪里交钱|支持什么付款方式|可以分期吗 出了问题怎么修|坏了找谁|有没有保修|"
        "维修要多久 怎么升级|如何换成更好的|能不能换新的|升级要补差价吗"
    ).split(" ")
]
_BEFORE = (
    "", "", "", "请问", "我想问下", "想了解一下", "你好，", "麻烦问一下，", "咨询个事，", "帮我看看", "那个", "急！", "打扰了，",
)  # fmt: skip
_AFTER = ("", "", "", "", "？", "呢", "呀", "啊？", "谢谢", "，在线等", "，谢谢啦", "？？")
_ORDERS = (
    "{who}{what}{asked}",
    "{what}{who}{asked}",
    "{what}{asked}，{who}",
    "{who}，{what}{asked}",
    "{who}的{what}{asked}",
)


@dataclass(frozen=True, slots=True)
class SyntheticFaq:
    """``paraphrases[i]`` are those of ``questions[i]``; no text stands twice in it."""

    questions: tuple[str, ...]
    paraphrases: tuple[tuple[str, ...], ...]


def most_questions() -> int:
    """How many different standard questions there can be."""
    return len(_WHO) * len(_WHAT) * len(_ASKED)


def synthetic_faq(paraphrases: int, questions: int, seed: int = SEED) -> SyntheticFaq:
    """``questions`` standard questions with as many ``paraphrases`` in all, spread evenly.

    Raises:
        ValueError: more standard questions than there are words for, or fewer paraphrases than those.
    """
    if not 0 < questions <= min(paraphrases, most_questions()):
        raise ValueError(f"{questions} standard questions of {paraphrases} paraphrases")
    codes = random.Random(seed).sample(range(most_questions()), questions)
    texts = tuple(_standard(code) for code in codes)
    taken = set(texts)
    found = []
    for place, code in enumerate(codes):
        wanted = paraphrases * (place + 1) // questions - paraphrases * place // questions
        found.append(tuple(_distinct(code, wanted, taken, random.Random(seed * 1_000_003 + code))))
    return SyntheticFaq(texts, tuple(found))


def held_out_questions(faq: SyntheticFaq, count: int, seed: int = SEED + 1) -> Sequence[tuple[str, int]]:
    """``count`` (utterance, place of its standard question) in nobody's paraphrases, asked the same ways."""
    place_of = {text: place for place, text in enumerate(faq.questions)}
    rng = random.Random(seed)
    taken: set[str] = set()
    found = []
    codes = {_standard(code): code for code in range(most_questions())}
    for text in rng.choices(faq.questions, k=count):
        place = place_of[text]
        taken.update(faq.paraphrases[place])
        (utterance,) = _distinct(codes[text], 1, taken, rng)
        found.append((utterance, place))
    return found


def _parts(code: int) -> tuple[list[str], list[str], list[str]]:
    code, who = divmod(code, len(_WHO))
    asked, what = divmod(code, len(_WHAT))
    return _WHO[who], _WHAT[what], _ASKED[asked]


def _standard(code: int) -> str:
    who, what, asked = _parts(code)
    return f"{who[0]}{what[0]}{asked[0]}"


def _distinct(code: int, count: int, taken: set[str], rng: random.Random) -> Iterator[str]:
    parts = _parts(code)
    while count:
        text = _paraphrase(parts, rng)
        if text not in taken:
            taken.add(text)
            count -= 1
            yield text


def _paraphrase(parts: tuple[list[str], list[str], list[str]], rng: random.Random) -> str:
    who, what, asked = (group[int(rng.random() * len(group))] for group in parts)
    order = _ORDERS[int(rng.random() * len(_ORDERS))].format(who=who, what=what, asked=asked)
    text = _BEFORE[int(rng.random() * len(_BEFORE))] + order.strip("，的")
    text += _AFTER[int(rng.random() * len(_AFTER))]
    return _mistyped(text, rng) if rng.random() < _TYPING_ERRORS else text


def _mistyped(text: str, rng: random.Random) -> str:
    """A character missing, twice, or changed places with the next."""
    at = rng.randrange(len(text) - 1)
    kind = rng.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[: at + 1] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
