"""The index on other machines: PostgreSQL alone, or PostgreSQL for the documents and Milvus for retrieval.

Fulfils the protocols of `qa.index.base` and knows neither questions nor answers. Its libraries (the extra
`cluster`) are imported where they are used, so that a local index does without them.
Read `address` first.
"""

__all__ = [
    "address",
    "article_writer",
    "base",
    "bm25_tables",
    "cache",
    "documents",
    "extra",
    "failures",
    "generations",
    "milvus",
    "milvus_client",
    "milvus_collection",
    "milvus_fields",
    "milvus_retrieval",
    "opening",
    "pruning",
    "ray_embedding",
    "retrieval",
    "schema",
    "sessions",
    "snapshot",
    "store",
    "target",
    "verify",
]
