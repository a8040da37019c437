"""An answer in the words of a language model, shown sentence by sentence after each was checked.

The second step of answering: it may take long and needs no encoder, so call it after `Bot.ask` and hold no
lock of the index meanwhile. The quotes stand whatever happens here. Knows no protocol: a `Client` gives the
pieces of text.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

from qa.answering import prompt, quoting
from qa.answering.prompt import SENTINELS, Sent
from qa.answering.sentence_stream import Heard, SentenceStream
from qa.answering.support import Support, best_support
from qa.answering.support_sentence import Evidence
from qa.errors import LLMError
from qa.text import tokens
from qa.types import Answer, Article, Citation, Span
from qa.types_phrasing import Phrased, Phrasing, PhrasingStatus

if TYPE_CHECKING:
    from collections.abc import Generator

    from qa.llm.client import Message
    from qa.llm.deadlines import Stop

PATIENCE = 3  # sentences after which a model of which nothing was kept is stopped
MAX_SENTENCES = 8  # of a model that does not keep to three
ACCORDING = {"de": ("laut {}", "Artikel"), "en": ("according to {}", "the article")}


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


@dataclass(frozen=True, slots=True)
class Event:
    """A step of phrasing.

    "quotes": the answer as it is; "sentence": one was kept; "dropped": one was not; "end": the answer with
    its `phrased`. With "sentence", `answer` has the citations so far, so that each label has one.
    """

    name: Literal["quotes", "sentence", "dropped", "end"]
    answer: Answer
    sentence: Phrased | None = None


def phrase(
    answer: Answer, client: Client, article: Callable[[str], Article], stop: Stop | None = None
) -> Iterator[Event]:
    """Phrase an answer: its quotes at once, then each sentence after its check, then the whole.

    A refusal calls no model. Failures of the model end up in `Phrasing.error`. Close the iterator to close
    the connection, or set `stop` from another thread. `article` may raise CorpusError.
    """
    yield Event("quotes", answer)
    if answer.status != "answered":
        yield Event("end", answer)
        return
    began = time.perf_counter()
    checked = _Checked(answer, prompt.passages_to_send(answer, article))
    error = ""
    try:
        yield from checked.events(client, stop)
    except LLMError as failure:
        error = str(failure)
    took = time.perf_counter() - began
    phrasing = Phrasing(
        client.model, client.host, checked.status(error), tuple(checked.sentences), error, took
    )
    seconds = {**answer.seconds, "phrase": took, "total": answer.seconds.get("total", 0.0) + took}
    yield Event("end", replace(checked.answer, phrased=phrasing, seconds=seconds))


class _Checked:
    """The sentences of one answer as they are checked, and the citations that they add."""

    def __init__(self, answer: Answer, sent: Sequence[Sent]) -> None:
        self.answer = answer
        self.sentences: list[Phrased] = []
        self._language = tokens.question_language(answer.question) or tokens.DEFAULT_LANGUAGE
        self._sent = sent
        self._places = [(number, span) for number, one in enumerate(sent) for span in one.sentences()]
        self._evidence = [self._evidence_of(number, span) for number, span in self._places]
        self._shown: set[tuple[str, Span]] = set()  # sentences of articles that stand for some of the model's

    def _evidence_of(self, number: int, span: Span) -> Evidence:
        article = self._sent[number].article
        text = " ".join(article.text[span.start : span.end].split())
        return Evidence(text, article.language, article.title, article.source, article.date)

    def events(self, client: Client, stop: Stop | None) -> Iterator[Event]:
        """Check what the model says until it ends, says that there is no answer, or nothing can be kept."""
        question = self.answer.searched or self.answer.question
        stream = SentenceStream(self._language)
        with closing(client.stream(prompt.messages(question, self._sent, self._language), stop)) as pieces:
            for piece in pieces:
                for heard in stream.feed(piece):
                    yield from self._checked(heard)
                    if self._is_enough():
                        return
        for heard in stream.end():
            yield from self._checked(heard)
            if self._is_enough():
                return

    def _is_enough(self) -> bool:
        heard = len(self.sentences)
        return heard >= MAX_SENTENCES or (heard >= PATIENCE and not any(one.kept for one in self.sentences))

    def _checked(self, heard: Heard) -> Iterator[Event]:
        if _is_sentinel(heard.text):
            return
        hinted = [at for at, (number, _) in enumerate(self._places) if number + 1 in heard.hints]
        found = best_support(heard.text, self._language, self._evidence, hinted, self.answer.question)
        sentence = self._sentence(heard, found)
        self.sentences.append(sentence)
        yield Event("sentence" if sentence.kept else "dropped", self.answer, sentence)

    def _sentence(self, heard: Heard, found: Support) -> Phrased:
        if not found.kept:
            return Phrased(heard.text, (), found.coverage, kept=False, reason=found.reason)
        number, span = self._places[found.evidence]
        article = self._sent[number].article
        place = (article.article_id, span)
        if place in self._shown:
            return Phrased(heard.text, (), found.coverage, kept=False, reason="repeated")
        if found.copy:
            self._shown.add(place)
        text = self._evidence[found.evidence].text if found.copy else heard.text
        tag = _according(article, self._language) if found.hedged else ""
        return Phrased(text, (self._label(article, span),), found.coverage, kept=True, hedged=tag)

    def _label(self, article: Article, span: Span) -> int:
        """The label of the citation that holds a span; a new one if none does."""
        for citation in self.answer.citations:
            if citation.article_id == article.article_id and _holds(citation, span):
                return citation.label
        label = len(self.answer.citations) + 1
        added = quoting.citation(label, article, span, 0.0)
        self.answer = replace(self.answer, citations=(*self.answer.citations, added))
        return label

    def status(self, error: str) -> PhrasingStatus:
        """What became of the whole."""
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
