"""The handlers of summaries: which articles, and the sentences as a language model writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from qa.errors import QAError
from qa.i18n.messages import said
from qa.i18n.wording import LANGUAGES, words
from qa.service.service import MAX_QUESTION, NO_LANGUAGE_MODEL, Service
from qa.web import chat as chat_markdown
from qa.web import conversation, escape, updates
from qa.web.events import field_of, language_of
from qa.web.lookup import Lookup
from qa.web.phrased import summary_messages
from qa.web.sources import MAX_SOURCES, Source, read_refs
from qa.web.updates import Message

SEPARATOR = " · "  # between the titles of a task
# What the message of a task begins with; the language of the page may have changed since.
_BEGINNINGS = tuple(words(language)["summary_of"].partition("{titles}")[0] for language in LANGUAGES)


def is_summary(chat: list[Message], at: int, question: str) -> bool:
    """Whether the message at `at`, with the text `question`, is a task to sum up articles.

    A question that a reader typed in the same words is none: quotes or a refusal follow it, but a task is
    followed by a summary or by the reason why there is none.
    """
    behind = chat[at + 1] if 0 <= at < len(chat) - 1 else {}
    if not _titles(question) or behind.get("role") != "assistant":
        return False
    answer = conversation.message_text(behind)
    return chat_markdown.is_notice(answer) or not conversation.plain_answer(answer)


def left_with(chat: list[Message]) -> str:
    """The ids that `Summaries.again` left with the last message; "" where it is a question."""
    metadata = chat[-1].get("metadata") if chat else None
    left = metadata.get("id") if isinstance(metadata, dict) else None
    return left if isinstance(left, str) and _ids(left) else ""


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
        task = words(language_of(request))["summary_of"].format(titles=SEPARATOR.join(titles.values()))
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

    def again(
        self, chat: list[Message], at: int, task: str, request: gr.Request
    ) -> tuple[list[Message], Any]:
        """Begin the task at `at` once more, in the words of `task`: chat, box.

        The ids of its articles go with the message, for `left_with`. Where they are not found, everything
        stays and a notice behind it says why.
        """
        language, titles = language_of(request), _titles(task[:MAX_QUESTION])
        if self._service.language_model is None:
            return _told(chat, said(NO_LANGUAGE_MODEL, language)), updates.box()
        cited = conversation.message_refs(conversation.message_text(chat[at + 1]))
        ids = self._named(titles, read_refs(cited, self._lookup.article))
        if not ids:
            return _told(chat, words(language)["summary_lost"].format(titles=titles)), updates.box()
        (asked,) = updates.asked([], task[:MAX_QUESTION])
        return [*chat[:at], {**asked, "metadata": {"id": json.dumps(ids)}}], updates.box(running=True)

    def _named(self, titles: str, cited: Sequence[Source]) -> list[str]:
        """The ids of the articles with these titles; none where one has no article, or several of which none
        is cited.
        """
        known = list(dict.fromkeys(source.article.article_id for source in cited))
        if SEPARATOR.join(_shown(self._lookup.title(one) or one) for one in known) == titles:
            return known  # without reading the list of all articles
        by_title: dict[str, list[str]] = {}
        for article in self._lookup.articles():
            by_title.setdefault(_shown(article.title or article.article_id), []).append(article.article_id)
        found: list[str] = []
        parts = titles.split(SEPARATOR)
        while parts and len(found) < MAX_SOURCES:
            ends = range(len(parts), 0, -1)  # a title may hold the separator
            end = next((n for n in ends if SEPARATOR.join(parts[:n]) in by_title), 0)
            left = [one for one in by_title.get(SEPARATOR.join(parts[:end]), ()) if one not in found]
            of_these = [one for one in left if one in known][:1] or left
            if len(of_these) != 1:
                return []
            found += of_these
            parts = parts[end:]
        return found if not parts else []


def _titles(task: str) -> str:
    """The titles in the message of a task; "" in any other message."""
    return next((task[len(one) :].strip() for one in _BEGINNINGS if task.startswith(one)), "")


def _shown(title: str) -> str:
    """A title as it comes back from the chat."""
    return escape.unescaped(escape.markdown(title))


def _told(chat: list[Message], text: str) -> list[Message]:
    """The messages with a notice behind them, once."""
    notice = chat_markdown.notice_markdown(text)
    return chat if conversation.message_text(chat[-1]) == notice else updates.said(chat, "assistant", notice)


def _ids(chosen: str) -> list[str]:
    """The ids of articles as `Summaries.begin` wrote them; what is none is left out."""
    try:
        read = json.loads(chosen or "[]")
    except (ValueError, RecursionError):
        read = []
    return [one for one in read if isinstance(one, str)] if isinstance(read, list) else []
