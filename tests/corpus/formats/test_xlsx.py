"""Excel files as tables."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from qa.types import Article, Skipped
from tests.support import documents
from tests.support.articles import all_of

HEAD = ["Titel", "Datum", "Quelle", "Volltext"]
STEG = ["Steg", 45357, "Uferpost", "Der Steg ist zu."]


def changed(data: bytes, name: str, old: str, new: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    assert old.encode() in members[name]
    members[name] = members[name].replace(old.encode(), new.encode())
    return documents.zipped(members)


def test_rows_are_articles(tmp_path: Path) -> None:
    rows = [
        HEAD,
        STEG,
        ["", "", "", ""],
        ["Bad", "07.03.24", "Seebote", "Das Bad ist offen."],
        ["Leer", "", "", ""],
    ]
    found = all_of(tmp_path, "a.xlsx", documents.xlsx(rows))
    assert [
        (item.article_id, item.title, item.date, item.source) for item in found if isinstance(item, Article)
    ] == [
        ("a.xlsx/0001", "Steg", "2024-03-06", "Uferpost"),
        ("a.xlsx/0002", "Bad", "2024-03-07", "Seebote"),
    ]
    assert [item.path for item in found if isinstance(item, Skipped)] == ["a.xlsx/0003"]


def test_further_sheets(tmp_path: Path) -> None:
    more = [["Notiz"], ["nichts"]], [["text"], ["Das Bad ist offen."]]
    found = all_of(tmp_path, "a.xlsx", documents.xlsx([HEAD, STEG], more=more))
    assert [item.article_id for item in found if isinstance(item, Article)] == [
        "a.xlsx/0001",
        "a.xlsx/3/0001",
    ]


def test_a_sheet_that_is_hidden_is_not_read(tmp_path: Path) -> None:
    data = documents.xlsx([HEAD, STEG], more=[[["text"], ["Das Bad ist offen."]]])
    found = all_of(
        tmp_path, "a.xlsx", changed(data, "xl/workbook.xml", 'name="s2"', 'name="s2" state="hidden"')
    )
    assert [item.article_id for item in found if isinstance(item, Article)] == ["a.xlsx/0001"]


def test_the_years_of_old_macs(tmp_path: Path) -> None:
    data = changed(
        documents.xlsx([HEAD, STEG]), "xl/workbook.xml", "<sheets>", '<workbookPr date1904="1"/><sheets>'
    )
    (found,) = all_of(tmp_path, "a.xlsx", data)
    assert isinstance(found, Article)
    assert found.date == "2028-03-07"


def test_cells_of_every_kind(tmp_path: Path) -> None:
    sheet = (
        '<row r="2"><c r="A2" t="str"><f>HYPERLINK("x")</f><v>Formel</v></c><c r="B2" t="e"><v>#REF!</v></c>'
        '<c r="D2" t="inlineStr"><is><r><t>Der Steg</t></r><r><t xml:space="preserve"> ist_x000A_zu.</t></r>'
        '<rPh><t>x</t></rPh></is></c></row><row r="3"><c><v>1</v></c><c t="s"><v>9999</v></c>'
        '<c r="XFD3"><v>1</v></c></row></sheetData>'
    )
    data = changed(documents.xlsx([HEAD]), "xl/worksheets/s1.xml", "</sheetData>", sheet)
    article, empty = all_of(tmp_path, "a.xlsx", data)
    assert isinstance(article, Article)
    assert (article.title, article.date, article.text) == ("Formel", "", "Der Steg ist\nzu.")
    assert isinstance(empty, Skipped)
