"""Find out before a build goes on whether it would lose most of the articles that are served.

A share that is not mounted leaves an empty folder, a wrong path leads to another corpus: both read well, and
would replace the index by a small or a foreign one.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from qa.errors import BrokenIndex, ShrunkCorpus
from qa.index import articles
from qa.index.base import StoredArticles
from qa.storage import generations


def check(vectors: Path, new: StoredArticles) -> None:
    """Compare the articles of a new generation with those of the served one.

    Raises ShrunkCorpus where more than half of them are lost. Without a generation that can be read, there
    is nothing to lose.
    """
    missing, before = _lost(vectors, new)
    if 2 * missing > before:
        raise ShrunkCorpus(missing, before, len(new.stored()))


def _lost(vectors: Path, new: StoredArticles) -> tuple[int, int]:
    """How many articles of the served generation are lost, and how many it has."""
    try:
        opened = generations.open_served(vectors)
    except BrokenIndex:
        return _fewer(vectors, new)
    try:
        opened.part(articles.FILE).read()  # SQLite does not notice damage, so all of it is compared
        old = articles.Store(opened.folder)
        try:
            return lost(old, new), old.article_count
        finally:
            old.close()
    except BrokenIndex:
        return _fewer(vectors, new)
    finally:
        opened.close()


def _fewer(vectors: Path, new: StoredArticles) -> tuple[int, int]:
    """The same of a damaged generation, of which its manifest tells the number of articles alone."""
    try:
        before = generations.served(vectors).articles
    except BrokenIndex:
        return 0, 0
    return max(0, before - len(new.stored())), before


def lost(old: StoredArticles, new: StoredArticles) -> int:
    """How many articles of `old` are not in `new`: neither by their id nor in a file that was renamed."""
    before, after = old.stored(), new.stored()
    gone = [article_id for article_id in before if article_id not in after]
    if 2 * len(gone) <= len(before):  # enough for `check`, and spares reading articles
        return len(gone)
    added = Counter(new.article(article_id).sha256 for article_id in after if article_id not in before)
    return len(gone) - (Counter(old.article(article_id).sha256 for article_id in gone) & added).total()
