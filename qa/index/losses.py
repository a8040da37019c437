"""Check whether a build would lose most of the served articles.

An unmounted share leaves an empty folder, and a wrong path leads to a different corpus. Both can be read
without error and would replace the index with a small or wrong one.
"""

from __future__ import annotations

from collections import Counter

from qa.errors import BrokenIndex, ShrunkCorpus
from qa.index.base import IndexStore, StoredArticles


def check(store: IndexStore, new: StoredArticles) -> None:
    """Compare the articles of a new generation with those of the served one.

    Raises ShrunkCorpus if more than half of them would be lost. Without a readable generation there is
    nothing to lose.
    """
    missing, before = _lost(store, new)
    if 2 * missing > before:
        raise ShrunkCorpus(missing, before, len(new.stored()))


def _lost(store: IndexStore, new: StoredArticles) -> tuple[int, int]:
    """Number of lost articles and of articles in the served generation."""
    try:
        with store.served_articles() as old:
            return lost(old, new), len(old.stored())
    except BrokenIndex:
        return _fewer(store, new)


def _fewer(store: IndexStore, new: StoredArticles) -> tuple[int, int]:
    """The same for a damaged generation, whose manifest only gives the number of articles."""
    try:
        before = store.served().articles
    except BrokenIndex:
        return 0, 0
    return max(0, before - len(new.stored())), before


def lost(old: StoredArticles, new: StoredArticles) -> int:
    """Number of articles of `old` that are missing from `new`, both by id and by content (renamed files)."""
    before, after = old.stored(), new.stored()
    gone = [article_id for article_id in before if article_id not in after]
    if 2 * len(gone) <= len(before):  # enough for `check`, and avoids reading articles
        return len(gone)
    added = Counter(new.article(article_id).sha256 for article_id in after if article_id not in before)
    return len(gone) - (Counter(old.article(article_id).sha256 for article_id in gone) & added).total()
