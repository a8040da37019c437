"""The operations of the programming interfaces, shared by REST, Gradio and MCP.

Each function takes a validated request and returns the fields of the response. Knows no protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import ValidationError

from qa import __version__
from qa.answering.phrasing import Event
from qa.api.fields import answer_fields, hit_fields, summary_row
from qa.api.schemas import (
    MAX_NAME,
    MAX_PLACE,
    AnswerFields,
    ArticlesFields,
    Ask,
    BuildFields,
    Search,
    SearchFields,
    Summarise,
    SummaryFields,
)
from qa.errors import CorpusError, LLMError
from qa.exporting.answers import cited_timeline, exchange
from qa.exporting.document import Export
from qa.exporting.files import FORMATS
from qa.i18n.wording import words
from qa.service.service import NO_LANGUAGE_MODEL, Service
from qa.text import tokens
from qa.types import Added, Answer, Article, Filter, Removed, Turn

if TYPE_CHECKING:
    from qa.llm.deadlines import Stop


class Refused(CorpusError):
    """A file was rejected; the message is the reason."""


def ask(service: Service, request: Ask) -> AnswerFields:
    """Answer a question. Raises NoIndex, Busy, CorpusError for an unknown article."""
    *_, end = _events(service, request)
    return _answer(request, end.answer)


def export(service: Service, request: Ask, ending: str, *, timeline: bool) -> tuple[bytes, str]:
    """The answer to a question as a file, and its media type. Raises what `ask` does.

    `ending`: of `qa.exporting.files.FORMATS`, without the dot.
    """
    if request.phrase and service.language_model is None:
        raise LLMError(NO_LANGUAGE_MODEL)
    turns = [Turn(message.role, message.content) for message in request.history]
    answer, served = service.ask(request.question, turns, _where(service, request))
    if request.phrase:
        *_, end = service.phrase(answer, served)
        answer = end.answer
    article_of = served.index.article
    language = tokens.question_language(answer.question) or tokens.DEFAULT_LANGUAGE
    dated = cited_timeline(answer, article_of) if timeline else ()
    time = datetime.now().astimezone().isoformat(timespec="seconds")
    one = exchange(answer, article_of, language, dated)
    made = FORMATS[f".{ending}"]
    told = Export(words(language)["title"], (one,), language, time)
    return made.write(told, article_of, __version__), made.media_type


Step = tuple[Literal["quotes", "sentence", "dropped", "end"], Any]


def ask_in_steps(service: Service, request: Ask, stop: Stop | None = None) -> Iterator[Step]:
    """Answer a question in steps: "quotes" (the answer), "sentence" and "dropped" (one of a language model,
    with the citations that it adds), "end" (the whole answer). Raises what `ask` does before the first step,
    and LLMError where no language model is configured.
    """
    return _steps(_events(service, request, stop), request)


def _events(service: Service, request: Ask, stop: Stop | None = None) -> Iterator[Event]:
    if request.phrase and service.language_model is None:
        raise LLMError(NO_LANGUAGE_MODEL)
    turns = [Turn(message.role, message.content) for message in request.history]
    answer, served = service.ask(request.question, turns, _where(service, request))
    return service.phrase(answer, served, stop) if request.phrase else _unphrased(answer)


def _unphrased(answer: Answer) -> Iterator[Event]:
    yield Event("quotes", answer)
    yield Event("end", answer)


def _steps(events: Iterator[Event], request: Ask) -> Iterator[Step]:
    known = 0
    for event in events:
        if event.sentence:
            added = [asdict(citation) for citation in event.answer.citations[known:]]
            yield event.name, {"sentence": asdict(event.sentence), "citations": added}
        else:
            yield event.name, _answer(request, event.answer)
        known = len(event.answer.citations)


def _answer(request: Ask, answer: Answer) -> AnswerFields:
    return cast(AnswerFields, {"id": request.id, **answer_fields(answer)})


def summarise(service: Service, request: Summarise) -> SummaryFields:
    """Sum up articles. Raises LLMError where no language model is configured or no sentence could be checked,
    CorpusError for an unknown article, NoIndex.
    """
    (*_, end), _served = service.summarise(request.articles)
    return cast(SummaryFields, summary_row(end.summary))


def search(service: Service, request: Search) -> SearchFields:
    """Find passages. Raises QAError as `ask` does."""
    hits = service.search(request.question, request.k, request.mode, _where(service, request))
    return {"query": request.question, "hits": [hit_fields(hit) for hit in hits]}


def article(service: Service, article_id: str) -> Article:
    """An article. Raises CorpusError where there is none of this id, NoIndex."""
    return service.article(article_id[: MAX_NAME + 1])


def articles(service: Service, query: str, offset: int, limit: int) -> ArticlesFields:
    """The articles whose text, title, outlet or date hold the words of `query`, by id. Raises NoIndex."""
    summaries, count = service.find_articles(query, offset=offset, limit=limit)
    return {"total": count, "offset": offset, "articles": summaries}


def add(service: Service, name: str, data: bytes) -> Added:
    """Add a file to the corpus. Raises Refused with the reason, Forbidden or StoreError."""
    try:
        return service.corpus.add(name, data)
    except CorpusError as error:
        raise Refused(str(error)) from error


def remove(service: Service, article_id: str) -> Removed:
    """Remove the file of an article from the corpus. Raises CorpusError, Forbidden or StoreError."""
    return service.corpus.remove(article_id[: MAX_NAME + 1])


def removed(service: Service) -> list[Removed]:
    """Removed files, most recent first."""
    return service.corpus.removed()


def restore(service: Service, token: str) -> Removed:
    """Restore a removed file. Raises CorpusError, Forbidden or StoreError."""
    return service.corpus.restore(token)


def build_state(service: Service) -> BuildFields:
    """The running build, or how the last one ended."""
    state = service.build_state
    return {
        "running": state.running,
        "progress": state.progress,
        "report": state.report,
        "error": state.error,
        "watching": service.watching,
        "news": service.news,
    }


def start_build(service: Service, *, force: bool) -> BuildFields:
    """Start a build unless one is running; returns at once. Raises Forbidden."""
    service.start_build(force=force)
    return build_state(service)


def fault(error: ValidationError) -> str:
    """What is wrong with a request, without repeating its values."""
    return said([dict(item) for item in error.errors(include_url=False, include_input=False)])


def said(faults: list[dict[str, Any]]) -> str:
    """The validation errors of pydantic, without the values."""
    parts = [f"{_place(item['loc'])}: {item['msg']}" for item in faults[:5]]
    return f"The request is malformed ({'; '.join(parts)}). Correct these fields."


def _place(steps: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in steps if step not in ("body", "query"))[:MAX_PLACE] or "request"


def _where(service: Service, request: Ask | Search) -> Filter:
    if request.article:
        service.article(request.article)  # an unknown article is an error for a search too
    return Filter(request.article, request.source, request.since, request.until)
