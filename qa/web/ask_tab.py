"""The handlers of the tab on which questions are asked: from what a browser sent to what it shows next.

They turn what a browser sent into what it shows next, using `qa.web.answer_html`, `qa.web.chat` and
`qa.service.service`. No conversation is kept on the server, and all input is untrusted. Knows neither the
layout nor retrieval.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import gradio as gr

from qa.errors import Busy, QAError, StoreError
from qa.exporting.files import FORMATS
from qa.i18n.messages import said
from qa.i18n.phrasing import who_reads
from qa.i18n.wording import words
from qa.service import feedback
from qa.service.service import MAX_QUESTION, Service
from qa.types import Filter, Span, Turn
from qa.web import (
    answer_html,
    conversation,
    corpus_html,
    export,
    figures_card,
    filters,
    small_talk,
    suggestions,
    timeline_card,
)
from qa.web import chat as chat_markdown
from qa.web.events import field_of, language_of, message_index
from qa.web.lookup import Lookup
from qa.web.pages import rendered
from qa.web.phrased import phrased_messages, summary_messages
from qa.web.sources import Source, read_refs, sources_of
from qa.web.suggestions import Candidate

SUGGESTED = 3  # questions to go on with
TRIED = 8  # questions that are asked for them; each takes the time of a question
MAX_KEY = 40  # characters of the key of a fold in the page
VERDICTS: dict[object, feedback.Verdict] = {True: "up", False: "down"}

Message = dict[str, Any]  # a message of Gradio's chat: at least "role" and "content"
Update = dict[str, Any]  # properties of a Gradio component


class AskTab:
    """The handlers of the tab on which questions are asked, over one service."""

    def __init__(self, service: Service, feedback_file: Path | None = None) -> None:
        """Readers' feedback is appended to `feedback_file`; without one, no feedback is requested."""
        self._service = service
        self._lookup = Lookup(service)
        self._feedback_file = feedback_file

    @property
    def asks_verdicts(self) -> bool:
        """Whether feedback is requested."""
        return self._feedback_file is not None

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
        return _box(value=""), *self._shown(
            turns, field_of(event, "chosen"), "", language_of(request), stored
        )

    def _shown(
        self, turns: list[Turn], chosen: str, opened: str, language: str, stored: str = ""
    ) -> tuple[Any, ...]:
        sources, active = self._opened(turns, opened)
        chat: list[Message] = []
        for turn in turns:
            chat = _asked(chat, turn.content) if turn.role == "user" else _said(chat, turn.role, turn.content)
        where = filters.read(chosen)
        thumbs = conversation.stored_verdicts(stored, turns)
        return (
            gr.update(value=chat, feedback_value=thumbs),
            *_panels(sources, language, active),
            "" if turns else self._start(language),
            filters.bar_html(where, self._lookup.sources(), language),
            self._chosen(where, language),
        )

    def _start(self, language: str) -> str:
        """The first screen below an empty conversation."""
        lookup = self._lookup
        return answer_html.start_html(lookup.articles(), lookup.starters(language), lookup.built(), language)

    def _opened(self, turns: Sequence[Turn], ref: str) -> tuple[Sequence[Source], str]:
        """The sources of the last answer that cites `ref`, or of the last one where it is ""; and `ref`."""
        said = [conversation.message_refs(turn.content) for turn in turns if turn.role == "assistant"]
        if not ref:
            last = said[-1] if said and turns[-1].role == "assistant" else []
            return read_refs(last, self._lookup.article), ""
        citing = (pairs for pairs in reversed(said) if ref in (known for _label, known in pairs))
        return read_refs(next(citing, [(1, ref)]), self._lookup.article), ref

    def notice(self, request: gr.Request) -> str:
        """The notice above the conversation if there is no index, it is damaged, or files wait for it."""
        language = language_of(request)
        try:
            self._service.served()
            return corpus_html.pending_html(self._service.pending(), language, changes=self._service.changes)
        except QAError as error:
            return corpus_html.problem_html(error, language, changes=self._service.changes)

    def send(self, question: str, chat: list[Message]) -> tuple[Any, Any, Any]:
        """Put a question into the chat: box, chat, examples."""
        question = (question or "").strip()[:MAX_QUESTION]
        if not question:
            return gr.skip(), gr.skip(), gr.skip()
        return _box(running=True, value=""), _asked(chat, question), ""

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
        if said_at_once := _without_looking(turns[-1].content, where, words(language)):
            told = chat_markdown.notice_markdown(said_at_once)
            yield _said(chat, "assistant", told), gr.skip(), gr.skip()
            return
        yield _said(chat, "assistant", "…"), gr.skip(), gr.skip()
        try:
            answer, served = self._service.ask(
                turns[-1].content[:MAX_QUESTION], conversation.plain_turns(turns[:-1]), where
            )
            sources = sources_of(answer, served.index.article)
        except Busy as error:  # `failed` puts the question back
            raise gr.Error(str(error), print_exception=False) from error
        except QAError as error:
            problem = chat_markdown.notice_markdown(corpus_html.problem_text(error, language))
            yield (
                _said(chat, "assistant", problem),
                *_panels((), language),
            )
            return
        asked = sum(turn.role == "user" for turn in turns)
        panels: tuple[Any, Any] = _panels(sources, language, turn=asked)
        within = filters.described(where, self._lookup.title(where.article_id), language)
        figures = figures_card.card(answer.figures, served.index.article, language)
        card = "\n\n".join(filter(None, (figures, timeline_card.fold(sources, language))))
        for text in chat_markdown.written_out(answer, sources, language, within, card):
            yield _said(chat, "assistant", text), *panels
            panels = gr.skip(), gr.skip()
        if phrase is True and self.phrases and answer.status == "answered":
            for step in phrased_messages(self._service, answer, served, language, within, card):
                if step is None:
                    yield gr.skip(), gr.skip(), gr.skip()
                    continue
                text, cited = step
                # never the reader: an article may have been opened meanwhile
                cards: Any = gr.skip() if cited == sources else answer_html.cards_html(cited, "", language)
                sources = cited
                yield _said(chat, "assistant", text), cards, gr.skip()

    def summarise(
        self, chat: list[Message], event: gr.EventData, request: gr.Request
    ) -> tuple[Any, Any, Any, str]:
        """Articles are to be summed up: box, chat, examples, their ids as JSON."""
        chosen = [field_of(event, "article")] if field_of(event, "article") else []
        cited = read_refs(conversation.pairs_of(event._data), self._lookup.article)
        chosen += [source.article.article_id for source in cited]
        titles = {one: self._lookup.title(one) or one for one in chosen}
        if not chosen or not self.phrases:
            return gr.skip(), gr.skip(), gr.skip(), ""
        task = words(language_of(request))["summary_of"].format(titles=" · ".join(titles.values()))
        asked = _asked(chat, task[:MAX_QUESTION])
        return _box(running=True), asked, "", json.dumps(list(titles))

    def summary(
        self, chat: list[Message], chosen: str, request: gr.Request
    ) -> Iterator[tuple[Any, Any, Any]]:
        """Sum up articles below the last message, sentence by sentence: chat, sources, reader."""
        language, ids = language_of(request), _ids(chosen)
        if not ids or not chat or chat[-1].get("role") != "user":
            yield gr.skip(), gr.skip(), gr.skip()  # Gradio clears outputs that a generator does not yield
            return
        yield _said(chat, "assistant", "…"), gr.skip(), gr.skip()
        known: Sequence[Source] = ()
        try:
            for step in summary_messages(self._service, ids, language):
                text, cited = step or ("", known)
                panels: tuple[Any, Any] = (gr.skip(), gr.skip())
                if cited != known:
                    cards, reader = _panels(cited, language)
                    panels = cards, gr.skip() if known else reader
                known = cited
                yield _said(chat, "assistant", text) if text else gr.skip(), *panels
        except QAError as error:
            told = chat_markdown.notice_markdown(said(str(error), language))
            yield _said(chat, "assistant", told), gr.skip(), gr.skip()

    def suggest(self, sent: str, chosen: str, request: gr.Request) -> str:
        """Questions to go on with after an answer that is complete: suggestions.

        Each was answered by the sentence it is made from. They give way: while someone asks, none is tried.
        """
        asked, pairs = conversation.told(sent)
        sources = [s for s in read_refs(pairs, self._lookup.article) if s.label and not s.stale]
        if not asked or not sources:
            return ""
        where, found = filters.read(chosen), []
        try:
            for candidate in islice(self._candidates(asked, sources, where, request), TRIED):
                answer = self._service.ask_if_idle(candidate.question, where)
                if answer is None:
                    break
                if suggestions.is_answered(candidate, answer):
                    found.append(candidate.question)
                if len(found) == SUGGESTED:
                    break
        except QAError:
            return ""
        return answer_html.suggestions_html(found, asked[-1], language_of(request))

    def _candidates(
        self, asked: Sequence[str], sources: Sequence[Source], where: Filter, request: gr.Request
    ) -> Iterator[Candidate]:
        """Questions that may be suggested: from the cited articles, then from the others found."""
        language = language_of(request)
        cited = [(source.article.article_id, Span(source.start, source.end)) for source in sources]
        near = {source.article.article_id: source.article for source in sources}
        made: list[str] = []
        for candidate in suggestions.candidates(near.values(), cited, asked, language):
            made.append(candidate.question)
            yield candidate
        if not self._service.idle:
            return
        hits = self._service.search(asked[-1][:MAX_QUESTION], where=where)
        others = {hit.passage.article_id for hit in hits} - near.keys()
        articles = [self._service.article(article_id) for article_id in sorted(others)]
        yield from suggestions.candidates(articles, cited, [*asked, *made], language)

    def failed(self, chat: list[Message], request: gr.Request) -> tuple[Any, Any, str]:
        """A question failed (internal error or too many at once): box, chat, sources. The question is put
        back into the box.
        """
        note = corpus_html.failure_html(words(language_of(request))["lost"], language_of(request))
        asked = [i for i, item in enumerate(chat) if item.get("role") == "user"]
        if not asked:
            return _box(), chat, note
        question = conversation.question_text(chat[asked[-1]])
        return _box(value=question), chat[: asked[-1]], note

    def ended(self) -> Any:
        """An answer is complete or was stopped: box."""
        return _box()

    def retry(self, chat: list[Message], event: gr.RetryData) -> tuple[list[Message], Any]:
        """Answer the question of a message again: chat, box."""
        return chat[: message_index(event.index) + 1], _box(running=True)

    def undo(self, chat: list[Message], event: gr.UndoData, request: gr.Request) -> tuple[Any, Any, Any, Any]:
        """Take a question back into the box: chat, box, sources, reader."""
        index = message_index(event.index)
        if not 0 <= index < len(chat):
            return (gr.skip(),) * 4
        rest = chat[:index]
        return rest, conversation.question_text(chat[index]), *_panels((), language_of(request))

    def edit(self, chat: list[Message], event: gr.EditData) -> tuple[list[Message], Any]:
        """Ask a question in other words: chat, box."""
        question = conversation.question_text({"content": str(event.value)})[:MAX_QUESTION]
        return _asked(chat[: message_index(event.index)], question), _box(running=True)

    def restart(self, request: gr.Request) -> tuple[Any, ...]:
        """A new conversation: box, chat, sources, reader, examples, filter, its choice."""
        return _box(value=""), *self._shown([], "", "", language_of(request))

    def cite(self, event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        """A citation or a card was chosen: sources, reader."""
        sources = read_refs(conversation.pairs_of(event._data), self._lookup.article)
        return _panels(sources, language_of(request), field_of(event, "ref"))

    def timeline(self, event: gr.EventData, request: gr.Request) -> str:
        """The timeline of an answer was opened: its table for the page's script, with the fold's key."""
        sources = read_refs(conversation.pairs_of(event._data), self._lookup.article)
        made = timeline_card.table_html(sources, language_of(request))
        return json.dumps({"key": field_of(event, "key")[:MAX_KEY], "html": made})

    def export(self, chat: list[Message], told: str, request: gr.Request) -> str:
        """The conversation as a Markdown file, for the page's script. `told`: see `qa.web.export.about`."""
        return self._file(conversation.turns_of(chat), ".md", told, request)

    def save(self, chat: list[Message], event: gr.EventData, request: gr.Request) -> str:
        """A format was chosen: the conversation or its last answer as a file, for the page's script."""
        turns = conversation.turns_of(chat)
        shown = export.last_answer(turns) if field_of(event, "last") else turns
        return self._file(shown, f".{field_of(event, 'format')}", field_of(event, "about"), request)

    def _file(self, turns: list[Turn], ending: str, told: str, request: gr.Request) -> str:
        """The file, or "" for an ending that no format has."""
        article_of, language = self._lookup.article, language_of(request)
        if ending == ".json":
            content = export.conversation_json(turns, article_of, self._lookup.generation())
            return export.packed(content.encode("utf-8", "replace"), ending, "application/json")
        if ending not in FORMATS:
            return ""
        made = export.conversation_export(turns, article_of, language, export.about(told, language))
        return export.file_of(made, ending, article_of)

    # -- filter

    def _chosen(self, where: Filter, language: str) -> str:
        return filters.chosen_html(where, self._lookup.title(where.article_id), language)

    def narrow(self, event: gr.EventData, request: gr.Request) -> str:
        """The filter was changed or cleared: its choice in words."""
        return self._chosen(filters.read(event._data), language_of(request))

    def renewed(self, chat: list[Message], chosen: str, request: gr.Request) -> tuple[str, Any, str]:
        """There is another index: notice, examples, filter."""
        language = language_of(request)
        bar = filters.bar_html(filters.read(chosen), self._lookup.sources(), language)
        return self.notice(request), "" if chat else self._start(language), bar

    # -- what readers think of an answer

    def judge(self, chat: list[Message], event: gr.LikeData, request: gr.Request) -> tuple[str, str]:
        """Thumb pressed, or taken back: the form for a comment, and the verdict for the page's script."""
        pressed = event.liked if isinstance(event.liked, bool) else None  # Gradio sends "" for taken back
        verdict = {"index": message_index(event.index), "up": pressed}
        kept = self._judge(chat, verdict, "")
        sent = json.dumps(verdict)
        shown = kept and pressed is None
        return "" if shown else answer_html.verdict_html(sent, language_of(request), kept=kept), sent

    def judge_in_words(self, chat: list[Message], event: gr.EventData, request: gr.Request) -> str:
        """A comment on an answer was sent: its form, closed unless the comment cannot be kept."""
        sent = field_of(event, "verdict")
        try:
            read = json.loads(sent)
        except (ValueError, RecursionError):
            read = None
        word = field_of(event, "word").strip()[: answer_html.MAX_WORD]
        kept = not word or not isinstance(read, dict) or self._judge(chat, read, word)
        return "" if kept else answer_html.verdict_html("", language_of(request), kept=False)

    def _judge(self, chat: list[Message], verdict: dict[str, Any], word: str) -> bool:
        """Keep a verdict; False where the file does not take it. A forged one is passed over."""
        index = verdict.get("index")
        if self._feedback_file is None or type(index) is not int or not 0 < index < len(chat):
            return True
        answer, question = (
            conversation.message_text(chat[index]),
            conversation.question_text(chat[index - 1]),
        )
        try:
            feedback.record(
                self._feedback_file,
                question=question,
                verdict=VERDICTS.get(verdict.get("up"), "withdrawn"),
                word=word,
                citations=export.citations(answer[: conversation.MAX_MESSAGE], self._lookup.article),
                generation=self._lookup.generation(),
            )
        except StoreError:
            return False
        return True


def _ids(chosen: str) -> list[str]:
    """The ids of articles as `AskTab.summarise` wrote them; what is none is left out."""
    try:
        read = json.loads(chosen or "[]")
    except (ValueError, RecursionError):
        read = []
    return [one for one in read if isinstance(one, str)] if isinstance(read, list) else []


def _without_looking(question: str, where: Filter, text: dict[str, str]) -> str:
    """What is said without looking into the articles; "" where that is not enough."""
    if filters.is_empty(where):
        return text["range_empty"]
    key = small_talk.reply_key(question)
    return text[key] if key else ""


def _panels(sources: Sequence[Source], language: str, active: str = "", *, turn: int = 0) -> tuple[str, str]:
    """The cards and the reader."""
    return (
        answer_html.cards_html(sources, active, language),
        answer_html.reader_html(active, sources, language, turn=turn),
    )


def _asked(chat: list[Message], question: str) -> list[Message]:
    return _said(chat, "user", chat_markdown.question_markdown(question))


def _said(chat: list[Message], role: str, content: str) -> list[Message]:
    return [*chat, {"role": role, "content": content}]


def _box(*, running: bool = False, value: str | None = None) -> Update:
    """The question's box; it is locked while an answer is written, so that Enter does not start a second one.

    Without a value, its text stays.
    """
    new = {} if value is None else {"value": value}
    return {**gr.update(submit_btn=not running, stop_btn=running, interactive=not running), **new}
