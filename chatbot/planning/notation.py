"""Signs, units and spoken measures in the words of a plain question: kw≥400 → 不低于400kw, 两米九 → 2.9米, 或以上 → 以上.

Works on normalised text. What it writes means the same: nothing is added, rounded or left out.
"""

import re
from collections.abc import Callable

from chatbot.knowledge_graph.numerals import DIGIT

_N = r"\d+(?:\.\d+)?"
_UNITS = r"kwh|kw|ps|nm|n·m|km/h|kph|kmh|km|mm|kg|hp|[lv]"
_SIGNS = {
    "≥": "不低于",
    ">=": "不低于",
    "≧": "不低于",
    "≤": "不超过",
    "<=": "不超过",
    "≦": "不超过",
    ">": "高于",
    "<": "低于",
}
_ONE = "[一二两三四五六七八九]"
# A number said after its unit: 两米九, 五秒八, 一吨六五
_TAIL = re.compile(
    rf"(?<![\d.十千])(?<!(?<!零)百)({_ONE}|\d)(米|秒|吨)({_ONE}|\d)({_ONE}|\d)?"
    "(?=以|之|左右|上下|内|的|$|[,。!?、和到]|[长宽高]|够|多|那)"
)
_NUM = rf"(?:{_N}|[一二两三四五六七八九十]+)"
_TO_HUNDRED = (
    r"(?:从|由)?(?:零|0|静止)(?:开始|起步)?(?:加速|提速|起步)?(?:到|至|-)(?:一百|100|百)(?:公里|码|迈|km/h)?"
    r"(?:每小时|/小时|/h)?(?:的?加速)?(?![\d.万w%元块k充])"
)
_PRICED = "啥么何单差报售车讲降均标房总底定评物市原特惠地导步牌跌涨加还比性同高低平廉半何代天溢个裸有砍问保一"
_ANY = re.compile(
    r"[个口位]大?[人乘]|两[台款辆]|俩|一下|没[超到达够]|有\d|[座坐]垫|座椅|座位|[库统料单表][里中]|[做出产造]|牛|n·|储物|先[到破]|油老|底|how|\dt|[限达]|蚊|个款|\d驱|多老|[得跑有]几|[<>≥≤≧≦~+千介级上米秒吨过零0价长宽高省排放摆几算咧捏嘞哩呐涅泥尼滴号溜]|k?w|ps|nm|开|静止|百公里|座以?及|功率|扭矩|马力|[低小少短高大多长]于|超|个[座门]|[或及和]以|一[起并块]|纯电|真|垫底|吊车尾|排|[壹贰叁肆伍陆柒捌玖拾佰仟]|[往向]|百公|满|箱油|不是[这那]"
)  # one look, where there is mostly nothing to do

_FINANCIAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
# A distance as it is said of a battery, behind what says that it is reached: 能上700, 真有三百公里
_REACHES = rf"(?:有没有?|能不能|真的?|到底|能|可以?|会|有|跑|上得?了?|到|达|破|过){{1,4}}(?:至少|超过)?(?=(?:\d{{2,4}}|{_ONE}百)(?![\d万wk.座款年升]))"

Rewrite = str | Callable[[re.Match[str]], str]


def _sign(found: re.Match[str]) -> str:
    return _SIGNS[found.group(1)]


def _decimal(found: re.Match[str]) -> str:
    whole, unit, *parts = found.groups()
    tenths = "".join(str(DIGIT.get(part, part)) for part in parts if part)
    return f"{DIGIT.get(whole, whole)}.{tenths}{unit}"


def _number(found: re.Match[str]) -> str:
    tens, ones = found.groups()
    return f"{DIGIT[tens]}{DIGIT.get(ones, 0)}"


def _financial(found: re.Match[str]) -> str:
    return found.group().translate(_FINANCIAL)


# Words of degree as bounds: 平过十三万, 贵过20万, 快过5秒
_BEYOND = {"便宜": "价格低于", "低": "低于", "少": "低于", "贵": "价格高于", "高": "高于", "多": "高于", "快": "加速低于",
           "慢": "加速高于", "长": "车长高于", "短": "车长低于", "重": "车重高于", "轻": "车重低于"}  # fmt: skip
_CHARGED = rf"((?:半|{_NUM})个?(?:半)?(?:小时|分钟|钟头)|半个钟)(?:以内|之内|内)?(?:就|能|可以|可)*充(?:满|好|完|饱)(?:一次)?电?(?:就行)?"


def _beyond(found: re.Match[str]) -> str:
    return _BEYOND[found.group(1)]


# Each only where what stands first is in the text: most texts are spared the search
_RARE: tuple[tuple[str, re.Pattern[str], Rewrite], ...] = (
    ("过", re.compile(rf"({'|'.join(_BEYOND)})过(?=(?:{_N}|[一二两三四五六七八九十百]+)\s?(?:[万wk千元秒米吨升公kmls]))"), _beyond),
    ("比", re.compile("(?<=比)[这那](?=便宜|实惠|贵|快|慢|大|小|省|长|短|重|轻|高|远|好|强|多|少)"), "这个"),
    ("百公里", re.compile("(?:几个?|多少个?)油?[每一]百公里"), "百公里油耗多少"),
    ("半油", re.compile(rf"({_ONE}|\d+)个半(?=油)"), lambda found: f"{DIGIT.get(found[1], found[1])}.5个"),
    ("充", re.compile(_CHARGED), r"充电时间不超过\1"),
    ("wltc", re.compile(rf"(?<![a-z])wltc(?=[^,。a-z]{{0,5}}{_N}\s?(?:l(?![a-z])|升|个油))"), "油耗"),
)  # fmt: skip
_REWRITES: tuple[tuple[re.Pattern[str], Rewrite], ...] = (
    (re.compile(rf"(?<![a-z0-9])({_UNITS})\s*([<>]=?|[≥≤≧≦]|大于|超过|高于|小于|低于)\s*({_N})(?![\d.]|\s?[a-z万千])"), r"\2\3\1"),
    (re.compile(rf"\s?(>=|<=|[<>≥≤≧≦])\s?(?={_N})"), _sign),
    (re.compile(rf"(?<=[于过])({_N})\s?s(?![a-z0-9])"), r"\1秒"),
    (re.compile(rf"({_N})\s?s(?=以内|以下|之内|内|左右|以上|破百)"), r"\1秒"),
    (re.compile(rf"(?<![不超经通越跑开买用坐])过\s?(?={_N}\s?(?:{_UNITS}|[万wk公牛千马升毫秒米]|的))"), "超过"),
    (re.compile(rf"({_N}[^\d\s,。;]{{1,5}})\s?~\s?(?={_N})"), r"\1-"),
    (re.compile(rf"(?<![\d万wk.])~\s?(?={_N})"), "约"),
    (re.compile(r"介于(?P<low>[^,。]{1,12}?)[和与跟到至、](?P<high>[^,。]{1,12}?)(?:之间|中间)"), r"\g<low>到\g<high>之间"),
    (re.compile(r"(?<![马晚早以车身])上(?=[百千]万)"), "超过"),
    (re.compile("[零壹贰叁肆伍陆柒捌玖拾佰仟]+(?=[万亿元座]|以[上下内])"), _financial),
    (re.compile(rf"(?<=[哪这那][款个台辆种])纯电(?={_REACHES})"), "纯电的续航"),
    (re.compile(rf"纯电(?={_REACHES})"), "纯电续航"),
    (re.compile(rf"真的?([有能会到达])(?=\D{{0,3}}(?:\d|{_ONE}))([^,。?!吗么]*?)[啊呀吧]?$"), r"\1\2吗"),
    (re.compile(rf"真的?((?:不到|不超过|没到|没有?超过|低于|超过|高于|只要|只有)(?=\D{{0,3}}(?:\d|{_ONE}))[^,。?!吗么]*?)[啊呀吧]?(?=$|[,。?!])"), r"\1吗"),
    (re.compile("(?:加?满了?(?:一|1)?箱油?|加满了?油|一箱油)(?:的话|到底|究竟|总共|一共|大概|大约|最多|差不多|能|可以|够)*(?=[跑开走])"), "一箱油能"),
    (re.compile(r"^(?:不对?[,，]?|错了[,，]?)?不是(?:这|那)(?:一?[个款台辆])[,，。\s]*(?:我(?:要|说|问|指)的?)?(?:应该)?(?:是|要的是)(?!不)(?=.{2})"), "我说的是"),
    (re.compile(r"([\d一二两三四五六七八九十][万w])一下(?=$|[,。的车])"), r"\1以下"),
    (re.compile("([超到达够])没\\1(?=[过到])"), r"有没有\1"),
    (re.compile(r"(?<=[版款型])有(?=\d[\d.]*\s?(?:kw|千瓦|匹|马力|公里|升|座|米|吨|km|l|nm|牛米)$)"), "有没有"),
    (re.compile(r"^(?:那|它)?(?:两[台款辆]|俩)的?(?![车都个人])(?=[\u4e00-\u9fff]{2,6}(?:呢|多少|各|分别)?$)(?!.*的)"), "这两款的"),
    (re.compile("一箱油能[跑开走]得?(?:老|挺|很|蛮|特别|多老)?远(?:不远?|吗|么|没|嘛)"), "一箱油能跑多远"),
    (re.compile(r"(?<![\d.])([12]\d)(?:年|款|年款)那[一]?[款个台](?:的|车)?(?=$|[,。?])"), r"\1款"),
    (re.compile("(?:一箱油能|能|可以|够)[跑开走](?:个|到)?(?:多少|几)公里(?=呢|啊|$|[,。?])"), lambda found: "一箱油能跑多远" if "箱" in found.group() else found.group()),
    (re.compile("垫底(?![价漆涂])|吊车尾|排(?:在|到)?(?:末位|最末|最后(?!面))(?:一[位名])?"), "倒数第一"),
    (re.compile("百万(?:级别?|元级)"), "一百万以上"),
    (re.compile("(?<=[\\d万千百十])蚊"), "元"),
    (re.compile("(?<=[二两三四五六])个款"), "款"),
    (re.compile(r"(?<![\d.])4(?=驱)"), "四"),
    (re.compile(r"(?<![\d.])2(?=驱)"), "两"),
    (re.compile("多老(?=[远长大高重久快])|(?<=[得跑有])几(?=[远长大高重久快])"), "多"),
    (re.compile(r"(?<=[\u4e00-\u9fff])(?<![兰自柯捷])达(?=\d)"), "达到"),
    (re.compile(r"(?<![\d.重量])([0-6]\.\d)t(?=(?:及|或)?以[上下内])"), r"排量\1升"),
    (re.compile(rf"限高(?:是|为|只有|才)?(?={_N}|{_ONE})"), "车高不超过"),
    (re.compile(rf"限宽(?:是|为|只有|才)?(?={_N}|{_ONE})"), "车宽不超过"),
    (re.compile("(座椅|座位|坐垫)(通风|加热|按摩|记忆)(?=(?:通风|加热|按摩|记忆)(?!功能))"), r"\1\2和"),
    (re.compile("(?:座|坐)垫(?=[^,。]{0,4}(?:加热|通风|按摩|热乎|发热|吹风))"), "座椅"),
    (re.compile("(?:你们?的?)?(?:库|系统|资料|数据库|名单|列表)(?:里面?|中)(?=一共|总共|共|有|都|哪|几)"), ""),
    (re.compile("(?:都|主要|就|只)?(?:做|出|产|造|生产)(?:了|些|的|过)*(?=(?:什么|哪些|哪几[种个]|啥)[^,。]{2,4}的?车)"), "都有些"),
    (re.compile(r"(?<=[版款型])\s?(?:nm|n·m|牛米|牛·米)[?]?$"), "最大扭矩"),
    (re.compile(r"(?<=[版款型])\s?(?:kw|千瓦)[?]?$"), "最大功率"),
    (re.compile(r"\bhow much\b(?: is| are| does| for)?"), "多少钱"),
    (re.compile("(?:或者?|及|和)(?=以[上下内])"), ""),
    (re.compile("(?<=功率|扭矩|马力)数"), ""),
    (re.compile(r"(?<=[a-z0-9版款型的])([长宽高])(?=是?多少$)"), r"车\1"),
    (re.compile("(?<=哪个|哪款|哪台)省(?=$|[点些一,。啊呀呢])|(?<=[谁更最])省(?=$|[点些的一,。啊呀呢])"), "省油"),
    (re.compile(r"的?(?:排|放|摆)在?最?前(?:面|头|边)?(?=$|[,。吧])"), "的排序"),
    (re.compile(r"(?<![\d十百千])几万(?:块钱?|元)?的(?=车|小车|轿车|suv|有|$|[,。])"), "10万以内的"),
    (re.compile("(?:不(?:能|可以?|要|得|许|想|可能|用)|别|甭|莫)(?:再)?(?=(?:低|小|少|短|高|大|多|长)于|超)"), "不"),
    (re.compile(r"(?<=[\u4e00-\u9fffa-z0-9])(?:也?就|都|还是)算了(?=$|[,。!])"), "不要"),
    (re.compile(r"(?<=[带有配])360(?=$|[,。!?的吗么没不])"), "360度全景影像"),
    (re.compile(r"(?:咧|捏|嘞|哩|呐|涅|泥|尼)(?=$|[。!?~])"), "呢"),
    (re.compile(r"(?<=[\u4e00-\u9fff])滴(?=$|[,。有哪谁]|[\u4e00-\u9fff]车)"), "的"),
    (re.compile(r"(?<![a-z0-9])(kwh?|ps|nm|n·m)\s?(?=(?:是|有)?多少|几)(?:是|有)?(多少|几)"), r"\2\1"),
    (re.compile(r"([2-9二两三四五六七八九])(?:个|口|位)(?:大?人|乘客)(?:一起|都)?(?:能|可以)?(?:坐得?下?(?:够不够|够用?|行|可以|下)?|够坐)(?=吗|么|嘛|不|没|$)"), r"能坐\1个人"),
    (re.compile("(?:中等|中档|中游|适中)(?:的)?(?:价位|价格|价钱)|(?:价位|价格|价钱)(?:适中|居中|中等|在中间)"), "中间价位"),
    (re.compile(r"([2-9二两三四五六七八九])(?:个|口)人坐的(?=车|$)"), r"能坐\1个人的"),
    (re.compile("(?:一百|1百)(?=升|公里|千瓦|匹|万)"), "100"),
    (re.compile("([七八九])十([一二三四五六七八九])?(?=号)"), _number),
    (re.compile(r"百公里(?=\d+(?:\.\d+)?秒)"), "百公里加速"),
    (re.compile("先(?:到|破)(?:100|一百|百)(?:公里|码)?"), "加速快"),
    (re.compile("油老虎"), "费油"),
    (re.compile("储物空间(?=最|大|更)"), "后备厢"),
    (re.compile("不(?:怕|容易|会)?(?:托底|[刮蹭]底盘)(?=的|$|[,。])"), "底盘高"),
    (re.compile("(?:每?百|一百|100)公里(?=(?:的)?油最[少多低高])"), ""),
    (re.compile(rf"(?:每?百公里|一百公里|100公里)(?:才|只|要|得|就|喝|烧|吃|耗|用|费)*(?=[^,。]{{0,5}}?{_NUM}\s?(?:升|个油|l\b))"), "百公里油耗"),
    (re.compile(rf"(?:每?百公里|一百公里|100公里)(?:才|只|要|得|就|喝|烧|吃|耗|用|费)*(?=[^,。]{{0,5}}?{_NUM}\s?(?:度|kwh))"), "百公里电耗"),
    (re.compile("(?<=[轿跑油电货]车)(?=价格?)"), "的"),
    (re.compile("达不[溜六留]u?|打不溜"), "w"),
    (re.compile("我?(?:只|就)(?:会|能|敢|想|爱)开"), "只要"),
    (re.compile(r"(预算(?:大概|大约|在|是|有|就|只有)?)(\d{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?)(?=$|[,。!?的])"), r"\1\2万"),
    (re.compile("不(?:能|可以?|要|得|许|想)(?:超过|高于|大于|多于|超出|长于)"), "不超过"),
    (re.compile("千(?=瓦|克|米(?!每))"), "k"),
    (re.compile("k瓦时?"), lambda found: "kwh" if found.group().endswith("时") else "kw"),
    (re.compile("k克"), "kg"),
    (re.compile("k米"), "km"),
    (_TAIL, _decimal),
    (re.compile(rf"({_ONE}|\d)个(座|门)(?=位?(?:的|$|[,。车轿跑]))位?"), r"\1\2"),
    (re.compile(_TO_HUNDRED), "百公里加速"),
    (re.compile("(?:[跑开])?(?:一百|100|百|每百)公里(?=要|得|是|大概|用|烧|吃|喝)?(?:要|得|是|大概|用|烧|吃|喝)?(?=几个?升?油|多少升|几升|多少个?油)"), ""),
    (re.compile(r"(?:一百|100|百|每百)公里(?:大概|平均)?(?:能|要|会)?(?:烧|吃|喝|用|耗)油(?:量)?(?=[不在低小超最\d一二三四五六七八九十])"), "油耗"),
    (re.compile("(?:一百|100|百|每百)公里(?=(?:能|要|会|得)?(?:相?差|[少多省])[用烧耗吃喝]?(?:了|出|掉)?(?:几|多少)个?(?:升|油))"), ""),
    (re.compile("[从由](便宜|[低少短小])(?:的)?(?:往|向|数到|排到)(?=[贵高多长大])([贵高多长大])(?:里|了)?(?:[数排看列])?"), r"从\1到\2"),
    (re.compile("[从由]([贵高多长大])(?:的)?(?:往|向|数到|排到)(便宜|[低少短小])(?:里|了)?(?:[数排看列])?"), r"从\1到\2"),
    (re.compile("([二两三四五六七八九])(座)以?及\\1座(?=以[上下])"), r"\1座"),
    (re.compile(r"(?<=几秒)钟?(?:就|能|可以)?(?:到|上|破)(?:一百|100|百)(?:公里|码)?"), "破百"),
    (re.compile(r"(?<![\d十百千万一二三四五六七八九加合算换])一(?:起|并|块)儿?(?!步|对?比|电池|屏|玻璃)"), "都"),
    (re.compile(r"(?<=[\u4e00-\u9fff])\s?\+\s?(?=[\u4e00-\u9fff])"), "和"),
    (re.compile(r"(?<=[和、/\s])价(?=$|[和、/,。\s])|^价(?=$|[,。呢])"), "价格"),
    (re.compile(rf"(?<=[\u4e00-\u9fffa-z0-9])(?<![{_PRICED}])价(?=$|[,。呢])"), "价格"),
)  # fmt: skip


_ENGINE = re.compile(r"(?<![\d.])(\d\.\d)t(?![a-z])")  # 排量1.5t以上: the turbo is not what is measured


def in_words(text: str) -> str:
    """A normalised ``text`` with its notation in words; the text itself where there is none."""
    for key, pattern, plain in _RARE:
        text = pattern.sub(plain, text) if key in text else text
    if _ANY.search(text) is None:
        return text
    for pattern, plain in _REWRITES:
        text = pattern.sub(plain, text)
    return _ENGINE.sub(r"\1升", text) if "排量" in text else text
