"""Read a corpus into the target of a build: each article, and where its passages lie.

Articles pass through one by one. Those that the served generation has already are not split again.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.corpus import folder
from qa.errors import CorpusError
from qa.index import articles, passages, reuse
from qa.index.base import Earlier, Target
from qa.index.reuse import NEW
from qa.types import Note, Rows, Skipped, Span


@dataclass(frozen=True, slots=True)
class Contents:
    """What was read of a corpus; its articles are in the target already."""

    articles: int
    old_rows: Rows  # for each new row, the row of the served generation to reuse, or NEW
    skipped: list[Skipped]
    notes: list[Note]
    digest: str  # changes with any article


def ingest(
    corpus: Path,
    target: Target,
    served: Earlier | None,
    *,
    read: folder.ReadFile,
    on_file: folder.OnFile,
    on_new: Callable[[int], None],
) -> Contents:
    """Add the articles of the corpus folder to the target; new and changed ones are split into passages.

    `read` gives what a file holds. `on_file` is told how many of how many files are done, `on_new` how many
    passages of a new or changed article are to embed. Both may raise to cancel.

    Raises CorpusError where there is no usable article, BrokenIndex where `served` is damaged, and StoreError
    where the target cannot be written.
    """
    skipped: list[Skipped] = []
    notes: list[Note] = []
    old_rows, count, checksum = array("q"), 0, hashlib.sha256()
    rows: dict[bytes, int] | None = None  # looked up when the first changed article is found
    items = folder.read_corpus(corpus, on_file, read=read)
    for article in items:
        if isinstance(article, Skipped):
            skipped.append(article)
            continue
        if isinstance(article, Note):
            notes.append(article)
            continue
        digest = articles.digest(article)
        if served and (old := served.unchanged(article.article_id, digest)):
            spans = served.spans(old)
            old_rows.extend(range(old.first, old.first + old.passages))
        elif cut := passages.split(article):
            if rows is None:
                rows = served.rows() if served else {}
            spans = [Span(passage.start, passage.end) for passage in cut]
            reused = [rows.get(reuse.key(article, passage), NEW) for passage in cut]
            on_new(reused.count(NEW))
            old_rows.extend(reused)
        else:
            reason = (
                "The file contains only navigation text, nothing that can be quoted. Save the "
                "article's text instead."
            )
            skipped.append(Skipped(article.article_id, reason))
            continue
        target.add(article, digest, spans)
        checksum.update(f"{article.article_id}\0{digest}\0".encode())
        count += 1
    if not count:
        why = f" ({skipped[0].path}: {skipped[0].reason})" if skipped else ""
        raise CorpusError(f"{corpus} contains no usable article{why}. Add .txt or .md files to it.")
    target.complete_articles()
    return Contents(count, np.array(old_rows, np.int64), skipped, notes, checksum.hexdigest())
