"""A conversation as the page exports it."""

from __future__ import annotations

from collections.abc import Iterable

from qa.exporting.markdown import to_markdown
from qa.types import Turn
from qa.web.export import conversation_export
from qa.web.sources import ArticleOf


def conversation_markdown(turns: Iterable[Turn], article_of: ArticleOf, language: str) -> str:
    """A conversation as Markdown."""
    return to_markdown(conversation_export(turns, article_of, language))
