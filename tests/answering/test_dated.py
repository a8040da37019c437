"""The day or month that a question names."""

from __future__ import annotations

import pytest

from qa.answering.dated import asks_what_happened, dated


@pytest.mark.parametrize(
    ("question", "bare", "since", "until"),
    [
        ("Was geschah im Mai 2021 im Bad?", "Was geschah im Bad?", "2021-05-01", "2021-05-31"),
        ("Wer trat am 3. Februar 2020 zurück?", "Wer trat zurück?", "2020-02-03", "2020-02-03"),
        ("Wer trat am 03.02.2020 zurück?", "Wer trat zurück?", "2020-02-03", "2020-02-03"),
        ("Was war im Jänner 2020?", "Was war?", "2020-01-01", "2020-01-31"),
        ("Who resigned in February 2024?", "Who resigned?", "2024-02-01", "2024-02-29"),
        ("Wie viele kamen im Mai 2021?", "Wie viele kamen?", "2021-05-01", "2021-05-31"),
    ],
)
def test_a_date_is_taken_out_of_the_question(question: str, bare: str, since: str, until: str) -> None:
    assert dated(question) == (bare, since, until)


@pytest.mark.parametrize(
    "question",
    [
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
        ("What happened at the harbour?", "at the harbour"),
        ("Was kostete das Bad?", None),
        ("Wer geschah?", None),
    ],
)
def test_questions_for_what_happened(question: str, topic: str | None) -> None:
    assert asks_what_happened(question) == topic
