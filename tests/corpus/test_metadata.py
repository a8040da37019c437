from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.corpus.metadata import TITLE_CHARS, article_date, source_of, title_of
from qa.text.dates import date_of
from qa.text.languages import language_of

UNHURRIED = settings(deadline=None)  # machines that run tests are busy

BODY = (
    "Die alte Brücke über den Bach bleibt bis zum Herbst gesperrt, wie die Gemeinde am Dienstag mitteilte."
    " Nach Angaben der Verwaltung sind die Pfeiler morsch."
)


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


@UNHURRIED
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_form_of_a_date(day: date) -> None:
    months = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
    for text in (
        f"{day:%d.%m.%Y}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day:%d/%m/%Y}",
        f"{day:%Y-%m-%d}",
        f"{day:%Y-%m-%d}T04:03:00+01:00",
        f"{day.day}. {months[day.month - 1]} {day.year}",
    ):
        assert date_of(text) == day.isoformat()
        assert date_of(f"Stand: {text}.") == day.isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "", "31.02.2024", "30/02/2024", "2024-13-01", "10/24/2024", "2024-11", "November 2024", "0.0.2024",
        "16. Oktober", "Mittwoch (16. Oktober)", "32. Oktober 2024", "16. Brumaire 2024", "105.11.2024",
        "05.11.20245", "05.11.24", "1.2.3.2024",
    ],
)  # fmt: skip
def test_no_date(text: str) -> None:
    assert date_of(text) == ""


def test_an_impossible_date_does_not_hide_the_next() -> None:
    assert date_of("31.02.2024, 01.03.2024") == "2024-03-01"


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


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (BODY, "de"),
        (
            "The old bridge over the brook is closed until autumn, and it will not be opened for the fair.",
            "en",
        ),
        ("Le pont est fermé pour des travaux et les habitants ne sont pas contents de la mairie.", "fr"),
        ("El puente está cerrado por obras y los vecinos no están contentos con la alcaldía.", "es"),
        ("Η γέφυρα είναι κλειστή", "el"),
        ("Мост закрыт до осени, как сообщили власти в четверг вечером, это был сильный дождь.", "ru"),
        ("Міст закрито до осені, як повідомили в четвер, її ремонтують.", "uk"),
        ("这座桥关闭到秋天。", "zh"),
        ("この橋は秋まで閉鎖されます。", "ja"),
        ("สะพานปิดจนถึงฤดูใบไม้ร่วง", "th"),
        ("", ""),
        ("42", ""),
        ("Kursk Pjöngjang Moskau Seoul Washington Berlin", ""),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.slow
def test_languages_of_judged_paragraphs(shared: Path) -> None:
    for path in sorted((shared / "data/xquad-dev").glob("xquad.*.dev.json")):
        data = json.loads(path.read_text("utf-8"))["data"]
        found = [language_of(p["context"]) for article in data for p in article["paragraphs"]]
        assert found.count(path.name.split(".")[1]) / len(found) > 0.93, path.name
