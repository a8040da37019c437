from __future__ import annotations

import pytest

from qa.facts.moments import moments
from qa.facts.timeline import days_of, is_dated, timeline
from qa.types import Article

WRITTEN = "2024-10-17"  # a Thursday


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Am 16. Oktober 2023 kam er.", "2023-10-16"),
        ("Am 16. Oktober kam er.", "2024-10-16"),
        ("Am 28. Dezember kam er.", "2024-12-28"),
        ("Am 2. Mai kam er.", "2024-05-02"),
        ("Am 5.11. kam er.", "2024-11-05"),
        ("Im Juni 2023 kam er.", "2023-06"),
        ("Im Juni kam er.", "2024-06"),
        ("Im Jänner vergangenen Jahres kam er.", "2023-01"),
        ("Im Jahr 1998 kam er.", "1998"),
        ("Am Mittwoch kam er.", "2024-10-16"),
        ("Am Sonntag findet das Fest statt.", "2024-10-20"),
        ("Auf 11.000 bis 12.000 stieg die Zahl am Montag.", "2024-10-14"),
        ("Bis zu 300 kamen am Montag.", "2024-10-14"),
        ("Bis Sonntag wartet er.", "2024-10-20"),
        ("Am Mittwochabend kam er.", "2024-10-16TEV"),
        ("Gestern kam er.", "2024-10-16"),
        ("Im vergangenen Jahr kam er.", "2023"),
        ("In der vergangenen Woche kam er.", "2024-W41"),
        ("Im kommenden Jahr will er kommen.", "2025"),
        ("Vor zwei Jahren kam er.", "2022"),
        ("Vor drei Tagen kam er.", "2024-10-14"),
        ("Im Sommer 2022 kam er.", "2022-SU"),
        ("Im dritten Quartal kam er.", "2024-Q3"),
        ("In den neunziger Jahren kam er.", "199"),
        ("Derzeit ist er da.", "PRESENT_REF"),
    ],
)
def test_values(text: str, value: str) -> None:
    assert [one.value for one in moments(text, WRITTEN)] == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Am 16. Oktober kam er.", "XXXX-10-16"),
        ("Im Januar kam er.", "XXXX-01"),
        ("Am Mittwoch kam er.", ""),
        ("Gestern kam er.", ""),
        ("Vor zwei Jahren kam er.", ""),
        ("Im Juni 2023 kam er.", "2023-06"),
    ],
)
def test_without_a_day_of_writing_nothing_is_guessed(text: str, value: str) -> None:
    assert [one.value for one in moments(text, "")] == [value]


@pytest.mark.parametrize(
    "text", ["Er zahlte 2.000 Euro.", "Das Spiel endete 3:1.", "Es kamen 1998 Menschen."]
)
def test_what_is_no_date(text: str) -> None:
    assert moments(text, WRITTEN) == []


@pytest.mark.parametrize("written", ["0001-01-01", "9999-12-31", "2024-10", "gestern"])
def test_a_day_of_writing_that_cannot_be_is_none(written: str) -> None:
    assert [one.value for one in moments("Morgen, gestern und vor 9999 Jahren.", written)] == ["", "", ""]


def test_a_day_that_does_not_exist_has_no_value() -> None:
    assert [one.value for one in moments("Am 31. Februar kam er.", WRITTEN)] == [""]


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2024-W01", ("2024-01-01", "2024-01-07")),
        ("2024-10-16TEV", ("2024-10-16", "2024-10-16")),
        ("2024", ("2024-01-01", "2024-12-31")),
        ("2024-Q1", ("2024-01-01", "2024-03-31")),
        ("2023-WI", ("2023-12-01", "2024-02-29")),
        ("2024-SU", ("2024-06-01", "2024-08-31")),
        ("9999-WI", ("9999-12-01", "10000-02-29")),
        ("XXXX-10", None),
        ("PAST_REF", None),
        ("199", None),
    ],
)
def test_days(value: str, days: tuple[str, str] | None) -> None:
    assert days_of(value) == days


@pytest.mark.parametrize(
    ("text", "dated"),
    [("Er kam.\nIm Mai ging er.", True), ("Er kam gestern.", False), ("Derzeit ist er da.", False)],
)
def test_whether_an_article_is_dated(text: str, dated: bool) -> None:
    assert is_dated(Article("a", "A", text)) is dated


def test_a_timeline_is_in_the_order_of_what_is_told() -> None:
    first = Article(
        "a", "A", "Am Mittwoch fiel der Turm. Im März 2021 wurde er gebaut. Heute steht nichts.", date=WRITTEN
    )
    second = Article(
        "b", "B", "Der Turm war rot. Im Januar wurde er gestrichen. Im März 2021 wurde er gebaut."
    )
    listed = timeline([first, second])
    assert [(one.value, one.article_id) for one in listed] == [
        ("2021-03", "a"),
        ("2024-10-16", "a"),
        ("2024-10-17", "a"),
        ("XXXX-01", "b"),
    ]
    for one in listed:
        article = first if one.article_id == "a" else second
        assert article.text[one.start : one.end] == one.quote
        assert one.wording in one.quote
    assert (listed[-1].since, listed[-1].until) == ("", "")
