"""The sentences of a language model, each checked against the passages that it was sent, and cited.

A sentence that no sentence of an article says is dropped with the reason. What a kept one is cited with is
decided here, as an exact span; the numbers that the model writes are hints. Knows no protocol: a `Client`
gives the pieces of text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Protocol

from qa.answering import quoting
from qa.answering.prompt import SENTINELS, Sent
from qa.answering.sentence_stream import Heard, SentenceStream
from qa.answering.support import Support, best_support
from qa.answering.support_across import best_across
from qa.answering.support_sentence import Evidence
from qa.types import Article, Citation, Span
from qa.types_phrasing import Phrased, Phrasing, PhrasingStatus

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np
    from numpy.typing import NDArray

    from qa.llm.client import Message
    from qa.llm.deadlines import Stop

PATIENCE = 3  # sentences after which a model of which nothing was kept is stopped
MAX_SENTENCES = 8  # of a model that does not keep to three
ACCORDING = {"de": ("laut {}", "Artikel"), "en": ("according to {}", "the article")}


Vectors = Callable[[Sequence[str]], "NDArray[np.float32]"]  # texts -> [texts, dimension], unit length


class Client(Protocol):
    """What phrasing needs of `qa.llm.client.Client`."""

    @property
    def model(self) -> str: ...

    @property
    def host(self) -> str: ...

    @property
    def local(self) -> bool: ...

    def stream(self, messages: Sequence[Message], stop: Stop | None = None) -> Generator[str]:
        """The pieces of the model's answer. Raises LLMError, also after some pieces."""


class CheckedSentences:
    """The sentences of one text as they are checked, and the citations that they add."""

    def __init__(
        self,
        sent: Sequence[Sent],
        language: str,
        citations: Sequence[Citation] = (),
        question: str = "",
        vectors: Vectors | None = None,
    ) -> None:
        """`citations`: those that are there already; `question`: what is answered, "" for a summary.

        `vectors`: of sentences in any language. With them, a sentence may also be backed by an article in
        another language than its own; it is then shown above its original.
        """
        self.citations = tuple(citations)
        self.sentences: list[Phrased] = []
        self._language = language
        self._question = question
        self._sent = sent
        self._places = [(number, span) for number, one in enumerate(sent) for span in one.sentences()]
        self._evidence = [self._evidence_of(number, span) for number, span in self._places]
        self._vectors = vectors
        self._vectors_of_evidence: NDArray[np.float32] | None = None  # made when they are needed
        self._shown: set[tuple[str, Span]] = set()  # sentences of articles shown instead of the model's

    def _evidence_of(self, number: int, span: Span) -> Evidence:
        article = self._sent[number].article
        text = " ".join(article.text[span.start : span.end].split())
        return Evidence(text, article.language, article.title, article.source, article.date)

    def read(self, client: Client, messages: Sequence[Message], stop: Stop | None) -> Iterator[Phrased]:
        """Check what the model says until it ends, says that there is no answer, or nothing can be kept.

        Raises LLMError, also after some sentences.
        """
        stream = SentenceStream(self._language)
        with closing(client.stream(messages, stop)) as pieces:
            for piece in pieces:
                for heard in stream.feed(piece):
                    yield from self._checked(heard)
                    if self._is_enough():
                        return
        for heard in stream.end():
            yield from self._checked(heard)
            if self._is_enough():
                return

    def phrasing(self, client: Client, error: str, seconds: float) -> Phrasing:
        """The whole. `error`: why the model failed, "" if it did not."""
        sentences = tuple(self.sentences)
        return Phrasing(client.model, client.host, self._status(error), sentences, error, seconds)

    def _is_enough(self) -> bool:
        heard = len(self.sentences)
        return heard >= MAX_SENTENCES or (heard >= PATIENCE and not any(one.kept for one in self.sentences))

    def _checked(self, heard: Heard) -> Iterator[Phrased]:
        if _is_sentinel(heard.text):
            return
        hinted = [at for at, (number, _) in enumerate(self._places) if number + 1 in heard.hints]
        found = best_support(heard.text, self._language, self._evidence, hinted, self._question)
        translated = None if found.kept else self._translated(heard.text)
        self.sentences.append(self._sentence(heard, translated or found, across=translated is not None))
        yield self.sentences[-1]

    def _translated(self, sentence: str) -> Support | None:
        """The support by an article in the other language; None where there is none to be asked."""
        if self._vectors is None or all(one.language in ("", self._language) for one in self._evidence):
            return None
        if self._vectors_of_evidence is None:
            self._vectors_of_evidence = self._vectors([one.text for one in self._evidence])
        cosines = self._vectors_of_evidence @ self._vectors([sentence])[0]
        found = best_across(
            sentence, self._language, self._evidence, [float(one) for one in cosines], self._question
        )
        return found if found.kept or all(one.language != self._language for one in self._evidence) else None

    def _sentence(self, heard: Heard, found: Support, *, across: bool) -> Phrased:
        if not found.kept:
            return Phrased(heard.text, (), found.coverage, kept=False, reason=found.reason)
        number, span = self._places[found.evidence]
        article = self._sent[number].article
        place = (article.article_id, span)
        if place in self._shown:
            return Phrased(heard.text, (), found.coverage, kept=False, reason="repeated")
        if found.copy or across:
            self._shown.add(place)
        said = self._evidence[found.evidence].text
        tag = _according(article, self._language) if found.hedged else ""
        return Phrased(
            said if found.copy else heard.text,
            (self._label(article, span),),
            found.coverage,
            kept=True,
            hedged=tag,
            original=said if across else "",
        )

    def _label(self, article: Article, span: Span) -> int:
        """The label of the citation that holds a span; a new one if none does."""
        for citation in self.citations:
            if citation.article_id == article.article_id and _holds(citation, span):
                return citation.label
        added = quoting.citation(len(self.citations) + 1, article, span, 0.0)
        self.citations = (*self.citations, added)
        return added.label

    def _status(self, error: str) -> PhrasingStatus:
        kept = [sentence.kept for sentence in self.sentences]
        if not any(kept):
            return "failed" if error else "nothing"
        return "kept" if all(kept) and not error else "partly"


def _holds(citation: Citation, span: Span) -> bool:
    return citation.start <= span.start and span.end <= citation.end


def _is_sentinel(text: str) -> bool:
    bare = text.strip(" .!*_„“\"'").upper()
    return bare in SENTINELS.values()


def _according(article: Article, language: str) -> str:
    wording, unnamed = ACCORDING[language]
    return wording.format(article.source or unnamed)
