from pathlib import Path

from chatbot.normalization.lexicon import load_lexicon
from chatbot.normalization.product_words import ProductWords


def test_every_word_for_what_is_sold_is_the_grammar_s_and_the_longest_first() -> None:
    words = ProductWords(("手机", "智能手机", "机型"))
    assert words.in_grammar("最轻的智能手机和3000以内的机型") == "最轻的车和3000以内的车"


def test_a_name_that_holds_such_a_word_stays_as_it_is() -> None:
    words = ProductWords(("手机", "洗衣机"), names=["青瓷 老人手机", "手机无线充电", "重量"])
    assert words.in_grammar("手机无线充电的手机") == "手机无线充电的车"


def test_without_words_nothing_changes() -> None:
    assert ProductWords(()).in_grammar("最轻的手机") == "最轻的手机"


def test_the_words_of_the_file_are_read_and_point_at_nothing_by_themselves(tmp_path: Path) -> None:
    (tmp_path / "products.txt").write_text("# 说明\n手机\n", encoding="utf-8")
    lexicon = load_lexicon(tmp_path)
    assert lexicon.products == ("手机",)
    assert {"手机", "这手机", "那款手机"} <= set(lexicon.stop_words)
    assert load_lexicon(None).products == ()
