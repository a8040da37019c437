"""The text of an answer in pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.answer_text import Sentence, sentences
from qa.types import Answer, Citation, Span


def cited(label: int, quote: str, answer: str = "") -> Citation:
    """A quote from position 100 of an article; `answer` is the part of it that answers."""
    at = 100 + quote.index(answer) if answer else -1
    span = (at, at + len(answer)) if answer else (-1, -1)
    return Citation(label, "a.txt", "A", "", "", "", 100, 100 + len(quote), quote, 0.9, None, *span)


def pieces(text: str, *citations: Citation) -> list[tuple[str, tuple[int, ...], bool]]:
    answer = Answer("Frage?", "answered", text, 0.9, citations)
    return [(piece.text, piece.labels, piece.quoted) for piece in sentences(answer)]


def spans(text: str, *citations: Citation) -> list[str | None]:
    """The answer of each piece."""
    found = sentences(Answer("Frage?", "answered", text, 0.9, citations))
    assert all(text[piece.start :].startswith(piece.text) for piece in found)
    return [piece.text[slice(*piece.answer)] if piece.answer else None for piece in found]


def test_a_bracketed_number_within_a_quote_is_no_label() -> None:
    quote = "Laut Bericht [1] sank das Boot [2] nicht."
    assert pieces(f"{quote} [1] Und [2] {quote} [1]", cited(1, quote)) == [
        (quote, (1,), True),
        ("Und", (2,), False),
        (quote, (1,), True),
    ]


def test_of_two_quotes_that_begin_alike_the_longer_is_taken() -> None:
    short, long = "Laut Bericht", "Laut Bericht [1] sank das Boot."
    assert pieces(f"{long} [2]", cited(1, short), cited(2, long)) == [(long, (2,), True)]


def test_the_answer_of_each_quote_is_found_in_the_text() -> None:
    first, second = "Der Turm ist 52 Meter hoch.", "52 Stufen führen hinauf."
    text = f"{first} [1]\n\n{second} [2]"
    assert spans(text, cited(1, first, "52 Meter"), cited(2, second, "52")) == ["52 Meter", "52"]
    assert spans(text, cited(1, first), cited(2, second, second)) == [None, second]


def test_of_one_sentence_of_two_articles_the_first_answer_span_counts() -> None:
    quote = "Der Turm ist 52 Meter hoch."
    assert spans(f"{quote} [1][2]", cited(1, quote), cited(2, quote, "Meter")) == ["Meter"]
    assert spans(f"{quote} [1][2]", cited(1, quote, "52"), cited(2, quote, "Meter")) == ["52"]


@pytest.mark.parametrize(
    "text",
    [
        "Er misst 52 Meter. [1]",  # in other words
        "Der Turm ist\n52 Meter hoch. [1]",  # with other white space
        "Der Turm ist 52 Meter hoch. [2]",  # with the label of another
    ],
)
def test_what_is_not_the_quote_has_no_answer_span(text: str) -> None:
    other = cited(2, "Er ist alt.", "alt")
    assert spans(text, cited(1, "Der Turm ist 52 Meter hoch.", "52 Meter"), other) == [None]


@given(st.lists(st.text("ab [1].\n", max_size=12), max_size=4))
def test_the_pieces_are_the_text(parts: list[str]) -> None:
    quotes = [part.strip() for part in parts if part.strip()]
    citations = [cited(n, quote) for n, quote in enumerate(quotes, 1)]
    text = "\n\n".join(f"{quote} [{n}]" for n, quote in enumerate(quotes, 1))
    found: tuple[Sentence, ...] = sentences(Answer("?", "answered", text, 0.9, tuple(citations)))
    assert all(text[piece.start : piece.start + len(piece.text)] == piece.text for piece in found)
    assert all(a.start + len(a.text) <= b.start for a, b in pairwise(found))
    assert Span(0, 0) not in [piece.answer for piece in found]
