"""A language model in memory, and an answer for it to phrase."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence

from qa.answering import quoting
from qa.answering.quoting import Quoted
from qa.errors import CorpusError, LLMError
from qa.llm.client import Message
from qa.llm.deadlines import Stop
from qa.text.sentences import sentences
from qa.types import Answer, Article, Hit, Passage
from tests.support.llm_server import HELD

HARBOUR = Article(
    "hafen.txt",
    "Neuer Kran für Brakenau",
    "Der Hafen von Brakenau bekommt 2025 einen neuen Kran für 3,4 Millionen Euro. Bürgermeisterin Ute Harms "
    "sprach von einem guten Tag.\n\nDer alte Kran soll nach Angaben der Stadt verschrottet werden. "
    "Er war nicht mehr sicher.",
    source="Küstenblatt",
    date="2024-03-05",
    language="de",
)
HARBOUR_EN = Article(
    "harbour.txt",
    "A crane for Brackmouth",
    "The port of Brackmouth will get a new crane in 2025. It costs 3.4 million pounds. Mayor Una Harms spoke "
    "of a good day.",
    source="Harbour Gazette",
    date="2024-03-05",
    language="en",
)
QUESTION = "Was kostet der neue Kran in Brakenau?"
FIRST = "Der Hafen von Brakenau bekommt 2025 einen neuen Kran für 3,4 Millionen Euro."


class FakeModel:
    """Streams given pieces, then fails or not; keeps what it was sent."""

    model = "klein"
    host = "127.0.0.1"
    local = True

    def __init__(self, *pieces: str, error: str = "") -> None:
        self.pieces = pieces
        self.error = error
        self.sent: list[Sequence[Message]] = []
        self.given = 0  # pieces that were taken
        self.closed = False

    def stream(self, messages: Sequence[Message], stop: Stop | None = None) -> Generator[str]:
        self.sent.append(messages)
        try:
            for piece in self.pieces:
                self.given += 1
                yield piece
            if self.error:
                raise LLMError(self.error)
        finally:
            self.closed = True

    @property
    def prompt(self) -> str:
        return "\n".join(message["content"] for message in self.sent[-1])


class Hanging(FakeModel):
    """Says nothing until it is stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped = threading.Event()

    def stream(self, messages: Sequence[Message], stop: Stop | None = None) -> Generator[str]:
        assert stop
        with stop.calling(self.stopped.set):
            self.stopped.wait(HELD)
        yield from ()


def answer(article: Article = HARBOUR, question: str = QUESTION, *, quotes: int = 1) -> Answer:
    """An answer that quotes the first sentences of an article; all its paragraphs are hits."""
    spans = sentences(article.text, article.language)[:quotes]
    hits = []
    start = 0
    for ordinal, paragraph in enumerate(article.text.split("\n\n")):
        passage = Passage(article.article_id, ordinal, start, start + len(paragraph), paragraph)
        hits.append(Hit(passage, ordinal + 1, 1.0))
        start += len(paragraph) + 2
    return quoting.quoted(question, [Quoted(article, span) for span in spans], 0.9, hits, {"total": 0.1})


def looked_up(*known: Article) -> Callable[[str], Article]:
    """A function from an id to one of some articles."""
    by_id = {article.article_id: article for article in known or (HARBOUR,)}

    def article(article_id: str) -> Article:
        if article_id not in by_id:
            raise CorpusError(f"The index has no article {article_id!r}.")
        return by_id[article_id]

    return article
