"""Articles in PDF files, read by pypdf."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from qa.corpus.decoding import is_text, settled
from qa.corpus.formats import cpu_time
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.libraries import NO_TITLE, quiet, trusted
from qa.errors import CorpusError

if TYPE_CHECKING:
    from pypdf import PdfReader


PAGE_END = "\f"  # behind each page, as pdftotext writes it; `qa.types.Article.page` counts them
MAX_PAGES = 2_000
SECONDS_PER_PAGE = 0.1  # of CPU time, beyond what any file may take
MAX_CONTENT = 5_000_000  # bytes of one page's drawing commands, unpacked
MAX_STREAM = 20_000_000  # bytes of any other part of a PDF, unpacked; fonts are the largest


def read(data: bytes) -> Iterator[Draft]:
    """The text of a PDF, each page ending in `PAGE_END`; lines as they are printed, hyphens kept.

    A limit on CPU time is extended by `SECONDS_PER_PAGE`. Raises CorpusError where it is broken, encrypted,
    without text (scanned), or leaves the bounds.
    """
    quiet()
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import PyPdfError

    broken = "The PDF is broken; print it anew or save its text as .txt."

    def parsed() -> Draft:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise CorpusError("The PDF is encrypted; save it without a password.")
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise CorpusError(f"The PDF has more than {MAX_PAGES} pages; split it.")
        cpu_time.extend(SECONDS_PER_PAGE * count)
        text = "".join(_pages(reader.pages))
        if not any(c.isalnum() for c in text):
            raise CorpusError(f"The PDF has no text on its {count} pages, only pictures; run an OCR over it.")
        return Draft(settled(text), {"title": _title(reader)})

    with apply_configuration(
        zlib_maximum_output_length=MAX_STREAM,
        lzw_maximum_output_length=MAX_STREAM,
        run_length_maximum_output_length=MAX_STREAM,
        array_based_stream_maximum_output_length=MAX_STREAM,
        jbig2dec_binary=None,  # no program is started for a picture
    ):
        try:
            draft = trusted(parsed, broken)
        except PyPdfError as error:
            encrypted = b"/Encrypt" in data
            raise CorpusError(
                "The PDF is encrypted; save it without a password." if encrypted else broken
            ) from error
    yield draft


def _pages(pages: Any) -> Iterator[str]:
    """The text of each page with its end."""
    for page in pages:
        content = page.get_contents()
        if content is not None and len(content.get_data()) > MAX_CONTENT:
            raise CorpusError("A page of the PDF is a drawing of many megabytes; save the article's text.")
        # a form feed within a page would count as its end
        text = page.extract_text().replace(PAGE_END, " ").rstrip()
        yield text + PAGE_END if is_text(text) else PAGE_END


def _title(reader: PdfReader) -> str:
    title = reader.metadata.title if reader.metadata else ""
    return "" if not isinstance(title, str) or NO_TITLE.match(title) else title
