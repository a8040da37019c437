"""Put the vectors and token states of all passages into a target: taken over, or computed now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import numpy as np

from qa.embedding import threads
from qa.embedding.base import Encoder
from qa.index import dense, passages, token_states
from qa.index.base import Computed, Target
from qa.index.reuse import NEW
from qa.text import sentences as text_sentences
from qa.types import Rows

BATCH = 16  # passages encoded per thread between two progress reports, when a build can also be cancelled
BATCHES = 8  # of few passages, smaller ones then, so that no thread waits long for the last
# Passages whose vectors and states are held at once, about 12 KB each. Within a window, long texts come
# first, so that batches contain texts of similar length.
WINDOW = 64 * BATCH


class ToRead(NamedTuple):
    """A passage that the model is to read."""

    row: int
    embedded: str  # what is embedded of it: its text, after the title of its article
    text: str
    language: str


# Compute batches of passages, in any order: `{row: computed}` of each.
Readers = Callable[[Iterable[list[ToRead]]], Iterator[dict[int, Computed]]]


@contextmanager
def local_readers(encoder: Encoder) -> Iterator[Readers]:
    """Read passages in threads of this process."""
    with threads.passage_threads() as pool:
        yield partial(pool.map, partial(computed, encoder))


def embed(
    target: Target,
    old_rows: Rows,
    encoder: Encoder,
    read: Readers,
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
        for batch in read(batches):
            target.put(batch)
            done += len(batch)
            on_done(done, total)
    return total - before


def _batches(target: Target, rows: Rows, encoder: Encoder) -> Iterator[list[ToRead]]:
    """The passages of some rows, at most `BATCH` at a time, longest first; no model is needed for none."""
    if not len(rows):
        return
    to_read = [
        ToRead(row, passages.embedding_text(article.title, passage), passage.text, article.language)
        for row, (article, passage) in zip(rows.tolist(), target.with_articles(rows), strict=True)
    ]
    lengths = np.array(encoder.token_count([one.embedded for one in to_read]), np.int64)
    order = np.argsort(-lengths, kind="stable").tolist()
    size = min(BATCH, -(-len(order) // BATCHES))
    for begin in range(0, len(order), size):
        yield [to_read[index] for index in order[begin : begin + size]]


def computed(encoder: Encoder, batch: list[ToRead]) -> dict[int, Computed]:
    """Encode a batch of passages for storage, by row."""
    stored = {}
    readings = encoder.read([one.embedded for one in batch])
    for one, reading in zip(batch, readings, strict=True):
        sentences = text_sentences.sentences(one.text, one.language)
        states = token_states.keep(reading, len(one.embedded) - len(one.text), sentences)
        vector = dense.as_stored(reading.vector.reshape(1, -1))
        stored[one.row] = Computed(vector, token_states.to_bytes(states))
    return stored
