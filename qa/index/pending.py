"""How a corpus folder and an index differ until the next build.

By the record of the last build: files by size and times, as there (`qa.index.last_build`). After a rollback,
it tells which files the served generation lacks, but not of which it has an earlier version.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

from qa.corpus import folder
from qa.corpus.changes import file_holding
from qa.corpus.stamps import stamp_of
from qa.errors import CorpusError
from qa.index import last_build
from qa.index.base import IndexStore
from qa.index.last_build import LastBuild
from qa.types import Article, Pending


def pending(corpus: Path, store: IndexStore, articles: Sequence[str]) -> Pending:
    """Compare the files of a folder with the ids of the articles of the served generation.

    Nothing is pending if the folder is missing or cannot be read: it may be a drive that is not connected.
    """
    try:
        entries = folder.entries(corpus)
    except CorpusError:
        return Pending()
    files = {file_id: path for file_id, path in entries if isinstance(path, Path)}
    holding = {article_id: file_holding(article_id, files) for article_id in articles}
    last = last_build.latest(store, corpus)
    known = _Known(last)
    indexed, indexed_files = set(articles), set(holding.values())
    added, changed = [], set()
    for file_id, path in files.items():
        if (seen := known.articles(file_id, path)) is not None:
            if any(article_id not in indexed for article_id in seen):
                added.append(file_id)
        elif file_id in indexed_files:
            changed.add(file_id)
        else:
            added.append(file_id)
    return Pending(
        tuple(added),
        frozenset(article_id for article_id, file_id in holding.items() if file_id in changed),
        frozenset(article_id for article_id, file_id in holding.items() if not file_id),
    )


class _Known:
    """What the last build found in the files that have not changed since."""

    def __init__(self, last: LastBuild | None) -> None:
        self._files = last.files if last else {}
        self._left_out: Container[str] = {row["path"] for row in last.report["skipped"]} if last else ()
        self._ended = last.ended if last else 0

    def articles(self, file_id: str, path: Path) -> list[str] | None:
        """The articles of a file that a build would index; None if the file is new or has changed."""
        seen = self._files.get(file_id)
        if seen is None or not self._is_same(seen[0], path):
            return None
        return [told for name, told in seen[1] if name == Article.__name__ and told not in self._left_out]

    def _is_same(self, seen: Any, path: Path) -> bool:
        try:
            stamp = stamp_of(path)
        except OSError:
            return True  # removed meanwhile, or unreadable: nothing a build could index
        # a build keeps no stamp of a file that was just written, or that it could not read
        return list(stamp) == seen or (seen is None and max(stamp[1:]) <= self._ended)
