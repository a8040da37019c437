"""The passages of one generation in Milvus, ready to be searched (see `qa.cluster.base.Collection`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.cluster.address import SCAN
from qa.cluster.milvus_client import Connection
from qa.cluster.milvus_fields import ROW, TERMS, VECTOR, among, condition, term_number
from qa.errors import BrokenIndex, StoreError
from qa.types import Filter, Rows, Run, Vectors

MOST = 16_384  # results that Milvus gives at once
SPARE = 32  # results beyond those wanted, to see which rows share the last score
VECTORS = 4_096  # fetched at once, 6 MB
EFFORT = 256  # candidates that a search of the graph (HNSW) follows, or all results if those are more


class MilvusCollection:
    """A sealed collection; every method raises StoreError where Milvus fails or does not answer in time."""

    def __init__(self, server: Connection, name: str) -> None:
        """Raises BrokenIndex where there is no such collection."""
        self._server = server
        self._name = name
        described = server("describe_collection", name)
        fields = {field["name"]: field["params"] for field in described["fields"]}
        if not {ROW, VECTOR} <= fields.keys():
            raise BrokenIndex(f"{name} in Milvus is not a collection of qa. Run `qa build --fresh`.")
        self._dimension = int(fields[VECTOR]["dim"])
        self.ranks_terms = TERMS in fields  # Milvus has sparse vectors since 2.4
        server("load_collection", name, seconds=SCAN)  # no effect if it is loaded
        self.count = count(server, name)

    def close(self) -> None:
        """Nothing to release: the connection belongs to the engine."""

    def nearest(self, vector: NDArray[np.float32], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest cosine to `vector` [dimension]."""
        query = np.asarray(vector, np.float32).reshape(1, -1)
        return self._ranked(VECTOR, query, k, filter_)

    def matching(self, idf: Mapping[str, float], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest BM25 score (formula: `qa.index.bm25`), only rows that hold a term.

        `idf`: the terms, each with its inverse document frequency in the generation.
        """
        if not self.ranks_terms:
            raise StoreError(
                "This version of Milvus cannot search for words. Use Milvus 2.4 or newer, or leave Milvus "
                "out of the address."
            )
        query: dict[int, float] = {}
        for term, value in idf.items():
            query[term_number(term)] = query.get(term_number(term), 0.0) + value
        found = self._ranked(TERMS, [query], k, filter_) if query else best([], [], 0)
        return best(found.rows[found.scores > 0], found.scores[found.scores > 0], k)

    def _ranked(self, field: str, query: Any, k: int, filter_: Filter) -> Run:
        """The best `k` rows; of rows with the same score, those with the lowest numbers."""
        if k <= 0 or not self.count:
            return best([], [], 0)
        limit = min(k + SPARE, MOST)
        while True:
            params = {"ef": max(EFFORT, limit)} if field == VECTOR else {}
            (hits,) = self._server(
                "search",
                self._name,
                data=query,
                anns_field=field,
                filter=condition(filter_),
                limit=limit,
                output_fields=[ROW],
                search_params={"metric_type": "IP", "params": params},
            )
            scores = [hit["distance"] for hit in hits]
            if len(hits) < limit or limit == MOST or scores[k - 1] != scores[-1]:
                return best([_row(hit) for hit in hits], scores, k)
            limit = MOST  # more rows share the last score than were fetched

    def vectors(self, rows: Rows) -> Vectors:
        """The vectors of some rows, [len(rows), dimension]. Raises BrokenIndex where one is missing."""
        found: dict[int, list[float]] = {}
        wanted = np.asarray(rows, np.int64)
        for begin in range(0, len(wanted), VECTORS):
            some = wanted[begin : begin + VECTORS]
            got = self._server("query", self._name, filter=among(some), output_fields=[ROW, VECTOR])
            found.update((int(one[ROW]), one[VECTOR]) for one in got)
        try:
            vectors: Vectors = np.array([found[row] for row in wanted.tolist()], np.float32)
            return vectors.reshape(-1, self._dimension)
        except KeyError as error:
            raise BrokenIndex(
                "Milvus does not have all passages of this index. Run `qa build --fresh`, or `qa rollback`."
            ) from error


def count(server: Connection, name: str) -> int:
    """Number of rows of a loaded collection, including all that was written before this call."""
    (answer,) = server(
        "query", name, filter="", output_fields=["count(*)"], consistency_level="Strong", seconds=SCAN
    )
    return int(answer["count(*)"])


def _row(hit: Any) -> int:
    """The row of a result: its key is called `id` by Milvus, and by its own name by milvus-lite 3.2."""
    return int(hit["id"] if "id" in hit else hit[ROW])


def best(rows: Sequence[int] | Rows, scores: Sequence[float] | NDArray[np.float32], k: int) -> Run:
    """The `k` rows with the highest scores, best first, equal scores by row."""
    numbers, values = np.asarray(rows, np.int64), np.asarray(scores, np.float32)
    order = np.lexsort((numbers, -values))[:k]
    return Run(numbers[order], values[order])
