"""Where an index is: a folder, or an address."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from qa.cluster import address as addresses
from qa.index.base import IndexStore

if TYPE_CHECKING:
    from qa.index.search import Index


def store(vectors: str | os.PathLike[str]) -> IndexStore:
    """The store at a place. Raises QAError for an address that cannot be used, and MissingExtra."""
    if not addresses.is_address(vectors):
        from qa.index.folder_store import FolderStore

        return FolderStore(os.fspath(vectors))
    from qa.cluster.extra import optional
    from qa.cluster.store import PostgresStore

    address = addresses.parse(str(vectors))
    optional("psycopg")
    milvus = address.milvus
    if milvus is None:
        return PostgresStore(address)
    from qa.cluster.milvus import MilvusEngine

    optional("pymilvus")
    return PostgresStore(address, lambda known_as: MilvusEngine(milvus, known_as))


def index(vectors: str | os.PathLike[str]) -> Index:
    """Open the served generation at a place; the model is loaded at the first search.

    Raises what `store` and `qa.index.base.IndexStore.open` raise.
    """
    from qa.index.search import Index

    return Index(store(vectors).open())
