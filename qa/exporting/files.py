"""The formats of an export, by the ending of the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from qa.exporting.document import Export
from qa.exporting.markdown import to_markdown
from qa.exporting.word import to_word
from qa.facts.rows import ArticleOf, Exported, Row, rows_of, to_csv, to_json_lines

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


def rows(export: Export, article_of: ArticleOf, version: str) -> list[Row]:
    """The quotes, figures and dated sentences of an export as rows; `version` is the program's.

    Raises CorpusError if `article_of` does not know an article.
    """
    out: list[Row] = []
    for one in export.exchanges:
        items: list[Exported] = [*one.citations, *one.figures, *one.dated]
        told = {"note": one.note, "time": export.time, "address": export.address}
        known = {name: value for name, value in told.items() if value}
        out += [row | known for row in rows_of(one.question, items, article_of, version)]
    return out
