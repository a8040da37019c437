"""Requests and responses of the programming interfaces, shared by REST, Gradio and MCP.

Requests are validated here, with limits; responses have the same fields as the command line's JSON. Knows no
protocol.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from qa.answering.summary import MAX_ARTICLES
from qa.api.fields import HitFields
from qa.service.service import MAX_QUESTION
from qa.types import (
    ArticleSummary,
    BuildReport,
    Citation,
    Explanation,
    Figure,
    Mode,
    News,
    Progress,
    Status,
)
from qa.types_phrasing import Phrased, PhrasingStatus

MAX_TURN = 20_000  # characters of an earlier message
MAX_HISTORY = 50  # messages
MAX_NAME = 1_000  # characters of an article's id or an outlet's name
MAX_HITS = 100
MAX_PAGE = 500  # articles per page of a list
MAX_OFFSET = 1_000_000_000  # offset into a list of articles
MAX_ID = 2**63 - 1  # of a question, where it is a number
MAX_PLACE = 100  # characters of the name of a field in an error


def _day(value: str) -> str:
    return date.fromisoformat(value).isoformat() if value else ""


Day = Annotated[str, Field(max_length=10, description="Date, YYYY-MM-DD"), AfterValidator(_day)]
Name = Annotated[str, Field(max_length=MAX_NAME)]
FileEnding = Literal["md", "docx", "jsonl", "csv"]
# A string with a length limit is also checked to be valid Unicode: a lone surrogate could not be sent back.
QuestionId = Annotated[str, Field(max_length=MAX_NAME)] | Annotated[int, Field(ge=-MAX_ID, le=MAX_ID)]
QuestionText = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, pattern=r"\S")]


class Strict(BaseModel):
    """Base for requests. Unknown fields are errors, so that a misspelt filter is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class Message(Strict):
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=MAX_TURN)]


class Ask(Strict):
    """A question, optionally restricted to some articles."""

    question: QuestionText
    id: QuestionId | None = Field(None, description="Returned with the answer")
    history: list[Message] = Field([], max_length=MAX_HISTORY, description="Earlier messages, oldest first")
    article: Name = Field("", description="Search only the article with this id")
    source: Name = Field("", description="Search only articles from this outlet")
    since: Day = ""
    until: Day = ""
    phrase: bool = Field(False, description="Let a language model phrase the answer, below the quotes")


class Summarise(Strict):
    """Articles to be summed up by a language model."""

    articles: Annotated[list[Name], Field(min_length=1, max_length=MAX_ARTICLES, description="Their ids")]


class Search(Strict):
    """A search query, optionally restricted to some articles."""

    question: QuestionText
    k: int = Field(10, ge=1, le=MAX_HITS, description="Number of passages")
    mode: Mode = "hybrid"
    article: Name = ""
    source: Name = ""
    since: Day = ""
    until: Day = ""


class PhrasingFields(TypedDict):
    """What a language model made of an answer; every kept sentence is said by the citations of its labels."""

    model: str
    host: Annotated[str, Field(description="Where the question and the passages went")]
    status: PhrasingStatus
    text: Annotated[str, Field(description="The kept sentences with their labels")]
    sentences: tuple[Phrased, ...]
    error: str
    seconds: float


class AnswerFields(TypedDict):
    """The answer to a question. With `no_answer`, `citations` is empty, `hits` holds the closest passages and
    `confidence` is that of the first quote that was not given.
    """

    id: str | int | None
    question: str
    status: Status
    text: str
    confidence: Annotated[
        float, Field(description="Probability that the first quote answers the question, 0 to 1")
    ]
    citations: tuple[Citation, ...]
    hits: list[HitFields]
    missing: Annotated[
        list[str],
        Field(description="What the question names and no quote holds: a year, place, person or quantity"),
    ]
    figures: Annotated[
        list[Figure],
        Field(description="For a question that asks for a quantity, the figures that the articles give"),
    ]
    seconds: dict[str, float]
    searched: Annotated[str, Field(description="What was searched for, if not the question as typed")]
    understood: Annotated[
        str, Field(description="The bare question in the articles' spelling, if it was typed otherwise")
    ]
    refers_to: Annotated[str, Field(description="The earlier question that a follow-up refers to")]
    explanation: Explanation | None
    phrased: PhrasingFields | None


class SummaryFields(TypedDict):
    """Articles summed up by a language model, in the language of the first; articles in another language are
    left out. Every kept sentence is said by the citations of its labels.
    """

    articles: list[str]
    language: str
    unread: Annotated[int, Field(description="Characters that were too much for the model")]
    citations: tuple[Citation, ...]
    phrased: PhrasingFields


class SearchFields(TypedDict):
    """The passages found, best first."""

    query: str
    hits: list[HitFields]


class BuildFields(TypedDict):
    """The running build, or how the last one of this server ended."""

    running: bool
    progress: Annotated[Progress | None, Field(description="Of the running build")]
    report: Annotated[BuildReport | None, Field(description="Of the last build, if it succeeded")]
    error: Annotated[str, Field(description="Why the last build failed; empty if it did not")]
    watching: Annotated[bool, Field(description="Whether the index is rebuilt whenever the folder changes")]
    news: Annotated[News | None, Field(description="What the newest generation brought")]


class ArticlesFields(TypedDict):
    """A page of the matching articles; `total` is the number of matches."""

    total: int
    offset: int
    articles: list[ArticleSummary]
