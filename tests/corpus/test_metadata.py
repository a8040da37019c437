"""Title, date and source from the text itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.corpus.metadata import TITLE_CHARS, article_date, source_of, title_of, with_byline
from tests.support.articles import PARAGRAPHS

UNHURRIED = settings(deadline=None)  # machines that run tests are busy


BODY = PARAGRAPHS[0]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Brücke gesperrt – was nun?\n\n{BODY}", "Brücke gesperrt – was nun?"),
        (f"\n\n# Brücke **gesperrt** #\n\n{BODY}", "Brücke gesperrt"),
        (f"Foto: dpa\n|\nMeine News\nBrücke gesperrt\n{BODY}", "Brücke gesperrt"),
        (
            f"Was nun? Brücke gesperrt Lesedauer: 3 Min. Die Brücke im März\n\n{BODY}",
            "Was nun? Brücke gesperrt",
        ),
        (f"\n{BODY}", BODY.split(" Nach")[0]),
        (f"{BODY[:100]} {BODY}", BODY[:100] + " Die alte Brücke über den Bach bleibt bis zum …"),
        ("", ""),
        ("Foto: dpa\n|\n", ""),
    ],
)
def test_title(text: str, title: str) -> None:
    assert title_of(text, "de") == title


@UNHURRIED
@given(st.text(max_size=400))
def test_title_is_one_short_line(text: str) -> None:
    title = title_of(text)
    assert len(title) <= TITLE_CHARS
    assert title == " ".join(title.split())


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Brücke gesperrt\n\n24/10/2024\nWelt", "2024-10-24"),
        ("Brücke gesperrt\nMax Muster | 16. Oktober 2024", "2024-10-16"),
        ("Brücke gesperrt\nAltstadt, 16. Oktober 2024 - Der Rat tagt", "2024-10-16"),
        (
            "Brücke gesperrt Von tagblatt , ab Aktualisiert am 05.11.2024 - 04:03 Uhr Lesedauer: 3 Min.",
            "2024-11-05",
        ),
        ("date 2024-11 Brücke gesperrt Aktualisiert am 05.11.2024", "2024-11-05"),
        (
            "Brücke gesperrt\nDie Brücke über den Bach ist seit heute für alle zu.\nStand: 2024-11-05",
            "2024-11-05",
        ),
        ("Brücke gesperrt", ""),
        ("Was seit dem 7. Oktober 2023 geschah", ""),  # a headline speaks of other days
        ("Brücke gesperrt\nDie Brücke war am 7. Oktober 2023 nach einem Hochwasser schon einmal zu.", ""),
        ("Brücke gesperrt\nMittwoch (16. Oktober)", ""),
    ],
)
def test_article_date(head: str, expected: str) -> None:
    assert article_date(f"{head}\n\n{BODY}") == expected


def test_a_date_below_the_head_is_not_the_articles() -> None:
    assert article_date(f"Brücke gesperrt\n{BODY}\n{BODY}\n{BODY}\n24/10/2024\n") == ""
    assert article_date("Brücke gesperrt\n" + "Zeile\n" * 20 + "24/10/2024\n") == ""


@UNHURRIED
@given(st.integers(0, 4000))
def test_a_sentence_never_gives_the_date(days: int) -> None:
    day = date(2015, 1, 1) + timedelta(days)
    assert article_date(f"Die Brücke wurde am {day:%d.%m.%Y} von der Gemeinde gesperrt und bleibt es.") == ""


@pytest.mark.parametrize(
    ("head", "source"),
    [
        ("Brücke gesperrt Von t-blatt , cc Aktualisiert am 05.11.2024", "t-blatt"),
        ("Brücke gesperrt\nVon dpa\n", "dpa"),
        ("Brücke gesperrt\nVon tagblatt.de | 05.11.2024", "tagblatt.de"),
        ("Brücke gesperrt\nVon Max Muster", ""),
        ("Von unten gesehen ist die Brücke schön", ""),
        ("Brücke gesperrt\nFoto: dpa", ""),
    ],
)
def test_source(head: str, source: str) -> None:
    assert source_of(f"{head}\n\n{BODY}") == source


def test_a_title_ends_before_the_list_below_it() -> None:
    assert title_of("Das bleibt am Montag zu\n- das Rathaus\n- das Freibad\n") == "Das bleibt am Montag zu"


AUTHOR = "Swantje Lüders"


@pytest.mark.parametrize("author", [AUTHOR, "Lüders, Swantje", "von Swantje Lüders"])
def test_an_author_in_a_field_stands_above_the_text(author: str) -> None:
    assert with_byline("Der Rat tagt.", author, "de") == f"Von {AUTHOR}\n\nDer Rat tagt."
    assert with_byline("The council met.", author, "en") == f"By {AUTHOR}\n\nThe council met."


@pytest.mark.parametrize(
    "author", ["", "admin", "Redaktion", "https://example.org/a", "dpa", "Swantje Lüders"]
)
def test_no_author_or_one_that_the_text_names(author: str) -> None:
    text = "Der Rat tagt.\n\nText: Swantje Lüders"
    assert with_byline(text, author, "de") == text
