"""A phrased answer as a message of the chat: checked sentences above the quotes, the rest in a fold.

Runs the language model in a thread of its own, so that a reader who leaves or presses stop ends it at once.
Knows nothing of the page.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence

from qa.answering.phrasing import Event
from qa.i18n import phrasing as wording
from qa.i18n.wording import words
from qa.llm.deadlines import Stop
from qa.service.base import Served
from qa.service.service import Service
from qa.types import Answer
from qa.types_phrasing import Phrased, Phrasing
from qa.web import escape
from qa.web.chat import answer_markdown, cite_link, fold, small_line
from qa.web.sources import Source, sources_of

POLL = 0.5  # seconds after which a page may end a run that waits for the language model


def phrased_messages(
    service: Service, answer: Answer, served: Served, language: str, within: str = ""
) -> Iterator[tuple[str, tuple[Source, ...]] | None]:
    """The growing message of an answer that is being phrased, with its sources; None while nothing comes.

    The last one is complete. Close the iterator to stop the language model. Raises LLMError where none is
    configured.
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
            above = _above(event.answer.phrased, sentences, sources, language)
            yield "\n\n".join([*above, text]), sources
    finally:
        stop.set()


def _polled(events: Iterator[Event]) -> Iterator[Event | None]:
    """The events as they come, and None whenever none came for a while."""
    waiting: queue.SimpleQueue[Event | BaseException | None] = queue.SimpleQueue()

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


def _above(
    phrasing: Phrasing | None, kept: Sequence[Phrased], sources: Sequence[Source], language: str
) -> list[str]:
    """What is above the quotes: the sentences so far; at the end who wrote them and what was left out."""
    parts = [" ".join(_linked(sentence, sources) for sentence in kept)] if kept else []
    if phrasing is None:
        return parts
    if kept:
        by = words(language)["phrased_by"].format(model=phrasing.model, host=phrasing.host)
        parts += small_line("searched", by)
    return [*parts, *small_line("searched", wording.note(phrasing, language)), *_left_out(phrasing, language)]


def _linked(sentence: Phrased, sources: Sequence[Source]) -> str:
    links = [cite_link(source) for source in sources if source.label in sentence.labels]
    tag = [escape.markdown(f"({sentence.hedged})")] if sentence.hedged else []
    return " ".join([escape.markdown(sentence.text), *tag, *links])


def _left_out(phrasing: Phrasing, language: str) -> list[str]:
    """The dropped sentences with their reasons, collapsed."""
    summary = wording.dropped(phrasing, language)
    lines = (f"✗ {one.text} – {wording.reason(one.reason, language)}" for one in phrasing.dropped)
    return [fold(summary, lines)] if summary else []
