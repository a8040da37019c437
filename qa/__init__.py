"""Question answering over a folder of articles, with verbatim quotes and checkable citations.

import qa

qa.build("seeds", "vectors")
bot = qa.Bot(qa.Index.open("vectors"))
answer = bot.ask("Wie viele Soldaten sind desertiert?")
print(answer.text)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qa.embedding.base import Encoder
from qa.errors import (
    BrokenIndex,
    CorpusError,
    EncoderError,
    LLMError,
    MissingExtra,
    NoIndex,
    QAError,
    ShrunkCorpus,
    StoreError,
)
from qa.types import (
    Answer,
    Article,
    ArticleSummary,
    BuildReport,
    Citation,
    Figure,
    Filter,
    Hit,
    Note,
    Passage,
    Progress,
    Skipped,
    Turn,
)

if TYPE_CHECKING:
    from qa.answering.bot import Bot
    from qa.index.build import build
    from qa.index.search import Index

__version__ = "0.2.0"
__all__ = [
    "Answer",
    "Article",
    "ArticleSummary",
    "Bot",
    "BrokenIndex",
    "BuildReport",
    "Citation",
    "CorpusError",
    "Encoder",
    "EncoderError",
    "Figure",
    "Filter",
    "Hit",
    "Index",
    "LLMError",
    "MissingExtra",
    "NoIndex",
    "Note",
    "Passage",
    "Progress",
    "QAError",
    "ShrunkCorpus",
    "Skipped",
    "StoreError",
    "Turn",
    "build",
]

_LAZY = {
    "Bot": "qa.answering.bot",
    "Index": "qa.index.search",
    "build": "qa.index.build",
}  # importing them loads FAISS


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'qa' has no attribute {name!r}")
