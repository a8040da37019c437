"""Foreign text made safe for Markdown.

In HTML the templates escape what they write (`qa.templating`); a chat message is Markdown, and everything
foreign in it passes `markdown`.
"""

from __future__ import annotations

import re
from html import unescape

from qa.templating import clean

_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>&#|~$^]")
_LIST_MARK = re.compile(r"^(?:[-+=]|[0-9]+[.)])")  # at the start; `*` and `#` are escaped anyway
_AUTOLINK = re.compile(r"(?i)(?:https?|ftp):|www\.|@")
# No character has that many digits, and `int` raises ValueError for more than 4,300.
_LONG_REFERENCE = re.compile(r"&#[0-9]{20,};?")


def markdown(text: str) -> str:
    """Escape untrusted text for a chat message: shown literally, on one line.

    It cannot produce HTML, links, images, lists, headings or formulas. Only what Markdown would interpret is
    escaped, so that the raw message stays readable when copied.
    """
    text = " ".join(clean(text).split())
    text = _MARKDOWN.sub(_entity, text)
    text = _LIST_MARK.sub(_last_as_entity, text)
    return _AUTOLINK.sub(_last_as_entity, text)


def unescaped(text: str) -> str:
    """Text with its character references resolved; one with too many digits becomes U+FFFD."""
    return unescape(_LONG_REFERENCE.sub("\ufffd", text))


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _last_as_entity(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}&#{ord(match[0][-1])};"
