"""Articles in the rows of Excel files (.xlsx): each sheet is a table as in CSV.

ECMA-376, part 1, chapter 18. What a cell shows is read, never calculated: of a formula, its last result.
Dates are serial numbers there; `qa.text.dates.field_date` reads them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from qa.corpus.formats import archives, tables, xml_tree
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.xml_tree import local
from qa.errors import CorpusError
from qa.types import Skipped

MAX_XLSX = 200_000_000  # unpacked bytes
MAX_SHEETS = 100
MAX_COLUMNS = 1_000  # the rest is ignored; Excel allows 16,384
_BROKEN = "The Excel file is damaged. Save it again as .xlsx."
_COLUMN = re.compile(r"([A-Za-z]{1,3})\d{1,7}")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_YEARS_1904 = 1_462  # days between the two beginnings of serial numbers
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml")


def read(data: bytes) -> Iterator[Draft | Skipped]:
    """The rows of the sheets that are tables of articles, as `tables.read_csv` reads them.

    The part of a row of the first such sheet is its number, of a further one also that of the sheet. Raises
    CorpusError if the file is damaged, encrypted, or no sheet is such a table.
    """
    if data.startswith(archives.OLE):
        raise CorpusError(
            "The file is encrypted or in the old .xls format. Save it as .xlsx without a password."
        )
    files = archives.members(data, _PARTS, MAX_XLSX, broken=_BROKEN)
    if "xl/workbook.xml" not in files:
        raise CorpusError(_BROKEN)
    workbook = xml_tree.parsed(files["xl/workbook.xml"], broken=_BROKEN)
    names = _sheets(workbook, files.get("xl/_rels/workbook.xml.rels", b""))
    shared = list(_shared(files.get("xl/sharedStrings.xml", b"")))
    offset = (
        _YEARS_1904 if any(element.get("date1904") in ("1", "true") for element in workbook.iter()) else 0
    )
    problem: CorpusError | None = None
    is_first = True
    for number, name in enumerate(names, start=1):
        sheet = archives.members(data, (name,), MAX_XLSX, broken=_BROKEN).get(name)
        if sheet is None:
            continue
        items = tables.rows(_records(xml_tree.parsed(sheet, broken=_BROKEN), shared))
        try:
            first = next(items, None)
        except CorpusError as error:  # a sheet of something else
            problem = problem or error
            continue
        prefix = "" if is_first else f"{number}/"
        is_first = False
        if first is not None:
            yield _placed(first, prefix, offset)
        for item in items:
            yield _placed(item, prefix, offset)
    if is_first:
        raise problem or CorpusError(_BROKEN)


def _placed(item: Draft | Skipped, prefix: str, offset: int) -> Draft | Skipped:
    """An item with its sheet in its part, and its date in the usual serial numbers."""
    if isinstance(item, Skipped):
        return Skipped(f"{prefix}{item.path}", item.reason)
    serial = _SERIAL.fullmatch(item.fields["date"]) if offset else None
    date = str(int(serial[1]) + offset) if serial else item.fields["date"]
    return item._replace(part=f"{prefix}{item.part}", fields={**item.fields, "date": date})


def _sheets(workbook: Any, relations: bytes) -> list[str]:
    """The names of the files of the visible sheets, in their order."""
    targets = {}
    if relations:
        for relation in xml_tree.parsed(relations, broken=_BROKEN):
            targets[relation.get("Id")] = relation.get("Target") or ""
    names = []
    for sheet in workbook.iter():
        if local(sheet) == "sheet" and sheet.get("state", "visible") == "visible":
            key = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
            target = targets.get(key, "")
            names.append(posixpath.normpath(target.lstrip("/") if target[:1] == "/" else f"xl/{target}"))
    return names[:MAX_SHEETS]


def _shared(data: bytes) -> Iterator[str]:
    """The texts that cells refer to by number."""
    if data:
        for item in xml_tree.parsed(data, broken=_BROKEN):
            yield _written(item)


def _written(element: Any) -> str:
    """The text in an element, without the reading aids of Japanese."""
    texts = (
        node.text or "" for node in element.iter() if local(node) == "t" and local(node.getparent()) != "rph"
    )
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), "".join(texts))


def _records(sheet: Any, shared: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row, with its number."""
    count = 0
    for row in sheet.iter():
        if local(row) != "row":
            continue
        count += 1
        number = row.get("r", "")
        cells: list[str] = []
        for cell in row:
            if local(cell) != "c":
                continue
            column = _column(cell.get("r", ""), len(cells))
            if column >= MAX_COLUMNS:
                break
            cells += [""] * (column - len(cells))
            cells.append(_value(cell, shared))
        while cells and not cells[-1].strip():
            cells.pop()
        yield int(number) if number.isdecimal() and len(number) < 9 else count, cells


def _column(reference: str, following: int) -> int:
    """The index of a cell's column, from 0, by its reference ("C7" is 2); without one, the following."""
    match = _COLUMN.fullmatch(reference)
    if not match:
        return following
    index = 0
    for letter in match[1].upper():
        index = 26 * index + ord(letter) - 64
    return max(index - 1, following)


def _value(cell: Any, shared: list[str]) -> str:
    """What a cell shows, as text."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _written(cell)
    value = next((child.text or "" for child in cell if local(child) == "v"), "")
    if kind == "s":
        return shared[int(value)] if value.isdecimal() and len(value) < 9 and int(value) < len(shared) else ""
    return "" if kind == "e" else value
