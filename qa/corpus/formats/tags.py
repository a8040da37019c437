"""Scan the tags of a web page before a parser sees it.

Parsers and extractors take quadratic time in the attributes of a tag and in the tags of a page, so both are
counted first, by a scanner that runs in linear time. It recognises tags as the HTML tokenizer does
(https://html.spec.whatwg.org/multipage/parsing.html#tokenization): quoted values, comments and scripts
contain no tags. Knows nothing of articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# elements that are paragraphs of their own
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure"
    " footer h1 h2 h3 h4 h5 h6 header hr legend li main ol p pre section summary table tbody tfoot thead"
    " ul".split()
)
MAX_ATTRIBUTES = 500  # attributes of one tag; libxml2 takes quadratic time for them

_SPACE = r" \t\n\r\f"
_OPENED = re.compile(rf"<(/?[A-Za-z][^{_SPACE}/>]*)|<!--|<[!?/]")
_COMMENT_END = re.compile(r"--!?>")
_BETWEEN = re.compile(rf"[{_SPACE}/]*")
_NAME = re.compile(rf"[^{_SPACE}/>][^{_SPACE}/>=]*")  # a name may begin with an equals sign
_EQUALS = re.compile(rf"[{_SPACE}]*=[{_SPACE}]*")
_UNQUOTED = re.compile(rf"[^{_SPACE}>]*")
# elements whose text is not parsed until their end tag
_RAW = {
    name: re.compile(rf"</{name}(?=[{_SPACE}/>])", re.IGNORECASE | re.ASCII)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}


class Tag(NamedTuple):
    """A start or end tag."""

    name: str  # in lower case; an end tag's begins with "/"
    attributes: int


def tags(page: str) -> Iterator[Tag]:
    """Yield the tags of a page in order, in linear time for any input."""
    at = 0
    while opened := _OPENED.search(page, at):
        at = opened.end()
        if opened[1] is None:
            at = _after_comment(page, opened)
            continue
        count = 0
        for end in _attribute_ends(page, at):
            at = end
            count += 1
        at = _BETWEEN.match(page, at).end()  # type: ignore[union-attr]
        name = opened[1].lower()
        yield Tag(name, count)
        if raw := _RAW.get(name):
            closed = raw.search(page, at)
            at = closed.start() if closed else len(page)


def _after_comment(page: str, opened: re.Match[str]) -> int:
    """The end of a comment or other construct that begins with `<!`, `<?` or `</`; an unclosed one takes the
    rest.
    """
    if opened[0] == "<!--":
        closed = _COMMENT_END.search(page, opened.end() - 2)  # "<!-->" is a complete comment
        return closed.end() if closed else len(page)
    end = page.find(">", opened.end())
    return end + 1 if end >= 0 else len(page)


def _attribute_ends(page: str, at: int) -> Iterator[int]:
    """The end of each attribute of the tag whose name ends at `at`."""
    while name := _NAME.match(page, _BETWEEN.match(page, at).end()):  # type: ignore[union-attr]
        at = name.end()
        if equals := _EQUALS.match(page, at):
            at = equals.end()
            if page[at : at + 1] in ('"', "'"):
                end = page.find(page[at], at + 1)
                at = end + 1 if end >= 0 else len(page)
            else:
                at = _UNQUOTED.match(page, at).end()  # type: ignore[union-attr]
        yield at
