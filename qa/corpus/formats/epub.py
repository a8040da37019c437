"""Articles in EPUB files: newspapers, magazines, books, saved pages.

https://www.w3.org/TR/epub-33/ and OPF 2.0.1. Only what the spine lists is read, in its order.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from qa.corpus.decoding import decoded, settled
from qa.corpus.formats import archives, markup_text, xml_tree
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.tables import part_of
from qa.corpus.formats.xml_tree import local, text_of
from qa.errors import CorpusError
from qa.types import Skipped

MAX_EPUB = 100_000_000  # unpacked bytes of the texts
_BROKEN = "The EPUB file is damaged. Save it again as .epub."
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_HEADINGS = frozenset({"h1", "h2", "h3"})
_FONTS = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")  # only fonts are obscured


class _Chapter(NamedTuple):
    """A document of the spine."""

    text: str
    title: str


def read(data: bytes) -> Iterator[Draft | Skipped]:
    """The text of an EPUB: an article for each document of the spine where several begin with a heading of
    their own, as in a newspaper; otherwise one.

    Raises CorpusError if the file is damaged, encrypted, or exceeds the limits.
    """
    package_name = _package(archives.members(data, (_CONTAINER, _ENCRYPTION), MAX_EPUB, broken=_BROKEN))
    package_file = archives.members(data, (package_name,), MAX_EPUB, broken=_BROKEN).get(package_name)
    if package_file is None:
        raise CorpusError(_BROKEN)
    package = xml_tree.parsed(package_file, broken=_BROKEN)
    names = _spine(package, posixpath.dirname(package_name))
    files = archives.members(data, frozenset(names), MAX_EPUB, broken=_BROKEN)
    chapters = [_chapter(files[name]) for name in names if name in files]
    fields = _fields(package)
    written = [chapter for chapter in chapters if any(map(str.isalnum, chapter.text))]
    if sum(bool(chapter.title) for chapter in written) < 2:
        yield Draft(settled("\n".join(chapter.text for chapter in written)), fields)
        return
    for number, chapter in enumerate(written, start=1):
        source = fields["source"] or fields["title"]
        yield Draft(chapter.text, {**fields, "title": chapter.title, "source": source}, part_of(number))


def _package(files: dict[str, bytes]) -> str:
    """The name of the package document."""
    encryption = files.get(_ENCRYPTION, b"")
    if encryption.count(b"EncryptedData>") and not any(font in encryption for font in _FONTS):
        raise CorpusError("The file is encrypted. Save it without a password.")
    if _CONTAINER not in files:
        raise CorpusError(_BROKEN)
    root = xml_tree.parsed(files[_CONTAINER], broken=_BROKEN)
    path = next((element.get("full-path") for element in root.iter() if local(element) == "rootfile"), None)
    if not path:
        raise CorpusError(_BROKEN)
    return posixpath.normpath(str(path))


def _spine(package: Any, folder: str) -> list[str]:
    """The names of the documents that are read one after another, without the table of contents."""
    items = {element.get("id"): element for element in package.iter() if local(element) == "item"}
    names: dict[str, None] = {}
    for reference in package.iter():
        item = items.get(reference.get("idref")) if local(reference) == "itemref" else None
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        path = unquote((item.get("href") or "").partition("#")[0])
        names[posixpath.normpath(posixpath.join(folder, path))] = None
    return list(names)[: archives.MAX_MEMBERS]


def _chapter(data: bytes) -> _Chapter:
    """The text of a document and its first heading, if the text begins with that."""
    try:
        root = xml_tree.parsed(data, broken=_BROKEN)
    except CorpusError:  # not well-formed: browsers show it all the same
        if not data.strip():
            return _Chapter("", "")
        source = decoded(data)
        return _Chapter(markup_text.text_of_html(source), "")
    text = markup_text.shown(root)
    heading = next((element for element in root.iter() if local(element) in _HEADINGS), None)
    title = text_of(heading)
    return _Chapter(text, title if title and " ".join(text.split()).startswith(title) else "")


def _fields(package: Any) -> dict[str, str]:
    """What the package says about the publication; the day when it was published."""
    found = {"title": "", "source": "", "date": "", "language": ""}
    names = {"title": "title", "publisher": "source", "language": "language"}
    dates: list[str] = []
    for element in package.iter():
        name, value = local(element), text_of(element)
        if name in names and not found[names[name]]:
            found[names[name]] = value
        elif name == "date":
            event = next(
                (value for key, value in element.attrib.items() if key.endswith("event")), "publication"
            )
            dates += [value] if event == "publication" else []
    found["date"] = dates[0] if dates else ""
    return found
