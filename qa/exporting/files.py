"""The formats of an export, by the ending of the file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from qa.exporting.document import Export
from qa.exporting.markdown import to_markdown
from qa.exporting.word import to_word
from qa.facts.rows import ArticleOf, Exported, Row, gone_row, rows_of, to_csv, to_json_lines
from qa.text.umlauts import transcription

MAX_NAME = 60  # characters of the subject in a file's name
MARK = b"\xef\xbb\xbf"  # by which spreadsheets know UTF-8


class FileFormat(NamedTuple):
    """A format: its media type, and how an export is written in it."""

    media_type: str
    write: Callable[[Export, ArticleOf, str], bytes]


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _markdown(export: Export, article_of: ArticleOf, version: str) -> bytes:
    return _utf8(to_markdown(export))


def _word(export: Export, article_of: ArticleOf, version: str) -> bytes:
    return to_word(export)


def _json_lines(export: Export, article_of: ArticleOf, version: str) -> bytes:
    return _utf8(to_json_lines(rows(export, article_of, version)))


def _csv(export: Export, article_of: ArticleOf, version: str) -> bytes:
    return MARK + _utf8(to_csv(rows(export, article_of, version)))


FORMATS = {
    ".md": FileFormat("text/markdown", _markdown),
    ".docx": FileFormat("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _word),
    ".jsonl": FileFormat("application/jsonl", _json_lines),
    ".csv": FileFormat("text/csv", _csv),
}


def file_name(subject: str, time: str, instead: str) -> str:
    """The name of an export without its ending: its subject and its day, or today, in small ASCII letters,
    digits and hyphens, which every file system and mail program takes.

    `time`: ISO 8601 or ""; `instead` is used where nothing of the subject is left.
    """
    day = time[:10] or date.today().isoformat()
    return f"{_folded(subject) or _folded(instead)}-{day}"


def _folded(subject: str) -> str:
    """The first words of a text in ASCII, joined by hyphens."""
    letters = unicodedata.normalize("NFKD", transcription(unicodedata.normalize("NFC", subject).casefold()))
    words = "-".join(re.findall("[a-z0-9]+", letters.encode("ascii", "ignore").decode()))
    if len(words) <= MAX_NAME:
        return words
    return words[: MAX_NAME + 1].rpartition("-")[0] or words[:MAX_NAME]


def rows(export: Export, article_of: ArticleOf, version: str) -> list[Row]:
    """The quotes, figures and dated sentences of an export as rows; `version` is the program's.

    Raises CorpusError if `article_of` does not know an article.
    """
    out: list[Row] = []
    for one in export.exchanges:
        items: list[Exported] = [*one.citations, *one.figures, *one.dated]
        told = {"note": one.note, "time": export.time, "address": export.address}
        known = {name: value for name, value in told.items() if value}
        found = rows_of(one.question, items, article_of, version)
        found += [gone_row(one.question, item, version) for item in one.gone]
        out += [row | known for row in found]
    return out
