"""Articles in the rows of a table: CSV, and JSON lines.

The part of a row is its number, from 1: of the record in CSV, the header not counted, of the line in JSON
lines. One bad row costs only itself. Knows nothing of files or of other formats.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

from qa.corpus.decoding import decoded, settled
from qa.corpus.formats import fields
from qa.corpus.formats.draft import FIELDS, Draft
from qa.errors import CorpusError
from qa.types import Skipped

SEPARATORS = ",;\t|"  # column separators; German spreadsheets use semicolons
MAX_ROWS = 100_000
MAX_REREAD = 100_000_000  # characters, some 2 s of CPU time
MAX_ABOVE = 10  # lines above the header, such as the name of an export
MAX_CELL = 20_000_000  # characters; Python's default of 131072 is less than a long report
_INNER = ("name", "title", "rendered", "value", "$date", "#text")  # of an object, the value meant
# a first line that Excel reads but does not show
_EXCEL_SEPARATOR = re.compile(r'"?sep=([^\w\s"]|\t)"?;*\s*', re.IGNORECASE)


def read_csv(data: bytes) -> Iterator[Draft | Skipped]:
    """The rows of a table with a header such as `title,text,date,source,url`, in any order and case.

    The names are in `fields`, German ones too. Columns are separated by commas, semicolons, tabs or bars, or
    by what a first line `sep=;` says; further columns are ignored. A row counts whether it can be
    used or not, so that its number stays when another is corrected. Raises CorpusError without a column for
    the text, or with more than `MAX_ROWS` rows.
    """
    csv.field_size_limit(MAX_CELL)
    lines = [f"{line}\n" for line in settled(decoded(data)).split("\n")]
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if told := _EXCEL_SEPARATOR.fullmatch(lines[first]):
        yield from rows(_records(lines, told[1], first + 1))
        return
    head = next((found for found in map(_as_head, lines[first : first + MAX_ABOVE]) if found), "")
    separator = head or max(SEPARATORS, key=lines[first].count)
    yield from rows(_records(lines, separator, first))


def _as_head(line: str) -> str:
    """The separator with which a line is the header of a table of articles; "" if it is not one."""
    for separator in SEPARATORS:
        if line.count(separator) and _is_head(line.strip().split(separator)):
            return separator
    return ""


def _is_head(names: Sequence[str]) -> bool:
    """Whether names are those of a text and of something else about an article."""
    return len(found := fields.chosen(names)) > 1 and fields.TEXT in found


def rows(records: Iterable[tuple[int, Sequence[str] | str]]) -> Iterator[Draft | Skipped]:
    """The articles in the records of a table, the first of them its header.

    A record comes with its line, and is what is wrong with it where it is a string. Raises CorpusError as
    `read_csv` does.
    """
    left = iter(records)
    written = (record for _, record in left if record)
    above = list(islice(written, 1))
    header = above[0] if above else []
    if isinstance(header, str) or fields.TEXT not in fields.chosen(header):
        # lines about the table may precede it
        names = (record for record in islice(written, MAX_ABOVE) if not isinstance(record, str))
        header = next(filter(_is_head, names), header)
    columns = [fields.plain(name) for name in header] if not isinstance(header, str) else []
    named = fields.chosen(columns)
    if columns.count(named.get(fields.TEXT, "")) != 1 or fields.TEXT not in named:
        raise CorpusError(
            "The table needs exactly one column named `text`. Name the columns title,text,date,source,url."
        )
    number = 0
    for line, record in left:
        if not record:  # a blank line
            continue
        number += 1
        check_rows(number)
        if isinstance(record, str):
            yield _malformed(number, line, record)
        elif any(record[len(columns) :]):
            why = f"{len(record)} columns, the header has {len(columns)}"
            yield _malformed(number, line, why)
        else:
            cells = dict(zip(columns, record, strict=False))
            found = {name: cells.get(named.get(name, ""), "") for name in FIELDS}
            text = fields.with_leads(cells.get(named[fields.TEXT], ""), cells)
            yield Draft(text, found, part_of(number), as_typed=True)


def read_json_lines(data: bytes) -> Iterator[Draft | Skipped]:
    """Lines of a JSON Lines file: objects with `text` and any of the `FIELDS`.

    Raises CorpusError with more than `MAX_ROWS` lines.
    """
    count = 0
    for number, line in enumerate(decoded(data).split("\n"), start=1):
        if not line.strip():
            continue
        count += 1
        check_rows(count)
        try:
            yield article_of(json.loads(line), part_of(number))
        except json.JSONDecodeError as error:
            yield _malformed(number, number, f"{error.msg}, column {error.colno}")
        except (ValueError, RecursionError) as error:
            yield _malformed(number, number, str(error))


def check_rows(count: int) -> None:
    """Raise CorpusError if a table has more than `MAX_ROWS` rows."""
    if count > MAX_ROWS:
        raise CorpusError(
            f"The table has more than {MAX_ROWS} rows, so the rest was skipped. Split the table."
        )


def part_of(number: int) -> str:
    """The part of the article with this number, from 1, in a file that holds several."""
    return f"{number:04d}"


def _malformed(number: int, line: int, why: str) -> Skipped:
    return Skipped(part_of(number), f"Line {line} is malformed ({why}). Correct this line.")


def _records(lines: list[str], separator: str, begin: int = 0) -> Iterator[tuple[int, list[str] | str]]:
    """Each record from the line `begin` on with its first line, counted from 1, or what is wrong with it.

    A quotation mark that is never closed would swallow the rest of the table. So the line that it is on is
    given up, and reading starts again on the next one. Raises CorpusError where that happens so often that
    more than `MAX_REREAD` characters, and more than twice the table, would be read again.
    """
    ends = list(accumulate(map(len, lines), initial=0))
    reread = 0
    while begin < len(lines):
        reader = csv.reader((lines[i] for i in range(begin, len(lines))), delimiter=separator, strict=True)
        read = 0
        try:
            for record in reader:
                yield begin + read + 1, record
                read = reader.line_num
            return
        except csv.Error as error:
            yield begin + read + 1, str(error)
            reread += ends[begin + reader.line_num] - ends[begin + read]
            if reread > MAX_REREAD + 2 * ends[-1]:
                raise CorpusError(
                    "The table has too many unclosed quotation marks, so the rest was skipped. Close them."
                ) from error
            begin += read + 1


def article_of(loaded: object, part: str) -> Draft:
    """The article in one JSON value. Raises ValueError with the reason if there is none."""
    if not isinstance(loaded, dict):
        raise ValueError("not a JSON object")
    values = {name: _value(value) for name, value in loaded.items() if value is not None and value != ""}
    named = fields.chosen(values)
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    if named.get(fields.TEXT) not in texts:
        raise ValueError("`text` is missing or not a string")
    if "author" in named:
        texts[named["author"]] = _names(values[named["author"]])
    wrong = [field for field in FIELDS if field in named and named[field] not in texts]
    if wrong:
        raise ValueError(f"`{wrong[0]}` is not a string")
    found = {field: texts.get(named.get(field, ""), "") for field in FIELDS}
    text = settled(fields.with_leads(texts[named[fields.TEXT]], texts))
    return Draft(text, found, part, as_typed=True)


def _names(value: object) -> str:
    """The names in a field of authors, which may be a list."""
    values = [_value(one) for one in value] if isinstance(value, list) else [value]
    return "; ".join(one for one in values if isinstance(one, str))


def _value(value: object) -> object:
    """A number as text, and the one text that an object wraps, as programs nest them."""
    if isinstance(value, dict):
        value = next((value[name] for name in _INNER if isinstance(value.get(name), str | int)), value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
