"""What a language model writes, as a message of the chat: checked sentences, and in a fold what was left out.

A phrased answer has them above its quotes; a summary has nothing else.

Runs the language model in a thread of its own, so that a reader who leaves or presses stop ends it at once.
Knows nothing of the page.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from typing import TypeVar

from qa.answering.checked_sentences import Client
from qa.i18n import phrasing as wording
from qa.i18n.wording import words
from qa.llm.deadlines import Stop
from qa.service.base import Served
from qa.service.service import Service
from qa.types import Answer
from qa.types_phrasing import Phrased, Phrasing
from qa.web import escape
from qa.web.chat import answer_markdown, cite_link, fold, references, small_line
from qa.web.sources import Source, cited_sources, sources_of

Step = TypeVar("Step")
POLL = 0.5  # seconds after which a page may end a run that waits for the language model


def phrased_messages(
    service: Service, answer: Answer, served: Served, language: str, within: str = "", card: str = ""
) -> Iterator[tuple[str, tuple[Source, ...]] | None]:
    """The growing message of an answer that is being phrased, with its sources; None while nothing comes.

    The last one is complete. `within` and `card` are those of `qa.web.chat.written_out`. Close the iterator
    to stop the language model. Raises LLMError where none is configured.
    """
    sentences: list[Phrased] = []
    stop = Stop()
    try:
        for event in _polled(service.phrase(answer, served, stop)):
            if event is None:
                yield None
                continue
            if event.sentence and event.sentence.kept:
                sentences.append(event.sentence)
            sources = sources_of(event.answer, served.index.article)
            text = answer_markdown(event.answer, sources, language, within=within)
            by = phrased_by(service.language_model, sentences, language)
            above = _above(event.answer.phrased, sentences, sources, by, language)
            yield "\n\n".join([*above, text, *([card] if card else [])]), sources
    finally:
        stop.set()


def summary_messages(
    service: Service, article_ids: Sequence[str], language: str
) -> Iterator[tuple[str, tuple[Source, ...]] | None]:
    """The growing message of a summary, as `phrased_messages`.

    Raises NoIndex, CorpusError for an unknown article, and LLMError where nothing could be checked.
    """
    sentences: list[Phrased] = []
    stop = Stop()
    try:
        steps, served = service.summarise(article_ids, stop)
        for step in _polled(steps):
            if step is None:
                yield None
                continue
            if step.sentence and step.sentence.kept:
                sentences.append(step.sentence)
            summary = step.summary
            sources = cited_sources(summary.citations, served.index.article)
            by = phrased_by(service.language_model, sentences, language)
            parts = sentences_markdown(sentences, sources, by)
            if summary.phrased:
                told = (
                    wording.note(summary.phrased, language, summary=True),
                    wording.unread(summary.unread, language),
                )
                parts += [part for line in told for part in small_line("searched", line)]
                parts += left_out(summary.phrased, language)
            if parts:
                yield "\n\n".join([*parts, *references(sources, language)]), sources
    finally:
        stop.set()


def _polled(events: Iterator[Step]) -> Iterator[Step | None]:
    """The events as they come, and None whenever none came for a while."""
    waiting: queue.SimpleQueue[Step | BaseException | None] = queue.SimpleQueue()

    def run() -> None:
        try:
            for event in events:
                waiting.put(event)
            waiting.put(None)
        except BaseException as error:  # noqa: BLE001 (raised in the other thread)
            waiting.put(error)

    threading.Thread(target=run, name="phrasing", daemon=True).start()
    while True:
        try:
            found = waiting.get(timeout=POLL)
        except queue.Empty:
            yield None
            continue
        if found is None:
            return
        if isinstance(found, BaseException):
            raise found
        yield found


def phrased_by(model: Client | None, kept: Sequence[Phrased], language: str) -> list[str]:
    """The line below kept sentences of a language model; `qa.web.conversation.phrased_part` reads it back."""
    if model is None or not kept:
        return []
    names = (f"<b>{escape.markdown(name)}</b>" for name in (model.model, model.host))
    key = "translated_by" if any(sentence.original for sentence in kept) else "phrased_by"
    line = words(language)[key].format(**dict(zip(("model", "host"), names, strict=True)))
    return [f'<span class="phrased">{line}</span>']


def _above(
    phrasing: Phrasing | None,
    kept: Sequence[Phrased],
    sources: Sequence[Source],
    by: Sequence[str],
    language: str,
) -> list[str]:
    """What is above the quotes: the sentences so far and who wrote them; at the end what was left out."""
    parts = sentences_markdown(kept, sources, by)
    if phrasing is None:
        return parts
    return [*parts, *small_line("searched", wording.note(phrasing, language)), *left_out(phrasing, language)]


def sentences_markdown(kept: Sequence[Phrased], sources: Sequence[Source], by: Sequence[str]) -> list[str]:
    """The kept sentences as paragraphs: one of all that follow each other, and one for each translation."""
    parts: list[str] = []
    joins = False
    for sentence in kept:
        line = sentence_markdown(sentence, sources)
        if joins and not sentence.original:
            parts[-1] += f" {line}"
        else:
            parts.append(line)
        joins = not sentence.original
    return [*parts, *by]


def sentence_markdown(sentence: Phrased, sources: Sequence[Source]) -> str:
    """A sentence with its links; a translation has them behind the original below it."""
    links = [cite_link(source) for source in sources if source.label in sentence.labels]
    tag = [escape.markdown(f"({sentence.hedged})")] if sentence.hedged else []
    said = " ".join([escape.markdown(sentence.text), *tag])
    if sentence.original:
        return f"{said}\n\n> {' '.join([escape.markdown(sentence.original), *links])}"
    return " ".join([said, *links])


def left_out(phrasing: Phrasing, language: str) -> list[str]:
    """The dropped sentences, struck, with their reasons, collapsed."""
    summary = wording.dropped(phrasing, language)
    items = (
        f"<s>{escape.markdown(one.text)}</s> {escape.markdown(wording.reason(one.reason, language))}"
        for one in phrasing.dropped
    )
    return [fold(summary, items)] if summary else []
