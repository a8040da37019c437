"""Event handlers of the corpus tab: the table of articles, builds and generations of the index.

They use `qa.web.corpus_html` and `qa.service.service`; all input is untrusted. Knows neither the layout nor
retrieval.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from qa.errors import CorpusError, QAError
from qa.service.builds import STOPPED
from qa.service.service import Service
from qa.types import Removed, Skipped
from qa.web import article_html, builds_html, corpus_html, frames_html
from qa.web.article_list import ArticleLists, read_view
from qa.web.events import field_of, language_of

MAX_CHOSEN = 1_000  # articles removed, or files restored, at once
MAX_TOLD = 500  # characters of a name or reason from a browser
POLL = 0.2  # seconds between two checks of a running build


class CorpusTab:
    """The handlers of the corpus tab over one service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lists = ArticleLists()

    @property
    def changes(self) -> bool:
        """Whether the index may be changed through the page."""
        return self._service.changes

    def table(self, query: str, told: str, request: gr.Request) -> str:
        """A page of the list of articles; `told` is what of it the browser asks to see."""
        language, view = language_of(request), read_view(query, told)
        try:
            index = self._service.served().index
            articles, reports = self._lists.of(index, view), self._lists.reports(index)
        except QAError as error:
            return builds_html.problem_html(error, language, changes=self._service.changes)
        pending = self._service.corpus.pending()
        return corpus_html.table_html(
            articles, pending, view, language, removable=self._service.changes, reports=reports
        )

    def list_bar(self, request: gr.Request) -> str:
        """By which outlet and in which order the list can be shown."""
        try:
            sources = self._service.served().index.sources()
        except QAError:
            sources = []
        return corpus_html.list_bar_html(sources, language_of(request))

    def open(self, event: gr.EventData, request: gr.Request) -> str:
        """The article whose title was chosen."""
        language = language_of(request)
        try:
            article = self._service.article(field_of(event, "article"))
            return article_html.article_html(article, language, removable=self._service.changes)
        except QAError as error:
            return builds_html.problem_html(error, language, changes=False)

    def close(self, request: gr.Request) -> str:
        """No article is open any more."""
        return frames_html.hint_html("no_choice", language_of(request))

    def generations(self, request: gr.Request) -> str:
        """The generations of the index."""
        return builds_html.generations_html(
            self._service.generations(), language_of(request), changes=self._service.changes
        )

    def switch(self, event: gr.EventData, request: gr.Request) -> str:
        """Serve another version of the index and report it."""
        language = language_of(request)
        try:
            self._service.switch(field_of(event, "generation"))
            now = next((one for one in self._service.generations() if one.current), None)
        except QAError as error:
            return builds_html.failure_html(str(error), language)
        return builds_html.switched_html(now, language) if now else ""

    # -- the files of the corpus

    def added(self, event: gr.EventData, request: gr.Request) -> str:
        """Report what happened to uploaded files, as told by the browser."""
        rows = event._data.get("files") if isinstance(event._data, dict) else None
        files = [sent(row) for row in rows[:MAX_CHOSEN]] if isinstance(rows, list) else []
        if any(not file.refused for file in files):
            self._build_soon()
        return corpus_html.added_html(files, language_of(request))

    def remove(self, event: gr.EventData, request: gr.Request) -> str:
        """Remove the files of the chosen articles and report it."""
        told = event._data.get("articles") if isinstance(event._data, dict) else None
        chosen = [one for one in told if isinstance(one, str)] if isinstance(told, list) else []
        language = language_of(request)
        try:
            done, refused = self._service.corpus.remove_all(chosen[:MAX_CHOSEN])
        except QAError as error:
            return builds_html.failure_html(str(error), language)
        if done:
            self._build_soon()
        return _moved("removed", done, refused, language)

    def restore(self, event: gr.EventData, request: gr.Request) -> str:
        """Restore removed files and report it."""
        language = language_of(request)
        done: list[Removed] = []
        refused: list[Skipped] = []
        for token in field_of(event, "token").split()[:MAX_CHOSEN]:
            try:
                done.append(self._service.corpus.restore(token))
            except CorpusError as error:
                refused.append(Skipped(token, str(error)))
            except QAError as error:
                return builds_html.failure_html(str(error), language)
        if done:
            self._build_soon()
        return _moved("restored", done, refused, language)

    def _build_soon(self) -> None:
        """Take changes of the folder into the index without being asked."""
        if self._service.changes:  # a forged report of an upload changes nothing
            self._service.build_soon()

    def removed(self, request: gr.Request) -> str:
        """The files that were taken out."""
        return corpus_html.removed_html(self._service.corpus.removed(), language_of(request))

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
            yield builds_html.failure_html(str(error), language)
            return
        yield from self._follow(language, busy=not begun)

    def follow(self, request: gr.Request) -> Iterator[Any]:
        """Follow the build that is running or about to; otherwise say how the last one ended, if it failed or
        left files out, or else what the newest generation brought.
        """
        due, state = self._service.build_due, self._service.build_state
        told = state.error not in ("", STOPPED) or (state.report and state.report.skipped)
        if due or state.running or told:
            yield from self._follow(language_of(request), busy=False)
        elif (news := self._service.news) and news.added and (self._service.watching or not state.report):
            yield builds_html.news_html(news, language_of(request))
        else:
            yield gr.skip()  # Gradio clears outputs that a generator does not yield

    def stop(self) -> None:
        """Stop the running build. Everyone following it sees the outcome."""
        if self._service.changes:
            self._service.stop_build()

    def _follow(self, language: str, *, busy: bool) -> Iterator[str]:
        serving, shown, before = self._service.ready, "", self._service.build_state
        while (due := self._service.build_due) | (state := self._service.build_state).running:
            instead = "stopping" if self._service.stopping else "soon" if due and not state.running else ""
            current = builds_html.progress_html(
                state.progress,
                language,
                serving=serving,
                busy=busy,
                stoppable=self._service.changes and instead != "stopping",
                instead=instead,
            )
            if current != shown:
                yield (shown := current)
            time.sleep(POLL)
        if state.error == STOPPED or (shown and state is before):  # or stopped before it began
            yield builds_html.done_html("stopped", language)
        elif state.report:
            yield builds_html.report_html(state.report, language)
        elif state.shrunk:
            yield builds_html.shrunk_html(state.shrunk, language, changes=self._service.changes)
        else:
            yield builds_html.failure_html(state.error, language, still_served=serving)


def _moved(key: str, done: list[Removed], refused: list[Skipped], language: str) -> str:
    if not done and len(refused) == 1:
        return builds_html.failure_html(refused[0].reason, language)
    return corpus_html.moved_html(key, done, refused, language) if done or refused else ""


def sent(row: Any) -> corpus_html.Sent:
    """Parse the browser's report on an uploaded file. The input is untrusted."""
    told: dict[str, Any] = row if isinstance(row, dict) else {}
    articles, skipped = told.get("articles"), told.get("skipped")
    parts = skipped[: builds_html.SKIPPED_SHOWN] if isinstance(skipped, list) else []
    return corpus_html.Sent(
        _text(told.get("name")),
        _text(told.get("error")),
        articles if type(articles) is int else 0,
        tuple(Skipped(*map(_text, part)) for part in parts if isinstance(part, list) and len(part) == 2),
    )


def _text(value: object) -> str:
    return value[:MAX_TOLD] if isinstance(value, str) else ""
