"""Foreign text made safe for Markdown.

In HTML the templates escape what they write (`qa.templating`); a chat message is Markdown, and everything
foreign in it passes `markdown`.
"""

from __future__ import annotations

import re
from html import unescape

from qa.templating import clean
from qa.types import Span

_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>&#|~$^]")
_LIST_MARK = re.compile(r"^(?:[-+=]|[0-9]+[.)])")  # at the start; `*` and `#` are escaped anyway
_AUTOLINK = re.compile(r"(?i)(?:https?|ftp):|www\.|@")
# No character has that many digits, and `int` raises ValueError for more than 4,300.
_LONG_REFERENCE = re.compile(r"&#[0-9]{20,};?")


# Mark where the strong span begins and ends until the text is escaped; `clean` leaves neither in a text.
_STRONG, _STRONG_END = "\x02", "\x03"


def markdown(text: str, strong: Span | None = None) -> str:
    """Escape untrusted text for a chat message: shown literally, on one line.

    It cannot produce HTML, links, images, lists, headings or formulas. Only what Markdown would interpret is
    escaped, so that the raw message stays readable when copied. The characters `strong` of `text` are set in
    bold, as HTML: Markdown's asterisks do not work next to every character.
    """
    start, end = strong or (0, 0)
    before, within, after = (clean(part) for part in (text[:start], text[start:end], text[end:]))
    if within.strip():
        # white space around the span stays outside, where Markdown collapses it
        lead, trail = within[: -len(within.lstrip())], within[len(within.rstrip()) :]
        within = f"{lead}{_STRONG}{within.strip()}{_STRONG_END}{trail}"
    text = " ".join(f"{before}{within}{after}".split())
    text = _MARKDOWN.sub(_entity, text)
    text = _LIST_MARK.sub(_last_as_entity, text)
    text = _AUTOLINK.sub(_last_as_entity, text)
    return text.replace(_STRONG, "<strong>").replace(_STRONG_END, "</strong>")


def unescaped(text: str) -> str:
    """Text with its character references resolved; one with too many digits becomes U+FFFD."""
    return unescape(_LONG_REFERENCE.sub("\ufffd", text))


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _last_as_entity(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}&#{ord(match[0][-1])};"
