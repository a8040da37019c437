"""What a language model wrote, printed as it comes: kept sentences, their citations, what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qa.api.fields import Row, summary_row
from qa.cli.common import one_line
from qa.types import Answer, Citation
from qa.types_phrasing import Phrasing

if TYPE_CHECKING:
    from qa.answering.phrasing import Event
    from qa.answering.summary import SummaryEvent


def print_phrased(answer: Answer, events: Iterator[Event]) -> Answer:
    """Print the sentences of a phrased answer below its quotes, then the citations that they add; the whole
    answer.
    """
    from qa.text import tokens

    known = 0
    for event in events:
        if event.name == "quotes":
            known = len(event.answer.citations)
            print(flush=True)
        elif event.name == "sentence" and event.sentence:
            print(event.sentence.shown, flush=True)
        elif event.name == "end" and event.answer.phrased:
            language = tokens.question_language(event.answer.question) or tokens.DEFAULT_LANGUAGE
            print_citations(event.answer.citations[known:])
            _print_rest(event.answer.phrased, language)
        answer = event.answer
    return answer


def print_summary(steps: Iterator[SummaryEvent]) -> None:
    """The sentences of a summary with their citations, and how much of the articles was not read."""
    from qa.i18n import phrasing

    print(flush=True)
    for step in steps:
        summary = step.summary
        if step.name == "sentence" and step.sentence:
            print(step.sentence.shown, flush=True)
        elif summary.phrased:
            print_citations(summary.citations)
            if unread := phrasing.unread(summary.unread, summary.language):
                print(f"  {unread}")
            _print_rest(summary.phrased, summary.language, summary=True)


def summary_fields(steps: Iterator[SummaryEvent]) -> Row:
    """A whole summary as JSON."""
    *_, end = steps
    return summary_row(end.summary)


def _print_rest(phrased: Phrasing, language: str, *, summary: bool = False) -> None:
    """Why the model failed or nothing was kept, and the sentences that were left out."""
    from qa.i18n import phrasing

    if said := phrasing.note(phrased, language, summary=summary):
        print(f"  {said}")
    if left_out := phrasing.dropped(phrased, language):
        print(f"  {left_out}:")
    for sentence in phrased.dropped:
        print(f"  ✗ {one_line(sentence.text)} ({phrasing.reason(sentence.reason, language)})")


def print_citations(citations: Sequence[Citation]) -> None:
    for citation in citations:
        about = ", ".join(part for part in (citation.source, citation.date, citation.article_id) if part)
        who = f", {citation.speaker}" if citation.speaker else ""
        print(f"  [{citation.label}] {citation.title} ({about}), {citation.start}–{citation.end}{who}")
