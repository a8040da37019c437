"""The wording of the page."""

from __future__ import annotations

import re

import pytest

from qa.i18n.wording import LANGUAGES, language_tag, long_date, words
from qa.text.dates import month_names


def test_dates_in_words() -> None:
    assert long_date("2024-11-05", "de") == "5. November 2024"
    assert long_date("2024-03-14", "en") == "14 March 2024"
    assert long_date("2024-11", "de") == "2024-11"
    assert long_date("", "de") == ""


def test_language_tag_takes_codes_only() -> None:
    assert language_tag("en") == "en"
    assert language_tag('de" onclick="x') == "de"


def test_both_languages_have_the_same_words_with_the_same_gaps() -> None:
    german, english = words("de"), words("en")
    assert german.keys() == english.keys()
    for key, text in german.items():
        assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", english[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_months_are_those_that_dates_are_read_with(language: str) -> None:
    """The wording is data for translators, so the page does not take it from `qa.text.dates`."""
    others = {"Jänner"}  # Austrian, read but not written
    assert words(language)["months"].split() == [m for m in month_names(language) if m not in others]
