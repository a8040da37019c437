"""The whole text of a piece of HTML: of an e-mail, a chapter, an entry of a feed, an export.

Nothing is left out as boilerplate, as `html` does for pages of the web. Knows nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from qa.corpus.decoding import settled
from qa.corpus.formats import tags, xml_tree
from qa.corpus.formats.page_elements import names_columns
from qa.corpus.formats.xml_tree import local
from qa.errors import CorpusError
from qa.text.table_rows import AsLines, table_lines

MAX_TAGS = 200_000
_UNREAD = frozenset(
    "script style head title meta link template noscript svg math object iframe nav button select"
    " textarea audio video canvas".split()
)
_BLOCKS = tags.BLOCKS | {"dir", "html", "menu"}
_HAS_TAGS = re.compile(r"</?[A-Za-z][^<>]{0,2000}>|&(?:#\d{1,7}|[A-Za-z]\w{1,30});")


def text_of_html(source: str, as_lines: AsLines = table_lines) -> str:
    """The text that a browser shows of HTML, paragraphs with a blank line between.

    `as_lines` puts the rows of a table into lines; tables that only lay out a page are its paragraphs. Raises
    CorpusError where it has more than `MAX_TAGS` tags.
    """
    root = _parsed(source)
    return "" if root is None else shown(root, as_lines)


def plain(source: str) -> str:
    """A field that may hold HTML, as feeds have it, in one line."""
    text = text_of_html(source) if _HAS_TAGS.search(source) else source
    return " ".join(text.split())


def _parsed(source: str) -> Any:
    if source.count("<") > MAX_TAGS:
        raise CorpusError(f"The file has more than {MAX_TAGS:,} HTML tags. Save the article's text as .txt.")
    if any(tag.attributes > tags.MAX_ATTRIBUTES for tag in tags.tags(source)):
        raise CorpusError(
            f"The file has an HTML tag with more than {tags.MAX_ATTRIBUTES} attributes. Save the article's "
            "text as .txt."
        )
    source = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", settled(source).replace("\0", ""), count=1)
    if not source.strip():
        return None
    too_deep = "The file's HTML tags are nested more than 250 levels deep. Save the article's text as .txt."
    return xml_tree.parsed_html(source, too_deep=too_deep)


def shown(root: Any, as_lines: AsLines = table_lines) -> str:
    """The text below an element of HTML or XHTML."""
    out: list[str] = []
    waiting: list[Any] = [root]  # elements, and texts that follow them
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            out.append(node)
            continue
        name = local(node)
        if not name or name in _UNREAD:
            continue
        if name == "br":
            out.append("\n")
        elif name == "table":
            out.append(f"\n\n{_table(node, as_lines)}\n\n")
            continue
        elif name == "li":
            out.append("\n\n- ")
        elif name in _BLOCKS:
            out.append("\n\n")
        after: list[Any] = [_spaced(node.text)] if node.text else []
        for child in node:
            after.append(child)
            if child.tail:
                after.append(_spaced(child.tail))
        if name in _BLOCKS:
            after.append("\n\n")
        waiting += reversed(after)
    text = "\n".join(re.sub(" {2,}", " ", line).strip() for line in "".join(out).split("\n"))
    text = re.sub(r"^-\n+", "- ", text, flags=re.MULTILINE)  # an item that begins with a paragraph
    text = re.sub(r"\n{3,}", "\n\n", text).strip("\n")
    return f"{text}\n" if text else ""


def _table(table: Any, as_lines: AsLines) -> str:
    """The lines of a table; one whose cells hold paragraphs, or that has one column, only lays out a page."""
    cells = list(_rows(table))
    rows = [[shown(cell, as_lines).strip() for cell in row] for row in cells]
    cells = [row for row, texts in zip(cells, rows, strict=True) if any(texts)]
    rows = [row for row in rows if any(row)]
    title = next((shown(child, as_lines) for child in table if local(child) == "caption"), "")
    if all(len(row) < 2 for row in rows) or any("\n\n" in cell for row in rows for cell in row):
        return "\n\n".join([title, *(cell for row in rows for cell in row if cell)])
    if as_lines is table_lines and names_columns(cells):
        return "\n".join([title, *table_lines(rows, has_head=True)])
    return "\n".join([title, *as_lines(rows)])


def _rows(table: Any) -> Iterator[list[Any]]:
    """The cells of each row of a table, not those of tables within it."""
    for child in table:
        if local(child) in ("thead", "tbody", "tfoot"):
            yield from _rows(child)
        elif local(child) == "tr":
            yield [cell for cell in child if local(cell) in ("td", "th")]


def _spaced(text: str) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", text)
