"""The handler that offers questions to go on with after an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import gradio as gr

from qa.answering.rewriting import completed
from qa.errors import QAError
from qa.service.service import MAX_QUESTION, Service
from qa.types import Filter, Span, Turn
from qa.web import conversation, filters, frames_html, suggestions
from qa.web.events import language_of
from qa.web.lookup import Lookup
from qa.web.sources import Source, read_refs
from qa.web.suggestions import Candidate

SUGGESTED = 3  # questions to go on with
TRIED = 8  # questions that are asked for them; each takes the time of a question


class SuggestedQuestions:
    """Finds questions that the articles answer, over one service."""

    def __init__(self, service: Service, lookup: Lookup) -> None:
        self._service = service
        self._lookup = lookup

    def after(self, sent: str, chosen: str, request: gr.Request) -> str:
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
        return frames_html.suggestions_html(found, asked[-1], language_of(request))

    def _candidates(
        self, asked: Sequence[str], sources: Sequence[Source], where: Filter, request: gr.Request
    ) -> Iterator[Candidate]:
        """Questions that may be suggested: from the cited articles, then from others about the same."""
        language = language_of(request)
        cited = [(source.article.article_id, Span(source.start, source.end)) for source in sources]
        near = {source.article.article_id: source.article for source in sources}
        made: list[str] = []
        for candidate in suggestions.candidates(near.values(), cited, asked, language):
            made.append(candidate.question)
            yield candidate
        if not self._service.idle:
            return
        topic = completed(asked[-1], [Turn("user", question) for question in asked[:-1]])[:MAX_QUESTION]
        hits = self._service.search(topic, where=where)
        others = {hit.passage.article_id for hit in hits} - near.keys()
        articles = {article_id: self._service.article(article_id) for article_id in sorted(others)}
        for candidate in suggestions.candidates(articles.values(), cited, [*asked, *made], language):
            article, (start, end) = articles[candidate.article_id], candidate.span
            if suggestions.is_about(f"{article.title} {article.text[start:end]}", topic):
                yield candidate
