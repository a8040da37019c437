"""Requests and answers of programs, the same by REST, Gradio and MCP.

Whatever comes in is checked here, with bounds; what goes out has the fields of the command line's JSON.
This module knows no protocol.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

MAX_QUESTION = 2_000  # characters, as on the page
MAX_TURN = 20_000  # characters of a message before the question
MAX_HISTORY = 50  # messages
MAX_NAME = 1_000  # characters of an article's id or an outlet's name
MAX_HITS = 100
MAX_PAGE = 500  # articles of a list at once
MAX_OFFSET = 1_000_000_000  # articles before those of a list
MAX_ID = 2**63 - 1  # of a question, where it is a number
MAX_PLACE = 100  # characters of the name of a field in an error


def _day(value: str) -> str:
    return date.fromisoformat(value).isoformat() if value else ""


Day = Annotated[str, Field(max_length=10, description="Day as 2024-10-16"), AfterValidator(_day)]
Name = Annotated[str, Field(max_length=MAX_NAME)]
# A text with a bound is checked to be Unicode, too: a lone surrogate could not be sent back.
QuestionId = Annotated[str, Field(max_length=MAX_NAME)] | Annotated[int, Field(ge=-MAX_ID, le=MAX_ID)]
QuestionText = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, pattern=r"\S")]


class Strict(BaseModel):
    """A request; a field it does not know is an error, so that a misspelt filter is not passed over."""

    model_config = ConfigDict(extra="forbid")


class Message(Strict):
    """A message of the conversation before a question."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=MAX_TURN)]


class Ask(Strict):
    """A question, and which articles may answer it."""

    question: QuestionText
    id: QuestionId | None = Field(None, description="Given back with the answer")
    history: list[Message] = Field(
        [], max_length=MAX_HISTORY, description="The conversation before, oldest first"
    )
    article: Name = Field("", description="Ask only this article, by its id")
    source: Name = Field("", description="Ask only articles of this outlet")
    since: Day = ""
    until: Day = ""


class Search(Strict):
    """A query for passages, and in which articles they may be."""

    question: QuestionText
    k: int = Field(10, ge=1, le=MAX_HITS, description="How many passages")
    mode: Literal["hybrid", "dense", "lexical"] = "hybrid"
    article: Name = ""
    source: Name = ""
    since: Day = ""
    until: Day = ""


class CitationFields(TypedDict):
    """An exact quote: characters `start` to `end` of the article's text are `quote`."""

    label: int
    article_id: str
    title: str
    source: str
    date: str
    url: str
    start: int
    end: int
    quote: str
    score: float
    page: int | None


class HitFields(TypedDict):
    """A passage that was found."""

    passage_id: str
    article_id: str
    start: int
    end: int
    text: str
    rank: int
    score: float
    dense_rank: int | None
    lexical_rank: int | None


class PartFields(TypedDict):
    """A part of a confidence."""

    name: str
    log_odds: float


class ExplanationFields(TypedDict):
    """Why an answer was given or refused."""

    covered: list[str]
    near: list[str]
    missing: list[str]
    parts: list[PartFields]


class AnswerFields(TypedDict):
    """What the articles say to a question; a refusal (`no_answer`) has no citations, and the nearest hits."""

    id: str | int | None
    question: str
    status: Literal["answered", "no_answer"]
    text: str
    confidence: float
    citations: list[CitationFields]
    hits: list[HitFields]
    seconds: dict[str, float]
    searched: str
    explanation: ExplanationFields | None


class SearchFields(TypedDict):
    """The passages found, best first."""

    query: str
    hits: list[HitFields]


class ArticleFields(TypedDict):
    """An article, whole."""

    article_id: str
    title: str
    text: str
    source: str
    url: str
    date: str
    language: str
    sha256: str


class SummaryFields(TypedDict):
    """An article without its text."""

    article_id: str
    title: str
    source: str
    url: str
    date: str
    language: str
    passages: int


class SkippedFields(TypedDict):
    """A part of a file that is no article."""

    path: str
    reason: str


class AddedFields(TypedDict):
    """A file that was put into the corpus."""

    path: str
    articles: int
    skipped: list[SkippedFields]


class RemovedFields(TypedDict):
    """A file that was taken out of the corpus; `token` puts it back."""

    token: str
    path: str
    time: str


class ArticlesFields(TypedDict):
    """Some of the articles that match; `total` is how many do."""

    total: int
    offset: int
    articles: list[SummaryFields]
