"""The handlers of summaries: which articles, and the sentences as a language model writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from qa.errors import QAError
from qa.i18n.messages import said
from qa.i18n.wording import words
from qa.service.service import MAX_QUESTION, Service
from qa.web import chat as chat_markdown
from qa.web import conversation, updates
from qa.web.events import field_of, language_of
from qa.web.lookup import Lookup
from qa.web.phrased import summary_messages
from qa.web.sources import Source, read_refs
from qa.web.updates import Message


class Summaries:
    """Sums up one article, or the sources of an answer, over one service."""

    def __init__(self, service: Service, lookup: Lookup) -> None:
        self._service = service
        self._lookup = lookup

    def begin(
        self, chat: list[Message], event: gr.EventData, request: gr.Request
    ) -> tuple[Any, Any, Any, str]:
        """Articles are to be summed up: box, chat, examples, their ids as JSON."""
        chosen = [field_of(event, "article")] if field_of(event, "article") else []
        cited = read_refs(conversation.pairs_of(event._data), self._lookup.article)
        chosen += [source.article.article_id for source in cited]
        titles = {one: self._lookup.title(one) or one for one in chosen}
        if not chosen or self._service.language_model is None:
            return gr.skip(), gr.skip(), gr.skip(), ""
        task = words(language_of(request))["summary_of"].format(titles=" · ".join(titles.values()))
        asked = updates.asked(chat, task[:MAX_QUESTION])
        return updates.box(running=True), asked, "", json.dumps(list(titles))

    def messages(
        self, chat: list[Message], chosen: str, request: gr.Request
    ) -> Iterator[tuple[Any, Any, Any]]:
        """Sum up articles below the last message, sentence by sentence: chat, sources, reader."""
        language, ids = language_of(request), _ids(chosen)
        if not ids or not chat or chat[-1].get("role") != "user":
            yield gr.skip(), gr.skip(), gr.skip()  # Gradio clears outputs that a generator does not yield
            return
        yield updates.said(chat, "assistant", updates.WAITING), gr.skip(), gr.skip()
        known: Sequence[Source] = ()
        try:
            for step in summary_messages(self._service, ids, language):
                text, cited = step or ("", known)
                panels: tuple[Any, Any] = (gr.skip(), gr.skip())
                if cited != known:
                    cards, reader = updates.panels(cited, language)
                    panels = cards, gr.skip() if known else reader
                known = cited
                yield updates.said(chat, "assistant", text) if text else gr.skip(), *panels
        except QAError as error:
            told = chat_markdown.notice_markdown(said(str(error), language))
            yield updates.said(chat, "assistant", told), gr.skip(), gr.skip()


def _ids(chosen: str) -> list[str]:
    """The ids of articles as `Summaries.begin` wrote them; what is none is left out."""
    try:
        read = json.loads(chosen or "[]")
    except (ValueError, RecursionError):
        read = []
    return [one for one in read if isinstance(one, str)] if isinstance(read, list) else []
