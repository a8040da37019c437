"""One opened generation: all its parts, which belong together.

Search, builds and `qa verify` open a generation here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qa.errors import BrokenIndex
from qa.index import articles, bm25_index, dense, token_states
from qa.index.local import LocalDocuments, LocalRetrieval
from qa.storage import generations
from qa.storage.generations import Generation


class Snapshot:
    """The articles, vectors, terms and token states of a generation, by the same rows.

    No build removes the generation until this is closed.
    """

    def __init__(self, opened: Generation) -> None:
        """Raises BrokenIndex where a part is missing or damaged, as far as that shows before it is read."""
        self._opened = opened
        self.manifest = opened.manifest
        opened.part(articles.FILE).read()  # SQLite does not notice damage, so all of it is compared
        self.token_states = token_states.States(opened.part)
        self.documents = LocalDocuments(opened.folder, self.token_states)
        self.dense = dense.DenseIndex.of(opened.part, self.manifest.parts, self.manifest.dimension)
        self.bm25 = bm25_index.LexicalIndex(opened.part)
        self.retrieval = LocalRetrieval(self.dense, self.bm25, self.documents)

    @classmethod
    def open(cls, vectors: Path) -> Snapshot:
        """Open the served generation of a vectors folder.

        Raises NoIndex where there is none, BrokenIndex where it is damaged or its parts do not belong
        together.
        """
        opened = generations.open_served(vectors)
        try:
            snapshot = cls(opened)
            if any(snapshot.faults()):
                raise BrokenIndex("The parts of the index do not match. Run `qa build --fresh`.")
        except BrokenIndex:
            opened.close()
            raise
        return snapshot

    def close(self) -> None:
        """Close the files."""
        self.documents.close()
        self._opened.close()

    def _counts(self) -> dict[str, int]:
        """How many passages each part holds."""
        return {
            articles.FILE: self.documents.passage_count,
            dense.FILE: self.dense.count,
            bm25_index.FOLDER: self.bm25.count,
            token_states.FOLDER: self.token_states.count,
        }

    @property
    def same_rows(self) -> bool:
        """Whether every part holds as many passages as the manifest says."""
        return set(self._counts().values()) == {self.manifest.passages}

    def faults(self) -> Iterator[str]:
        """The parts with more or fewer passages or articles than the manifest says, one line each."""
        for name, count in self._counts().items():
            if count != self.manifest.passages:
                yield f"{name}: {count} passages, but the manifest says {self.manifest.passages}"
        count, expected = self.documents.article_count, self.manifest.articles
        if count != expected:
            yield f"{articles.FILE}: {count} articles, but the manifest says {expected}"
