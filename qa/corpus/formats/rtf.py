"""Articles in Rich Text Format, of word processors and press databases."""

from __future__ import annotations

from collections.abc import Iterator

from qa.corpus.decoding import settled
from qa.corpus.formats import exports
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.libraries import written_title
from qa.errors import CorpusError
from qa.text.rtf import is_rtf, rtf_text, rtf_title


def read(data: bytes) -> Iterator[Draft]:
    """The text of a file in RTF, or the articles of an export: paragraphs and tables, then footnotes.

    Raises CorpusError if it is something else.
    """
    source = data.decode("cp1252", "replace")  # RTF is ASCII; some programs write letters of Windows
    if not is_rtf(source):
        raise CorpusError("The file is not in Rich Text Format. Save it again as .rtf or .docx.")
    text = settled(rtf_text(source).replace("\0", ""))
    yield from exports.drafts_in(text, {"title": written_title(rtf_title(source))})
