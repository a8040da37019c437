"""The handlers of the tab on which questions are asked: from what a browser sent to what it shows next.

They turn what a browser sent into what it shows next, using `qa.web.frames_html`, `qa.web.chat` and
`qa.service.service`. No conversation is kept on the server, and all input is untrusted. Knows neither the
layout nor retrieval.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from qa.errors import Busy, QAError
from qa.i18n.phrasing import who_reads
from qa.i18n.wording import words
from qa.service.service import MAX_QUESTION, Service
from qa.text.characters import ZERO_WIDTH
from qa.types import Filter
from qa.web import (
    builds_html,
    cards_html,
    conversation,
    figures_card,
    filters,
    small_talk,
    summaries,
    timeline_card,
    updates,
)
from qa.web import chat as chat_markdown
from qa.web.events import field_of, language_of, message_index
from qa.web.lookup import Lookup
from qa.web.opening import Opening
from qa.web.pages import rendered
from qa.web.phrased import phrased_messages
from qa.web.saving import Saving
from qa.web.sources import read_refs, sources_of
from qa.web.suggested_questions import SuggestedQuestions
from qa.web.summaries import Summaries
from qa.web.updates import Message
from qa.web.verdicts import Verdicts

MAX_KEY = 40  # characters of the key of a fold in the page


class AskTab:
    """The handlers of the tab on which questions are asked, over one service."""

    def __init__(self, service: Service, feedback_file: Path | None = None) -> None:
        """Readers' feedback is appended to `feedback_file`; without one, no feedback is requested."""
        self._service = service
        self._lookup = Lookup(service)
        self.opening = Opening(service, self._lookup)
        self.saving = Saving(self._lookup)
        self.verdicts = Verdicts(self._lookup, feedback_file)
        self.suggested = SuggestedQuestions(service, self._lookup)
        self.summaries = Summaries(service, self._lookup)

    @property
    def phrases(self) -> bool:
        """Whether a language model can phrase answers."""
        return self._service.language_model is not None

    def phrasing(self, request: gr.Request) -> str:
        """The switch for phrased answers, and who reads along: "" without a language model."""
        model, language = self._service.language_model, language_of(request)
        if model is None:
            return ""
        readers = who_reads(model.model, model.host, local=model.local, language=language)
        return rendered("phrasing", language, readers=readers)

    # -- the conversation

    def send(self, question: str, chat: list[Message]) -> tuple[Any, Any, Any]:
        """Put a question into the chat, unless nobody would see any of it: box, chat, examples."""
        question = (question or "").strip()[:MAX_QUESTION]
        if not ZERO_WIDTH.sub("", question).strip():
            return gr.skip(), gr.skip(), gr.skip()
        return updates.box(running=True, value=""), updates.asked(chat, question), ""

    def example(self, chat: list[Message], event: gr.EventData) -> tuple[Any, Any, Any]:
        """Ask an example question: box, chat, examples."""
        return self.send(field_of(event, "question"), chat)

    def answer(
        self, chat: list[Message], chosen: str, request: gr.Request, phrase: bool = False
    ) -> Iterator[tuple[Any, Any, Any]]:
        """Answer the last question from the chosen articles, sentence by sentence: chat, sources, reader.

        With `phrase`, the language model writes above the quotes, if there is one.
        """
        turns, language, where = conversation.turns_of(chat), language_of(request), filters.read(chosen)
        if not turns or turns[-1].role != "user":
            yield gr.skip(), gr.skip(), gr.skip()  # Gradio clears outputs that a generator does not yield
            return
        if articles := summaries.left_with(chat):
            yield from self.summaries.messages(chat, articles, request)
            return
        if said_at_once := _without_looking(turns[-1].content, where, words(language)):
            told = chat_markdown.notice_markdown(said_at_once)
            yield updates.said(chat, "assistant", told), gr.skip(), gr.skip()
            return
        yield updates.said(chat, "assistant", updates.WAITING), gr.skip(), gr.skip()
        try:
            answer, served = self._service.ask(
                turns[-1].content[:MAX_QUESTION], conversation.plain_turns(turns[:-1]), where
            )
            sources = sources_of(answer, served.index.article)
        except Busy as error:  # `failed` puts the question back
            raise gr.Error(str(error), print_exception=False) from error
        except QAError as error:
            problem = chat_markdown.notice_markdown(builds_html.problem_text(error, language))
            yield (
                updates.said(chat, "assistant", problem),
                *updates.panels((), language),
            )
            return
        asked = sum(turn.role == "user" for turn in turns)
        panels: tuple[Any, Any] = updates.panels(sources, language, turn=asked)
        within = filters.described(where, self._lookup.title(where.article_id), language)
        figures = figures_card.card(answer.figures, served.index.article, language)
        card = "\n\n".join(filter(None, (figures, timeline_card.fold(sources, language))))
        for text in chat_markdown.written_out(answer, sources, language, within, card):
            yield updates.said(chat, "assistant", text), *panels
            panels = gr.skip(), gr.skip()
        if phrase is True and self.phrases and answer.status == "answered":
            for step in phrased_messages(self._service, answer, served, language, within, card):
                if step is None:
                    yield gr.skip(), gr.skip(), gr.skip()
                    continue
                text, cited = step
                # never the reader: an article may have been opened meanwhile
                cards: Any = gr.skip() if cited == sources else cards_html.cards_html(cited, "", language)
                sources = cited
                yield updates.said(chat, "assistant", text), cards, gr.skip()

    def failed(self, chat: list[Message], ending: str, request: gr.Request) -> tuple[Any, Any, Any]:
        """A question was not answered to its end: box, chat, sources.

        Where it failed (internal error or too many at once) or nothing had come before the reader stopped it,
        it is put back into the box. `ending` is what the reader did: "stopped", "left" for another
        conversation, which must not get anything of this one, or "".
        """
        if ending == "left":
            return (gr.skip(),) * 3
        last = conversation.turns_of(chat)[-1:]
        has_come = any(turn.role == "assistant" and turn.content != updates.WAITING for turn in last)
        if ending == "stopped" and has_come:
            return updates.box(), gr.skip(), gr.skip()
        note: Any = gr.skip()
        if ending != "stopped":
            note = builds_html.failure_html(words(language_of(request))["lost"], language_of(request))
        asked = [i for i, item in enumerate(chat) if item.get("role") == "user"]
        if not asked:
            return updates.box(), chat, note
        question = conversation.question_text(chat[asked[-1]])
        return updates.box(value=question), chat[: asked[-1]], note

    def ended(self, ending: str) -> Any:
        """An answer is complete: box. For one that the reader ended, `failed` is called as well, and last."""
        return gr.skip() if ending else updates.box()

    def retry(
        self, chat: list[Message], event: gr.RetryData, request: gr.Request
    ) -> tuple[list[Message], Any]:
        """Answer the question of a message again, or sum up its articles again: chat, box."""
        index = message_index(event.index)
        question = conversation.question_text(chat[index]) if 0 <= index < len(chat) else ""
        if summaries.is_summary(chat, index, question):
            return self.summaries.again(chat, index, question, request)
        return chat[: index + 1], updates.box(running=True)

    def undo(self, chat: list[Message], event: gr.UndoData, request: gr.Request) -> tuple[Any, Any, Any, Any]:
        """Take a question back into the box, or a summary out of the chat: chat, box, sources, reader."""
        index = message_index(event.index)
        if not 0 <= index < len(chat):
            return (gr.skip(),) * 4
        question: Any = conversation.question_text(chat[index])
        if summaries.is_summary(chat, index, question):
            question = gr.skip()  # in the box it would be asked as a question
        return chat[:index], question, *updates.panels((), language_of(request))

    def edit(self, chat: list[Message], event: gr.EditData, request: gr.Request) -> tuple[list[Message], Any]:
        """Ask a question in other words, or sum up other articles: chat, box."""
        index = message_index(event.index)
        question = conversation.question_text({"content": str(event.value)})[:MAX_QUESTION]
        if summaries.is_summary(chat, index, question):
            before = conversation.question_text({"content": event.previous_value})  # not in `chat` any more
            chat = [*updates.asked(chat[:index], before), *chat[index + 1 :]]
            return self.summaries.again(chat, index, question, request)
        return updates.asked(chat[:index], question), updates.box(running=True)

    def cite(self, event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        """A citation or a card was chosen: sources, reader."""
        sources = read_refs(conversation.pairs_of(event._data), self._lookup.article)
        return updates.panels(sources, language_of(request), field_of(event, "ref"))

    def timeline(self, event: gr.EventData, request: gr.Request) -> str:
        """The timeline of an answer was opened: its table for the page's script, with the fold's key."""
        sources = read_refs(conversation.pairs_of(event._data), self._lookup.article)
        made = timeline_card.table_html(sources, language_of(request))
        return json.dumps({"key": field_of(event, "key")[:MAX_KEY], "html": made})

    # -- filter

    def narrow(self, event: gr.EventData, request: gr.Request) -> str:
        """The filter was changed or cleared: its choice in words."""
        where = filters.read(event._data)
        return filters.chosen_html(where, self._lookup.title(where.article_id), language_of(request))


def _without_looking(question: str, where: Filter, text: dict[str, str]) -> str:
    """What is said without looking into the articles; "" where that is not enough."""
    if filters.is_empty(where):
        return text["range_empty"]
    key = small_talk.reply_key(question)
    return text[key] if key else ""
