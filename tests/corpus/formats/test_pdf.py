"""PDF files, and the page of a quote."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.answering.bot import Bot
from qa.corpus.formats import cpu_time, pdf
from qa.index import build
from qa.index.search import Index
from qa.types import Article
from qa.web import answer_html
from qa.web.sources import sources_of
from tests.support import documents
from tests.support.articles import (
    BODY,
    PARAGRAPHS,
    one,
    quotes,
)
from tests.support.standin import StandIn


def test_the_page_of_a_quote(tmp_path: Path) -> None:
    lines = documents.printed(PARAGRAPHS)
    found = one(tmp_path, "a.pdf", documents.pdf([lines[:3], lines[3:5], lines[5:]]))
    assert found.text.count("\f") == 3
    begins = {" ".join(quote.split()[:2]): found.text.index(quote[:9]) for quote in quotes(found)}
    assert {words: found.page(start) for words, start in begins.items()} == {
        "Die alte": 1,
        "Nach Angaben": 1,
        "„Das ist": 1,
        "Sie rechnet": 1,  # and ends on page 2
        "Die Schulbusse": 2,
        "Eltern hatten": 2,  # and ends on page 3
        "Was aus": 3,
    }


def test_a_sentence_runs_on_over_a_page_but_not_into_a_new_paragraph(tmp_path: Path) -> None:
    lines = documents.printed(PARAGRAPHS)
    plain = one(tmp_path / "plain", "a.txt", BODY.encode())
    for cut in range(1, len(lines)):
        found = one(tmp_path / f"{cut}", "a.pdf", documents.pdf([lines[:cut], lines[cut:]]))
        assert quotes(found) == quotes(plain), cut


def test_an_article_without_form_feeds_has_no_pages() -> None:
    assert Article("a.txt", "", "Text").page(2) is None
    assert [Article("a.pdf", "", "ab\fcd\f").page(i) for i in range(6)] == [1, 1, 1, 2, 2, 2]


def test_the_page_is_shown(tmp_path: Path, encoder: StandIn) -> None:
    lines = documents.printed(PARAGRAPHS)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/a.pdf").write_bytes(documents.pdf([lines[:2], lines[2:]]))
    build.build(tmp_path / "corpus", tmp_path / "vectors", encoder=encoder)
    index = Index.open(tmp_path / "vectors", encoder=encoder)
    answer = Bot(index, min_confidence=0.0).ask("Mit welchen Kosten rechnet Eva Kern?")
    assert answer.citations
    for citation in answer.citations:
        assert citation.page == 1 + index.article("a.pdf").text[: citation.start].count("\f")
    sources = sources_of(answer, index.article)
    assert f"S. {answer.citations[0].page}" in answer_html.cards_html(sources, "", "de")
    assert f"p. {answer.citations[0].page}" in answer_html.cards_html(sources, "", "en")


def test_hyphens_at_line_ends_stay(tmp_path: Path) -> None:
    found = one(tmp_path, "a.pdf", documents.pdf([["Die Bundes-", "regierung schweigt."]]))
    assert found.text == "Die Bundes-\nregierung schweigt.\f"


@pytest.mark.parametrize("title", ["Microsoft Word - x.docx", "zeitung_05.indd", "Unbenannt"])
def test_a_title_that_a_program_wrote_is_none(tmp_path: Path, title: str) -> None:
    data = documents.pdf([documents.printed(PARAGRAPHS)], title=title)
    assert one(tmp_path, "a.pdf", data).title.startswith("Die alte Brücke")


def test_each_page_extends_the_limit_on_cpu_time(monkeypatch: pytest.MonkeyPatch) -> None:
    extended: list[float] = []
    monkeypatch.setattr(cpu_time, "extend", extended.append)
    list(pdf.read(documents.pdf([["Ein Satz."]] * 3)))
    assert extended == [3 * pdf.SECONDS_PER_PAGE]
