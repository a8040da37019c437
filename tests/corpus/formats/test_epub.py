"""EPUB files."""

from __future__ import annotations

from pathlib import Path

from qa.types import Article
from tests.support import documents
from tests.support.articles import all_of, one

ABOUT = {"title": "Uferpost", "language": "de", "date": "2024-03-06"}


def test_a_newspaper_has_an_article_a_document(tmp_path: Path) -> None:
    chapters = {
        "titel.xhtml": "<p>Uferpost</p>",
        "text/steg%201.xhtml": "<h1>Steg <em>zu</em></h1><p>Der Steg ist&#160;zu.</p>",
        "bad.xhtml": "<h2>Bad offen</h2><p>Das Bad ist offen.</p>",
        "leer.xhtml": "<img src='x.png'/>",
    }
    data = documents.epub({name.replace("%20", " "): body for name, body in chapters.items()}, about=ABOUT)
    found = [item for item in all_of(tmp_path, "a.epub", data) if isinstance(item, Article)]
    assert [(item.article_id, item.title, item.date, item.source) for item in found] == [
        ("a.epub/0001", "Uferpost", "2024-03-06", "Uferpost"),
        ("a.epub/0002", "Steg zu", "2024-03-06", "Uferpost"),
        ("a.epub/0003", "Bad offen", "2024-03-06", "Uferpost"),
    ]
    assert found[1].text == "Steg zu\n\nDer Steg ist\u00a0zu.\n"


def test_a_book_without_headings_is_one_article(tmp_path: Path) -> None:
    data = documents.epub(
        {"a.xhtml": "<p>Der Steg ist zu.</p>", "b.xhtml": "<p>Er bleibt es.</p>"}, about=ABOUT
    )
    found = one(tmp_path, "a.epub", data)
    assert (found.title, found.text) == ("Uferpost", "Der Steg ist zu.\n\nEr bleibt es.\n")


def test_a_chapter_that_is_not_well_formed_is_read_as_browsers_do(tmp_path: Path) -> None:
    found = one(tmp_path, "a.epub", documents.epub({"a.xhtml": "<p>Der Steg<br>ist zu.<p>Ja."}, about=ABOUT))
    assert found.text == "Der Steg\nist zu.\n\nJa.\n"


def test_a_document_that_is_not_in_the_file(tmp_path: Path) -> None:
    data = documents.epub({"a.xhtml": "<p>Der Steg ist zu.</p>"}, about=ABOUT)
    lost = data.replace(b"OEBPS/a.xhtml", b"OEBPS/b.xhtml")
    (reason,) = all_of(tmp_path, "a.epub", lost)
    assert not isinstance(reason, Article)
