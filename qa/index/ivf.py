"""Find near vectors without comparing all: the rows of a large index, grouped, 8 bits a number.

An FAISS inverted file (Jégou, Douze & Schmid, Product Quantization for Nearest Neighbor Search, PAMI 2011)
over scalar-quantised residuals, memory-mapped; each group lies around its centroid. It names candidates only;
their scores are for `qa.index.dense` to compute from the vectors themselves. Of the file only the centroids
and the lists that are searched are read.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import BrokenIndex
from qa.storage.base import Sealed
from qa.types import Rows, Vectors

FOLDER = "clusters"  # within a generation
INDEX = f"{FOLDER}/lists.faiss"
_CLUSTERS = f"{FOLDER}/cluster_of.bin"  # list number of each row; _SHORT
_HEADER = f"{FOLDER}/about.json"
_SHORT = np.dtype("<u2")
# Maximum rows for an exact search: 24 ms (docs/decisions/0017-index-by-size.md).
EXACT_UP_TO = 50_000
PROBES = 64  # lists probed: recall@10 above 0.99 on vectors like the default model's, ibid.
FILTERED = 200_000  # allowed rows examined with a filter, or all of them if fewer: 20 ms
TRAINING = 64  # training vectors per centroid; FAISS wants at least 39
RENEWED = 0.3  # share of rows that may be new before new centroids are trained
_SEED = 1  # seed for the initial centroids
_DAMAGED = "The index's vector clusters are damaged. Run `qa build --fresh`."


@dataclass(frozen=True, slots=True)
class _Header:
    """What must be known of the FAISS file to read it and to renew it."""

    head: int  # bytes before the first list
    trained: int  # number of rows when the centroids were computed
    added: int  # rows added since


class Clusters:
    """The clustered rows of a generation."""

    def __init__(self, part: Callable[[str], Sealed], count: int, dimension: int) -> None:
        """`count`: number of rows. `part` opens a file of the generation. Raises BrokenIndex if the files do
        not match.
        """
        self._lists, self._cluster_of = part(INDEX), part(_CLUSTERS)
        self.count, self.dimension = count, dimension
        try:
            self.header = _Header(**json.loads(bytes(part(_HEADER).read())))
        except (ValueError, TypeError) as error:
            raise BrokenIndex(_DAMAGED) from error
        if self._cluster_of.size != count * _SHORT.itemsize:
            raise BrokenIndex(_DAMAGED)
        self._opened: Any = None
        self._opening = threading.Lock()

    def _index(self) -> Any:
        """The FAISS index over the mapped file; its lists are not verified yet."""
        with self._opening:
            if self._opened is None:
                self._opened = self._read()
        return self._opened

    def _read(self) -> Any:
        import faiss

        library: Any = faiss  # its types lack the reader
        self._lists.read(0, self.header.head)  # verified before FAISS uses it
        mapped = np.frombuffer(self._lists.unread(), np.uint8)
        try:
            index = faiss.read_index(library.ZeroCopyIOReader(faiss.swig_ptr(mapped), mapped.nbytes))
        except RuntimeError as error:
            raise BrokenIndex(_DAMAGED) from error
        if not isinstance(index, faiss.IndexIVFScalarQuantizer) or index.d != self.dimension:
            raise BrokenIndex(_DAMAGED)
        lists: Any = index.invlists
        sizes: Rows = np.array([lists.list_size(number) for number in range(index.nlist)], np.int64)
        each = index.code_size + np.dtype(np.int64).itemsize  # code and number of a row
        self._starts: Rows = self.header.head + each * np.concatenate([[0], np.cumsum(sizes)])
        if self._starts[-1] != self._lists.size or index.ntotal != self.count or sizes.sum() != self.count:
            raise BrokenIndex(_DAMAGED)
        self._sizes, self._mapped = sizes, mapped  # FAISS does not keep a reference to the bytes
        return index

    def candidates(self, query: Vectors, wanted: int, allowed: Rows | None = None) -> Rows:
        """About `wanted` rows near `query` [dimension] among `allowed`, unordered.

        Without a filter the nearest `PROBES` lists are searched; with one, the nearest lists until `FILTERED`
        allowed rows were seen.
        """
        import faiss

        index = self._index()
        queries = np.ascontiguousarray(query, dtype=np.float32).reshape(1, -1)
        selection: dict[str, Any] = {}
        sizes, enough = self._sizes, wanted
        if allowed is not None:
            bits = np.zeros(self.count, bool)
            bits[allowed] = True
            bitmap = np.packbits(bits, bitorder="little")
            selection["sel"] = faiss.IDSelectorBitmap(len(bitmap), faiss.swig_ptr(bitmap))
            sizes, enough = np.bincount(self.cluster_of()[allowed], minlength=index.nlist), FILTERED
        order = index.quantizer.search(queries, index.nlist)[1][0]
        probes = max(PROBES, 1 + int(np.searchsorted(np.cumsum(sizes[order]), max(enough, wanted))))
        probes = min(probes, index.nlist)
        for number in order[:probes].tolist():
            self._lists.read(int(self._starts[number]), int(self._starts[number + 1]))
        parameters = faiss.SearchParametersIVF(nprobe=probes, **selection)  # type: ignore[call-arg]
        rows: Rows = index.search(queries, wanted, params=parameters)[1][0]
        return rows[rows >= 0]

    def cluster_of(self) -> NDArray[np.uint16]:
        """The list of each row, [count]."""
        return np.frombuffer(self._cluster_of.read(), _SHORT)

    def rows(self) -> Iterator[Rows]:
        """The rows of each list, completely verified."""
        self._index()
        data = self._lists.read()
        for size, end in zip(self._sizes.tolist(), self._starts[1:].tolist(), strict=True):
            yield np.frombuffer(data[end - 8 * size : end], "<i8").astype(np.int64)

    def fits(self, count: int, added: int) -> bool:
        """Whether the centroids are still good enough for `count` rows after `added` new ones."""
        trained = self.header.trained
        return _lists(trained) == _lists(count) and self.header.added + added <= RENEWED * trained

    def trained(self) -> Any:
        """An empty FAISS index with the same centroids and code scale."""
        import faiss

        index = self._index()
        centroids = index.quantizer.reconstruct_n(0, index.nlist)
        empty = _empty(self.dimension, index.nlist)
        empty.quantizer.add(centroids)
        faiss.copy_array_to_vector(faiss.vector_to_array(index.sq.trained), empty.sq.trained)
        empty.is_trained = True
        return empty


def _lists(count: int) -> int:
    """Number of lists for a number of rows: about the square root, as a power of two so that it seldom
    changes.
    """
    return int(2 ** round(math.log2(math.sqrt(count))))


def _empty(dimension: int, lists: int) -> Any:
    import faiss

    quantizer = faiss.IndexFlatIP(dimension)
    bits = faiss.ScalarQuantizer.QT_8bit
    index = faiss.IndexIVFScalarQuantizer(quantizer, dimension, lists, bits, faiss.METRIC_INNER_PRODUCT)
    index.cp.seed = _SEED
    return index


def save(
    folder: Path,
    count: int,
    dimension: int,
    vectors: Callable[[], Iterator[Vectors]],
    *,
    old: Clusters | None = None,
    added: int = 0,
) -> None:
    """Cluster `count` rows and write `FOLDER` in `folder`; `blocks` can be iterated repeatedly.

    The centroids of `old` are kept as long as they fit, so that a rebuild need not recompute them. Memory:
    the codes, `dimension` + 8 bytes per row.
    """
    import faiss

    library: Any = faiss  # its types lack the writer
    (folder / FOLDER).mkdir()
    if old and old.fits(count, added):
        index, trained, since = old.trained(), old.header.trained, old.header.added + added
    else:
        trained, since = count, 0
        index = _empty(dimension, _lists(count))
        step = max(1, count // (TRAINING * index.nlist))
        index.train(np.concatenate([rows[::step] for rows in vectors()]))
    cluster_of, begin = np.empty(count, _SHORT), 0
    for rows in vectors():
        rows = np.ascontiguousarray(rows, np.float32)
        nearest = np.ascontiguousarray(index.quantizer.search(rows, 1)[1][:, 0])
        cluster_of[begin : begin + len(rows)] = nearest
        # like `add`, which would search for the nearest centroid once more
        index.add_core(len(rows), faiss.swig_ptr(rows), None, faiss.swig_ptr(nearest))
        begin += len(rows)
    with (folder / INDEX).open("wb") as file:
        faiss.write_index(index, library.PyCallbackIOWriter(file.write))
    size = (folder / INDEX).stat().st_size
    header = _Header(size - count * (index.code_size + 8), trained, since)
    (folder / _HEADER).write_text(json.dumps(asdict(header)), encoding="utf-8")
    (folder / _CLUSTERS).write_bytes(cluster_of.tobytes())
