"""The day or month that a question names."""

from __future__ import annotations

import pytest

from qa.answering.dated import FIRST, LAST, Dated, dated, month_alone
from qa.answering.happened import asks_what_happened


@pytest.mark.parametrize(
    ("question", "bare", "since", "until"),
    [
        ("Was geschah im Mai 2021 im Bad?", "Was geschah im Bad?", "2021-05-01", "2021-05-31"),
        ("Wer trat am 3. Februar 2020 zurück?", "Wer trat zurück?", "2020-02-03", "2020-02-03"),
        ("Wer trat am 03.02.2020 zurück?", "Wer trat zurück?", "2020-02-03", "2020-02-03"),
        ("Was war im Jänner 2020?", "Was war?", "2020-01-01", "2020-01-31"),
        ("Who resigned in February 2024?", "Who resigned?", "2024-02-01", "2024-02-29"),
        ("Wie viele kamen im Mai 2021?", "Wie viele kamen?", "2021-05-01", "2021-05-31"),
        ("Wie viele kamen im Sept. 2021?", "Wie viele kamen?", "2021-09-01", "2021-09-30"),
        ("Wie viele kamen im 09/2021?", "Wie viele kamen?", "2021-09-01", "2021-09-30"),
        ("Wer kam im Mai des Jahres 2021?", "Wer kam?", "2021-05-01", "2021-05-31"),
        ("Wer kam Ende Mai 2021 ins Bad?", "Wer kam ins Bad?", "2021-05-01", "2021-05-31"),
        ("Who came in early May 2021?", "Who came?", "2021-05-01", "2021-05-31"),
        ("Wer kam am Montag, 3. Mai 2021?", "Wer kam?", "2021-05-03", "2021-05-03"),
        ("Wer kam am 3.5.21?", "Wer kam?", "2021-05-03", "2021-05-03"),
        ("Who came in May '21?", "Who came?", "2021-05-01", "2021-05-31"),
    ],
)
def test_a_date_is_taken_out_of_the_question(question: str, bare: str, since: str, until: str) -> None:
    assert dated(question) == (bare, since, until, False)


@pytest.mark.parametrize(
    ("question", "bare", "since", "until"),
    [
        ("Wie viele kamen zwischen Mai und Juli 2021?", "Wie viele kamen?", "2021-05-01", "2021-07-31"),
        ("Wie viele kamen zwischen Oktober und Januar 2021?", "Wie viele kamen?", "2020-10-01", "2021-01-31"),
        ("Was war zwischen dem 1. und dem 5. Mai 2021?", "Was war?", "2021-05-01", "2021-05-05"),
        (
            "Was geschah zwischen 3.4.2021 und 5.4.2021 im Bad?",
            "Was geschah im Bad?",
            "2021-04-03",
            "2021-04-05",
        ),
        ("Wer kam vom 28. Mai bis zum 2. Juni 2021?", "Wer kam?", "2021-05-28", "2021-06-02"),
        ("Who came between May 3, 2021 and June 4, 2021?", "Who came?", "2021-05-03", "2021-06-04"),
        ("Who came from May 2020 to June 2021?", "Who came?", "2020-05-01", "2021-06-30"),
        ("Was ist seit März 2021 im Bad passiert?", "Was ist im Bad passiert?", "2021-03-01", LAST),
        ("Wer kam zwischen Juli 2021 und Mai 2021?", "Wer kam?", "2021-05-01", "2021-07-31"),
        ("Wer kam vor dem 3. Mai 2021?", "Wer kam?", FIRST, "2021-05-03"),
        ("Who resigned since 3 May 2021?", "Who resigned?", "2021-05-03", LAST),
        ("Wer kam im Frühjahr 2021 ins Bad?", "Wer kam ins Bad?", "2021-03-01", "2021-05-31"),
        ("Wer kam im Winter 2020/21?", "Wer kam?", "2020-12-01", "2021-02-28"),
        ("Who came in the summer of 2021?", "Who came?", "2021-06-01", "2021-08-31"),
    ],
)
def test_a_period_is_taken_out_of_the_question(question: str, bare: str, since: str, until: str) -> None:
    assert dated(question) == (bare, since, until, True)


def test_months_and_years_of_a_period() -> None:
    winter = Dated("", "2020-11-15", "2021-02-03")
    assert (winter.months(), winter.years()) == ({11, 12, 1, 2}, {"2020", "2021"})
    assert Dated("", "2020-01-01", "2021-06-30").months() == frozenset()
    assert (Dated("", FIRST, "2021-02-03").months(), Dated("", "2021-02-03", LAST).years()) == (set(), set())


@pytest.mark.parametrize(
    "question",
    [
        "Wie viele kamen zwischen 2019 und 2021?",
        "Wer kam zwischen Mai und Juli?",
        "Wer kam zwischen dem 30. und 31. Februar 2021?",
        "Wer kam zwischen dem 3.13.2021 und dem 4.13.2021?",
        "Wie lang ist die Strecke zwischen Bonn und Köln?",
        "Seit wann kam er?",
        "Wie viele kamen 2021?",
        "Wer kam im Mai?",
        "Wer kam am 31. Februar 2020?",
        "Was kostet ein Haus im Maital 2021?",
        "Wie hoch ist der Turm?",
        "Wer kam im Mai 0000?",
    ],
)
def test_other_questions_name_no_day(question: str) -> None:
    assert dated(question) is None


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Was geschah im Bad?", "im Bad"),
        ("Was ist im Bad passiert?", "im Bad"),
        ("Was passierte?", ""),
        ("Was tat sich im Bad?", "im Bad"),
        ("Was gab es Neues vom Bad?", "vom Bad"),
        ("Was wurde über das Bad berichtet?", "über das Bad"),
        ("Was meldete das Seeblatt über das Bad?", "über das Bad"),
        ("Was stand über das Bad in der Zeitung?", "über das Bad"),
        ("Was war im Bad los?", "im Bad"),
        ("Welche Meldungen gab es zum Bad?", "zum Bad"),
        ("What was reported about the harbour?", "about the harbour"),
        ("What did the Echo write about the harbour?", "about the harbour"),
        ("Was stand auf dem Schild?", None),
        ("Was wurde aus dem Bad?", None),
        ("Was schrieb der Wirt an die Stadt?", None),
        ("What happened at the harbour?", "at the harbour"),
        ("Was kostete das Bad?", None),
        ("Wer geschah?", None),
    ],
)
def test_questions_for_what_happened(question: str, topic: str | None) -> None:
    assert asks_what_happened(question) == topic


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Was geschah im Mai im Bad?", ("Was geschah im Bad?", 5)),
        ("Was geschah im Bad Ende Mai?", ("Was geschah im Bad?", 5)),
        ("Was geschah im Mai 2021 im Bad?", None),
        ("Was geschah im Maital?", None),
        ("Was geschah am 3. Mai?", None),
    ],
)
def test_a_month_without_a_year(question: str, found: tuple[str, int] | None) -> None:
    assert month_alone(question) == found
