"""Authored text as HTML that cannot do anything: a subset of Markdown, then an allow-list over the result.

The chat page and the widget do not need this: they show text as text. It is for pages that want links and lists.
"""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

TAGS = {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"}
_ATTRIBUTES = {"a": {"href"}}
_SCHEMES = {"http", "https", "mailto", "tel"}


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("zero", {"html": False, "breaks": True}).enable(
        ["emphasis", "link", "list", "newline", "backticks", "blockquote", "autolink", "escape", "entity"]
    )


def safe_html(text: str) -> str:
    """``text`` (Markdown; HTML in it is shown, not obeyed) as HTML of ``TAGS`` alone.

    Links lead to http, https, mailto and tel only, and carry ``rel="noopener noreferrer nofollow"``.
    """
    return sanitised(_markdown().render(text.replace("\0", "")))


def sanitised(html: str) -> str:
    """``html`` with everything taken out that is not allowed, scripts and styles with all they hold."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
