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

from qa.types_phrasing import Phrasing

Vectors = NDArray[np.float32]  # [n, dimension], rows of unit length
Rows = NDArray[np.int64]  # numbers of passages within an index, from 0
Mode = Literal["hybrid", "dense", "lexical"]
Status = Literal["answered", "no_answer"]
Modality = Literal["stated", "reported", "estimated", "possible", "forecast"]  # of a figure, as worded
Block = Literal["answer", "beside"]


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
    """An article of the corpus with its full text."""

    article_id: str  # path below the corpus folder, "/"-separated, with extension
    title: str
    text: str  # Unicode NFC
    source: str = ""
    url: str = ""
    date: str = ""  # ISO 8601 or ""
    language: str = ""  # ISO 639-1 or ""
    sha256: str = ""  # of the file

    def page(self, position: int) -> int | None:
        """The page, from 1, of a character of the text; None if the article has no pages.

        A page ends with a form feed, as in text read from a PDF.
        """
        return self.text.count("\f", 0, position) + 1 if "\f" in self.text else None


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article without its text, as shown in a table."""

    article_id: str
    title: str
    source: str
    url: str
    date: str
    language: str
    passages: int
    copy_of: str = ""  # the first article of the same report, where this one repeats it; "" otherwise


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be used, and the reason for the user."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """An article that was read, but with a loss or a repair, and which, for the user."""

    path: str  # the article_id, or the file where the note is about all of it
    note: str


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
    lexical_score: float = 0.0  # BM25 as a share of the maximum score of the question's terms


@dataclass(frozen=True, slots=True)
class Filter:
    """Restricts a query to some articles; an empty field does not restrict."""

    article_id: str = ""
    source: str = ""  # compared case-insensitively
    since: str = ""  # ISO 8601 date, inclusive; excludes articles without a date
    until: str = ""  # ISO 8601 date, inclusive


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `article.text[start:end] == quote`.

    The answer span, if there is one, is `article.text[answer_start:answer_end]`, not empty and within the
    quote; otherwise both are -1. Raises ValueError for any other answer span.
    """

    label: int  # the n in [n], from 1
    article_id: str
    title: str
    source: str
    date: str
    url: str
    start: int
    end: int
    quote: str
    score: float  # 0..1: probability that this quote answers
    page: int | None = None  # from 1, of the quote's beginning; None: the article has no pages
    answer_start: int = -1  # the words of the quote that answer, within the article's text
    answer_end: int = -1
    speaker: str = ""  # who says so, as named in the article, and "/" the medium; "" where not recognised
    copy_of: int = 0  # label of the citation whose article this one's article repeats; 0: of none

    def __post_init__(self) -> None:
        if (self.answer_start, self.answer_end) == (-1, -1):
            return
        if not self.start <= self.answer_start < self.answer_end <= self.end:
            raise ValueError(
                f"The answer span {self.answer_start}-{self.answer_end} of {self.article_id} is not within "
                f"the quote {self.start}-{self.end}."
            )

    @property
    def answer_span(self) -> Span | None:
        """The answer span within the article's text; None if there is none."""
        return Span(self.answer_start, self.answer_end) if self.answer_start >= 0 else None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of an article with the sentence that gives it: `article.text[start:end] == quote`.

    `value` is None for a range; a bound is None where the wording leaves it open ("mindestens 600" has no
    upper one) or says only roughly ("etwa 600" has neither). The other texts are as worded in the article, ""
    where nothing was recognised.
    """

    quote: str
    article_id: str
    title: str
    source: str
    date: str
    start: int
    end: int
    value: float | None
    low: float | None
    high: float | None
    wording: str  # with its hedge: "etwa 600"
    unit: str
    counted: str  # "nordkoreanische Soldaten"
    event: str  # "getötet oder verletzt"
    period: str  # "seit dem vergangenen Monat"
    modality: Modality
    speaker: str
    medium: str  # the newspaper or agency that the article names as its source
    block: Block  # "answer", or "beside": another quantity that must not be mistaken for it


@dataclass(frozen=True, slots=True)
class DatedSentence:
    """A sentence of an article that tells when: `article.text[start:end] == quote`."""

    quote: str
    article_id: str
    title: str
    source: str
    date: str  # of the article
    start: int
    end: int
    wording: str  # of the date: "am 3. April"
    value: str  # as in ISO-TimeML: "2024-10-16", "2024-10", "2024-W42"; "XXXX-04-03" where the year is open
    since: str  # the first and the last day of it, ISO 8601; "" where the year is open
    until: str


@dataclass(frozen=True, slots=True)
class Part:
    """A contribution to the confidence: change in log-odds relative to the mean of the training questions."""

    name: str  # "sentence", "lead", "meaning", "words", "missing", "kind", "shape", or "base" for the start
    log_odds: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the bot answered or not; the words are those of the query."""

    covered: tuple[str, ...] = ()  # words that the quotes contain; without an answer, the closest passages
    near: tuple[str, ...] = ()  # words they paraphrase
    missing: tuple[str, ...] = ()  # words they lack; see also `Answer.missing`
    parts: tuple[Part, ...] = ()  # strongest first; their sum is the log-odds of the confidence


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question, or the statement that there is none."""

    question: str
    status: Status
    text: str  # with [n] after each quote
    confidence: float  # 0..1: probability that the first quote answers the question, even if it is not given
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)  # stage -> seconds, including "total"
    searched: str = ""  # the rewritten query; "" if the question was used as is
    # What is shown of that: the bare question in the articles' spelling, "" if it was typed so, and the
    # earlier question of the conversation that a follow-up refers to, "" if it stands on its own.
    understood: str = ""
    refers_to: str = ""
    explanation: Explanation | None = None
    # What the question names and no quote holds: a year, month, place, person or quantity, as worded in the
    # question. `Explanation.missing` lists single words of any kind.
    missing: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()  # for a question that asks for a quantity: those of the answer first
    phrased: Phrasing | None = None  # what a language model made of it, if one was asked


@dataclass(frozen=True, slots=True)
class Summary:
    """Articles summed up by a language model; every kept sentence is said by the citations of its labels."""

    articles: tuple[str, ...]  # ids
    language: str  # of the summary, as of the articles
    unread: int = 0  # characters of the articles that were too much for the model, and are not summed up
    citations: tuple[Citation, ...] = ()
    phrased: Phrasing | None = None  # None while the model writes


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a long task; `total` is 0 while unknown."""

    stage: Literal["read", "embed", "write"]
    done: int
    total: int
    seconds: float = 0.0  # since the stage began

    @property
    def rate(self) -> float:
        """Files or passages per second; 0 while unknown."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the stage is done at the current rate; None while unknown."""
        return (self.total - self.done) / self.rate if self.rate and self.total else None


OnProgress = Callable[[Progress], None]


def silent(*_: object) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """Result of a build."""

    generation: str
    articles: int
    passages: int
    embedded: int  # passages whose vector was computed
    reused: int  # passages whose vector was reused from the previous generation
    skipped: tuple[Skipped, ...]
    seconds: float
    model: str
    notes: tuple[Note, ...] = ()  # losses and repairs in articles that were read


@dataclass(frozen=True, slots=True)
class News:
    """What a newer generation brought to a running server."""

    added: int  # articles that the one before did not have
    removed: int
    time: str  # when it was opened: ISO 8601, with the server's offset from UTC


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
    """An added file."""

    path: str  # below the corpus folder
    articles: int
    skipped: tuple[Skipped, ...] = ()  # rows or members that were skipped


@dataclass(frozen=True, slots=True)
class Pending:
    """How a corpus folder and its index differ until the next build."""

    added: tuple[str, ...] = ()  # files with an article that the index lacks
    changed: frozenset[str] = frozenset()  # articles whose file has changed
    removed: frozenset[str] = frozenset()  # articles whose file is gone

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Removed:
    """A removed file; `token` restores it."""

    token: str  # identifies it for `restore`
    path: str  # its former path below the corpus folder
    time: str  # ISO 8601, UTC
