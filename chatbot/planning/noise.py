"""What is said around a question and asks nothing."""

import re

_MARKS = r",.;:!?~。、 …"


def courtesies(noise: list[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Noise before and behind a question; what is but one character only where a mark sets it apart."""
    long = "|".join(sorted((w for w in noise if len(w) > 1), key=len, reverse=True))
    short = "".join(w for w in noise if len(w) == 1)
    before = re.compile(rf"^(?:(?:{long})[{_MARKS}]*|[{short}]+[{_MARKS}]+)+")
    return before, re.compile(rf"(?:[{_MARKS}]*(?:{long})|[{_MARKS}]+[{short}]|[{_MARKS}])+$")
