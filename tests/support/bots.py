"""A bot over a few articles, with the stand-in encoder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from qa.answering.bot import Bot
from qa.index.build import build
from qa.index.search import Index
from tests.support.standin import StandIn


def bot_over(articles: Mapping[str, str], folder: Path, encoder: StandIn) -> Bot:
    """Write articles, by file name, to `folder`/c, index them in `folder`/v, and refuse nothing."""
    corpus = folder / "c"
    corpus.mkdir()
    for name, content in articles.items():
        (corpus / name).write_text(content, encoding="utf-8")
    build(corpus, folder / "v", encoder=encoder)
    return Bot(Index.open(folder / "v", encoder=encoder), min_confidence=0)
