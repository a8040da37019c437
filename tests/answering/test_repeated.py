"""Quotes that overlap or repeat each other are shown once."""

from __future__ import annotations

from qa.answering.quoting import arranged
from qa.answering.repeated import without_repetition
from qa.types import Answer, Article, Citation

A, B, C = (
    "Der Kutter liegt seit Mai im Hafen.",
    "Er hat 40 Jahre gefischt.",
    "Nun wird er verkauft.",
)
ONE = Article("a.txt", "Kutter", f"{A} {B} {C} {A}", language="de")
TWO = Article("b.txt", "Hafen", f"Nachrichten. {B} Mehr nicht.", language="de")
ARTICLES = {article.article_id: article for article in (ONE, TWO)}


def _cited(article: Article, quote: str, *, last: bool = False) -> Citation:
    start = article.text.rindex(quote) if last else article.text.index(quote)
    end = start + len(quote)
    return Citation(0, article.article_id, article.title, "", "", "", start, end, quote, 0.9)


def _told(*kept: list[Citation]) -> tuple[list[str], list[tuple[int, str]]]:
    answer = arranged(Answer("Was?", "answered", "", 0.9), kept)
    told = without_repetition(answer, ARTICLES.__getitem__)
    for one in told.citations:
        assert ARTICLES[one.article_id].text[one.start : one.end] == one.quote
    return told.text.split("\n\n"), [(one.label, one.article_id) for one in told.citations]


def test_overlapping_quotes_become_one() -> None:
    texts, labels = _told([_cited(ONE, f"{A} {B}")], [_cited(ONE, f"{B} {C}")])
    assert texts == [f"{A} {B} {C} [1]"]
    assert labels == [(1, "a.txt")]


def test_a_quote_within_another_is_not_shown_again() -> None:
    assert _told([_cited(ONE, f"{A} {B}")], [_cited(ONE, B)])[0] == [f"{A} {B} [1]"]
    assert _told([_cited(ONE, B)], [_cited(ONE, f"{A} {B}")])[0] == [f"{A} {B} [1]"]
    assert _told([_cited(ONE, f"{A} {B}")], [_cited(ONE, A, last=True)])[0] == [f"{A} {B} [1]"]


def test_what_another_article_repeats_is_a_further_label() -> None:
    texts, labels = _told([_cited(ONE, f"{A} {B}")], [_cited(ONE, C)], [_cited(TWO, B)])
    assert texts == [f"{A} {B} [1][2]", f"{C} [3]"]
    assert labels == [(1, "a.txt"), (2, "b.txt"), (3, "a.txt")]
    texts, _ = _told([_cited(ONE, A)], [_cited(ONE, f"{A} {B}"), _cited(TWO, B)])
    assert texts == [f"{A} {B} [1][2]"]


def test_a_quote_that_says_more_stays() -> None:
    assert len(_told([_cited(ONE, B)], [_cited(TWO, f"Nachrichten. {B}")])[0]) == 2
    assert len(_told([_cited(ONE, A)], [_cited(ONE, C)])[0]) == 2
    assert _told() == ([""], [])
