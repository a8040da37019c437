"""Every error that a user can meet.

    QAError
    ├── CorpusError    an article or the corpus folder cannot be used
    │   └── ShrunkCorpus   most articles of the index are missing from it
    ├── EncoderError   the model cannot be loaded or does not fit the index
    ├── BrokenIndex    the index cannot be used: it is damaged, or its parts do not belong together
    │   └── NoIndex        nothing was built yet
    ├── StoreError     a folder cannot be written, or somebody else is writing it
    ├── LLMError       the configured language model failed
    ├── Busy           too many questions wait already
    ├── Forbidden      this server may not do that
    └── MissingExtra   an optional package is not installed

A message is one sentence for the user: what happened and what to do. That the corpus does not
answer a question is no error: see `qa.types.Answer.status`.
"""

from __future__ import annotations


class QAError(Exception):
    """Base of all errors that are meant for the user; the command line prints it and exits 1."""


class CorpusError(QAError):
    """An article, or the corpus folder as a whole, cannot be used."""


class ShrunkCorpus(CorpusError):
    """More than half of the articles of the served index are missing from the corpus; nothing was built."""

    def __init__(self, lost: int, before: int, articles: int) -> None:
        """`lost` of the `before` articles of the index; `articles` is how many the new one would have."""
        super().__init__(lost, before, articles)
        self.lost, self.before, self.articles = lost, before, articles

    def __str__(self) -> str:
        return (
            f"The new index would lose {self.lost} of {self.before} articles; check the corpus folder, or run"
            " `qa build --force`."
        )


class EncoderError(QAError):
    """The embedding model cannot be loaded, or it is not the one the index was built with."""


class BrokenIndex(QAError):
    """The index cannot be used: it is missing, damaged, or made of parts that do not belong together."""


class NoIndex(BrokenIndex):
    """There is no index yet."""


class StoreError(QAError):
    """The vectors folder cannot be written, or another build holds it."""


class LLMError(QAError):
    """The configured language model did not give a usable answer."""


class Busy(QAError):
    """Too many questions wait for an answer already; asking again a little later helps."""


class Forbidden(QAError):
    """A server was asked for what it was not started to do."""


class MissingExtra(QAError):
    """An optional dependency is needed and not installed."""
