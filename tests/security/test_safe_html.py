"""Authored text as HTML: what may stay, and what never does."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.security.safe_html import TAGS, safe_html, sanitised

PAYLOADS = (
    "<script>window.hacked=1</script>",
    '<img src=x onerror="window.hacked=1">',
    "<svg onload=window.hacked=1>",
    "<svg><script>window.hacked=1</script></svg>",
    '<a href="javascript:window.hacked=1">x</a>',
    "[点我](javascript:window.hacked=1)",
    "[点我](JaVaScRiPt:window.hacked=1)",
    "[点我](java\nscript:window.hacked=1)",
    "[点我](&#106;avascript:window.hacked=1)",
    "[点我](data:text/html;base64,PHNjcmlwdD4x)",
    "[点我](vbscript:x)",
    '[点我](https://a.example "onmouseover=window.hacked=1")',
    '[点我](https://a.example" onmouseover="window.hacked=1)',
    '<https://a.example/?"onmouseover="window.hacked=1>',
    '![图](x" onerror="window.hacked=1)',
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "<math><mtext></p><style><img src=x onerror=window.hacked=1></style>",
    '<noscript><p title="</noscript><img src=x onerror=window.hacked=1>">',
    "<form action=javascript:window.hacked=1><button>x</button></form>",
    "<details open ontoggle=window.hacked=1>",
    "<style>@import 'javascript:window.hacked=1'</style>",
    "<base href=//evil.example><meta http-equiv=refresh content='0;url=javascript:window.hacked=1'>",
    "`<script>window.hacked=1</script>`",
    "<!--><script>window.hacked=1</script>-->",
    "\0<scr\0ipt>window.hacked=1</scr\0ipt>",
    "<xss style=animation-name:x onanimationstart=window.hacked=1>",
    "<a id=x tabindex=1 onfocus=window.hacked=1 autofocus></a>",
    "<template><script>window.hacked=1</script></template>",
)


class Seen(HTMLParser):
    """All elements and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def harmless(html: str) -> None:
    for tag, attributes in Seen(html).found:
        assert tag in TAGS
        assert set(attributes) <= ({"href", "rel", "title"} if tag == "a" else {"title", "lang"})
        if "href" in attributes:
            assert re.match(r"(https?://|mailto:|tel:|[^:]*$)", attributes["href"] or "")
            assert attributes["rel"] == "noopener noreferrer nofollow"


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("clean", [safe_html, sanitised], ids=["markdown", "html"])
def test_an_attack_leaves_nothing_that_acts(payload: str, clean: object) -> None:
    harmless(clean(payload))  # type: ignore[operator]


@given(
    st.lists(
        st.sampled_from([*PAYLOADS, "**", "[", "](", ")", "<", ">", '"', "`", "\n", "- ", "> ", "&", "中"]),
        max_size=8,
    )
)
def test_no_mixture_of_attacks_acts(parts: list[str]) -> None:
    harmless(safe_html("".join(parts)))
    harmless(sanitised("".join(parts)))


def test_what_operators_want_stays() -> None:
    html = safe_html(
        "**首保**免费，见[说明](https://a.example/x?a=1&b=2)：\n\n- 一\n- 二\n\n电话 <tel:95000>"
    )
    assert "<strong>首保</strong>" in html and "<li>一</li>" in html
    assert 'href="https://a.example/x?a=1&amp;b=2"' in html


def test_html_in_authored_text_is_shown_not_obeyed() -> None:
    assert safe_html("价格 < 30万 且 <b>优惠</b>") == "<p>价格 &lt; 30万 且 &lt;b&gt;优惠&lt;/b&gt;</p>\n"
