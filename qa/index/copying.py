"""Copy the served generation of one store to another, without the model, and compare both by a checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from qa.errors import BrokenIndex, StoreError
from qa.index.base import Earlier, IndexStore, StoredArticle, Target
from qa.index.reuse import NEW
from qa.storage.manifest import Manifest
from qa.types import OnProgress, Progress, silent

AT_ONCE = 512  # passages held, about 12 KB each


class Copied(NamedTuple):
    """A copy that equals its source."""

    manifest: Manifest  # of the new generation
    checksum: str  # sha256 of articles, positions, vectors and token states, equal on both sides


class _Model(NamedTuple):
    fingerprint: str
    dimension: int


def copy(source: IndexStore, destination: IndexStore, on_progress: OnProgress = silent) -> Copied:
    """Copy the served generation of `source` and serve it in `destination`.

    An interrupted copy leaves the index of `destination` as it was. Raises NoIndex and BrokenIndex where the
    source cannot be used, StoreError where the destination cannot be written, and BrokenIndex where the copy
    turns out to differ.
    """
    with destination.writing(), closing(source.earlier()) as original:
        try:
            written = _write(original, destination, on_progress)
        except OSError as error:
            raise StoreError(
                f"Cannot write to {destination} ({error.strerror}). The index is unchanged; check the "
                "folder's permissions and free space."
            ) from error
        with closing(destination.earlier()) as copied:
            expected, found = checksum(original), checksum(copied)
        if expected != found:
            raise BrokenIndex(
                "The copy differs from its source. Roll the copy back to its previous generation, and copy "
                "it again."
            )
        destination.prune()
    return Copied(written, found)


def _write(original: Earlier, destination: IndexStore, on_progress: OnProgress) -> Manifest:
    manifest = original.manifest
    model = _Model(manifest.fingerprint, manifest.dimension)
    target = destination.target(model, manifest.settings, None, fresh=False)
    try:
        for article_id, stored in _in_order(original):
            target.add(original.article(article_id), stored.digest, original.spans(stored))
        target.complete_articles()
        for begin in range(0, manifest.passages, AT_ONCE):
            on_progress(Progress("write", begin, manifest.passages, 0.0))
            _put(original, target, begin, min(begin + AT_ONCE, manifest.passages))
        named = replace(manifest, generation=target.generation, parts={})
        return target.publish(named, np.full(manifest.passages, NEW, np.int64))
    finally:
        target.abandon()


def _put(original: Earlier, target: Target, begin: int, end: int) -> None:
    rows = np.arange(begin, end)
    missing = np.setdiff1d(rows, target.known(rows))
    target.put(dict(zip(missing.tolist(), original.computed(missing), strict=True)))


def _in_order(articles: Earlier) -> Iterator[tuple[str, StoredArticle]]:
    """All articles in the order of their passages."""
    yield from sorted(articles.stored().items(), key=lambda item: item[1].first)


def checksum(generation: Earlier) -> str:
    """The sha256 of everything that answers depend on: articles, positions, vectors and token states."""
    whole = hashlib.sha256()
    for article_id, stored in _in_order(generation):
        generation.article(article_id)  # the store compares it with its digest
        spans = generation.spans(stored)
        whole.update(f"{article_id}\0{stored.digest}\0{[tuple(span) for span in spans]}".encode())
    for begin in range(0, generation.manifest.passages, AT_ONCE):
        for vector, record in generation.computed(
            range(begin, min(begin + AT_ONCE, generation.manifest.passages))
        ):
            whole.update(vector.astype("<f4").tobytes())
            whole.update(record)
    return whole.hexdigest()
