"""Articles in HTML, PDF and Word files.

Foreign libraries read them, offline and within bounds; whatever they trip over becomes a reason for the user.
They are imported where they are used, because a folder of plain text needs none of them. Knows nothing of
folders.
"""

from __future__ import annotations

import importlib
import io
import logging
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from qa import archive, tags
from qa.errors import CorpusError
from qa.plain import Draft, decoded, is_text, settled

if TYPE_CHECKING:
    from docx.document import Document
    from pypdf import PdfReader

_T = TypeVar("_T")

PAGE_END = "\f"  # behind each page, as pdftotext writes it; `qa.types.Article.page` counts them
MAX_HTML = 8_000_000  # bytes of a page in UTF-8; from 10 MB on libxml2 drops what follows a long text
MAX_TAGS = 40_000  # of an HTML page; trafilatura takes quadratic time for cells of tables
MAX_ATTRIBUTES = 500  # of one tag; libxml2 takes quadratic time for them
MAX_ALL_ATTRIBUTES = 200_000  # of an HTML page
MAX_PAGES = 2_000
MAX_CONTENT = 5_000_000  # bytes of one page's drawing commands, unpacked
MAX_STREAM = 20_000_000  # bytes of any other part of a PDF, unpacked; fonts are the largest
MAX_DOCX = 100_000_000  # bytes of a Word file, unpacked; most of it pictures

# What the libraries raise on broken files beside their own errors: they index, convert and unpack
# foreign data everywhere. (Found by flipping bytes.)
_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    SyntaxError,  # lxml's XMLSyntaxError
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
_LOGGERS = ("pypdf", "trafilatura", "htmldate", "courlan", "justext")
_META = re.compile(rb"<meta[^>]{1,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_META_WITHIN = 4096  # bytes; browsers look at the first 1024
_LANG = re.compile(r"<html\b[^>]{0,1000}?\blang\s*=\s*[\"']?([A-Za-z-]{2,20})", re.IGNORECASE)
# titles that a program wrote: the name of a file, or of nothing yet
_NO_TITLE = re.compile(
    r"(?i)(?:microsoft word|untitled|unbenannt|ohne titel|dokument\d*$|document\d*$)|.*\.\w{3,5}$|.*\.indd\b"
)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SIGNS = {  # what stands in a line of a Word file beside its text
    f"{_W}tab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "\u2011",
    f"{_W}softHyphen": "\u00ad",
}
_NOT_SHOWN = {_FALLBACK, f"{_W}moveFrom", f"{_W}del", f"{_W}pPr", f"{_W}rPr"}


def html_draft(data: bytes) -> Draft:
    """The article of a web page: its main text, and what its head tells. No address is ever opened.

    Raises CorpusError where the page has no text, or leaves the bounds.
    """
    declared = _META.search(data[:_META_WITHIN])
    page = decoded(data, declared[1].decode("ascii") if declared else "")
    if len(page.encode("utf-8", "replace")) > MAX_HTML:
        raise CorpusError(f"The page is larger than {MAX_HTML / 1e6:.0f} MB; save the article's text alone.")
    _check_tags(page)
    _check_depth(page)
    _quiet()
    import trafilatura

    found = _trusted(
        lambda: trafilatura.bare_extraction(
            page,
            include_comments=False,
            with_metadata=True,
            # nothing guessed from the text: the head of the page tells the date, or `article_date` finds it
            date_extraction_params={
                "extensive_search": False,
                "original_date": True,
                "outputformat": "%Y-%m-%d",
            },
        ),
        "The page is broken; save the article's text as .txt.",
    )
    if found is None or isinstance(found, dict) or not (found.text or "").strip():
        raise CorpusError("The page has no article that could be told from its furniture; save its text.")
    language = _LANG.search(page[:_META_WITHIN])
    return Draft(
        settled(found.text or ""),
        {
            "title": found.title or "",
            "date": found.date or "",
            "source": found.sitename or found.hostname or "",
            "url": found.url or "",
            "language": language[1] if language else "",
        },
    )


def _check_tags(page: str) -> None:
    """Raise CorpusError where a page has more tags or attributes than can be parsed in a few seconds."""
    if page.count("<") > MAX_TAGS:
        raise CorpusError(f"The page has more than {MAX_TAGS} tags; save the article's text alone.")
    count = 0
    for tag in tags.tags(page):
        if tag.attributes > MAX_ATTRIBUTES:
            raise CorpusError(
                f"The page has a tag with more than {MAX_ATTRIBUTES} attributes;"
                " save the article's text alone."
            )
        count += tag.attributes
    if count > MAX_ALL_ATTRIBUTES:
        raise CorpusError(
            f"The page has more than {MAX_ALL_ATTRIBUTES} attributes; save the article's text alone."
        )


def _check_depth(page: str) -> None:
    """Raise CorpusError where tags are nested so deeply that libxml2 drops what is in them and behind."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", collect_ids=False)
    with suppress(etree.XMLSyntaxError):  # nothing in it; said below
        etree.fromstring(page.encode("utf-8", "replace"), parser)
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise CorpusError("The page has tags nested more than 250 deep; save the article's text alone.")


def pdf_draft(data: bytes, on_pages: Callable[[int], None] = lambda _count: None) -> Draft:
    """The text of a PDF, each page ending in `PAGE_END`; lines as they are printed, hyphens kept.

    `on_pages` is told the number of pages before they are read. Raises CorpusError where it is broken,
    encrypted, without text (scanned), or leaves the bounds.
    """
    _quiet()
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import PyPdfError

    broken = "The PDF is broken; print it anew or save its text as .txt."

    def read() -> Draft:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise CorpusError("The PDF is encrypted; save it without a password.")
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise CorpusError(f"The PDF has more than {MAX_PAGES} pages; split it.")
        on_pages(count)
        text = "".join(_pages(reader.pages))
        if not any(c.isalnum() for c in text):
            raise CorpusError(f"The PDF has no text on its {count} pages, only pictures; run an OCR over it.")
        return Draft(settled(text), {"title": _pdf_title(reader)})

    with apply_configuration(
        zlib_maximum_output_length=MAX_STREAM,
        lzw_maximum_output_length=MAX_STREAM,
        run_length_maximum_output_length=MAX_STREAM,
        array_based_stream_maximum_output_length=MAX_STREAM,
        jbig2dec_binary=None,  # no program is started for a picture
    ):
        try:
            return _trusted(read, broken)
        except PyPdfError as error:
            encrypted = b"/Encrypt" in data
            raise CorpusError(
                "The PDF is encrypted; save it without a password." if encrypted else broken
            ) from error


def _pages(pages: Any) -> Iterator[str]:
    """The text of each page with its end."""
    for page in pages:
        content = page.get_contents()
        if content is not None and len(content.get_data()) > MAX_CONTENT:
            raise CorpusError("A page of the PDF is a drawing of many megabytes; save the article's text.")
        # a form feed within a page would count as its end
        text = page.extract_text().replace(PAGE_END, " ").rstrip()
        yield text + PAGE_END if is_text(text) else PAGE_END


def _pdf_title(reader: PdfReader) -> str:
    title = reader.metadata.title if reader.metadata else ""
    return "" if not isinstance(title, str) or _NO_TITLE.match(title) else title


def docx_draft(data: bytes) -> Draft:
    """The text of a Word file: paragraphs and tables in their order, without headers and footnotes.

    Tracked insertions are text, deletions are not. Raises CorpusError where it is broken, encrypted, or
    leaves the bounds.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # an old Word file, or a new one with a password
        raise CorpusError("The file is encrypted or of an old Word; save it as .docx without a password.")
    broken = "The Word file is broken; save it anew as .docx."
    try:
        archive.check(data, limit=MAX_DOCX)
    except CorpusError as error:
        raise CorpusError(broken if "broken" in str(error) else str(error)) from error
    import docx

    def read() -> Draft:
        document = docx.Document(io.BytesIO(data))
        return Draft(settled("\n".join(_blocks(document))), {"title": _docx_title(document)})

    return _trusted(read, broken)


def _docx_title(document: Document) -> str:
    """What is set as the title, else what the file says of itself."""
    for paragraph in document.paragraphs:
        if paragraph.style is not None and paragraph.style.style_id == "Title" and paragraph.text.strip():
            return paragraph.text
    title = document.core_properties.title or ""
    return "" if _NO_TITLE.match(title) else title


def _blocks(document: Document) -> Iterator[str]:
    """Paragraphs with a blank line behind each, and the rows of tables with bars between their cells."""
    for block in document.element.body:
        if block.tag == f"{_W}p":
            yield _shown(block)
            yield ""
        elif block.tag == f"{_W}tbl":
            for row in block.iter(f"{_W}tr"):
                cells = [" ".join(_shown(cell).split()) for cell in row.iterchildren(f"{_W}tc")]
                yield f"| {' | '.join(cells)} |"
            yield ""
        elif block.tag == f"{_W}sdt":  # a field of a form around paragraphs
            for paragraph in block.iter(f"{_W}p"):
                yield _shown(paragraph)
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


def _trusted(read: Callable[[], _T], broken: str) -> _T:
    """What `read` gives; CorpusError with `broken` where a library trips over the file."""
    try:
        return read()
    except _FAULTS as error:
        raise CorpusError(broken) from error


def load(suffix: str) -> None:
    """Import what reads files of this kind, so that no file is charged for it."""
    importlib.import_module({".pdf": "pypdf", ".docx": "docx"}.get(suffix, "trafilatura"))


def _quiet() -> None:
    """The libraries' remarks about foreign files are for their authors; the user gets one reason."""
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
