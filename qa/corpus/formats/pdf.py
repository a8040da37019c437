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


PAGE_END = "\f"  # after each page, as in the output of pdftotext; `qa.types.Article.page` counts them
MAX_PAGES = 2_000
SECONDS_PER_PAGE = 0.1  # of CPU time, beyond what any file may take
MAX_CONTENT = 5_000_000  # unpacked bytes of one page's drawing commands
MAX_STREAM = 20_000_000  # unpacked bytes of any other part of a PDF; fonts are the largest


def read(data: bytes) -> Iterator[Draft]:
    """The text of a PDF, each page ending in `PAGE_END`; lines as they are printed, hyphens kept.

    A limit on CPU time is extended by `SECONDS_PER_PAGE`. Raises CorpusError where it is broken, encrypted,
    without text (scanned), or leaves the bounds.
    """
    quiet()
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import PyPdfError

    broken = "The PDF is damaged. Export it again or save its text as .txt."

    def parsed() -> Draft:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise CorpusError("The PDF is encrypted. Save it without a password.")
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise CorpusError(f"The PDF has more than {MAX_PAGES} pages. Split it.")
        cpu_time.extend(SECONDS_PER_PAGE * count)
        text = "".join(_pages(reader.pages))
        if not any(c.isalnum() for c in text):
            raise CorpusError(
                f"The PDF contains no text (pages: {count}), only images. Run text recognition (OCR) on it."
            )
        return Draft(settled(text), {"title": _title(reader)})

    with apply_configuration(
        zlib_maximum_output_length=MAX_STREAM,
        lzw_maximum_output_length=MAX_STREAM,
        run_length_maximum_output_length=MAX_STREAM,
        array_based_stream_maximum_output_length=MAX_STREAM,
        jbig2dec_binary=None,  # never start a program to decode an image
    ):
        try:
            draft = trusted(parsed, broken)
        except PyPdfError as error:
            encrypted = b"/Encrypt" in data
            raise CorpusError(
                "The PDF is encrypted. Save it without a password." if encrypted else broken
            ) from error
    yield draft


def _pages(pages: Any) -> Iterator[str]:
    """The text of each page with its end."""
    for page in pages:
        content = page.get_contents()
        if content is not None and len(content.get_data()) > MAX_CONTENT:
            raise CorpusError(
                "A page of the PDF contains a very large drawing. Save the article's text as .txt."
            )
        # a form feed within a page would be taken for its end
        text = page.extract_text().replace(PAGE_END, " ").rstrip()
        yield text + PAGE_END if is_text(text) else PAGE_END


def _title(reader: PdfReader) -> str:
    title = reader.metadata.title if reader.metadata else ""
    return "" if not isinstance(title, str) or NO_TITLE.match(title) else title
