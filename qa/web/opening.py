"""The handlers that open a conversation: of a page, of the list, a new one; what an index changes there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from qa.errors import QAError
from qa.service.service import MAX_QUESTION, Service
from qa.types import Turn
from qa.web import builds_html, conversation, corpus_html, filters, frames_html, updates
from qa.web.events import field_of, language_of
from qa.web.lookup import Lookup
from qa.web.sources import Source, read_refs
from qa.web.updates import Message


class Opening:
    """Opens conversations, over one service."""

    def __init__(self, service: Service, lookup: Lookup) -> None:
        self._service = service
        self._lookup = lookup

    def load(
        self, stored: str, chosen: str, opened: str, unsent: str, request: gr.Request
    ) -> tuple[Any, ...]:
        """A page was opened: box, chat, sources, reader, examples, filter, its choice, notice.

        `stored`, `chosen`: the conversation and its filter as the browser kept them; `opened`: the citation
        in the page's address; `unsent`: a question that got no answer.
        """
        question = (request.query_params.get("q", "") or unsent or "")[:MAX_QUESTION]
        shown = self._shown(conversation.stored_turns(stored), chosen, opened, language_of(request), stored)
        return question, *shown, self.notice(request)

    def reopen(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """A conversation was chosen: box, chat, sources, reader, examples, filter, its choice."""
        stored = field_of(event, "stored")
        turns = conversation.stored_turns(stored)
        return updates.box(value=field_of(event, "question")[:MAX_QUESTION]), *self._shown(
            turns, field_of(event, "chosen"), "", language_of(request), stored
        )

    def restart(self, request: gr.Request) -> tuple[Any, ...]:
        """A new conversation: box, chat, sources, reader, examples, filter, its choice."""
        return updates.box(value=""), *self._shown([], "", "", language_of(request))

    def renewed(self, chat: list[Message], chosen: str, request: gr.Request) -> tuple[str, Any, str]:
        """There is another index: notice, examples, filter."""
        language = language_of(request)
        bar = filters.bar_html(filters.read(chosen), self._lookup.sources(), language)
        return self.notice(request), "" if chat else self._start(language), bar

    def notice(self, request: gr.Request) -> str:
        """The notice above the conversation if there is no index, it is damaged, or files wait for it."""
        language = language_of(request)
        try:
            self._service.served()
            return corpus_html.pending_html(
                self._service.corpus.pending(), language, changes=self._service.changes
            )
        except QAError as error:
            return builds_html.problem_html(error, language, changes=self._service.changes)

    def _shown(
        self, turns: list[Turn], chosen: str, opened: str, language: str, stored: str = ""
    ) -> tuple[Any, ...]:
        sources, active = self._opened(turns, opened)
        chat: list[Message] = []
        for turn in turns:
            chat = (
                updates.asked(chat, turn.content)
                if turn.role == "user"
                else updates.said(chat, turn.role, turn.content)
            )
        where = filters.read(chosen)
        thumbs = conversation.stored_verdicts(stored, turns)
        return (
            gr.update(value=chat, feedback_value=thumbs),
            *updates.panels(sources, language, active),
            "" if turns else self._start(language),
            filters.bar_html(where, self._lookup.sources(), language),
            filters.chosen_html(where, self._lookup.title(where.article_id), language),
        )

    def _start(self, language: str) -> str:
        """The first screen below an empty conversation."""
        lookup = self._lookup
        return frames_html.start_html(lookup.articles(), lookup.starters(language), lookup.built(), language)

    def _opened(self, turns: Sequence[Turn], ref: str) -> tuple[Sequence[Source], str]:
        """The sources of the last answer that cites `ref`, or of the last one where it is ""; and `ref`."""
        said = [conversation.message_refs(turn.content) for turn in turns if turn.role == "assistant"]
        if not ref:
            last = said[-1] if said and turns[-1].role == "assistant" else []
            return read_refs(last, self._lookup.article), ""
        citing = (pairs for pairs in reversed(said) if ref in (known for _label, known in pairs))
        return read_refs(next(citing, [(1, ref)]), self._lookup.article), ref
