"""PDF files, and the page of a quote."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from qa.answering.bot import Bot
from qa.corpus.formats import cpu_time, pdf
from qa.index import build
from qa.index.search import Index
from qa.types import Article
from qa.web import cards_html
from qa.web.sources import sources_of
from tests.support import documents
from tests.support.articles import (
    BODY,
    PARAGRAPHS,
    one,
    quotes,
)
from tests.support.documents import Placed
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
    assert f"S. {answer.citations[0].page}" in cards_html.cards_html(sources, "", "de")
    assert f"p. {answer.citations[0].page}" in cards_html.cards_html(sources, "", "en")


def test_words_are_put_together_over_lines(tmp_path: Path) -> None:
    found = one(tmp_path, "a.pdf", documents.pdf([["Die Bundes-", "regierung schweigt."]]))
    assert found.text == "Die Bundesregierung schweigt.\f"


@pytest.mark.parametrize("title", ["Microsoft Word - x.docx", "zeitung_05.indd", "Unbenannt"])
def test_a_title_that_a_program_wrote_is_none(tmp_path: Path, title: str) -> None:
    data = documents.pdf([documents.printed(PARAGRAPHS)], title=title)
    assert one(tmp_path, "a.pdf", data).title.startswith("Die alte Brücke")


def test_each_page_extends_the_limit_on_cpu_time(monkeypatch: pytest.MonkeyPatch) -> None:
    extended: list[float] = []
    monkeypatch.setattr(cpu_time, "extend", extended.append)
    list(pdf.read(documents.pdf([["Ein Satz."]] * 3)))
    assert extended == [3 * pdf.SECONDS_PER_PAGE]


COLUMNS = [
    "Die Stadt Ahlen saniert ihr Freibad. Die Becken sind undicht, und das Wasser läuft in den Keller. Im Mai"
    " sollen die Arbeiten beginnen.",
    "Der Rat hat dafür vier Millionen Euro bewilligt. Eine Mehrheit stimmte nach langer Debatte zu, wie die"
    " Verwaltung mitteilte.",
    "Die Opposition hält den Plan für zu teuer. Sie will lieber ein neues Hallenbad bauen, das auch im Winter"
    " geöffnet ist.",
]


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("order", ["columns", "rows", "from the right"])
@pytest.mark.parametrize("shift", [0, 4])
def test_columns_are_read_one_after_the_other(count: int, order: str, shift: int, tmp_path: Path) -> None:
    lines = [textwrap.wrap(text, 30) for text in COLUMNS[:count]]
    drawn = [
        (row, column, Placed(40 + 170 * column, 700 - 11 * row - shift * column, line))
        for column, texts in enumerate(lines)
        for row, line in enumerate(texts)
    ]
    key = {
        "columns": lambda d: (d[1], d[0]),
        "rows": lambda d: d[:2],
        "from the right": lambda d: (-d[1], d[0]),
    }
    page = [Placed(40, 740, "Ein neues Becken für das Freibad in Ahlen: der Streit geht weiter", 16)]
    page += [text for _, _, text in sorted(drawn, key=key[order])]
    found = one(tmp_path, "a.pdf", documents.placed([page]))
    assert found.title == page[0].text
    assert found.text.rstrip("\f").split("\n\n") == [page[0].text, *COLUMNS[:count]]


def test_running_heads_and_page_numbers_do_not_part_a_sentence(tmp_path: Path) -> None:
    words = textwrap.wrap(" ".join(COLUMNS), 80)
    pages = []
    for number, lines in enumerate([words[:2], words[2:4], words[4:]], start=1):
        head = Placed(40, 800, f"Ahlener Bote, 6. März 2024 - Nr. {54 + number}", 8)
        body = [Placed(40, 760 - 12 * row, line, 10) for row, line in enumerate(lines)]
        pages.append([head, *body, Placed(300, 40, f"Seite {number}", 8)])
    found = one(tmp_path, "a.pdf", documents.placed(pages))
    head, body = found.text.split("\n\n", 1)
    assert head == "Ahlener Bote, 6. März 2024 - Nr. 55"  # once: it names outlet and day
    assert body.replace("\f", " ").split() == " ".join(COLUMNS).split()
    assert found.text.count("\f") == 3
    assert not any(quote.startswith("Seite") for quote in quotes(found))


@pytest.mark.parametrize(
    ("heads", "feet"),
    [
        (
            [
                "Ahlener Bote | Lokales, Nr. 54, 6. März 2024, Seite 7",
                "Ahlener Bote, Nr. 54, 6. März 2024, Seite 8",
            ],
            ["© Bote-Verlag. Alle Rechte vorbehalten."] * 2,
        ),
        (["", "AHLEN SANIERT SEIN FREIBAD   Ahlener Bote, 6. März 2024"], ["- 1 of 2 -", "- 2 of 2 -"]),
        (["Ahlener Bote 7", ""], ["", "Ahlener Bote 8"]),
        (["", "Ahlener Bote, 6. März 2024     Seite 8"], ["[1]", "[2]"]),
    ],
)
def test_running_heads_of_other_words(heads: list[str], feet: list[str], tmp_path: Path) -> None:
    lines = textwrap.wrap(" ".join(COLUMNS), 80)
    pages = []
    for number, body in enumerate((lines[:2], lines[2:])):
        page = [Placed(40, 760 - 12 * row, line, 10) for row, line in enumerate(body)]
        page += [Placed(40, 800, heads[number], 8)] if heads[number] else []
        page += [Placed(40, 40, feet[number], 8)] if feet[number] else []
        title = [Placed(40, 780, "Ahlen saniert sein Freibad", 16)] if number == 0 else []
        pages.append([*title, *page])
    found = one(tmp_path, "a.pdf", documents.placed(pages))
    assert " ".join(COLUMNS) in found.text.replace("\f", " ")
    assert found.title == "Ahlen saniert sein Freibad"
    if any("2024" in head for head in heads):
        assert "6. März 2024" in found.text, "one head stays, because it may name the day"


def test_a_number_within_the_text_is_no_page_number(tmp_path: Path) -> None:
    lines = [
        "Im Archiv der Stadt liegen nach Angaben der Leiterin genau",
        "412",
        "Bände aus dem Mittelalter.",
    ]
    page = [Placed(40, 700 - 12 * row, line, 10) for row, line in enumerate(lines)]
    assert "412" in one(tmp_path, "a.pdf", documents.placed([page])).text


def test_rows_of_a_table_stay_together(tmp_path: Path) -> None:
    rows = [["Liste", "Prozent", "Sitze"], ["Freie Liste", "34,2", "11"], ["Grüne Mitte", "22,8", "7"]]
    page = [
        Placed(40 + 120 * column, 700 - 14 * row, cell, 10)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
    ]
    assert (
        "Liste: Freie Liste | Prozent: 34,2 | Sitze: 11"
        in one(tmp_path, "a.pdf", documents.placed([page])).text
    )


# of letters in Helvetica, in thousandths of the type size
_WIDTHS = (
    dict.fromkeys("abdeghnopquLäöüß0123456789", 556) | dict.fromkeys("ckszvxy", 500) | {"w": 722, "m": 833}
)
_WIDTHS |= dict.fromkeys("ft .,", 278) | dict.fromkeys("-r", 333) | dict.fromkeys("ijl", 222) | {"E": 667}


def in_pieces(lines: Sequence[Sequence[str]], gap: float = 0.0) -> bytes:
    """A page with lines drawn in pieces, one after the other.

    One word stands far right of narrow lines, so PDFium takes the page for one that is written from top to
    bottom and puts a line end before each piece of one letter.
    """
    page = [Placed(480, 711, "oben", 10)]
    for row, pieces in enumerate(lines):
        x = 50.0
        for piece in pieces:
            page.append(Placed(round(x, 2), 700 - 11 * row, piece, 10))
            x += sum(_WIDTHS[letter] for letter in piece) / 100 + gap
    return documents.placed([page])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([["sie zahlt drei Eur", "o", " im jahr"]], "sie zahlt drei Euro im jahr"),
        ([["der rat be", "-"], ["zi", "f", "fert das"]], "der rat beziffert das"),
        ([["der rat be-"], ["zi", "f", "fert das", ","]], "der rat beziffert das,"),
        ([["die ", "k", "o", "s", "t", "e", "n", " hier"]], "die kosten hier"),
        ([["rund ", "3", "0", ".", "0", "0", "0", " mal"]], "rund 30.000 mal"),
        ([["am", " ", "o", "r", "t"], ["und ", "L", "and"]], "am ort und Land"),
    ],
)
def test_letters_that_are_drawn_by_themselves_do_not_tear_words(
    lines: list[list[str]], expected: str, tmp_path: Path
) -> None:
    assert one(tmp_path, "a.pdf", in_pieces(lines)).text.split() == ["oben", *expected.split()]


@pytest.mark.parametrize("gap", [2.5, 2.8, 4.0, 6.0])
@pytest.mark.parametrize("word", ["o", "E", "in", "das"])
def test_a_gap_between_letters_that_are_drawn_by_themselves_parts_words(
    word: str, gap: float, tmp_path: Path
) -> None:
    page = in_pieces([["hier ist das", word, "g", "und das"]] * 3, gap)
    text = one(tmp_path, "a.pdf", page).text
    assert text.split() == ["oben", *(["hier", "ist", "das", word, "g", "und", "das"] * 3)]
