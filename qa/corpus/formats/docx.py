"""Articles in Word files, read by python-docx."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from qa.corpus.decoding import settled
from qa.corpus.formats import archives, exports
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.libraries import trusted, written_title
from qa.errors import CorpusError
from qa.text.characters import LIST_MARKS
from qa.text.table_rows import AsLines, table_lines

if TYPE_CHECKING:
    from docx.document import Document

MAX_DOCX = 100_000_000  # unpacked bytes of a Word file, mostly images
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SIGNS = {  # what a line of a Word file holds apart from its text
    f"{_W}tab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "\u2011",
    f"{_W}softHyphen": "\u00ad",
}
# Identifiers of styles, which Word derives from their names in its language
_HEADING = re.compile(r"(?:heading|berschrift|überschrift|title|titel)", re.IGNORECASE)
_LIST_STYLE = re.compile(r"(?:list|aufz|nummerier)", re.IGNORECASE)
_MARKED = re.compile(rf"\s*(?:[{LIST_MARKS}]|\d{{1,3}}[.)]|[a-z]\))\s")
_NOT_SHOWN = {_FALLBACK, f"{_W}moveFrom", f"{_W}del", f"{_W}pPr", f"{_W}rPr"}


def read(data: bytes) -> Iterator[Draft]:
    """The text of a Word file, or the articles of an export: paragraphs and tables in their order, then the
    footnotes and end notes; no page headers.

    Tracked insertions are included, deletions are not. Raises CorpusError if the file is damaged, encrypted,
    or exceeds the limits.
    """
    if data.startswith(archives.OLE):
        raise CorpusError(
            "The file is encrypted or in the old .doc format. Save it as .docx without a password."
        )
    broken = "The Word file is damaged. Save it again as .docx."
    archives.check(data, MAX_DOCX, broken=broken)
    import docx

    def parsed() -> list[Draft]:
        document = docx.Document(io.BytesIO(data))
        notes = list(_notes(document))
        if exported := exports.articles(settled("\n".join([*_blocks(document, exports.tab_rows), *notes]))):
            return exported
        text = "\n".join([*_blocks(document, table_lines), *notes])
        return [Draft(settled(text), {"title": _title(document)})]

    yield from trusted(parsed, broken)


def _title(document: Document) -> str:
    """The text styled as the title, or else the title in the file's properties."""
    for paragraph in document.paragraphs:
        if paragraph.style is not None and paragraph.style.style_id == "Title" and paragraph.text.strip():
            return paragraph.text
    return written_title(document.core_properties.title or "")


def _blocks(document: Document, as_lines: AsLines) -> Iterator[str]:
    """Paragraphs separated by blank lines, and the lines of tables."""
    for block in document.element.body:
        if block.tag == f"{_W}p":
            yield _paragraph(block)
            yield ""
        elif block.tag == f"{_W}tbl":
            rows = list(block.iter(f"{_W}tr"))
            cells = [[_shown(cell) for cell in row.iterchildren(f"{_W}tc")] for row in rows]
            if as_lines is table_lines and _names_columns(rows):
                yield from table_lines(cells, has_head=True)
            else:
                yield from as_lines(cells)
            yield ""
        elif block.tag == f"{_W}sdt":  # a content control around paragraphs
            for paragraph in block.iter(f"{_W}p"):
                yield _paragraph(paragraph)
                yield ""


def _names_columns(rows: Sequence[Any]) -> bool:
    """Whether the first row of a table alone is repeated on each page or in bold, as heads are."""
    if len(rows) < 2 or not any(map(str.strip, map(_shown, rows[0].iterchildren(f"{_W}tc")))):
        return False
    if rows[0].find(f"{_W}trPr/{_W}tblHeader") is not None:
        return True
    return _is_bold(rows[0]) and not any(map(_is_bold, rows[1:]))


def _is_bold(row: Any) -> bool:
    """Whether all text of a row is set in bold, by itself and not by a style."""
    runs = [run for run in row.iter(f"{_W}r") if _shown(run).strip()]
    marks = [run.find(f"{_W}rPr/{_W}b") for run in runs]
    return bool(runs) and all(
        mark is not None and mark.get(f"{_W}val", "1") not in ("0", "false", "off") for mark in marks
    )


def _paragraph(paragraph: Any) -> str:
    """The text of a paragraph; an item of a list with the mark that Word only draws."""
    text = _shown(paragraph)
    return f"- {text}" if _is_item(paragraph) and text.strip() and not _MARKED.match(text) else text


def _is_item(paragraph: Any) -> bool:
    """Whether a paragraph is an item of a list, by its numbering or its style; numbered headings are none."""
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = "" if style is None else style.get(f"{_W}val", "")
    if _HEADING.match(name):
        return False
    return bool(_LIST_STYLE.match(name)) or paragraph.find(f"{_W}pPr/{_W}numPr") is not None


def _notes(document: Document) -> Iterator[str]:
    """The paragraphs of the footnotes, then those of the end notes, each followed by a blank line."""
    from docx.oxml.parser import parse_xml

    parts = {
        rel.reltype.rpartition("/")[2]: rel for rel in document.part.rels.values() if not rel.is_external
    }
    for kind in ("footnotes", "endnotes"):
        if kind in parts:
            for note in parse_xml(parts[kind].target_part.blob):
                if note.get(f"{_W}type", "normal") == "normal":  # others are the lines above notes
                    for paragraph in note.iter(f"{_W}p"):
                        yield _shown(paragraph).strip()
                        yield ""


def _shown(element: Any) -> str:
    """The text of a part of a Word file as it is shown: python-docx leaves tracked insertions out."""
    out: list[str] = []
    waiting = [element]
    while waiting:
        node = waiting.pop()
        if node.tag == f"{_W}t":
            out.append(node.text or "")
        elif node.tag in _SIGNS:
            out.append(_SIGNS[node.tag])
        elif node.tag not in _NOT_SHOWN:
            if node.tag == f"{_W}p" and out:
                out.append("\n")
            waiting += reversed(list(node))
    return "".join(out)
