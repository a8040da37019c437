"""What a program can do through a server, the same by REST, Gradio and MCP.

Each function takes a checked request and returns the fields of an answer. This module knows no protocol.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from pydantic import ValidationError

from qa.api.fields import answer_fields, hit_fields
from qa.api.schemas import (
    MAX_NAME,
    MAX_PLACE,
    AddedFields,
    AnswerFields,
    ArticleFields,
    ArticlesFields,
    Ask,
    HitFields,
    RemovedFields,
    Search,
    SearchFields,
    SummaryFields,
)
from qa.errors import CorpusError
from qa.service.service import Service
from qa.types import Filter, Turn


class Refused(CorpusError):
    """A file that is not put into the corpus; its message is the reason."""


def ask(service: Service, request: Ask) -> AnswerFields:
    """Answer a question. Raises NoIndex, Busy, CorpusError for an unknown article."""
    turns = [Turn(message.role, message.content) for message in request.history]
    answer, _ = service.ask(request.question, turns, _where(service, request))
    return cast(AnswerFields, _plain({"id": request.id, **answer_fields(answer)}))


def search(service: Service, request: Search) -> SearchFields:
    """Find passages. Raises QAError as `ask` does."""
    hits = service.search(request.question, request.k, request.mode, _where(service, request))
    return {"query": request.question, "hits": [cast(HitFields, hit_fields(hit)) for hit in hits]}


def article(service: Service, article_id: str) -> ArticleFields:
    """An article. Raises CorpusError where there is none of this id, NoIndex."""
    return cast(ArticleFields, asdict(service.article(article_id[: MAX_NAME + 1])))


def articles(service: Service, query: str, offset: int, limit: int) -> ArticlesFields:
    """The articles whose title, outlet or date hold the words of `query`, by id. Raises NoIndex."""
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
