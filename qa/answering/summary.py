"""Articles summed up by a language model, shown sentence by sentence after each was checked.

The check and its citations are those of a phrased answer: every sentence is said by one sentence of an
article. Knows no protocol: a `Client` gives the pieces of text.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from qa.answering import prompt
from qa.answering.checked_sentences import CheckedSentences, Client
from qa.answering.support_sentence import LANGUAGES
from qa.errors import LLMError
from qa.types import Article, Summary
from qa.types_phrasing import Phrased

if TYPE_CHECKING:
    from qa.llm.deadlines import Stop

MAX_ARTICLES = 5
NOT_CHECKED = (
    "Only summaries of German and English articles can be checked. Choose an article in one of these "
    "languages."
)


@dataclass(frozen=True, slots=True)
class SummaryEvent:
    """A step of a summary: a sentence was kept or dropped, or the "end".

    `summary` has the citations so far, so that each label has one; its `phrased` is set with "end".
    """

    name: Literal["sentence", "dropped", "end"]
    summary: Summary
    sentence: Phrased | None = None


def summarise(
    articles: Sequence[Article], client: Client, stop: Stop | None = None
) -> Iterator[SummaryEvent]:
    """Sum up the first MAX_ARTICLES articles in the language of the first: each sentence after its check.

    Long articles are sent in part; see `Summary.unread`. Articles in another language than the first back no
    sentence, and are not sent. Failures of the model end up in `Phrasing.error`. Close the iterator to close
    the connection, or set `stop` from another thread. Raises LLMError before the first step where the
    language is one that cannot be checked.
    """
    language = (articles[0].language or LANGUAGES[0]) if articles else ""
    if language not in LANGUAGES:
        raise LLMError(NOT_CHECKED)
    alike = [one for one in articles[:MAX_ARTICLES] if (one.language or LANGUAGES[0]) == language]
    return _steps(alike, language, client, stop)


def _steps(
    articles: Sequence[Article], language: str, client: Client, stop: Stop | None
) -> Iterator[SummaryEvent]:
    began = time.perf_counter()
    sent = prompt.beginnings(articles)
    unread = sum(_unread(article, sent) for article in articles)
    summary = Summary(tuple(article.article_id for article in articles), language, unread)
    checked = CheckedSentences(sent, language)
    error = ""
    try:
        for sentence in checked.read(client, prompt.summary_messages(sent, language), stop):
            so_far = replace(summary, citations=checked.citations)
            yield SummaryEvent("sentence" if sentence.kept else "dropped", so_far, sentence)
    except LLMError as failure:
        error = str(failure)
    phrased = checked.phrasing(client, error, time.perf_counter() - began)
    yield SummaryEvent("end", replace(summary, citations=checked.citations, phrased=phrased))


def _unread(article: Article, sent: Sequence[prompt.Sent]) -> int:
    """Characters of an article behind what is sent of it."""
    end = max((one.span.end for one in sent if one.article is article), default=0)
    return len(article.text[end:].strip())
