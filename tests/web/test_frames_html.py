"""What surrounds conversations and articles."""

from __future__ import annotations

import re

import pytest

from qa.types import ArticleSummary
from qa.web import frames_html
from qa.web.pages import moment
from tests.support.fakes import ARTICLES, FakeIndex

INDEX = FakeIndex("g1", ARTICLES)


def test_the_first_screen_says_what_the_articles_are() -> None:
    out = frames_html.start_html(INDEX.articles(), ["Wie <viele>?"], "2024-11-26T12:30:00+00:00", "de")
    facts = re.findall(r"<span>([^<]*)</span>", out)
    assert facts == [
        "3 Artikel",
        "3 Medien",
        "24. Oktober 2024 bis 5. November 2024",
        f"Stand: {moment('2024-11-26T12:30:00+00:00', 'de')}",
    ]
    assert 'data-question="Wie &lt;viele&gt;?"' in out
    assert frames_html.start_html([], ["Wer?"], "", "de") == ""
    one = ArticleSummary("a", "T", "", "", "", "", 1)
    assert re.findall(r"<span>([^<]*)</span>", frames_html.start_html([one], [], "", "en")) == ["1 article"]
    assert "12.000 Artikel" in frames_html.start_html([one] * 12_000, [], "", "de")


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_header_says_which_language_is_on(language: str) -> None:
    (current,) = re.findall(r'<a href="\?lang=(\w+)"[^>]*aria-current', frames_html.header_html(language))
    assert current == language
