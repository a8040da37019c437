"""The dense side: unit vectors in a FAISS index, searched by inner product (the cosine).

A row number is all this module knows of a passage. FAISS cannot open every path on every
platform, so an index goes to and from bytes here and to disk elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qa.errors import BrokenIndex
from qa.types import Rows, Run, Vectors

FILE = "vectors.faiss"  # within a generation


def to_bytes(vectors: Vectors) -> bytes:
    """A flat FAISS index of the vectors, serialised; row i is vector i."""
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return bytes(faiss.serialize_index(index))


class DenseIndex:
    """Exact search by inner product over the vectors of a generation."""

    def __init__(self, data: bytes) -> None:
        """Raises BrokenIndex where `data` is no FAISS index."""
        import faiss

        try:
            self._index: Any = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        except RuntimeError as error:
            raise BrokenIndex("The vectors of the index are damaged; run `qa build --fresh`.") from error

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def vectors(self, rows: Sequence[int] | Rows) -> Vectors:
        """Vectors of the given rows, [len(rows), dimension]."""
        if not len(rows):
            return np.empty((0, self.dimension), dtype=np.float32)
        found: Vectors = self._index.reconstruct_batch(np.asarray(rows, dtype=np.int64))
        return found

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> Run:
        """The `k` rows nearest to `query` [dimension]; equal scores are ordered by row.

        `allowed` restricts the search before ranking, so that k rows come back whenever there are k.
        """
        import faiss

        wanted = min(k, self.count if allowed is None else len(allowed))
        if wanted <= 0:
            return Run(np.empty(0, np.int64), np.empty(0, np.float32))
        selector = None if allowed is None else faiss.IDSelectorBatch(np.asarray(allowed, np.int64))
        parameters = faiss.SearchParameters(sel=selector) if selector is not None else None  # type: ignore[call-arg]
        scores, rows = self._index.search(query.reshape(1, -1).astype(np.float32), wanted, params=parameters)
        order = np.lexsort((rows[0], -scores[0]))
        return Run(rows[0][order], scores[0][order])
