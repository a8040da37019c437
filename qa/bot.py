"""A question in, an answer with checked citations out; without a language model.

Search, evidence and the wording of refusals come together here. Knows nothing of pages or
command lines.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from qa import evidence, features, text
from qa.errors import CorpusError
from qa.evidence import Quote
from qa.features import Material, Question
from qa.index import Index
from qa.types import Answer, Article, Citation, Filter, Hit, Turn

# Confidence below which the corpus is said not to answer; see evidence.json for its operating point.
MIN_CONFIDENCE = 0.4
HITS = 10  # passages that are looked up
READ = 5  # of them whose sentences are judged
READ_ARTICLE = 20  # the same where one article is asked

NO_ANSWER = {
    "de": "Dazu sagt der Korpus nichts.",
    "en": "The corpus does not say.",
}


class Bot:
    """Answers questions from an open index."""

    def __init__(self, index: Index, *, min_confidence: float = MIN_CONFIDENCE) -> None:
        self.index = index
        self.min_confidence = min_confidence

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        where: Filter = Filter(),  # noqa: B008 (frozen)
    ) -> Answer:
        """The corpus' answer to a question, or that it has none.

        Raises CorpusError where `where` names an article that the index has not, EncoderError where the
        model cannot be loaded.
        """
        began = time.perf_counter()
        if where.article_id:
            self.index.article(where.article_id)  # an unknown one is an error, not a refusal
        searched = _completed(question, history)
        taken, materials, hits = self.gather(searched, where)
        found = time.perf_counter()
        judgement = evidence.judge(taken, materials)
        answered = bool(taken.words) and judgement.confidence >= self.min_confidence
        quotes = evidence.choose(materials, judgement) if answered else []
        citations, wording = self._cited(quotes, materials)
        ended = time.perf_counter()
        return Answer(
            question=question,
            status="answered" if citations else "no_answer",
            text=wording or NO_ANSWER[text.question_language(question) or text.DEFAULT_LANGUAGE],
            confidence=judgement.confidence,
            citations=tuple(citations),
            hits=tuple(hits[:HITS]),
            seconds={"search": found - began, "evidence": ended - found, "total": ended - began},
        )

    def gather(self, question: str, where: Filter) -> tuple[Question, list[Material], list[Hit]]:
        """The question taken apart, the passages whose sentences are judged, and all passages found."""
        read, looked_up = (READ_ARTICLE, READ_ARTICLE) if where.article_id else (READ, HITS)
        hits = self.index.search(question, k=looked_up, where=where)
        materials = self._materials(hits[:read])
        language = materials[0].language if materials else text.DEFAULT_LANGUAGE
        taken = features.take_apart(question, self.index.query(question), language, self.index.idf)
        return taken, materials, hits

    def _materials(self, hits: Sequence[Hit]) -> list[Material]:
        articles = {hit.passage.article_id: self.index.article(hit.passage.article_id) for hit in hits}
        return [
            Material(
                hit,
                articles[hit.passage.article_id].title,
                articles[hit.passage.article_id].language,
                self.index.states(hit.passage),
            )
            for hit in hits
        ]

    def _cited(self, quotes: Sequence[Quote], materials: Sequence[Material]) -> tuple[list[Citation], str]:
        """The citations of the quotes in order, and the text with their labels behind each quote."""
        citations: list[Citation] = []
        said: list[str] = []
        for quote in quotes:
            labels = ""
            for place in (quote, *evidence.same_elsewhere(quote, materials)):
                article = self.index.article(place.material.hit.passage.article_id)
                citation = _citation(len(citations) + 1, place, article)
                citations.append(citation)
                labels += f"[{citation.label}]"
            said.append(f"{quote.material.hit.passage.text[quote.start : quote.end]} {labels}")
        return citations, "\n\n".join(said)


def _citation(label: int, quote: Quote, article: Article) -> Citation:
    """The citation of a quote, held against the article it is taken from."""
    passage = quote.material.hit.passage
    start, end = passage.start + quote.start, passage.start + quote.end
    words = passage.text[quote.start : quote.end]
    if article.text[start:end] != words:
        raise CorpusError(f"{article.article_id} does not read as the index says; run `qa build --fresh`.")
    return Citation(
        label=label,
        article_id=article.article_id,
        title=article.title,
        source=article.source,
        date=article.date,
        url=article.url,
        start=start,
        end=end,
        quote=words,
        score=quote.probability,
    )


def _completed(question: str, history: Sequence[Turn]) -> str:
    """The question with the last one before it, where it does not stand on its own."""
    asked = [turn.content for turn in history if turn.role == "user"]
    return f"{asked[-1]} {question}" if asked else question
