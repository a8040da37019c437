"""The handlers of the page's events: from what a browser sent to what it shows next.

What is shown is made by `qa.render` and `qa.message`, what is answered comes from `qa.service`;
no conversation is kept on the server. Everything that comes in may be forged. This module knows
neither the layout nor retrieval.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from qa import message, render
from qa.errors import BrokenIndex, CorpusError, QAError
from qa.guard import page_language
from qa.markup import LANGUAGES, Source, read_refs, sources_of, words
from qa.service import Service
from qa.types import Article, ArticleSummary

MAX_QUESTION = 2_000  # characters
MAX_SEARCH = 200  # characters
POLL = 0.2  # seconds between two looks at a running build

Message = dict[str, Any]  # of Gradio's chat: "role" and "content" at least
Update = dict[str, Any]  # of a Gradio component


def language_of(request: gr.Request | None) -> str:
    """The language of the page that sent a request."""
    return page_language(request.headers) if request else LANGUAGES[0]


class Page:
    """The handlers of the page's events over one service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def _article(self, article_id: str) -> Article:
        """An article of the open index; raises CorpusError."""
        try:
            served = self._service.served()
        except QAError as error:
            raise CorpusError(str(error)) from error
        if served is None:
            raise CorpusError("There is no index yet; build it first.")
        return served.index.article(article_id)

    def _articles(self) -> list[ArticleSummary]:
        """The articles of the open index; none where there is none."""
        try:
            served = self._service.served()
        except QAError:
            return []
        return served.index.articles() if served else []

    # -- the conversation

    def load(self, kept: object, request: gr.Request) -> tuple[Any, ...]:
        """A page was opened: box, chat, sources, reader, examples, notice."""
        turns, language = message.turns_of(kept), language_of(request)
        last = turns[-1].content if turns and turns[-1].role == "assistant" else ""
        sources = read_refs(message.message_refs(last), self._article)
        question = request.query_params.get("q", "")[:MAX_QUESTION]
        examples = "" if turns else render.examples_html(self._articles(), language)
        chat = [{"role": turn.role, "content": turn.content} for turn in turns]
        return question, chat, *_panels(sources, language), examples, self.notice(request)

    def notice(self, request: gr.Request) -> str:
        """What is to be said above the conversation: that there is no index, or that it is broken."""
        language = language_of(request)
        try:
            return "" if self._service.served() else render.no_index_html(language)
        except QAError as error:
            return render.failure_html(str(error), language) + render.no_index_html(language)

    def send(self, question: str, chat: list[Message]) -> tuple[Any, Any, Any]:
        """Put a question into the chat: box, chat, examples."""
        question = (question or "").strip()[:MAX_QUESTION]
        if not question:
            return gr.skip(), gr.skip(), gr.skip()
        return _box(running=True, value=""), _said(chat, "user", question), ""

    def example(self, chat: list[Message], event: gr.EventData) -> tuple[Any, Any, Any]:
        """Ask an example question: box, chat, examples."""
        return self.send(_field(event, "question"), chat)

    def answer(self, chat: list[Message], request: gr.Request) -> Iterator[tuple[Any, Any, Any]]:
        """Answer the last question, sentence by sentence: chat, sources, reader."""
        turns, language = message.turns_of(chat), language_of(request)
        if not turns or turns[-1].role != "user":
            return
        yield _said(chat, "assistant", "…"), gr.skip(), gr.skip()
        try:
            found = self._service.ask(turns[-1].content[:MAX_QUESTION], message.plain_turns(turns[:-1]))
            if found is None:
                raise BrokenIndex(words(language)["no_index"])
            answer, served = found
            sources = sources_of(answer, served.index.article)
        except QAError as error:
            yield _said(chat, "assistant", message.notice_markdown(str(error))), *_panels((), language)
            return
        panels: tuple[Any, Any] = _panels(sources, language)
        for text in message.written_out(answer, sources, language):
            yield _said(chat, "assistant", text), *panels
            panels = gr.skip(), gr.skip()

    def failed(self, chat: list[Message], request: gr.Request) -> tuple[Any, Any, str]:
        """A question was lost (a defect, or too many at once): box, chat, sources.

        The question goes back into the box.
        """
        note = render.failure_html(words(language_of(request))["lost"], language_of(request))
        asked = [i for i, item in enumerate(chat) if item.get("role") == "user"]
        if not asked:
            return _box(), chat, note
        question = message.message_text(chat[asked[-1]])
        return _box(value=question), chat[: asked[-1]], note

    def ended(self, chat: list[Message]) -> tuple[Any, list[Message]]:
        """An answer is complete or was stopped: box, what the browser keeps."""
        return _box(), chat[-message.KEPT_MESSAGES :]

    def retry(self, chat: list[Message], event: gr.RetryData) -> tuple[list[Message], Any]:
        """Answer the question of a message again: chat, box."""
        return chat[: _index(event.index) + 1], _box(running=True)

    def undo(
        self, chat: list[Message], event: gr.UndoData, request: gr.Request
    ) -> tuple[list[Message], str, list[Message], str, str]:
        """Take a question back into the box: chat, box, what is kept, sources, reader."""
        index = _index(event.index)
        rest = chat[:index]
        return rest, message.message_text(chat[index]), rest, *_panels((), language_of(request))

    def edit(self, chat: list[Message], event: gr.EditData) -> tuple[list[Message], Any]:
        """Ask a question anew in other words: chat, box."""
        question = str(event.value)[:MAX_QUESTION]
        return _said(chat[: _index(event.index)], "user", question), _box(running=True)

    def restart(self, request: gr.Request) -> tuple[Any, ...]:
        """A new conversation: chat, box, what is kept, sources, reader, examples."""
        language = language_of(request)
        examples = render.examples_html(self._articles(), language)
        return [], _box(value=""), [], *_panels((), language), examples

    def cite(self, event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        """A citation or a card was chosen: sources, reader."""
        sources = read_refs(message.pairs_of(event._data), self._article)
        return _panels(sources, language_of(request), _field(event, "ref"))

    def export(self, chat: list[Message], request: gr.Request) -> str:
        """The conversation as a Markdown file."""
        return message.conversation_markdown(message.turns_of(chat), self._article, language_of(request))

    # -- the corpus

    def table(self, query: str, request: gr.Request) -> str:
        """The articles that match a search."""
        found = render.matching(self._articles(), (query or "")[:MAX_SEARCH])
        return render.table_html(found, language_of(request))

    def open(self, event: gr.EventData, request: gr.Request) -> str:
        """The article whose title was chosen."""
        language = language_of(request)
        try:
            return render.article_html(self._article(_field(event, "article")), language)
        except CorpusError as error:
            return render.failure_html(str(error), language)

    def rebuild(self, request: gr.Request) -> Iterator[str]:
        """Build the index anew, or follow the build that is running already."""
        begun = self._service.start_build()
        yield from self._follow(language_of(request), busy=not begun)

    def follow(self, request: gr.Request) -> Iterator[str]:
        """Follow the build that is running, if one is."""
        if self._service.build_state.running:
            yield from self._follow(language_of(request), busy=False)

    def _follow(self, language: str, *, busy: bool) -> Iterator[str]:
        serving, shown = self._service.ready, ""
        while (state := self._service.build_state).running:
            current = render.progress_html(state.progress, language, serving=serving, busy=busy)
            if current != shown:
                yield (shown := current)
            time.sleep(POLL)
        if state.report:
            yield render.report_html(state.report, language)
        else:
            yield render.failure_html(state.error, language, kept=serving)


def _panels(sources: Sequence[Source], language: str, active: str = "") -> tuple[str, str]:
    """The cards and the reader."""
    return render.cards_html(sources, active, language), render.reader_html(active, sources, language)


def _said(chat: list[Message], role: str, content: str) -> list[Message]:
    return [*chat, {"role": role, "content": content}]


def _field(event: gr.EventData, name: str) -> str:
    """A text from the payload of an event; the payload comes from the browser."""
    value = event._data.get(name) if isinstance(event._data, dict) else None
    return value if isinstance(value, str) else ""


def _index(index: int | tuple[int, int] | list[int]) -> int:
    """The number of a message; Gradio gives it alone or with that of a part."""
    return index if isinstance(index, int) else index[0]


def _box(*, running: bool = False, value: str | None = None) -> Update:
    """The question's box; while an answer is made it takes no input, or Enter would begin a second one.

    Without a value it keeps its text.
    """
    new = {} if value is None else {"value": value}
    return {**gr.update(submit_btn=not running, stop_btn=running, interactive=not running), **new}
