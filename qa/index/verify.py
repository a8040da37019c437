"""Verify the served generation completely: checksums, counts, offsets, vectors, postings.

Opening an index verifies only what is needed to serve no wrong passage; this reads everything and locates
each fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from qa.errors import BrokenIndex
from qa.index import bm25_index, dense, ivf
from qa.index.base import PassageStates
from qa.index.snapshot import Snapshot
from qa.storage import generations
from qa.storage.manifest import FILE, Manifest, faults
from qa.types import Passage, Span

NORM = 1e-3  # tolerance for the length of a vector; bfloat16 models stay below it
STEP = 4096  # vectors checked at once


def verify(vectors: str | Path) -> tuple[str, list[str]]:
    """The served generation and its faults, one line each; none if it is intact.

    Raises NoIndex where there is none, BrokenIndex where its manifest cannot be read.
    """
    folder = Path(vectors)
    manifest = generations.served(folder)
    name = manifest.generation
    damaged = list(faults(folder / name, manifest))
    if not damaged:
        try:
            snapshot = Snapshot(generations.Generation(folder / name))
            damaged += _contents(snapshot)
            snapshot.close()
        except BrokenIndex as error:
            damaged.append(str(error))
    return name, [*damaged, *_extra(folder / name, manifest)]


def _extra(folder: Path, manifest: Manifest) -> list[str]:
    expected = {*manifest.parts, FILE}
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return [f"{name}: not in the manifest" for name in names if name not in expected]


def _contents(snapshot: Snapshot) -> Iterator[str]:
    yield from snapshot.faults()
    if snapshot.same_rows:
        yield from _passages(snapshot)
        yield from _vectors(snapshot.dense)
        if snapshot.dense.clusters:
            yield from _clusters(snapshot.dense.clusters)
        yield from _postings(snapshot.bm25)


def _passages(snapshot: Snapshot) -> Iterator[str]:
    before: Passage | None = None
    documents = snapshot.documents
    for row, (article, passage) in enumerate(documents.with_articles(range(documents.passage_count))):
        same = before is not None and before.article_id == passage.article_id
        end_before = before.end if before and same else 0
        name = passage.passage_id
        if not end_before <= passage.start < passage.end <= len(article.text):
            yield f"{name}: {passage.start}–{passage.end} is outside the article or overlaps another passage"
        if article.text[passage.start : passage.end] != passage.text:
            yield f"{name}: text differs from the article"
        ordinal = before.ordinal + 1 if before and same else 0
        if passage.ordinal != ordinal or documents.row(passage) != row:
            yield f"{name}: out of order"
        states = snapshot.token_states.states(row)
        yield from (f"{name}: {fault}" for fault in states_faults(states, len(passage.text)))
        before = passage


def states_faults(states: PassageStates, length: int) -> Iterator[str]:
    spans = [Span(*span) for span in states.token_spans.tolist()]
    if any(not 0 <= start < end <= length for start, end in spans):
        yield "a token is outside the passage"
    end_before = 0
    for start, end in states.sentences:
        if not end_before <= start < end <= length:
            yield f"sentence {start}–{end} is outside the passage or overlaps another sentence"
        end_before = max(end_before, end)


def _vectors(vectors: dense.DenseIndex) -> Iterator[str]:
    for begin in range(0, vectors.count, STEP):
        block = vectors.vectors(range(begin, min(begin + STEP, vectors.count)))
        norms = np.linalg.norm(block, axis=1)
        for row in np.flatnonzero(~(np.abs(norms - 1) <= NORM)):  # also catches NaN
            yield f"{dense.FILE}: the vector of row {begin + row} is not of unit length ({norms[row]:.3f})"


def _clusters(groups: ivf.Clusters) -> Iterator[str]:
    """Every row is in exactly one list, the one assigned to it."""
    seen = np.zeros(groups.count, np.int64)
    cluster_of = groups.cluster_of()
    for number, rows in enumerate(groups.rows()):
        if len(rows) and (rows.min() < 0 or rows.max() >= groups.count):
            yield f"{ivf.FOLDER}: list {number} contains rows that do not exist"
            continue
        np.add.at(seen, rows, 1)
        if (cluster_of[rows] != number).any():
            yield f"{ivf.FOLDER}: list {number} contains rows assigned to another list"
    wrong = np.flatnonzero(seen != 1)
    if len(wrong):
        yield f"{ivf.FOLDER}: row {wrong[0]} is in {seen[wrong[0]]} lists ({len(wrong)} such rows)"


def _postings(terms: bm25_index.LexicalIndex) -> Iterator[str]:
    starts = terms.starts()
    rows, counts = terms.all_postings()
    sizes = np.diff(starts)
    if starts[0] != 0 or (sizes <= 0).any():
        yield f"{bm25_index.FOLDER}: postings are out of order"
        return
    follows = np.ones(len(rows), bool)
    follows[starts[:-1]] = False  # the first posting of a term may have any row
    if len(rows) and (rows.min() < 0 or rows.max() >= terms.count or (np.diff(rows)[follows[1:]] <= 0).any()):
        yield f"{bm25_index.FOLDER}: rows are out of order"
    if len(counts) and counts.min() < 1:
        yield f"{bm25_index.FOLDER}: a term count is zero"
    names = [terms.term(number) for number in range(terms.terms)]
    if names != sorted(set(names)):
        yield f"{bm25_index.FOLDER}: terms are out of order"
