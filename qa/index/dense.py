"""Dense search: unit vectors in a memory-mapped FAISS index, searched by inner product (cosine).

All vectors are compared with the question's or, in a large index, those that `qa.index.ivf` suggests; the
scores are the same. Numbers are half-precision floats: half the bytes, and faster, because a search waits for
memory (docs/decisions/0047-half-precision.md). This module knows passages only by row number. FAISS cannot
open every path on every platform, so the file is mapped separately and FAISS reads it in place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import BrokenIndex
from qa.index.ivf import INDEX, Clusters
from qa.index.writer import Writer
from qa.storage.base import Sealed
from qa.types import Rows, Run, Vectors

FILE = "vectors.faiss"  # within a generation
SPARE = 64  # extra candidates, because their codes have only 8 bits per value
STEP = 8192  # vectors that a build holds at once while clustering
_DAMAGED = "The index's vectors are damaged. Run `qa build --fresh`."
_HALF = np.dtype("<f2")
# FAISS writes such an index as a header and the vectors. The header contains, little endian, the number of
# vectors (8 bytes at offset 8) and at its end the number of bytes that follow (8 bytes).
_COUNT = slice(8, 16)
_BYTES = slice(-8, None)


def settings() -> dict[str, str | int]:
    """Fingerprint of everything that would change the stored vector of an unchanged passage."""
    return {"vectors": _HALF.str}


def as_stored(vectors: Vectors) -> Vectors:
    """Vectors with the precision that an index keeps, so that all stores keep the same numbers."""
    return vectors.astype(_HALF).astype(np.float32)


def _header(count: int, dimension: int) -> bytes:
    import faiss

    half = faiss.ScalarQuantizer.QT_fp16
    header = bytearray(
        faiss.serialize_index(faiss.IndexScalarQuantizer(dimension, half, faiss.METRIC_INNER_PRODUCT))
    )
    header[_COUNT] = count.to_bytes(8, "little")
    header[_BYTES] = (count * dimension * _HALF.itemsize).to_bytes(8, "little")
    return bytes(header)


class DenseWriter(Writer):
    """Stream a FAISS index of half-precision vectors to disk in the format of `faiss.write_index`, without
    holding it in memory.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        self._dimension = dimension
        self._count = 0
        self._file = path.open("wb")
        self._file.write(_header(0, dimension))

    def add(self, vectors: Vectors) -> None:
        """Append rows, [n, dimension]."""
        if vectors.shape[1:] != (self._dimension,):
            raise ValueError(f"vectors of shape {vectors.shape} in an index of {self._dimension} dimensions")
        self._file.write(np.ascontiguousarray(vectors, dtype=_HALF).tobytes())
        self._count += len(vectors)

    def complete(self) -> None:
        self._file.seek(0)
        self._file.write(_header(self._count, self._dimension))

    def close(self) -> None:
        self._file.close()


def read_written(path: Path, dimension: int) -> Iterator[Vectors]:
    """The vectors that a `DenseWriter` wrote, by blocks, [at most STEP, dimension]."""
    with path.open("rb") as file:
        file.seek(len(_header(0, dimension)))
        while block := file.read(STEP * dimension * _HALF.itemsize):
            yield np.frombuffer(block, _HALF).reshape(-1, dimension).astype(np.float32)


class DenseIndex:
    """Search the vectors of a generation by inner product; exact unless they are clustered."""

    def __init__(self, part: Sealed, dimension: int) -> None:
        """Reads only the header. Raises BrokenIndex if `part` is not a FAISS index of this dimension."""
        self._part = part
        self.clusters: Clusters | None = None
        self.dimension = dimension
        self._start = len(_header(0, dimension))
        self._size = _HALF.itemsize * dimension  # of a vector in bytes
        self.count = (part.size - self._start) // self._size
        header = _header(max(self.count, 0), dimension)
        if part.size != len(header) + self.count * self._size or part.read(0, len(header)) != header:
            raise BrokenIndex(_DAMAGED)
        self._opened: Any = None

    @classmethod
    def of(cls, part: Callable[[str], Sealed], names: Collection[str], dimension: int) -> DenseIndex:
        """Open the vectors of a generation, and their clusters if it has any."""
        index = cls(part(FILE), dimension)
        if INDEX in names:
            index.clusters = Clusters(part, index.count, dimension)
        return index

    def _index(self) -> Any:
        """The FAISS index over the mapped file, which is verified completely first."""
        if self._opened is None:
            import faiss

            library: Any = faiss  # its types lack the reader
            mapped = np.frombuffer(self._part.read(), dtype=np.uint8)
            try:
                reader = library.ZeroCopyIOReader(faiss.swig_ptr(mapped), mapped.nbytes)
                index = faiss.read_index(reader)
            except RuntimeError as error:
                raise BrokenIndex(_DAMAGED) from error
            self._opened, self._mapped = index, mapped  # FAISS does not keep a reference to the bytes
        return self._opened

    def vectors(self, rows: Sequence[int] | Rows) -> Vectors:
        """Vectors of the given rows, [len(rows), dimension]."""
        vectors = np.empty((len(rows), self.dimension), dtype=np.float32)
        for number, row in enumerate(rows):
            begin = self._start + int(row) * self._size
            vectors[number] = np.frombuffer(self._part.copy(begin, begin + self._size), _HALF)
        return vectors

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> Run:
        """The `k` rows nearest to `query` [dimension]; equal scores are ordered by row.

        `allowed` restricts the search before ranking, so that k rows are returned whenever there are k. If
        the vectors are clustered, rows may be missed; the scores of those found are exact.
        """
        import faiss

        available = self.count if allowed is None else len(allowed)
        wanted = min(k, available)
        if wanted <= 0:
            return Run(np.empty(0, np.int64), np.empty(0, np.float32))
        if self.clusters is not None:
            return self._among(self.clusters, query, wanted, allowed)
        selector = None if allowed is None else faiss.IDSelectorBatch(np.asarray(allowed, np.int64))
        queries = np.ascontiguousarray(query, dtype=np.float32).reshape(1, -1)
        selection = {} if selector is None else {"params": faiss.SearchParameters(sel=selector)}  # type: ignore[call-arg]
        # One more than wanted, to see whether there is a tie at the cut-off.
        (scores,), (rows,) = self._index().search(queries, min(wanted + 1, available), **selection)
        if available > wanted and scores[wanted] == scores[wanted - 1]:
            border = float(np.nextafter(scores[wanted], np.float32(-np.inf)))
            _, scores, rows = self._index().range_search(queries, border, **selection)
        order = np.lexsort((rows, -scores))[:wanted]
        return Run(rows[order], scores[order])

    def _among(self, clusters: Clusters, query: Vectors, wanted: int, allowed: Rows | None) -> Run:
        """The best `wanted` of the candidates from the clusters, scored with the full vectors."""
        count = wanted + SPARE
        if allowed is not None and len(allowed) <= count:
            rows = np.asarray(allowed, np.int64)
        else:
            rows = clusters.candidates(query, count, allowed)
        scores = self.vectors(rows) @ np.asarray(query, np.float32)
        order = np.lexsort((rows, -scores))[:wanted]
        return Run(rows[order], scores[order])
