"""Dates in every form that is read."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.text.dates import DATE_AND_TIME, clear_month_names, date_of, field_date, month_names, month_number

UNHURRIED = settings(deadline=None)  # machines that run tests are busy


@UNHURRIED
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_form_of_a_date(day: date) -> None:
    months = [name for name in month_names("de") if name != "Jänner"]
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


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_name_of_a_month_is_read_and_recognised(language: str) -> None:
    for name in month_names(language):
        text = f"16. {name} 2024, 12:30 Uhr"
        assert re.fullmatch(DATE_AND_TIME, text, re.IGNORECASE)
        assert date_of(text).startswith("2024-")


def test_months_in_austria_and_short_ones() -> None:
    assert date_of("2. Jänner 2024") == "2024-01-02"
    assert date_of("2. Mrz. 2024") == date_of("2. Mär 2024") == "2024-03-02"
    assert date_of("7. Febr. 2024") == date_of("7 febr 2024") == "2024-02-07"
    assert date_of("7. Maerz 2024") == date_of("7. MAERZ 2024") == "2024-03-07"
    assert date_of("7. Jaenner 2024") == "2024-01-07"
    assert len(month_names("en")) == 12
    assert "Maerz" not in {*month_names("de"), *clear_month_names()}
    assert {*month_names("de"), *month_names("en")} - {*clear_month_names()} == {"May"}


def test_month_numbers() -> None:
    names = {"Januar": 1, "jänner": 1, "Mrz": 3, "may": 5, "OKT": 10, "Dezember": 12, "Montag": 0, "": 0}
    assert {name: month_number(name) for name in names} == names


@pytest.mark.parametrize(
    "text",
    [
        "March 6, 2024", "Mar. 6th, 2024", "6th of March 2024", "6 March, 2024", "6.März 2024",
        "06. MÄRZ 2024", "6 mars 2024", "2024/03/06", "Wed, 06 Mar 2024 14:05:00 +0100",
        "2024-03-06 14:05:00.123", "06-Mar-2024", "6-März-2024", "06-MAR-2024 14:05",
    ],
)  # fmt: skip
def test_more_complete_dates(text: str) -> None:
    assert date_of(text) == field_date(text) == "2024-03-06"


@pytest.mark.parametrize(
    "value",
    [
        "06.03.24", "6.3.24", "06/03/24", "06-03-24", "06-03-2024", "2024-3-6", "2024.03.06", "20240306",
        "20240306T140500Z", "202403061405", "6-Mar-24", "06 Mar 24", "Mar 6 2024", "Mittwoch, 06.03.24",
        "Mi 06.03.24 14:05", "45357", "45357.58", "1709733900", "1709733900000", "(06.03.24)",
        "06.Mar.2024", "06.03.'24", "Wed Mar  6 14:05:00 2024", "Wed Mar 06 14:05:00 +0000 2024",
    ],
)  # fmt: skip
def test_what_only_a_field_makes_a_date(value: str) -> None:
    assert field_date(value) == "2024-03-06"
    assert date_of(value) == ""


def test_years_of_two_digits() -> None:
    assert field_date("06.03.69") == "1969-03-06"
    assert field_date("06.03.68") == "2068-03-06"


@pytest.mark.parametrize(
    "value", ["", "bald", "2024", "12345", "99999", "31.02.24", "20241306", "06.03.2", "x" * 500]
)
def test_no_date_in_a_field(value: str) -> None:
    assert field_date(value) == ""


@UNHURRIED
@given(st.text(st.sampled_from("0123456789.-/ MarzT:"), max_size=30))
def test_a_field_is_a_day_or_nothing(value: str) -> None:
    day = field_date(value)
    assert not day or date.fromisoformat(day).isoformat() == day
