"""Event handlers of the corpus tab: the table of articles, builds and generations of the index.

They use `qa.web.corpus_html` and `qa.service.service`; all input is untrusted. Knows neither the layout nor
retrieval.
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
MAX_TOLD = 500  # characters of a name or reason from a browser
POLL = 0.2  # seconds between two checks of a running build


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
        """Another page of the table."""
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
        """Roll back to the previous generation and report it."""
        language = language_of(request)
        try:
            self._service.rollback()
        except QAError as error:
            return corpus_html.failure_html(str(error), language)
        return corpus_html.done_html("rolled_back", language)

    # -- the files of the corpus

    def added(self, event: gr.EventData, request: gr.Request) -> str:
        """Report what happened to uploaded files, as told by the browser."""
        rows = event._data.get("files") if isinstance(event._data, dict) else None
        files = [sent(row) for row in rows[: corpus_html.MAX_FILES]] if isinstance(rows, list) else []
        return corpus_html.added_html(files, language_of(request))

    def remove(self, event: gr.EventData, request: gr.Request) -> str:
        """Remove the file of an article and report it."""
        return self._moved("removed_file", self._service.remove, field_of(event, "article"), request)

    def restore(self, event: gr.EventData, request: gr.Request) -> str:
        """Restore a removed file and report it."""
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
        """The same, even if most articles would be lost."""
        yield from self._build(request, force=True)

    def dismiss(self) -> str:
        """Keep the index: clear the message."""
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
        """Follow the running build, if any; otherwise say what the newest generation brought, if anything, or
        why the last build that started by itself failed.
        """
        state, watching = self._service.build_state, self._service.watching
        if state.running or (watching and state.error):
            yield from self._follow(language_of(request), busy=False)
        elif (news := self._service.news) and news.added and (watching or not state.report):
            yield corpus_html.news_html(news, language_of(request))
        else:
            yield gr.skip()  # Gradio clears outputs that a generator does not yield

    def stop(self) -> None:
        """Stop the running build. Everyone following it sees the outcome."""
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
    """Parse the browser's report on an uploaded file. The input is untrusted."""
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
