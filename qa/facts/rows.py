"""Quotes, figures and dated sentences of answers as rows of a file, and such a file read again.

The format is in docs/export.md. A row says where its quote stands and has the checksum of the article's text,
so that anybody can check it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Literal

from qa.errors import QAError
from qa.types import Article, Citation, DatedSentence, Figure

Row = dict[str, Any]
ArticleOf = Callable[[str], Article]  # the article with an id

Kind = Literal["quote", "figure", "dated"]
Exported = Citation | Figure | DatedSentence
KIND_OF: dict[type[Exported], Kind] = {Citation: "quote", Figure: "figure", DatedSentence: "dated"}
LISTS: dict[str, Kind] = {"citations": "quote", "figures": "figure", "timeline": "dated"}  # of an answer

PLACE = ("article_id", "title", "source", "date", "url", "page", "start", "end")
FIELDS = (
    *("kind", "question", "label", "quote", "answer_start", "answer_end", "value", "low", "high", "wording"),
    *("unit", "counted", "event", "period", "modality", "speaker", "medium", "copy_of", "block", "when"),
    *("since", "until", *PLACE, "sha256", "version", "time", "address", "note", "gone"),
)
_WHOLE = frozenset({"label", "answer_start", "answer_end", "copy_of", "page", "start", "end"})
_DECIMAL = frozenset({"value", "low", "high"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")  # a spreadsheet would calculate such a cell
MAX_ROWS = 100_000  # of a file that is read


def rows_of(question: str, items: Iterable[Exported], article_of: ArticleOf, version: str) -> list[Row]:
    """A row for each quote, figure and dated sentence that answers a question; `version` is the program's."""
    out: list[Row] = []
    for item in items:
        held = asdict(item)
        if isinstance(item, DatedSentence):
            held["when"] = held.pop("value")
        row = {
            "kind": KIND_OF[type(item)],
            "question": question,
            **held,
            "sha256": checksum(article_of(item.article_id).text),
            "version": version,
        }
        out.append({name: row[name] for name in FIELDS if name in row})
    return out


def gone_row(question: str, citation: Citation, version: str) -> Row:
    """A row for a quote whose article is gone: `gone`, and without a checksum."""
    row = {"kind": "quote", "question": question, **asdict(citation), "version": version, "gone": True}
    return {name: row[name] for name in FIELDS if name in row}


def checksum(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def to_json_lines(rows: Iterable[Row]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def to_csv(rows: Iterable[Row]) -> str:
    """A table with a line of names; an apostrophe keeps a cell from being taken for a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def read_rows(content: str) -> list[Row]:
    """The rows of an export: JSON lines, CSV, the lines of `qa ask --json`, or a conversation in JSON.

    Raises QAError if the content has another format.
    """
    content = content.removeprefix("\ufeff")
    if not content.strip():
        raise QAError("The file is empty. Give an export of quotes and figures.")
    found: list[Row] = []
    for row in _from_json(content) if content.lstrip()[:1] in "{[" else _from_csv(content):
        found.append(row)
        if len(found) > MAX_ROWS:
            raise QAError(f"The file has more than {MAX_ROWS:,} rows. Split it.")
    return found


def _from_json(content: str) -> Iterator[Row]:
    try:
        try:
            loaded = json.loads(content)
            objects = loaded if isinstance(loaded, list) else [loaded]
        except json.JSONDecodeError:
            objects = [json.loads(line) for line in content.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise QAError("The file is not valid JSON. Give an export as JSON lines or CSV.") from error
    for item in objects:
        if not isinstance(item, dict):
            raise QAError("The file holds something else than rows. Give an export of quotes and figures.")
        yield from _flat(item)


def _flat(item: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of an object: an answer, a conversation, or a row itself."""
    turns = item.get("turns")
    if isinstance(turns, list):
        for turn in turns:
            if isinstance(turn, dict):
                yield from _flat(turn) if "citations" in turn else ()
    elif "citations" in item:
        for name, kind in LISTS.items():
            listed = item.get(name) or []
            for row in listed if isinstance(listed, list) else [listed]:
                yield _with_kind(row, kind) if isinstance(row, dict) else {"kind": kind}
    else:
        yield dict(item)


def _with_kind(row: Row, kind: Kind) -> Row:
    """A row of an answer; the date of a dated sentence is called `value` there."""
    if kind == "dated" and "when" not in row:
        row = {("when" if name == "value" else name): value for name, value in row.items()}
    return {"kind": kind, **row}


def _from_csv(content: str) -> Iterator[Row]:
    reader = csv.DictReader(io.StringIO(content, newline=""), strict=True)
    try:
        if not {"article_id", "quote"} <= set(reader.fieldnames or ()):
            raise QAError("The file is no export: it has no columns article_id and quote.")
        for line in reader:
            yield {name: _read(name, value) for name, value in line.items() if name}
    except csv.Error as error:
        raise QAError("The file is not valid CSV. Export it again.") from error


def _read(name: str, cell: str | None) -> object:
    if name not in _WHOLE | _DECIMAL:
        text = cell or ""
        return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
    if not cell:
        return None
    try:
        return int(cell) if name in _WHOLE else float(cell)
    except ValueError:
        return cell  # no number: the check says so
