"""Entity and attribute linking, read together."""

import pytest

from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph, build_tree
from chatbot.normalization.attribute import AttributeLinker
from chatbot.normalization.entity import EntityLinker
from chatbot.normalization.lexicon import Lexicon
from chatbot.normalization.pinyin import PinyinDecoder
from chatbot.normalization.reader import Reader
from chatbot.normalization.spellings import spellings

LEAVES = {
    ("属性", "经销商报价"): "12万",
    ("属性", "纯电续航里程"): "500km",
    ("变速箱", "变速箱类型"): "自动",
    ("变速箱", "变速箱档位个数"): "6个",
    ("车身", "排气管个数"): "2个",
    ("车身", "尾箱"): "400L",
    ("车身", "停车雷达"): "有",
    ("配置", "空调", "空调控制方式"): "自动",
    ("配置", "空调", "后座出风口"): "有",
    ("车身", "轴距(mm)"): "2800",
}
NAMES = [
    "某汽车品牌 A型号 2021款 标准续航升级版",
    "某汽车品牌 A型号 2021款 长续航版",
    "青羽汽车 青羽E6 2026款 长续航版",
    "云岚汽车 云岚S5 2025款 尊享版",
]
ENTITIES = tuple(Entity(name, tuple(name.split()), LEAVES, f"{name}.json") for name in NAMES)
GRAPH = KnowledgeGraph(ENTITIES, "v", build_tree(ENTITIES))
LEXICON = Lexicon(
    attribute_synonyms={"经销商报价": ("价格", "多少钱"), "纯电续航里程": ("续航", "续航里程")},
    entity_aliases={"云岚S5": ("s5",)},
    stop_words=("我想问", "请问", "这车", "一下", "的", "呢", "那", "和", "它", "是"),
    question_words=("是什么", "怎么样", "有几个", "多少", "几个"),
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    entities = EntityLinker(GRAPH, LEXICON.entity_aliases)
    attributes = AttributeLinker(GRAPH.tree, LEXICON.attribute_synonyms)
    decoder = PinyinDecoder([*entities.names, *attributes.names, "多少"], attributes.names)
    return Reader(entities, attributes, decoder, LEXICON)


@pytest.mark.parametrize(
    ("said", "entities"),
    [
        pytest.param("标准续航升级版的价格", [[0]], id="trim"),
        pytest.param("A型号多少钱", [[0, 1]], id="series: several fit"),
        pytest.param("a型号的长续航版", [[1]], id="series and trim"),
        pytest.param("长续航版", [[1, 2]], id="one trim name, two brands"),
        pytest.param("青羽的长续航版", [[2]], id="brand without 汽车"),
        pytest.param("21款A型号长续航", [[1]], id="two-digit year, trim without 版"),
        pytest.param("s5价格", [[3]], id="alias"),
        pytest.param("ps5价格", [], id="alias inside another word"),
        pytest.param("标准续航升级板多少钱", [[0]], id="typo"),
        pytest.param("云兰s5多少钱", [[3]], id="homophone beside an alias"),
        pytest.param("标准续航升级版和云岚S5的价格", [[0], [3]], id="two things"),
        pytest.param("续航多少", [], id="an attribute is no entity"),
    ],
)
def test_entities_are_linked(reader: Reader, said: str, entities: list[list[int]]) -> None:
    found = [[NAMES.index(name) for name in link.candidates] for link in reader.read(said).entities]
    assert found == entities


@pytest.mark.parametrize(
    ("said", "names"),
    [
        pytest.param("变速箱是什么类型", ["变速箱类型"], id="question words inside the name"),
        pytest.param("A型号有几个排气管", ["排气管个数"], id="part of the name"),
        pytest.param("空调怎么样", ["空调"], id="category"),
        pytest.param("轴距", ["轴距(mm)"], id="name without its unit"),
        pytest.param("多少钱", ["经销商报价"], id="synonym of question words"),
        pytest.param("续行里程", ["纯电续航里程"], id="homophone"),
        pytest.param("价格和续航", ["经销商报价", "纯电续航里程"], id="two attributes"),
        pytest.param("xu hang duo shao", ["纯电续航里程"], id="pinyin"),
        pytest.param("这车能飞吗", [], id="nothing"),
        pytest.param("后坐出风口", ["后座出风口"], id="homophone of a leaf"),
        pytest.param("排气杆个数", ["排气管个数"], id="one slip"),
        pytest.param("停车费", [], id="two letters away is no slip of 停车雷达"),
        pytest.param("异响", [], id="尾箱 is never heard as yi xiang"),
        pytest.param("位箱", ["尾箱"], id="homophone in the commonest reading"),
    ],
)
def test_attributes_are_linked(reader: Reader, said: str, names: list[str]) -> None:
    assert [link.paths[0][-1] for link in reader.read(said).attributes] == names


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        pytest.param("请问你们那个A型号有优惠吗", "请问 有优惠吗", id="whose, and that"),
        pytest.param("这款A型号有优惠吗", "有优惠吗", id="this"),
        pytest.param("贵司的A型号有优惠吗", "有优惠吗", id="your company's"),
        pytest.param("厂家给A型号优惠吗", "厂家给 优惠吗", id="nothing points"),
        pytest.param("哪个A型号有优惠", "哪个 有优惠", id="which is asked"),
    ],
)
def test_what_only_points_at_a_name_goes_with_it(reader: Reader, said: str, asked: str) -> None:
    assert reader.read(said).question == asked


@pytest.mark.parametrize(
    ("keyword", "code"), [("清舞X12", "x12"), ("棉语M8", "m8"), ("静柔Pro", "")], ids=str
)
def test_a_code_behind_a_chinese_name_is_a_name_by_itself(keyword: str, code: str) -> None:
    codes = {name for name in spellings(keyword) if name.isascii()}
    assert codes == ({code} if code else set())


def test_leftover_is_the_share_of_content_that_nothing_explains(reader: Reader) -> None:
    assert reader.read("请问A型号的价格是多少").leftover == 0
    assert reader.read("续航焦虑怎么治").leftover > 0.5


def test_a_mark_only_or_empty_utterance_is_empty(reader: Reader) -> None:
    assert reader.read("😀？！").empty
    assert reader.read("").empty


def test_two_thousand_characters_are_read(reader: Reader) -> None:
    assert reader.read("价格" * 1000).attributes


def test_the_same_text_reads_the_same(reader: Reader) -> None:
    assert reader.read("标准续航升级板的轴距") == reader.read("标准续航升级板的轴距")


@pytest.mark.parametrize(("content", "linked"), [("eats几挡", False), ("eat几挡", True)])
def test_a_piece_of_an_english_word_is_no_partial_name(content: str, linked: bool) -> None:
    car = Entity("甲", ("甲",), {("配置", "eat8型"): "8挡"}, "甲.json")
    linker = AttributeLinker(build_tree((car,)), {})
    assert bool(linker.link(content, content)) is linked


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("保养灯怎么归零", False),
        ("续行里程怎么样", False),  # a slip of an attribute is looked for only afterwards
        ("排气管怎么样", False),  # so is a part of its name
        ("价格怎么样", True),
        ("标准续航升级版怎么样", True),
        ("标准续航升级板怎么样", True),
    ],
)
def test_what_names_nothing_is_read_in_two_steps_to_the_same(reader: Reader, said: str, named: bool) -> None:
    plain = reader.without_names(said)
    assert (plain is None) == named
    if plain is not None:
        assert plain.attributes == plain.entities == ()
        assert reader.with_slips(plain) == reader.read(said)
