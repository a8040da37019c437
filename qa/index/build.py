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
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import numpy as np

from qa.corpus import folder
from qa.embedding import sentence_transformer
from qa.embedding.base import Encoder
from qa.embedding.deferred import DeferredEncoder, ModelChanged
from qa.errors import BrokenIndex, CorpusError, StoreError
from qa.index import articles, bm25, dense, last_build, losses, passages, reuse, token_states
from qa.index.base import Earlier, IndexStore, Target
from qa.index.embed import Readers, embed, local_readers
from qa.index.folder_store import FolderStore
from qa.index.last_build import Files, LastBuild
from qa.index.reuse import NEW
from qa.storage import publishing
from qa.storage.manifest import Manifest
from qa.types import BuildReport, Note, OnProgress, Progress, Rows, Skipped, Span, silent

# Passages to embed from which the encoder's one-time work pays (0.3 s for 8-bit layers, 0.3 s for the first
# pass with them; they save some 10 ms a passage on two cores: docs/decisions/0032-search-watch-fetch.md).
MANY = 64

OpenReaders = Callable[[Encoder], AbstractContextManager[Readers]]


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
    vectors: str | Path | IndexStore,
    *,
    model: str = sentence_transformer.DEFAULT_MODEL,
    encoder: Encoder | None = None,
    fresh: bool = False,
    force: bool = False,
    on_progress: OnProgress = silent,
    readers: OpenReaders = local_readers,
) -> BuildReport:
    """Build the index of a corpus folder in a vectors folder or another store. The served index is not
    touched until the new one is complete.

    What did not change is taken from the served generation; where nothing changed at all, that
    stays. Files whose size and times are those of the last build are not read, except in every tenth build.
    `fresh` reads and computes everything again; `force` builds even where more than half of the articles of
    the served generation would be lost. `on_progress` may raise to cancel the build. `readers` opens what
    runs the model on new passages.

    Raises CorpusError (nothing usable in the folder), ShrunkCorpus (most articles would be lost),
    EncoderError, or StoreError (the vectors folder cannot be written, or another build holds it).
    """
    began, corpus = time.perf_counter(), Path(corpus)
    store = FolderStore(vectors) if isinstance(vectors, (str, Path)) else vectors
    with store.writing():
        last = _last_build(corpus, store)
        read_all = last_build.is_full_due(store) or fresh
        chosen = encoder or _encoder(model, last)
        if last and not read_all and _is_up_to_date(last, corpus, store, chosen):
            return last_build.report(last, time.perf_counter() - began)
        try:
            made = _build(
                corpus, store, chosen, fresh, force, None if read_all else last, on_progress, readers
            )
        except ModelChanged:  # since the last build
            chosen = sentence_transformer.load(model)
            made = _build(corpus, store, chosen, fresh, force, None, on_progress, readers)
        store.prune()
        manifest, embedded, contents, files = made
        report = BuildReport(
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
        last_build.write(store, last_build.record(report, corpus, chosen, manifest.settings, files))
    return report


def _last_build(corpus: Path, store: IndexStore) -> LastBuild | None:
    """The record of the build of the served generation, if there is one."""
    try:
        generation = store.current()
    except BrokenIndex:
        return None
    return last_build.read(store, corpus, generation) if generation else None


def _encoder(model: str, last: LastBuild | None) -> Encoder:
    """The encoder of a name; not loaded yet where the last build used the same files."""
    if last and last.model == model and last.stamp and last.stamp == sentence_transformer.stamp_of(model):
        return DeferredEncoder(
            model,
            last.fingerprint,
            last.dimension,
            lambda: sentence_transformer.load(model),
            stamp=last.stamp,
        )
    return sentence_transformer.load(model)


def _is_up_to_date(last: LastBuild, corpus: Path, store: IndexStore, encoder: Encoder) -> bool:
    """Whether the served generation is intact and no file has changed since it was built."""
    if (last.fingerprint, last.settings) != (encoder.fingerprint, _settings(encoder)):
        return False
    try:
        store.check()
    except BrokenIndex:
        return False
    return last_build.unchanged(last, corpus)


def _build(
    corpus: Path,
    store: IndexStore,
    encoder: Encoder,
    fresh: bool,
    force: bool,
    last: LastBuild | None,
    on_progress: OnProgress,
    readers: OpenReaders,
) -> tuple[Manifest, int, _Contents, Files]:
    """A new generation, or the served one if nothing changed; see `_renew`."""
    served = None if fresh else reuse.served(store, encoder.fingerprint, _settings(encoder))
    steps = _Steps(on_progress)
    try:
        return _renew(corpus, store, encoder, served, steps, force, last, fresh, readers)
    except BrokenIndex:  # damage in a large index only shows when it is read
        if served is None:
            raise
        return _renew(corpus, store, encoder, None, steps, force, None, True, readers)
    finally:
        if served:
            served.close()


def _settings(encoder: Encoder) -> dict[str, str | int]:
    of_vectors = {**dense.settings(), **token_states.settings(encoder.dimension)}
    return {**passages.settings(), **of_vectors, **bm25.settings()}


def _renew(
    corpus: Path,
    store: IndexStore,
    encoder: Encoder,
    served: Earlier | None,
    steps: _Steps,
    force: bool,
    last: LastBuild | None,
    fresh: bool,
    readers: OpenReaders,
) -> tuple[Manifest, int, _Contents, Files]:
    """A new generation, or the served one if nothing changed, the number of embedded passages, and what was
    read.
    """
    files = Files(last if served else None, served.article if served else None)
    target = store.target(encoder, _settings(encoder), served, fresh=fresh)
    try:
        with _Preparation(encoder) as preparation:
            contents = _read(corpus, target, served, files, steps, on_new=preparation.begin)
            if served and served.manifest.corpus == contents.digest:
                return served.manifest, 0, contents, files
            if not force:
                losses.check(store, target)
            preparation.wait()
        with readers(encoder) as read:
            embedded = embed(
                target,
                contents.old_rows,
                encoder,
                read,
                lambda done, total: steps("embed", done, total),
            )
        steps("write", 0, 1)
        manifest = target.publish(_manifest(target, contents, encoder), contents.old_rows)
    except OSError as error:
        raise StoreError(
            f"Cannot write to {store} ({error.strerror}). The index is unchanged; check the folder's "
            "permissions and free space."
        ) from error
    finally:
        target.abandon()
    steps("write", 1, 1)
    return manifest, embedded, contents, files


class _Preparation:
    """Gets the encoder ready while the corpus is read, which leaves cores free."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="prepare")
        self._begun: list[Future[object]] = []
        self._new = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def begin(self, passages: int) -> None:
        """Take note of so many new passages: load the model, and prepare it if many passages use it."""
        if not self._new and passages and isinstance(self._encoder, DeferredEncoder):
            self._begun.append(self._thread.submit(self._encoder.load))
        if self._new < MANY <= self._new + passages:
            self._begun.append(self._thread.submit(self._encoder.prepare))
        self._new += passages

    def wait(self) -> None:
        """Wait until the encoder is ready. Raises EncoderError."""
        for begun in self._begun:
            begun.result()


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
    corpus: Path,
    target: Target,
    served: Earlier | None,
    files: Files,
    steps: _Steps,
    on_new: Callable[[int], None],
) -> _Contents:
    """Read the corpus into the target; `on_new` is told of each article how many passages are to embed."""
    skipped: list[Skipped] = []
    notes: list[Note] = []
    old_rows, count, checksum = array("q"), 0, hashlib.sha256()
    rows: dict[bytes, int] | None = None  # looked up when the first changed article is found
    items = folder.read_corpus(corpus, lambda done, total: steps("read", done, total), read=files.read)
    for article in items:
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
            spans = [Span(passage.start, passage.end) for passage in cut]
            reused = [rows.get(reuse.key(article, passage), NEW) for passage in cut]
            on_new(reused.count(NEW))
            old_rows.extend(reused)
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
