"""Put the vectors and token states of all passages into a target: taken over, or computed now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor

import numpy as np

from qa.embedding.base import Encoder
from qa.index import passages, token_states
from qa.index.base import Computed, Target
from qa.index.reuse import NEW
from qa.text import sentences as text_sentences
from qa.types import Article, Passage, Rows

BATCH = 16  # passages encoded per thread between two progress reports, when a build can also be cancelled
BATCHES = 8  # of few passages, smaller ones then, so that no thread waits long for the last
# Passages whose vectors and states are held at once, about 12 KB each. Within a window, long texts come
# first, so that batches contain texts of similar length.
WINDOW = 64 * BATCH


def embed(
    target: Target,
    old_rows: Rows,
    encoder: Encoder,
    readers: Executor,
    on_done: Callable[[int, int], None],
) -> int:
    """Put the vectors and states of all rows into the target; how many of them were computed now.

    `on_done` is told how many of how many new passages are done, and may raise to cancel.
    """
    done, total, before = 0, int((old_rows == NEW).sum()), 0
    on_done(0, total)
    for begin in range(0, len(old_rows), WINDOW):
        window = old_rows[begin : begin + WINDOW]
        new = begin + np.flatnonzero(window == NEW)
        known = target.known(new)
        if len(known):
            before += len(known)
            done += len(known)
            on_done(done, total)
        old = begin + np.flatnonzero(window != NEW)
        if len(old):
            target.take_over(dict(zip(old.tolist(), old_rows[old].tolist(), strict=True)))
        batches = _batches(target, np.setdiff1d(new, known), encoder)
        for computed in readers.map(lambda batch: _computed(batch, encoder), batches):
            target.put(computed)
            done += len(computed)
            on_done(done, total)
    return total - before


_ToRead = tuple[
    int, Article, Passage, str
]  # a row, its article and passage, and what is to be embedded of it


def _batches(target: Target, rows: Rows, encoder: Encoder) -> Iterator[list[_ToRead]]:
    """The passages of some rows, at most `BATCH` at a time, longest first; no model is needed for none."""
    if not len(rows):
        return
    to_read = [
        (row, article, passage, passages.embedding_text(article.title, passage))
        for row, (article, passage) in zip(rows.tolist(), target.with_articles(rows), strict=True)
    ]
    lengths = np.array(encoder.token_count([text for *_, text in to_read]), np.int64)
    order = np.argsort(-lengths, kind="stable").tolist()
    size = min(BATCH, -(-len(order) // BATCHES))
    for begin in range(0, len(order), size):
        yield [to_read[index] for index in order[begin : begin + size]]


def _computed(batch: list[_ToRead], encoder: Encoder) -> dict[int, Computed]:
    """Encode a batch of passages for storage, by row."""
    stored = {}
    readings = encoder.read([text for *_, text in batch])
    for (row, article, passage, embedded), reading in zip(batch, readings, strict=True):
        sentences = text_sentences.sentences(passage.text, article.language)
        states = token_states.keep(reading, len(embedded) - len(passage.text), sentences)
        stored[row] = Computed(reading.vector.reshape(1, -1), token_states.to_bytes(states))
    return stored
