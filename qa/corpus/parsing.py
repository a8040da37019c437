"""The bytes of a file → its articles, or the reason why there is none.

An article's text is kept whole; title, date, source and language come from the file or else from the head
of the text, and stay empty where neither tells. Knows nothing of folders.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from qa.corpus import decoding
from qa.corpus.formats import archives, registry, tables, text, worker
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.registry import FOREIGN, PLAIN, TABLES, no_article
from qa.corpus.metadata import article_date, source_of, title_of
from qa.errors import CorpusError
from qa.text.languages import language_of
from qa.types import Article, Skipped

MAX_TEXT = 1_000_000  # characters of one article; a long novel
MAX_LINES = (
    50_000  # of one article, blank ones apart; what is made of lines of a few letters takes long to cut
)
MAX_ARCHIVE_SECONDS = 600.0  # CPU time that foreign libraries may take for the files of one archive


def contents(
    article_id: str, data: bytes, *, packed: worker.Allowance | None = None
) -> Iterator[Article | Skipped]:
    """The articles in the bytes of a file, or why there is none; `packed` if it comes out of an archive."""
    suffix = PurePosixPath(article_id).suffix.lower()
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        if suffix in PLAIN:
            yield _article(article_id, text.draft(data), sha256)
        elif suffix in FOREIGN:
            yield _article(article_id, worker.draft(suffix, data, packed), sha256)
        elif suffix in TABLES:
            yield from _rows(article_id, TABLES[suffix](decoding.decoded(data)), sha256)
        elif packed is not None:
            raise CorpusError("An archive in an archive is not opened; unpack it.")
        else:
            yield from _members(article_id, data)
    except CorpusError as error:
        yield Skipped(article_id, str(error))


def _rows(article_id: str, rows: Iterable[tables.Row], sha256: str) -> Iterator[Article | Skipped]:
    """The articles of a table; the row's number is the last part of their ids."""
    for number, found in rows:
        row_id = f"{article_id}/{number:04d}"
        try:
            yield Skipped(row_id, found) if isinstance(found, str) else _article(row_id, found, sha256)
        except CorpusError as error:
            yield Skipped(row_id, str(error).replace("The file", "The row", 1))


def _members(article_id: str, data: bytes) -> Iterator[Article | Skipped]:
    """The articles of an archive; the name of the member is the last part of their ids."""
    packed = worker.Allowance(MAX_ARCHIVE_SECONDS)
    for member in archives.members(data, limit=registry.MAX_FILE_BYTES):
        if packed.left <= 0:
            raise CorpusError(
                f"The archive takes longer than {MAX_ARCHIVE_SECONDS / 60:.0f} minutes to read;"
                " the rest is not read, pack fewer articles."
            )
        if isinstance(member, Skipped):
            yield Skipped(f"{article_id}/{member.path}", member.reason)
        elif reason := no_article(member.name):
            yield Skipped(f"{article_id}/{member.name}", reason)
        else:
            yield from contents(f"{article_id}/{member.name}", member.data, packed=packed)


def _article(article_id: str, draft: Draft, sha256: str) -> Article:
    """The article that a file tells of, what it does not tell taken from the text."""
    text = decoding.settled(draft.text)
    fields = {name: decoding.field(value) for name, value in draft.fields.items()}
    if not any(c.isalnum() for c in text):
        raise CorpusError("The file has no text; write the article into it or remove it.")
    if not decoding.is_text(text):
        raise CorpusError("The file is not text; save the article as UTF-8 text.")
    if len(text) > MAX_TEXT:
        raise CorpusError(f"The text is longer than {MAX_TEXT:,} characters; split it.")
    if sum(bool(line.strip()) for line in re.split("[\n\f]", text)) > MAX_LINES:
        raise CorpusError(f"The text has more than {MAX_LINES:,} lines; split it.")
    language = decoding.language(fields.get("language", "")) or language_of(text)
    return Article(
        article_id=article_id,
        title=fields.get("title") or title_of(text, language) or PurePosixPath(article_id).stem,
        text=text,
        source=fields.get("source") or source_of(text),
        url=decoding.web_address(fields.get("url", "")),
        date=decoding.iso_date(fields["date"]) if fields.get("date") else article_date(text),
        language=language,
        sha256=sha256,
    )
