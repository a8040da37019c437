"""What programs may ask of a server and what they get, the same by REST, Gradio and MCP.

Whatever comes in is checked here, with bounds; what goes out has the fields of the command line's JSON.
This module knows no protocol.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from typing_extensions import TypedDict

from qa.errors import BrokenIndex, CorpusError
from qa.jsonlines import answer_fields, hit_fields
from qa.service import Service
from qa.types import Filter, Turn

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


class Refused(CorpusError):
    """A file that is not put into the corpus; its message is the reason."""


class ArticlesFields(TypedDict):
    """Some of the articles that match; `total` is how many do."""

    total: int
    offset: int
    articles: list[SummaryFields]


def ask(service: Service, request: Ask) -> AnswerFields:
    """Answer a question. Raises Busy, CorpusError for an unknown article, BrokenIndex without index."""
    turns = [Turn(message.role, message.content) for message in request.history]
    found = service.ask(request.question, turns, _where(service, request))
    if found is None:
        raise BrokenIndex("There is no index yet; build it first.")
    return cast(AnswerFields, _plain({"id": request.id, **answer_fields(found[0])}))


def search(service: Service, request: Search) -> SearchFields:
    """Find passages. Raises QAError as `ask` does."""
    hits = service.search(request.question, request.k, request.mode, _where(service, request))
    return {"query": request.question, "hits": [cast(HitFields, hit_fields(hit)) for hit in hits]}


def article(service: Service, article_id: str) -> ArticleFields:
    """An article. Raises CorpusError where there is none of this id, BrokenIndex without index."""
    return cast(ArticleFields, asdict(service.article(article_id[: MAX_NAME + 1])))


def articles(service: Service, query: str, offset: int, limit: int) -> ArticlesFields:
    """The articles whose title, outlet or date hold the words of `query`, by id. Raises BrokenIndex."""
    found, count = service.find_articles(query, offset=offset, limit=limit)
    rows = [cast(SummaryFields, asdict(summary)) for summary in found]
    return {"total": count, "offset": offset, "articles": rows}


def add(service: Service, name: str, data: bytes) -> AddedFields:
    """Put a file into the corpus. Raises Refused with the reason, Forbidden, StoreError."""
    try:
        return cast(AddedFields, _plain(asdict(service.add(name, data))))
    except CorpusError as error:
        raise Refused(str(error)) from error


def remove(service: Service, article_id: str) -> RemovedFields:
    """Take the file of an article out of the corpus. Raises CorpusError, Forbidden, StoreError."""
    return cast(RemovedFields, asdict(service.remove(article_id[: MAX_NAME + 1])))


def removed(service: Service) -> list[RemovedFields]:
    """The files that were taken out, the latest first."""
    return [cast(RemovedFields, asdict(found)) for found in service.removed()]


def restore(service: Service, token: str) -> RemovedFields:
    """Put a file back that was taken out. Raises CorpusError, Forbidden, StoreError."""
    return cast(RemovedFields, asdict(service.restore(token)))


def fault(error: ValidationError) -> str:
    """What is wrong with a request, in one sentence, without the value that came in."""
    return said([dict(item) for item in error.errors(include_url=False, include_input=False)])


def said(faults: list[dict[str, Any]]) -> str:
    """The faults that pydantic found, in one sentence."""
    parts = [f"{_place(item['loc'])}: {item['msg']}" for item in faults[:5]]
    return f"The request is malformed ({'; '.join(parts)})."


def _place(steps: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in steps if step not in ("body", "query"))[:MAX_PLACE] or "request"


def _where(service: Service, request: Ask | Search) -> Filter:
    if request.article:
        service.article(request.article)  # an unknown one is an error, for a search too
    return Filter(request.article, request.source, request.since, request.until)


def _plain(value: Any) -> Any:
    """Tuples as lists, as JSON has them."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
