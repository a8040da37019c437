"""Verify a generation in PostgreSQL completely: checksums, counts, offsets, vectors, postings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from qa.cluster.documents import AT_ONCE
from qa.cluster.schema import POSTINGS, TABLES, passage_bytes, term_bytes
from qa.cluster.snapshot import PostgresSnapshot
from qa.errors import BrokenIndex
from qa.index import token_states
from qa.index.base import StoredArticle
from qa.index.verify import NORM, states_faults
from qa.types import Article


def faults(snapshot: PostgresSnapshot) -> Iterator[str]:
    """What is wrong, one line each; nothing if the generation is intact. Raises StoreError."""
    for check in (_articles, _passages, _computed, _terms, _candidates):
        try:
            yield from check(snapshot)
        except BrokenIndex as error:
            yield f"{check.__name__.removeprefix('_')}: {error}"


def _articles(snapshot: PostgresSnapshot) -> Iterator[str]:
    """Every article has its digest, and they are those of the manifest, in order."""
    whole = hashlib.sha256()
    ordered = sorted(snapshot.documents.stored().items(), key=lambda item: item[1].first)
    for article_id, stored in ordered:
        snapshot.documents.article(article_id)  # compares it with its digest
        whole.update(article_id.encode("utf-8", "surrogatepass") + b"\0" + bytes.fromhex(stored.digest))
    yield from _compared(snapshot, "article", whole.hexdigest())


def _passages(snapshot: PostgresSnapshot) -> Iterator[str]:
    """Passages are in order, within their articles, and do not overlap."""
    whole = hashlib.sha256()
    sql = 'SELECT "row", article, ordinal, start, "end", key FROM passage ORDER BY "row"'
    for row in snapshot.rows(sql):
        whole.update(passage_bytes(*row))
    yield from _compared(snapshot, "passage", whole.hexdigest())
    stored = snapshot.documents.stored()
    for article_id, one in stored.items():
        yield from _spans(snapshot, snapshot.documents.article(article_id), one)


def _spans(snapshot: PostgresSnapshot, article: Article, stored: StoredArticle) -> Iterator[str]:
    before = 0
    for ordinal, span in enumerate(snapshot.documents.spans_of(_rows(stored))):
        if not before <= span.start < span.end <= len(article.text):
            yield f"{article.article_id}#{ordinal}: outside the article or over another passage"
        before = span.end


def _rows(stored: StoredArticle) -> Sequence[int]:
    return range(stored.first, stored.first + stored.passages)


def _computed(snapshot: PostgresSnapshot) -> Iterator[str]:
    """What the model made of each passage has its checksum and can be used."""
    documents = snapshot.documents
    for begin in range(0, snapshot.manifest.passages, AT_ONCE):
        rows = range(begin, min(begin + AT_ONCE, snapshot.manifest.passages))
        for row, passage, one in zip(rows, documents.passages(rows), documents.computed(rows), strict=True):
            states = token_states.unpack(token_states.from_bytes(one.record))
            yield from (f"{passage.passage_id}: {f}" for f in states_faults(states, len(passage.text)))
            length = float(np.linalg.norm(one.vector))
            if not abs(length - 1) <= NORM:
                yield f"computed: the vector of row {row} is not of unit length ({length:.3f})"


def _terms(snapshot: PostgresSnapshot) -> Iterator[str]:
    """Terms, postings and lengths are those that were written."""
    whole, postings = hashlib.sha256(), 0
    for term, first, frequency in snapshot.rows("SELECT term, first, frequency FROM term ORDER BY term"):
        whole.update(term_bytes(term, first, frequency))
        postings += frequency
    yield from _compared(snapshot, "term", whole.hexdigest())
    whole = hashlib.sha256()
    for begin in range(0, postings, POSTINGS):
        rows, counts = snapshot.lexical.raw(begin, min(begin + POSTINGS, postings))
        whole.update(rows.tobytes() + counts.tobytes())
    yield from _compared(snapshot, "posting", whole.hexdigest())
    ((lengths,),) = snapshot.rows("SELECT lengths FROM length")
    yield from _compared(snapshot, "length", hashlib.sha256(lengths).hexdigest())


def _candidates(snapshot: PostgresSnapshot) -> Iterator[str]:
    """The vectors that are searched are those of the passages, rounded."""
    if snapshot.manifest.passages and not snapshot.collection:
        sql = (  # a vector in 16 bits is 0.0003 away from itself in 32
            'SELECT p."row" FROM passage p JOIN qa.computed c USING (key) LEFT JOIN candidate d USING ("row")'
            ' WHERE d."row" IS NULL OR NOT (d.vector <-> c.vector::halfvec) <= 0.01 LIMIT 10'
        )
        yield from (f"candidate: the vector of row {row} differs" for (row,) in snapshot.rows(sql))


def _compared(snapshot: PostgresSnapshot, table: str, checksum: str) -> Iterator[str]:
    part = snapshot.manifest.parts.get(table)
    if table not in TABLES or part is None or part.sha256 != checksum:
        yield f"{table}: checksum differs from the manifest"
