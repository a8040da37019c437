"""Articles in the rows of a table: CSV, and JSON lines.

The part of a row is its number, from 1: of the record in CSV, the header not counted, of the line in JSON
lines. One bad row costs only itself. Knows nothing of files or of other formats.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import accumulate

from qa.corpus.decoding import decoded, settled
from qa.corpus.formats.draft import FIELDS, Draft
from qa.errors import CorpusError
from qa.types import Skipped

TEXT = "text"  # the required column; the others are `FIELDS`
SEPARATORS = ",;\t|"  # column separators; German spreadsheets use semicolons
MAX_ROWS = 100_000
MAX_REREAD = 100_000_000  # characters, some 2 s of CPU time
MAX_CELL = 20_000_000  # characters; Python's default of 131072 is less than a long report


def read_csv(data: bytes) -> Iterator[Draft | Skipped]:
    """The rows of a table with a header such as `title,text,date,source,url`, in any order and case.

    Commas, semicolons, tabs or bars part the columns; further columns are passed over. A row counts
    whether it can be used or not, so that its number stays when another is corrected. Raises CorpusError
    without a column `text`, or with more than `MAX_ROWS` rows.
    """
    csv.field_size_limit(MAX_CELL)
    lines = [f"{line}\n" for line in settled(decoded(data)).split("\n")]
    separator = max(SEPARATORS, key=lines[0].count)
    records = _records(lines, separator)
    header = next(records, (1, []))[1]
    columns = [name.strip().casefold() for name in header] if isinstance(header, list) else []
    if columns.count(TEXT) != 1:
        raise CorpusError(
            "The table needs exactly one column named `text`. Name the columns title,text,date,source,url."
        )
    number = 0
    for line, record in records:
        if record == []:  # a blank line
            continue
        number = _counted(number)
        if isinstance(record, str):
            yield _malformed(number, line, record)
        elif len(record) > len(columns):
            why = f"{len(record)} columns, the header has {len(columns)}"
            yield _malformed(number, line, why)
        else:
            cells = dict(zip(columns, record, strict=False))
            fields = {name: cells.get(name, "") for name in FIELDS}
            yield Draft(cells.get(TEXT, ""), fields, _part(number), as_typed=True)


def read_json_lines(data: bytes) -> Iterator[Draft | Skipped]:
    """Lines of a JSON Lines file: objects with `text` and any of the `FIELDS`.

    Raises CorpusError with more than `MAX_ROWS` lines.
    """
    count = 0
    for number, line in enumerate(decoded(data).split("\n"), start=1):
        if not line.strip():
            continue
        count = _counted(count)
        try:
            yield _draft(json.loads(line), _part(number))
        except json.JSONDecodeError as error:
            yield _malformed(number, number, f"{error.msg}, column {error.colno}")
        except (ValueError, RecursionError) as error:
            yield _malformed(number, number, str(error))


def _counted(number: int) -> int:
    if number == MAX_ROWS:
        raise CorpusError(
            f"The table has more than {MAX_ROWS} rows, so the rest was skipped. Split the table."
        )
    return number + 1


def _part(number: int) -> str:
    return f"{number:04d}"


def _malformed(number: int, line: int, why: str) -> Skipped:
    return Skipped(_part(number), f"Line {line} is malformed ({why}). Correct this line.")


def _records(lines: list[str], separator: str) -> Iterator[tuple[int, list[str] | str]]:
    """Each record with its first line, counted from 1, or what is wrong with it.

    A quotation mark that is never closed would swallow the rest of the table. So the line it stands on is
    given up, and reading starts again on the next one. Raises CorpusError where that happens so often that
    more than `MAX_REREAD` characters, and more than twice the table, would be read again.
    """
    ends = list(accumulate(map(len, lines), initial=0))
    begin = reread = 0
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


def _draft(loaded: object, part: str) -> Draft:
    """The article in one JSON value. Raises ValueError with the reason if there is none."""
    if not isinstance(loaded, dict):
        raise ValueError("not a JSON object")
    text = loaded.get(TEXT)
    if not isinstance(text, str):
        raise ValueError("`text` is missing or not a string")
    fields = {name: "" if loaded.get(name) is None else loaded[name] for name in FIELDS}
    wrong = [name for name, value in fields.items() if not isinstance(value, str)]
    if wrong:
        raise ValueError(f"`{wrong[0]}` is not a string")
    return Draft(settled(text), fields, part, as_typed=True)
