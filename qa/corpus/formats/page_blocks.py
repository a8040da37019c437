"""The text of a web page's elements as paragraphs; the items of a list and the rows of a table are lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from qa.corpus.formats.page_elements import BLOCKS, flat, is_name, names_columns
from qa.text.table_rows import fact_lines, spread, table_lines, with_one_head

MAX_TERM, MAX_VALUE = 60, 100  # characters of a name and a value; longer ones are text


def blocks(element: Any) -> Iterator[str]:
    """The paragraphs of an element; the items of a list and the rows of a table are lines of one."""
    inline: list[str] = [element.text or ""]
    for child in element:
        if child.tag in BLOCKS or _holds_block(child):
            yield from _paragraph(inline)
            yield from _block(child)
            inline = [child.tail or ""]
        else:
            inline += [_inline(child), child.tail or ""]
    yield from _paragraph(inline)


def _block(element: Any) -> Iterator[str]:
    if element.tag in {"ul", "ol"}:
        lines = list(_items(element))
        if lines:
            yield "\n".join(lines)
    elif element.tag == "table":
        yield from _table(element)
    elif element.tag == "dl":
        yield from _definitions(element)
    elif element.tag == "pre":
        yield "".join(element.itertext()).strip("\n")
    else:
        yield from blocks(element)


def _paragraph(parts: list[str]) -> Iterator[str]:
    lines = (" ".join(line.split()) for line in "".join(parts).split("\0"))
    text = "\n".join(line for line in lines if line)
    if text:
        yield text


def _inline(element: Any) -> str:
    """The text of an element within a line; a line break is a NUL."""
    if element.tag == "br":
        return "\0"
    parts = [element.text or ""]
    for child in element:
        parts += [_inline(child), child.tail or ""]
    return "".join(parts)


def _holds_block(element: Any) -> bool:
    return any(True for _ in element.iter(*BLOCKS))


def _items(element: Any) -> Iterator[str]:
    """The items of a list, each on a line of its own with its mark."""
    number = 0
    for child in element:
        if child.tag in {"ul", "ol"}:
            yield from _items(child)
        if child.tag != "li":
            continue
        number += 1
        mark = f"{number}." if element.tag == "ol" else "-"
        parts = [part for block in blocks(child) for part in block.split("\n")]
        inner = [part for part in parts if part.startswith(("- ", "1. "))]
        text = " ".join(part for part in parts if part not in inner)
        if text:
            yield f"{mark} {text}"
        yield from inner


def _table(element: Any) -> Iterator[str]:
    """The rows of a table as lines; a table that only places things is read as text."""
    rows = [row for row in element.iter("tr") if _table_of(row) is element]
    cells = [[cell for cell in row if cell.tag in {"td", "th"}] for row in rows]
    if (
        any(cell.find(".//table") is not None for row in cells for cell in row)
        or max(map(len, cells), default=0) < 2
    ):
        yield from (block for row in cells for cell in row for block in blocks(cell))
        return
    caption = element.find("caption")
    if caption is not None and flat(caption):
        yield flat(caption)
    heads = next((at for at, row in enumerate(cells) if not all(c.tag == "th" for c in row)), len(cells))
    heads = heads or int(names_columns(cells))
    texts = spread([[(flat(cell), *_spans(cell)) for cell in row] for row in cells])
    has_head: bool | None = True if heads else None
    if not heads and all(row[:1] and is_name(row[0]) for row in cells):  # the names stand in front
        has_head = False
    lines = table_lines(with_one_head(texts, heads), has_head=has_head)
    if lines:
        yield "\n".join(lines)


def _spans(cell: Any) -> tuple[int, int]:
    """How many rows and columns a cell takes."""
    found = [re.match(r"\s*(\d{1,3})", cell.get(name) or "") for name in ("rowspan", "colspan")]
    rows, columns = (int(match[1]) if match else 1 for match in found)
    return rows, columns


def _table_of(row: Any) -> Any:
    return next(row.iterancestors("table"), None)


def _definitions(element: Any) -> Iterator[str]:
    """The entries of a list of terms: names and values, or questions and answers, each a paragraph."""
    facts: list[tuple[str, str]] = []
    term = ""
    entries = [
        child for child in element.iter("dt", "dd") if next(child.iterancestors("dl"), None) is element
    ]
    for child in entries:
        text = flat(child)
        if child.tag == "dt":
            term = text
        elif text:
            facts.append((term, text))
            term = ""
    if all(len(name) <= MAX_TERM and len(value) <= MAX_VALUE and name[-1:] != "?" for name, value in facts):
        facts_in_lines = fact_lines(facts)
        if facts_in_lines:
            yield "\n".join(facts_in_lines)
        return
    for name, value in facts:
        yield from filter(None, (name, value))
