"""The wording of the page."""

from __future__ import annotations

import re

from qa.i18n.wording import language_tag, long_date, words


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
