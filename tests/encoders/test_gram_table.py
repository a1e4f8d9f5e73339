import random

from chatbot.encoders.gram_table import GramTable
from chatbot.encoders.ngram import Images, is_separator, tokens

KNOWN = "价格多少油耗e6+"
VOCABULARY = {
    token: row
    for row, token in enumerate(
        [
            "[UNK]",
            *KNOWN,
            *(f"<{char}" for char in "价多e"),
            *(f"{char}>" for char in "格少6"),
            *(f"{a}><{b}" for a in KNOWN[:6] for b in KNOWN[2:]),
            "价格",
        ]
    )
}


def test_a_text_has_the_rows_of_its_tokens_in_their_order() -> None:
    table, images = (
        GramTable(VOCABULARY, is_separator),
        Images(token for token in VOCABULARY if len(token) == 1),
    )
    seeded = random.Random(7)
    texts = ["".join(seeded.choices(KNOWN + "魑魅😀 ，！<>", k=seeded.randrange(9))) for _ in range(500)]
    for text in ["", "价格", "价 格", "，价魑格！", *texts]:
        wanted = [VOCABULARY[token] for token in tokens(text, images) if token in VOCABULARY]
        assert table.rows(text).tolist() == wanted


def test_the_tokens_come_back_in_the_order_of_their_rows() -> None:
    assert GramTable(VOCABULARY, is_separator).tokens() == tuple(VOCABULARY)


def test_a_vocabulary_of_no_n_gram_has_no_row_for_any_text() -> None:
    assert GramTable({"[UNK]": 0}, is_separator).rows("价格").tolist() == []
