"""Answer a question with checked citations, without a language model.

Search and evidence come together here; `dialogue` decides what is asked of them. A language model may phrase
the answer afterwards (`qa.answering.phrasing`). Knows nothing of pages or command lines.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from qa.answering import article_reading, dialogue, reader, scoring, selection, verdict
from qa.answering.by_date import HITS
from qa.answering.explanation import explain
from qa.answering.features import Material
from qa.answering.question import Question, take_apart
from qa.answering.quoting import NO_ANSWER, citation, no_answer
from qa.answering.scoring import Reading, Scope
from qa.answering.selection import Quote
from qa.errors import CorpusError
from qa.index.base import PassageStates
from qa.index.search import Index
from qa.text import tokens
from qa.types import Answer, Article, Citation, Filter, Hit, Passage, Span, Turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qa.answering.checked_sentences import Client
    from qa.answering.phrasing import Event
    from qa.answering.summary import SummaryEvent
    from qa.llm.deadlines import Stop

READ = 5  # of these, passages whose sentences are scored
BEFORE = 20_000  # characters before a passage in which a name of the question may stand
READ_ARTICLE = 20  # the same for a question to a single article
# Weight of the original wording of a follow-up, without the words that complete it. Those words find the
# passages, but if they counted fully, the quotes of the previous answer would pass for this one's.
ASKED_SHARE = 2 / 3

__all__ = ["NO_ANSWER", "Bot"]


class Bot:
    """Answers questions from an open index."""

    def __init__(self, index: Index, *, min_confidence: float | None = None) -> None:
        """`min_confidence` refuses below it; None takes what was chosen in training."""
        self.index = index
        self.min_confidence = min_confidence

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        where: Filter = Filter(),  # noqa: B008 (frozen)
    ) -> Answer:
        """Answer a question, or report that the corpus does not answer it.

        Raises CorpusError if `where` names an unknown article, EncoderError if the model cannot be loaded.
        """
        if where.article_id:
            self.index.article(where.article_id)  # an unknown one is an error, not a refusal
        least = self.min_confidence or 0.0
        return dialogue.answer(question, history, where, self.index, self._read, least)

    def phrase(self, answer: Answer, client: Client, stop: Stop | None = None) -> Iterator[Event]:
        """Phrase an answer with a language model: its quotes, each sentence after its check, then the whole.

        A refusal calls no model, and failures of the model are no errors: see `Answer.phrased`. The encoder
        reads only sentences that translate an article. Set `stop` from another thread to end it at once.
        """
        from qa.answering import phrasing

        yield from phrasing.phrase(answer, client, self.index.article, stop, self._vectors)

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([reading.vector for reading in self.index.encoder.read(texts)])

    def summarise(
        self, article_ids: Sequence[str], client: Client, stop: Stop | None = None
    ) -> Iterator[SummaryEvent]:
        """Sum up articles with a language model, in the language of the first: see `qa.answering.summary`.

        Raises CorpusError for an unknown article, and LLMError where no sentence could be checked. Failures
        of the model are no errors: see `Summary.phrased`.
        """
        from qa.answering import summary

        chosen = list(dict.fromkeys(article_ids))[: summary.MAX_ARTICLES]
        return summary.summarise([self.index.article(one) for one in chosen], client, stop)

    def _read(self, asked: str, searched: str, where: Filter, scope: Scope) -> Answer:
        """Answer one question from the passages found for `searched`."""
        began = time.perf_counter()
        parsed, materials, hits = self.gather(searched, where)
        gathered = time.perf_counter()
        readings = self._readings(asked, parsed, materials, scope)
        judged = verdict.judge(readings, materials, scope, self.index.manifest.model)
        least = judged.threshold if self.min_confidence is None else self.min_confidence
        answered = bool(parsed.words) and judged.confidence >= least
        quotes = judged.quotes if answered else ()
        citations, wording = self._cited(quotes, materials)
        explanation = explain(readings, materials, quotes, judged.parts)
        ended = time.perf_counter()
        return Answer(
            question=asked,
            status="answered" if citations else "no_answer",
            text=wording or no_answer(asked),
            confidence=judged.confidence,
            citations=tuple(citations),
            hits=tuple(hits[:HITS]),
            seconds={"search": gathered - began, "evidence": ended - gathered, "total": ended - began},
            explanation=explanation,
            missing=judged.missing,
        )

    def gather(self, question: str, where: Filter) -> tuple[Question, list[Material], list[Hit]]:
        """The analysed question, the passages whose sentences are scored, and all passages found."""
        read, looked_up = (READ_ARTICLE, READ_ARTICLE) if where.article_id else (READ, HITS)
        hits = self.index.retrieve(question, k=looked_up, where=where)
        materials = self._materials(hits[:read])
        return self._parsed(question, materials), materials, hits

    def _parsed(self, question: str, materials: Sequence[Material]) -> Question:
        language = materials[0].language if materials else tokens.DEFAULT_LANGUAGE
        return take_apart(question, self.index.query(question), language, self.index.idf)

    def _readings(
        self, question: str, searched: Question, materials: Sequence[Material], scope: Scope
    ) -> list[Reading]:
        """Score the question as it was searched for, and a follow-up also as it was asked."""
        readings = [scoring.judge(searched, materials, scope)]
        if searched.text != question:
            asked = self._parsed(question, materials)
            readings = [
                readings[0]._replace(share=1 - ASKED_SHARE),
                scoring.judge(asked, materials, scope, ASKED_SHARE),
            ]
        if scope == "article" and reader.reads(self.index.manifest.model):
            return [article_reading.with_reader(one, materials) for one in readings]
        return readings

    def _materials(self, hits: Sequence[Hit]) -> list[Material]:
        articles = {hit.passage.article_id: self.index.article(hit.passage.article_id) for hit in hits}
        states = self.index.states([hit.passage for hit in hits])
        return [
            _material(hit, articles[hit.passage.article_id], s) for hit, s in zip(hits, states, strict=True)
        ]

    def _cited(self, quotes: Sequence[Quote], materials: Sequence[Material]) -> tuple[list[Citation], str]:
        """The citations in order, and the text with its labels after each quote."""
        citations: list[Citation] = []
        paragraphs: list[str] = []
        for quote in quotes:
            labels = ""
            for place in (quote, *selection.same_elsewhere(quote, materials)):
                article = self.index.article(place.material.hit.passage.article_id)
                citations.append(_citation(len(citations) + 1, place, article))
                labels += f"[{citations[-1].label}]"
            paragraphs.append(f"{quote.material.hit.passage.text[quote.start : quote.end]} {labels}")
        return citations, "\n\n".join(paragraphs)


def _material(hit: Hit, article: Article, states: PassageStates) -> Material:
    start = hit.passage.start
    before = article.text[max(0, start - BEFORE) : start]
    return Material(hit, article.title, article.language, states, article.date, before)


def _citation(label: int, quote: Quote, article: Article) -> Citation:
    """Create the citation of a quote, after checking it against its article."""
    passage = quote.material.hit.passage
    span = _in_article(passage, Span(quote.start, quote.end))
    if article.text[span.start : span.end] != passage.text[quote.start : quote.end]:
        raise CorpusError(
            f"The text of {article.article_id} does not match the index. Run `qa build --fresh`."
        )
    answer = None if quote.answer is None else _in_article(passage, quote.answer)
    return citation(label, article, span, quote.probability, answer)


def _in_article(passage: Passage, span: Span) -> Span:
    """Characters of a passage as characters of its article."""
    return Span(passage.start + span.start, passage.start + span.end)
