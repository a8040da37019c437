"""The bytes of a file → its articles, or the reason why there are none.

An article's text is kept whole; title, date, source and language come from the file or else from the top
of the text, and stay empty where neither tells. Knows nothing of folders.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from qa.corpus import decoding
from qa.corpus.cleaning import cleaned
from qa.corpus.formats import format_of, worker
from qa.corpus.formats.draft import Draft, Member
from qa.corpus.metadata import article_date, source_of, title_of, with_byline
from qa.errors import CorpusError
from qa.text.addresses import web_address
from qa.text.dates import field_date
from qa.text.languages import language_of
from qa.types import Article, Note, Skipped

MAX_TEXT = 1_000_000  # characters of one article; a long novel
MAX_LINES = 50_000  # non-blank lines of one article; texts of very short lines take long to split
MAX_ARCHIVE_SECONDS = 600.0  # CPU seconds for parsing the files of one archive


def contents(article_id: str, data: bytes) -> Iterator[Article | Skipped | Note]:
    """The articles in the bytes of a file, or why there is none; notes follow their article.

    The ids of several articles end in the part of each: the number of its row, its name in the archive.
    """
    return _contents(article_id, data, None)


def _contents(
    article_id: str, data: bytes, archive: worker.Allowance | None
) -> Iterator[Article | Skipped | Note]:
    """The same; a file in an archive shares the archive's allowance."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        kind = format_of(article_id)
        if kind.is_archive and archive:
            raise CorpusError("Archives inside archives are not opened. Unpack the inner archive.")
        allowance = worker.Allowance(MAX_ARCHIVE_SECONDS) if kind.is_archive else archive
        for item in worker.read(article_id, data, allowance) if kind.library else kind.read(data):
            if kind.is_archive and allowance and allowance.left <= 0:
                raise CorpusError(
                    f"Reading the archive takes longer than {MAX_ARCHIVE_SECONDS / 60:.0f} minutes, so "
                    "the rest was skipped. Put fewer articles into it."
                )
            if isinstance(item, Member):
                yield from _contents(f"{article_id}/{item.name}", item.data, allowance)
            elif isinstance(item, Skipped):
                yield Skipped(f"{article_id}/{item.path}", item.reason)
            else:
                yield from _article_or_reason(article_id, item, sha256)
    except CorpusError as error:
        yield Skipped(article_id, str(error))


def _article_or_reason(article_id: str, draft: Draft, sha256: str) -> Iterator[Article | Skipped | Note]:
    """The article of a whole file or of a row with its notes, or the reason why there is none."""
    item_id = f"{article_id}/{draft.part}" if draft.part else article_id
    try:
        _check_size(draft.text)  # cleaning takes time, too, and may change the size
        draft = cleaned(draft)
        yield _article(item_id, draft, sha256)
    except CorpusError as error:
        if not draft.part:
            raise
        yield Skipped(item_id, str(error).replace("The file", "The row", 1))
    else:
        yield from (Note(item_id, note) for note in draft.notes)


def _article(article_id: str, draft: Draft, sha256: str) -> Article:
    """The article in a file; fields that the file lacks are taken from the text."""
    text = decoding.settled(draft.text)
    fields = {name: decoding.field(value) for name, value in draft.fields.items()}
    if not any(c.isalnum() for c in text):
        raise CorpusError("The file contains no text. Add the article's text or remove it.")
    if not decoding.is_text(text):
        raise CorpusError("The file is not plain text. Save the article as UTF-8 text.")
    _check_size(text)
    language = decoding.language(fields.get("language", "")) or language_of(text)
    text = with_byline(text, fields.get("author", ""), language)
    return Article(
        article_id=article_id,
        title=fields.get("title") or title_of(text, language) or PurePosixPath(article_id).stem,
        text=text,
        source=fields.get("source") or source_of(text),
        url=web_address(fields.get("url", "")),
        date=field_date(fields["date"]) if fields.get("date") else article_date(text),
        language=language,
        sha256=sha256,
    )


def _check_size(text: str) -> None:
    """Raise CorpusError if a text has too many characters or lines."""
    if len(text) > MAX_TEXT:
        raise CorpusError(f"The text is longer than {MAX_TEXT:,} characters. Split it into several files.")
    if sum(bool(line.strip()) for line in re.split("[\n\f]", text)) > MAX_LINES:
        raise CorpusError(f"The text has more than {MAX_LINES:,} lines. Split it into several files.")
