"""The text of an answer in pieces: quotes and the prose between them, each with its labels.

Knows neither articles nor markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.types import Answer, Citation, Span

_LABELS = re.compile(r"(?:\s*\[(\d{1,2})\])+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of an answer and the labels after it; `quoted` if it is a quote."""

    text: str
    labels: tuple[int, ...]
    quoted: bool
    start: int  # of `text` within the answer's text
    answer: Span | None = None  # the answer span within `text`


def sentences(answer: Answer) -> tuple[Sentence, ...]:
    """The answer's text in pieces, each including its labels.

    Quotes are matched as a whole, so that a bracketed number inside an article is not taken for a label.
    """
    quotes = {_any_space(c.quote) for c in answer.citations if c.quote.strip()}
    # longest first: one quote may begin like another
    quoted = (
        re.compile(f"({'|'.join(sorted(quotes, key=len, reverse=True))}){_LABELS.pattern}")
        if quotes
        else None
    )
    pieces, position = [], 0
    while rest := answer.text[position:].lstrip():
        position = len(answer.text) - len(rest)
        match = quoted.match(answer.text, position) if quoted else None
        text_end, end = (match.end(1), match.end()) if match else _prose_end(answer.text, position)
        labels = tuple(int(n) for n in re.findall(r"\[(\d{1,2})\]", answer.text[text_end:end]))
        text = answer.text[position:text_end]
        span = _answer_span(text, labels, answer.citations)
        pieces.append(Sentence(text, labels, match is not None, position, span))
        position = end
    return tuple(pieces)


def _answer_span(text: str, labels: Sequence[int], citations: Sequence[Citation]) -> Span | None:
    """The answer span within a piece, of the first citation of which it is the quote.

    A quote whose white space the text changes has none.
    """
    for citation in citations:
        span = citation.answer_span
        if span and citation.label in labels and citation.quote == text:
            return Span(span.start - citation.start, span.end - citation.start)
    return None


def _any_space(quote: str) -> str:
    return r"\s+".join(re.escape(word) for word in quote.split())


def _prose_end(text: str, position: int) -> tuple[int, int]:
    match = _LABELS.search(text, position)
    return (match.start(), match.end()) if match else (len(text), len(text))
