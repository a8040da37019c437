"""Elements of a web page: their text, the words of their names, how much prose they hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from qa.corpus.formats import tags
from qa.corpus.formats.xml_tree import local
from qa.text.characters import STOPS

PROSE_WORDS = 12  # words of a paragraph of prose
PROSE_ENDS = (*STOPS, "“", '"')  # … which ends as a sentence or a quotation does
BLOCKS = tags.BLOCKS | {"td", "th", "tr"}
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
LINK_NAMES = frozenset(  # of blocks that lead to other articles
    "related teaser teasers teaserlist recommendation recommendations recommended readmore more mehr promo"
    " links linklist tags taglist keywords topics themen".split()
)
_NAME_PARTS = re.compile(r"[a-z]+|[A-Z][a-z]*")


def flat(element: Any) -> str:
    """The text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def names(element: Any) -> set[str]:
    """The words in an element's class and id."""
    value = f"{element.get('class') or ''} {element.get('id') or ''}"[:500]
    whole = re.split(r"[\s_-]+", value.lower())
    return {part.lower() for part in _NAME_PARTS.findall(value)} | set(whole)


def is_name(cell: Any) -> bool:
    """Whether a cell of a table is the head of a column or row, by its tag or because all of it is bold."""
    return local(cell) == "th" or (bool(flat(cell)) and not _not_bold(cell).strip())


def names_columns(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether the first row of a table names the columns, and not all cells are names."""
    if not rows or not any(map(is_name, rows[0])):
        return False
    if not all(is_name(cell) or not flat(cell) for cell in rows[0]):
        return False
    return any(flat(cell) and not is_name(cell) for row in rows[1:] for cell in row[1:])


def _not_bold(element: Any) -> str:
    """The text of an element that is not in bold."""
    parts = [element.text or ""]
    for child in element:
        if local(child) not in {"b", "strong"}:
            parts.append(_not_bold(child))
        parts.append(child.tail or "")
    return "".join(parts)


def prose(element: Any) -> int:
    """Characters of an element that are not linked."""
    linked = sum(len(flat(anchor)) for anchor in element.iter("a"))
    return len(flat(element)) - linked


def holds_article(element: Any) -> bool:
    return element.tag in {"article", "main", "h1"} or any(
        True for _ in element.iter("article", "main", "h1")
    )


def drop(element: Any) -> None:
    """Empty an element; the text behind it stays where it is (lxml refuses to set text with controls)."""
    element.clear(keep_tail=True)
