"""All errors meant for the user.

    QAError
    ├── CorpusError    an article or the corpus folder cannot be used
    │   └── ShrunkCorpus   most articles of the index are missing from it
    ├── EncoderError   the model cannot be loaded or does not fit the index
    ├── BrokenIndex    the index cannot be used: it is damaged, or its parts do not belong together
    │   └── NoIndex        nothing was built yet
    ├── StoreError     a folder cannot be written, or another build holds it
    │   └── Unreachable    a server that holds the index does not answer
    ├── LLMError       the configured language model failed
    ├── Busy           the queue of questions is full
    ├── Forbidden      this server does not allow that
    └── MissingExtra   an optional package is not installed

A message is one sentence for the user: what happened and what to do. That the corpus does not
answer a question is not an error: see `qa.types.Answer.status`.
"""

from __future__ import annotations


class QAError(Exception):
    """Base class of all errors meant for the user; the command line prints the message and exits with status
    1.
    """


class CorpusError(QAError):
    """An article, or the corpus folder as a whole, cannot be used."""


class ShrunkCorpus(CorpusError):
    """More than half of the articles of the served index are missing from the corpus; nothing was built."""

    def __init__(self, lost: int, before: int, articles: int) -> None:
        """`lost` of the `before` articles in the index are missing; the new one would have `articles`."""
        super().__init__(lost, before, articles)
        self.lost, self.before, self.articles = lost, before, articles

    def __str__(self) -> str:
        return (
            f"The new index would lose {self.lost} of {self.before} articles. Check the article folder, "
            "or run `qa build --force`."
        )


class EncoderError(QAError):
    """The embedding model cannot be loaded, or it is not the one the index was built with."""


class BrokenIndex(QAError):
    """The index cannot be used: it is missing, damaged, or made of parts that do not belong together."""


class NoIndex(BrokenIndex):
    """There is no index yet."""


class StoreError(QAError):
    """The vectors folder cannot be written, or another build holds it."""


class Unreachable(StoreError):
    """A server that holds the index does not answer; a later try may succeed."""


class FetchError(QAError):
    """An address cannot be fetched, or holds no article."""


class LLMError(QAError):
    """The configured language model did not give a usable answer."""


class Busy(QAError):
    """The queue of questions is full; try again later."""


class Forbidden(QAError):
    """The server was started without permission for this."""


class MissingExtra(QAError):
    """An optional dependency is required but not installed."""
