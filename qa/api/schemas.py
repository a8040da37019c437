"""Requests and answers of programs, the same by REST, Gradio and MCP.

Whatever comes in is checked here, with bounds; what goes out has the fields of the command line's JSON.
This module knows no protocol.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from qa.api.fields import HitFields
from qa.service.service import MAX_QUESTION
from qa.types import ArticleSummary, Citation, Explanation, Mode, Status

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
    mode: Mode = "hybrid"
    article: Name = ""
    source: Name = ""
    since: Day = ""
    until: Day = ""


class AnswerFields(TypedDict):
    """What the articles say to a question; a refusal (`no_answer`) has no citations, and the nearest hits."""

    id: str | int | None
    question: str
    status: Status
    text: str
    confidence: float
    citations: tuple[Citation, ...]
    hits: list[HitFields]
    seconds: dict[str, float]
    searched: str
    explanation: Explanation | None


class SearchFields(TypedDict):
    """The passages found, best first."""

    query: str
    hits: list[HitFields]


class ArticlesFields(TypedDict):
    """Some of the articles that match; `total` is how many do."""

    total: int
    offset: int
    articles: list[ArticleSummary]
