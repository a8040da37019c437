"""The nouns of the project: frozen values that the layers pass to each other.

All offsets count Unicode code points of `Article.text` (which is NFC), are half-open, and
satisfy `article.text[start:end] == text` (or `quote`). This module knows nothing of files,
models or markup.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]  # [n, dimension], rows of unit length
Rows = NDArray[np.int64]  # numbers of passages within an index, from 0
Mode = Literal["hybrid", "dense", "lexical"]
Status = Literal["answered", "no_answer"]


class Span(NamedTuple):
    """A half-open range of characters."""

    start: int
    end: int


class Run(NamedTuple):
    """Rows, best first, and their scores."""

    rows: Rows
    scores: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Article:
    """One article of the corpus, whole."""

    article_id: str  # path below the corpus folder, "/"-separated, with extension
    title: str
    text: str  # Unicode NFC
    source: str = ""
    url: str = ""
    date: str = ""  # ISO 8601 or ""
    language: str = ""  # ISO 639-1 or ""
    sha256: str = ""  # of the file

    def page(self, position: int) -> int | None:
        """The page, from 1, of a character of the text; None where the article has no pages.

        A page ends in a form feed, as in what was read from a PDF.
        """
        return self.text.count("\f", 0, position) + 1 if "\f" in self.text else None


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article as a row of a table, without its text."""

    article_id: str
    title: str
    source: str
    url: str
    date: str
    language: str
    passages: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be used, and why (one sentence for the user)."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of an article, the unit of retrieval."""

    article_id: str
    ordinal: int  # from 0 within the article
    start: int
    end: int
    text: str

    @property
    def passage_id(self) -> str:
        return f"{self.article_id}#{self.ordinal}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query."""

    passage: Passage
    rank: int  # from 1
    score: float  # higher is better
    dense_rank: int | None = None  # from 1; None: not in the dense run
    lexical_rank: int | None = None  # from 1; None: not in the lexical run
    dense_score: float = 0.0  # cosine of question and passage
    lexical_score: float = 0.0  # BM25 as a share of what the question's terms could give


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles a query may see; an empty field allows all."""

    article_id: str = ""
    source: str = ""  # compared without regard to case
    since: str = ""  # ISO 8601 date, inclusive; an article without a date is not in a range
    until: str = ""  # ISO 8601 date, inclusive


@dataclass(frozen=True, slots=True)
class Citation:
    """An exact quote: `article.text[start:end] == quote`."""

    label: int  # the n in [n], from 1
    article_id: str
    title: str
    source: str
    date: str
    url: str
    start: int
    end: int
    quote: str
    score: float  # 0..1: how likely this quote answers
    page: int | None = None  # from 1, of the quote's beginning; None: the article has no pages


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a confidence: what it adds to the log-odds, against the mean of the training questions."""

    name: str  # "sentence", "lead", "meaning", "words", "missing", "kind", "shape", or "base" for the start
    log_odds: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an answer was given or refused; words are those of what was searched for."""

    covered: tuple[str, ...] = ()  # words that the quotes hold; of a refusal: the nearest passages
    near: tuple[str, ...] = ()  # that they hold in other words
    missing: tuple[str, ...] = ()  # that they lack
    parts: tuple[Part, ...] = ()  # the strongest first; their sum is the log-odds of the confidence


@dataclass(frozen=True, slots=True)
class Answer:
    """What the corpus says to a question, or that it says nothing."""

    question: str
    status: Status
    text: str  # with [n] behind each quote
    confidence: float  # 0..1: that the corpus answers this question
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)  # stage -> seconds, "total" among them
    searched: str = ""  # what was searched for; "" where it is the question itself
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of long work; `total` is 0 while it is not known."""

    stage: Literal["read", "embed", "write"]
    done: int
    total: int
    seconds: float = 0.0  # since the stage began

    @property
    def rate(self) -> float:
        """Files or passages a second; 0 while it is not known."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Until the stage is done, at the rate so far; None while it is not known."""
        return (self.total - self.done) / self.rate if self.rate and self.total else None


OnProgress = Callable[[Progress], None]


def silent(*_: object) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    generation: str
    articles: int
    passages: int
    embedded: int  # passages whose vector was computed
    reused: int  # passages whose vector was taken from the generation before
    skipped: tuple[Skipped, ...]
    seconds: float
    model: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A generation as `qa status` shows it."""

    generation: str
    built: str
    model: str
    articles: int
    passages: int
    bytes: int
    current: bool


@dataclass(frozen=True, slots=True)
class Added:
    """A file that was put into the corpus."""

    path: str  # below the corpus folder
    articles: int
    skipped: tuple[Skipped, ...] = ()  # rows or members of it that are no articles


@dataclass(frozen=True, slots=True)
class Removed:
    """A file that was taken out of the corpus; `token` puts it back."""

    token: str  # names it, to put it back
    path: str  # below the corpus folder, where it was
    time: str  # ISO 8601, UTC
