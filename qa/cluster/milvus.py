"""Milvus as the engine that finds passages (see `qa.cluster.base.Engine`).

Each generation has a collection of its own, which is written once, sealed, and never changed again: what was
changed in Milvus becomes visible only after a while. PostgreSQL says which collection is served, so Milvus's
aliases are not used; nothing in Milvus keeps a served collection from being dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from qa.cluster.address import SCAN, WRITE, MilvusAddress
from qa.cluster.base import EngineRow
from qa.cluster.milvus_client import Connection
from qa.cluster.milvus_collection import MilvusCollection, count
from qa.cluster.milvus_fields import ARTICLE, DAY, ROW, SOURCE, TERMS, VECTOR, day, number, weights
from qa.errors import StoreError
from qa.index.ivf import EXACT_UP_TO

PREFIX = "qa"
WITH_SPARSE = (2, 4)  # the first version of Milvus with sparse vectors
LINKS, EFFORT = 16, 200  # of the graph: neighbours of a row, candidates while it is built (HNSW)
BATCH = 500  # rows sent at once, about 2 MB
PUT = 60.0  # seconds for these; a server that restarts meanwhile is waited for


class MilvusEngine:
    """The collections of one index in a Milvus server."""

    def __init__(self, address: MilvusAddress, index: str = PREFIX) -> None:
        """`index` tells its collections from those of other indexes: letters and digits.

        Raises StoreError where Milvus cannot be reached, MissingExtra where its client is not installed.
        """
        self._prefix = f"{index}_"
        self._means: dict[str, float] = {}  # terms of a passage, of the collections that are being written
        self._server = Connection(address)
        self.ranks_terms = self._server.version >= WITH_SPARSE

    def close(self) -> None:
        """Close the connection."""
        self._server.close()

    def _collection(self, name: str) -> str:
        """The name of a collection in Milvus, which takes letters, digits and "_"."""
        if not re.fullmatch(r"\w+", name, re.ASCII):
            raise ValueError(f"not the name of a collection: {name}")
        return self._prefix + name

    def names(self) -> list[str]:
        """The collections of this index, by the names that they were created with."""
        all_names = self._server("list_collections")
        return sorted(name.removeprefix(self._prefix) for name in all_names if name.startswith(self._prefix))

    def create(self, name: str, dimension: int, mean_terms: float) -> None:
        """Make an empty collection, in place of an unfinished one of this name.

        `mean_terms`: the mean number of terms in the passages that will be put.
        """
        self._means[name] = mean_terms
        self.drop(name)
        types = self._server.types
        kind, schema = types.DataType, self._server.schema()
        schema.add_field(ROW, kind.INT64, is_primary=True)
        schema.add_field(VECTOR, kind.FLOAT_VECTOR, dim=dimension)
        for field in (ARTICLE, SOURCE, DAY):
            schema.add_field(field, kind.INT64)
        if self.ranks_terms:
            schema.add_field(TERMS, kind.SPARSE_FLOAT_VECTOR)
        self._server("create_collection", self._collection(name), schema=schema, seconds=SCAN)

    def put(self, name: str, rows: Sequence[EngineRow]) -> None:
        """Store rows; a row that is there already is replaced."""
        for begin in range(0, len(rows), BATCH):
            data = [self._fields(row, self._means[name]) for row in rows[begin : begin + BATCH]]
            self._server("upsert", self._collection(name), data, seconds=PUT)

    def _fields(self, row: EngineRow, mean_terms: float) -> dict[str, Any]:
        fields = {
            ROW: row.row,
            VECTOR: np.asarray(row.vector, np.float32),
            ARTICLE: number(row.article_id),
            SOURCE: number(row.source),
            DAY: day(row.date),
        }
        if self.ranks_terms:
            fields[TERMS] = weights(row.terms, mean_terms)
        return fields

    def seal(self, name: str, expected: int) -> None:
        """Make everything that was put visible and searchable; StoreError unless there are so many rows."""
        collection, server = self._collection(name), self._server
        server("flush", collection, seconds=WRITE)
        indexes = server.indexes()
        if expected <= EXACT_UP_TO:
            indexes.add_index(VECTOR, index_type="FLAT", metric_type="IP")
        else:
            graph = {"M": LINKS, "efConstruction": EFFORT}
            indexes.add_index(VECTOR, index_type="HNSW", metric_type="IP", params=graph)
        if self.ranks_terms:
            indexes.add_index(TERMS, index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        server("create_index", collection, indexes, seconds=WRITE)
        server("load_collection", collection, seconds=WRITE)
        found = count(server, collection)
        if found != expected:
            raise StoreError(
                f"Milvus stored {found} of {expected} passages. The served index is unchanged; run "
                "`qa build` again."
            )

    def open(self, name: str) -> MilvusCollection:
        """Open a sealed collection. Raises BrokenIndex if it is missing."""
        return MilvusCollection(self._server, self._collection(name))

    def drop(self, name: str) -> None:
        """Remove a collection; no error if there is none. The caller has checked that it is not in use."""
        self._server("drop_collection", self._collection(name), seconds=SCAN)
