"""Passages of an open index, for tests."""

from __future__ import annotations

from qa.index.search import Index
from qa.types import Passage


def all_passages(index: Index) -> list[Passage]:
    """Every passage, by row."""
    return index.documents.passages(range(index.manifest.passages))


def passages_of(index: Index, article_id: str) -> list[Passage]:
    """The passages of an article, in reading order."""
    return [passage for passage in all_passages(index) if passage.article_id == article_id]
