"""Articles in PDF files, read by PDFium.

PDFium gives characters and their positions; `pdf_layout` puts words in reading order, `pdf_text` makes
text of their lines.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from qa.corpus.decoding import is_text, settled
from qa.corpus.formats import cpu_time
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.libraries import trusted, written_title
from qa.corpus.formats.pdf_layout import Word
from qa.corpus.formats.pdf_text import pages_of_text
from qa.errors import CorpusError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MAX_PAGES = 2_000
MAX_CHARACTERS = 200_000  # of one page; a broadsheet has some 20,000
SECONDS_PER_PAGE = 0.1  # of CPU time, beyond what any file may take
WORD_GAP = 0.6  # distance of two characters, in units of the type size, from which they are two words
# The same where PDFium puts a space or line end that the page does not have: before a letter that is drawn by
# itself, as browsers draw hyphens and kerned letters. The space of narrow type is no less.
GENERATED_GAP = 0.12
_LINE_SHIFT = 0.5  # vertical distance of two characters, in the same units, from which they are two words
_LINE_HYPHENS = {0x02: "-", 0xFFFE: "-"}  # PDFium's marks of a hyphen at the end of a line
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
NO_TEXT = "The PDF contains no text"  # how the reason for a scan begins


def read(data: bytes) -> Iterator[Draft]:
    """The text of a PDF, each page ending in a form feed behind its last sentence.

    Columns are read one after the other, wrapped lines joined, running heads and page numbers left out. A
    limit on CPU time is extended by `SECONDS_PER_PAGE`. Raises CorpusError where it is broken, encrypted,
    without text (scanned), or exceeds the limits.
    """
    import pypdfium2

    broken = "The PDF is damaged. Export it again or save its text as .txt."

    def parsed() -> Draft:
        document = pypdfium2.PdfDocument(data)
        try:
            return _draft(document)
        finally:
            document.close()

    try:
        draft = trusted(parsed, broken)
    except CorpusError as error:
        if b"/Encrypt" in data and isinstance(error.__cause__, pypdfium2.PdfiumError):
            raise CorpusError("The PDF is encrypted. Save it without a password.") from error
        raise
    yield draft


def _draft(document: PdfDocument) -> Draft:
    count = len(document)
    if count > MAX_PAGES:
        raise CorpusError(f"The PDF has more than {MAX_PAGES} pages. Split it.")
    cpu_time.extend(SECONDS_PER_PAGE * count)
    text, headline = pages_of_text(_pages(document))
    if not any(c.isalnum() for c in text):
        raise CorpusError(f"{NO_TEXT} (pages: {count}), only images. Run text recognition (OCR) on it.")
    return Draft(settled(text), {"title": _title(document) or headline})


def _pages(document: PdfDocument) -> Iterator[list[Word]]:
    """The words of each page."""
    for number in range(len(document)):
        page = document[number]
        try:
            words = list(_words(page))
        finally:
            page.close()
        yield words if is_text(" ".join(word.text for word in words)) else []


def _words(page: Any) -> Iterator[Word]:
    """The words of a page in the order in which they are drawn."""
    from pypdfium2 import raw

    text_page = page.get_textpage()
    height = page.get_height()
    box = raw.FS_RECTF()
    place = ctypes.byref(box)
    code_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    letters: list[str] = []
    gap = WORD_GAP
    left = top = right = bottom = size = 0.0
    count = text_page.count_chars()
    if count > MAX_CHARACTERS:
        raise CorpusError("A page of the PDF contains too many characters. Save the article's text as .txt.")
    for index in range(count):
        code = code_of(text_page, index)
        letter = _LINE_HYPHENS.get(code) or chr(code if code < 0x110000 else 0xFFFD)
        if letter.isspace() or code == 0:
            if raw.FPDFText_IsGenerated(text_page, index) == 1:
                gap = GENERATED_GAP
                continue
            if letters:
                yield Word(_spelled(letters), left, top, right, bottom, size)
                letters = []
            continue
        if not box_of(text_page, index, place):
            continue
        a, b, c, d = box.left, height - box.top, box.right, height - box.bottom
        unit = max(d - b, 1.0)
        apart = letters and (
            a - right > gap * size or a < left - size or abs(d - bottom) > _LINE_SHIFT * max(size, unit)
        )
        if apart:
            yield Word(_spelled(letters), left, top, right, bottom, size)
            letters = []
        gap = WORD_GAP
        if letters:
            top, right, bottom = min(top, b), max(right, c), max(bottom, d)
        else:
            left, top, right, bottom, size = a, b, c, d, unit
        letters.append(letter)
    if letters:
        yield Word(_spelled(letters), left, top, right, bottom, size)


def _spelled(letters: list[str]) -> str:
    """A word; letters beyond the basic plane may come in two halves."""
    word = "".join(letters).translate(_LIGATURES)
    return word.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _title(document: PdfDocument) -> str:
    return written_title(document.get_metadata_value("Title").strip())
