"""Articles in OpenDocument texts (.odt), of LibreOffice and others.

https://docs.oasis-open.org/office/OpenDocument/v1.3/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qa.corpus.decoding import settled
from qa.corpus.formats import archives, exports, xml_tree
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.libraries import written_title
from qa.corpus.formats.xml_tree import local
from qa.errors import CorpusError
from qa.text.table_rows import AsLines, table_lines

MAX_ODT = 100_000_000  # unpacked bytes, mostly images
_BROKEN = "The OpenDocument file is damaged. Save it again as .odt."
# Deleted text, comments, what is only declared, and the number of a note.
_UNREAD = frozenset(
    {"tracked-changes", "annotation", "annotation-end", "sequence-decls", "note-citation", "forms"}
)
_SIGNS = {"tab": "\t", "line-break": "\n"}
_MAX_SPACES = 1_000
_ROW = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table-row"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def read(data: bytes) -> Iterator[Draft]:
    """The text of an OpenDocument text, or the articles of an export: paragraphs and tables in their order,
    then footnotes and end notes.

    Tracked insertions are included, deletions and comments are not. Raises CorpusError if the file is
    damaged, encrypted, or exceeds the limits.
    """
    files = archives.members(
        data, ("content.xml", "meta.xml", "META-INF/manifest.xml"), MAX_ODT, broken=_BROKEN
    )
    if b"encryption-data" in files.get("META-INF/manifest.xml", b""):
        raise CorpusError("The file is encrypted. Save it without a password.")
    if "content.xml" not in files:
        raise CorpusError(_BROKEN)
    root = xml_tree.parsed(files["content.xml"], broken=_BROKEN)
    body = next(
        (
            element
            for element in root.iter()
            if local(element) == "text" and local(element.getparent()) == "body"
        ),
        None,
    )
    if body is None:
        raise CorpusError(_BROKEN)
    title = _title(body, files.get("meta.xml", b""))
    if exported := exports.articles(_text(body, exports.tab_rows)):
        yield from exported
    else:
        yield Draft(_text(body, table_lines), {"title": title})


def _text(body: Any, as_lines: AsLines) -> str:
    """The text of a document with its notes at the end."""
    notes: list[str] = []
    lines = list(_blocks(body, notes, as_lines))
    return settled("\n".join([*lines, *(line for note in notes for line in (note, ""))]))


def _title(body: Any, meta: bytes) -> str:
    """The text styled as the title, or else the title in the file's properties."""
    for element in body:
        is_title = local(element) in ("p", "h") and element.get(f"{_TEXT}style-name") == "Title"
        if is_title and (title := _shown(element, []).strip()):
            return title
    if meta:
        root = xml_tree.parsed(meta, broken=_BROKEN)
        found = next((element for element in root.iter() if local(element) == "title"), None)
        return written_title(xml_tree.text_of(found))
    return ""


def _blocks(parent: Any, notes: list[str], as_lines: AsLines) -> Iterator[str]:
    """Paragraphs separated by blank lines, list items, and the lines of tables."""
    waiting = list(reversed(list(parent)))
    while waiting:
        block = waiting.pop()
        name = local(block)
        if name in ("p", "h"):
            yield _shown(block, notes)
            yield ""
        elif name == "table":
            rows = [row for row in block.iter(_ROW) if next(row.iterancestors(block.tag)) is block]
            yield from as_lines([[_shown(c, notes) for c in row if local(c) == "table-cell"] for row in rows])
            yield ""
        elif name == "list-item":
            yield f"- {_shown(block, notes).strip()}"
            yield ""
        elif name not in _UNREAD:
            waiting += reversed(list(block))


def _shown(element: Any, notes: list[str]) -> str:
    """The text of a part of a document as it is shown; its footnotes are added to `notes`."""
    out: list[str] = []
    waiting: list[Any] = [element]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            out.append(node)
            continue
        name = local(node)
        if not name or name in _UNREAD:
            continue
        if name == "note-body":
            notes.append("\n".join(_shown(paragraph, []).strip() for paragraph in node))
            continue
        if name == "s":
            count = node.get(f"{_TEXT}c", "1")
            out.append(" " * (min(int(count), _MAX_SPACES) if count.isdecimal() and len(count) < 7 else 1))
        elif name in _SIGNS:
            out.append(_SIGNS[name])
        elif name in ("p", "h") and out and node is not element:
            out.append("\n")
        after: list[Any] = [_spaced(node.text)] if node.text else []
        for child in node:
            after.append(child)
            if child.tail:
                after.append(_spaced(child.tail))
        waiting += reversed(after)
    return "".join(out)


def _spaced(text: str) -> str:
    """White space as XML writes it; several spaces have an element of their own."""
    return " ".join(f".{text}.".split())[1:-1]
