"""Put the vectors and token states of all passages into a target: taken over, or computed now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor

import numpy as np

from qa.embedding.base import Encoder
from qa.index import passages, token_states
from qa.index.base import Target
from qa.index.reuse import NEW, Reuse
from qa.text import sentences as text_sentences
from qa.types import Article, Passage, Rows, Vectors

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
    served: Reuse | None,
    on_done: Callable[[int, int], None],
) -> int:
    """Put the vectors and states of all rows into the target; how many of them were computed.

    `on_done` is told how many of how many passages were computed, and may raise to cancel.
    """
    done, total = 0, int((old_rows == NEW).sum())
    on_done(0, total)
    for begin in range(0, len(old_rows), WINDOW):
        window = old_rows[begin : begin + WINDOW]
        computed: dict[int, tuple[Vectors, bytes]] = {}
        batches = _batches(target, begin + np.flatnonzero(window == NEW), encoder)
        for readings in readers.map(lambda batch: _readings(batch, encoder), batches):
            computed.update(readings)
            done += len(readings)
            on_done(done, total)
        for row, old in enumerate(window.tolist(), start=begin):
            if old != NEW and served:
                target.put(served.vector(old), served.record(old))
            else:
                target.put(*computed[row])
    return total


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


def _readings(batch: list[_ToRead], encoder: Encoder) -> dict[int, tuple[Vectors, bytes]]:
    """Encode a batch of passages for storage, by row."""
    stored = {}
    readings = encoder.read([text for *_, text in batch])
    for (row, article, passage, embedded), reading in zip(batch, readings, strict=True):
        sentences = text_sentences.sentences(passage.text, article.language)
        states = token_states.keep(reading, len(embedded) - len(passage.text), sentences)
        stored[row] = reading.vector.reshape(1, -1), token_states.to_bytes(states)
    return stored
