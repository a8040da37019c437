"""Build the index of a corpus folder.

A build writes a whole new generation next to the served one and switches to it at the end; a build
that fails, is killed or meets a bad file leaves the served one alone. Articles, vectors and states
pass through; they are not held for the whole corpus.
"""

from __future__ import annotations

import hashlib
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from qa.corpus import folder
from qa.embedding import sentence_transformer, threads
from qa.embedding.base import Encoder
from qa.errors import BrokenIndex, CorpusError, StoreError
from qa.index import articles, bm25, losses, passages, reuse, token_states
from qa.index.base import Target
from qa.index.embed import embed
from qa.index.reuse import NEW, Reuse
from qa.index.target import FolderTarget
from qa.storage import locks, publishing
from qa.storage.manifest import Manifest
from qa.types import BuildReport, Note, OnProgress, Progress, Rows, Skipped, Span, silent


class _Steps:
    """Report progress, with the time since the stage began."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self._began: dict[str, float] = {}

    def __call__(self, stage: Literal["read", "embed", "write"], done: int, total: int) -> None:
        began = self._began.setdefault(stage, time.perf_counter())
        self._on_progress(Progress(stage, done, total, time.perf_counter() - began))


@dataclass(frozen=True, slots=True)
class _Contents:
    """What was read of a corpus; its articles are in the target already."""

    articles: int
    old_rows: Rows  # for each new row, the row of the served generation to reuse, or NEW
    skipped: list[Skipped]
    notes: list[Note]
    digest: str  # changes with any article


def build(
    corpus: str | Path,
    vectors: str | Path,
    *,
    model: str = sentence_transformer.DEFAULT_MODEL,
    encoder: Encoder | None = None,
    fresh: bool = False,
    force: bool = False,
    on_progress: OnProgress = silent,
) -> BuildReport:
    """Build the index of a corpus folder. The served index is not touched until the new one is complete.

    What did not change is taken from the served generation; where nothing changed at all, that
    stays. `fresh` computes everything again; `force` builds even where more than half of the articles of the
    served generation would be lost. `on_progress` may raise to cancel the build.

    Raises CorpusError (nothing usable in the folder), ShrunkCorpus (most articles would be lost),
    EncoderError, or StoreError (the vectors folder cannot be written, or another build holds it).
    """
    began, vectors = time.perf_counter(), Path(vectors)
    encoder = encoder or sentence_transformer.load(model)
    with locks.writing(vectors):
        served = None if fresh else Reuse.open(vectors, encoder.fingerprint, _settings(encoder))
        steps = _Steps(on_progress)
        try:
            manifest, embedded, contents = _renew(Path(corpus), vectors, encoder, served, steps, force)
        except BrokenIndex:  # damage in a large index only shows when it is read
            if served is None:
                raise
            manifest, embedded, contents = _renew(Path(corpus), vectors, encoder, None, steps, force)
        finally:
            if served:
                served.close()
        publishing.prune(vectors)
    return BuildReport(
        generation=manifest.generation,
        articles=manifest.articles,
        passages=manifest.passages,
        embedded=embedded,
        reused=manifest.passages - embedded,
        skipped=tuple(contents.skipped),
        seconds=time.perf_counter() - began,
        model=manifest.model,
        notes=tuple(contents.notes),
    )


def _settings(encoder: Encoder) -> dict[str, str | int]:
    return {**passages.settings(), **token_states.settings(encoder.dimension), **bm25.settings()}


def _renew(
    corpus: Path, vectors: Path, encoder: Encoder, served: Reuse | None, steps: _Steps, force: bool
) -> tuple[Manifest, int, _Contents]:
    """A new generation, or the served one if nothing changed, the number of embedded passages, and what was
    read.
    """
    target = FolderTarget(vectors, encoder.dimension, served)
    try:
        with threads.passage_threads() as readers:

            def prepare() -> None:
                readers.submit(encoder.prepare)  # while the corpus is read, which leaves cores free

            contents = _read(corpus, target, served, steps, on_new=prepare)
            if served and served.manifest.corpus == contents.digest:
                return served.manifest, 0, contents
            if not force:
                losses.check(vectors, target)
            embedded = embed(
                target,
                contents.old_rows,
                encoder,
                readers,
                served,
                lambda done, total: steps("embed", done, total),
            )
        steps("write", 0, 1)
        manifest = target.publish(_manifest(target, contents, encoder), contents.old_rows)
    except OSError as error:
        raise StoreError(
            f"Cannot write to {vectors} ({error.strerror}). The index is unchanged; check the folder's "
            "permissions and free space."
        ) from error
    finally:
        target.abandon()
    steps("write", 1, 1)
    return manifest, embedded, contents


def _manifest(target: Target, contents: _Contents, encoder: Encoder) -> Manifest:
    """The manifest of the new generation, without its parts."""
    return Manifest(
        generation=target.generation,
        built=publishing.now(),
        model=encoder.name,
        fingerprint=encoder.fingerprint,
        dimension=encoder.dimension,
        settings=_settings(encoder),
        corpus=contents.digest,
        articles=contents.articles,
        passages=len(contents.old_rows),
        parts={},
    )


def _read(
    corpus: Path, target: Target, served: Reuse | None, steps: _Steps, on_new: Callable[[], None]
) -> _Contents:
    """Read the corpus into the target; `on_new` is called once if there is something to embed."""
    skipped: list[Skipped] = []
    notes: list[Note] = []
    old_rows, count, checksum = array("q"), 0, hashlib.sha256()
    rows: dict[bytes, int] | None = None  # looked up when the first changed article is found
    for article in folder.read_corpus(corpus, lambda done, total: steps("read", done, total)):
        if isinstance(article, Skipped):
            skipped.append(article)
            continue
        if isinstance(article, Note):
            notes.append(article)
            continue
        digest = articles.digest(article)
        if served and (old := served.unchanged(article.article_id, digest)):
            spans = served.spans(old)
            old_rows.extend(range(old.first, old.first + old.passages))
        elif cut := passages.split(article):
            if rows is None:
                rows = served.rows() if served else {}
                on_new()
            spans = [Span(passage.start, passage.end) for passage in cut]
            old_rows.extend(rows.get(reuse.key(article, passage), NEW) for passage in cut)
        else:
            reason = (
                "The file contains only navigation text, nothing that can be quoted. Save the "
                "article's text instead."
            )
            skipped.append(Skipped(article.article_id, reason))
            continue
        target.add(article, digest, spans)
        checksum.update(f"{article.article_id}\0{digest}\0".encode())
        count += 1
    if not count:
        why = f" ({skipped[0].path}: {skipped[0].reason})" if skipped else ""
        raise CorpusError(f"{corpus} contains no usable article{why}. Add .txt or .md files to it.")
    target.complete_articles()
    return _Contents(count, np.array(old_rows, np.int64), skipped, notes, checksum.hexdigest())
