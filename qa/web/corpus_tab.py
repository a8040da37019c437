"""The handlers of the corpus tab: the table of articles, builds of the index, and its generations.

What is shown is made by `qa.web.corpus_html`, what is done by `qa.service.service`. Everything that comes in
may be forged. This module knows neither the layout nor retrieval.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from qa.errors import QAError
from qa.service.builds import STOPPED
from qa.service.service import Service
from qa.types import Removed, Skipped
from qa.web import answer_html, corpus_html
from qa.web.events import field_of, language_of

MAX_SEARCH = 200  # characters
MAX_TOLD = 500  # characters of a name or a reason that a browser tells
POLL = 0.2  # seconds between two looks at a running build


class CorpusTab:
    """The handlers of the corpus tab over one service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @property
    def changes(self) -> bool:
        """Whether the index may be changed through the page."""
        return self._service.changes

    def table(self, query: str, request: gr.Request) -> str:
        """The first articles that match a search."""
        return self._table(query, 0, request)

    def turn(self, query: str, event: gr.EventData, request: gr.Request) -> str:
        """The articles of another page of the table."""
        offset = event._data.get("offset") if isinstance(event._data, dict) else 0
        return self._table(query, offset if type(offset) is int and 0 <= offset < 2**31 else 0, request)

    def _table(self, query: str, offset: int, request: gr.Request) -> str:
        language = language_of(request)
        try:
            index = self._service.served().index
        except QAError:
            return answer_html.hint_html("none_found", language)
        wanted = (query or "")[:MAX_SEARCH]
        summaries, count = index.find_articles(wanted, offset=offset, limit=corpus_html.TABLE_ROWS)
        return corpus_html.table_html(summaries, count, language, offset=offset)

    def open(self, event: gr.EventData, request: gr.Request) -> str:
        """The article whose title was chosen."""
        language = language_of(request)
        try:
            article = self._service.article(field_of(event, "article"))
            return answer_html.article_html(article, language, removable=self._service.changes)
        except QAError as error:
            return corpus_html.failure_html(str(error), language)

    def generations(self, request: gr.Request) -> str:
        """The generations of the index."""
        return corpus_html.generations_html(
            self._service.generations(), language_of(request), changes=self._service.changes
        )

    def rollback(self, request: gr.Request) -> str:
        """Go back to the generation before: what is said of it."""
        language = language_of(request)
        try:
            self._service.rollback()
        except QAError as error:
            return corpus_html.failure_html(str(error), language)
        return corpus_html.done_html("rolled_back", language)

    # -- the files of the corpus

    def added(self, event: gr.EventData, request: gr.Request) -> str:
        """Files were sent to `/api/v1/files`: what became of them, as the browser tells it."""
        rows = event._data.get("files") if isinstance(event._data, dict) else None
        files = [sent(row) for row in rows[: corpus_html.MAX_FILES]] if isinstance(rows, list) else []
        return corpus_html.added_html(files, language_of(request))

    def remove(self, event: gr.EventData, request: gr.Request) -> str:
        """Take the file of an article out of the corpus: what is said of it."""
        return self._moved("removed_file", self._service.remove, field_of(event, "article"), request)

    def restore(self, event: gr.EventData, request: gr.Request) -> str:
        """Put a removed file back: what is said of it."""
        return self._moved("restored", self._service.restore, field_of(event, "token"), request)

    def _moved(self, key: str, move: Callable[[str], Removed], name: str, request: gr.Request) -> str:
        language = language_of(request)
        try:
            return corpus_html.changed_html(key, move(name), language)
        except QAError as error:
            return corpus_html.failure_html(str(error), language)

    def removed(self, request: gr.Request) -> str:
        """The files that were taken out."""
        return corpus_html.removed_html(self._service.removed(), language_of(request))

    # -- builds

    def rebuild(self, request: gr.Request) -> Iterator[str]:
        """Build the index, or follow the build that is running already."""
        yield from self._build(request, force=False)

    def rebuild_anyway(self, request: gr.Request) -> Iterator[str]:
        """The same, although the index will lose most of its articles."""
        yield from self._build(request, force=True)

    def dismiss(self) -> str:
        """Leave the index as it is: nothing more is said of it."""
        return ""

    def _build(self, request: gr.Request, *, force: bool) -> Iterator[str]:
        language = language_of(request)
        try:
            begun = self._service.start_build(force=force)
        except QAError as error:
            yield corpus_html.failure_html(str(error), language)
            return
        yield from self._follow(language, busy=not begun)

    def follow(self, request: gr.Request) -> Iterator[Any]:
        """Follow the build that is running, if one is; else leave what is said as it is."""
        if self._service.build_state.running:
            yield from self._follow(language_of(request), busy=False)
        else:
            yield gr.skip()  # Gradio empties what a generator says nothing of

    def stop(self) -> None:
        """Stop the running build; whoever follows it sees how it ended."""
        if self._service.changes:
            self._service.stop_build()

    def _follow(self, language: str, *, busy: bool) -> Iterator[str]:
        serving, shown = self._service.ready, ""
        while (state := self._service.build_state).running:
            current = corpus_html.progress_html(
                state.progress, language, serving=serving, busy=busy, stoppable=self._service.changes
            )
            if current != shown:
                yield (shown := current)
            time.sleep(POLL)
        if state.report:
            yield corpus_html.report_html(state.report, language)
        elif state.error == STOPPED:
            yield corpus_html.done_html("stopped", language)
        elif state.shrunk:
            yield corpus_html.shrunk_html(state.shrunk, language, changes=self._service.changes)
        else:
            yield corpus_html.failure_html(state.error, language, still_served=serving)


def sent(row: Any) -> corpus_html.Sent:
    """What a browser tells of a file it sent; anything may be in it."""
    told: dict[str, Any] = row if isinstance(row, dict) else {}
    articles, skipped = told.get("articles"), told.get("skipped")
    parts = skipped[: corpus_html.SKIPPED_SHOWN] if isinstance(skipped, list) else []
    return corpus_html.Sent(
        _text(told.get("name")),
        _text(told.get("error")),
        articles if type(articles) is int else 0,
        tuple(Skipped(*map(_text, part)) for part in parts if isinstance(part, list) and len(part) == 2),
    )


def _text(value: object) -> str:
    return value[:MAX_TOLD] if isinstance(value, str) else ""
