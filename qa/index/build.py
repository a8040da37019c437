"""Build the index of a corpus folder.

A build writes a whole new generation next to the served one and switches to it at the end; a build
that fails, is killed or meets a bad file leaves the served one alone. Articles, vectors and states
pass through; they are not held for the whole corpus.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

from qa.embedding import sentence_transformer
from qa.embedding.base import Encoder
from qa.embedding.deferred import DeferredEncoder, ModelChanged
from qa.errors import BrokenIndex, StoreError
from qa.index import bm25, dense, last_build, losses, passages, reuse, token_states
from qa.index.base import Earlier, IndexStore, Target
from qa.index.embed import Readers, embed, local_readers
from qa.index.folder_store import FolderStore
from qa.index.ingest import Contents, ingest
from qa.index.last_build import Files, LastBuild
from qa.index.preparation import Preparation
from qa.storage import publishing
from qa.storage.manifest import Manifest
from qa.types import BuildReport, OnProgress, Progress, silent

OpenReaders = Callable[[Encoder], AbstractContextManager[Readers]]


class _Steps:
    """Report progress, with the time since the stage began."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self._began: dict[str, float] = {}

    def __call__(self, stage: Literal["read", "embed", "write"], done: int, total: int) -> None:
        began = self._began.setdefault(stage, time.perf_counter())
        self._on_progress(Progress(stage, done, total, time.perf_counter() - began))


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
) -> tuple[Manifest, int, Contents, Files]:
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
) -> tuple[Manifest, int, Contents, Files]:
    """A new generation, or the served one if nothing changed, the number of embedded passages, and what was
    read.
    """
    files = Files(last if served else None, served.article if served else None)
    target = store.target(encoder, _settings(encoder), served, fresh=fresh)
    try:
        with Preparation(encoder) as preparation:
            contents = ingest(
                corpus,
                target,
                served,
                read=files.read,
                on_file=lambda done, total: steps("read", done, total),
                on_new=preparation.begin,
            )
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


def _manifest(target: Target, contents: Contents, encoder: Encoder) -> Manifest:
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
