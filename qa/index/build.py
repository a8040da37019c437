"""Build the index of a corpus folder.

A build writes a whole new generation beside the served one and switches to it at the end; a build
that fails, is killed or meets a bad file leaves the served one alone. Articles, vectors and states
pass through; they are not held for the whole corpus.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from qa.corpus import folder
from qa.embedding import sentence_transformer, threads
from qa.embedding.base import Encoder
from qa.errors import BrokenIndex, CorpusError, StoreError
from qa.index import articles as article_store
from qa.index import bm25, dense, ivf, losses, passages, token_states
from qa.storage import generations, locks
from qa.storage.manifest import Manifest
from qa.text import sentences as text_sentences
from qa.text import tokens
from qa.types import Article, BuildReport, Passage, Progress, Rows, Skipped, Span, Vectors

BATCH = 16  # passages read by one thread at a time, between two reports of progress and chances to cancel
# Passages whose vectors and states are held at once, some 12 KB each. Within a window long texts come
# first, so that batches hold texts of one length.
WINDOW = 64 * BATCH
NEW = -1  # in place of a row of the served generation: there is none to take over

OnProgress = Callable[[Progress], None]


def _silent(_: Progress) -> None:
    pass


class _Steps:
    """Reports progress, with the time since a stage began."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self._began: dict[str, float] = {}

    def __call__(self, stage: Literal["read", "embed", "write"], done: int, total: int) -> None:
        began = self._began.setdefault(stage, time.perf_counter())
        self._on_progress(Progress(stage, done, total, time.perf_counter() - began))


class _Served:
    """The served generation, as far as a new one can take over from it."""

    def __init__(self, opened: generations.Generation) -> None:
        """Raises BrokenIndex, as all methods of the parts do."""
        self.manifest = opened.manifest
        self._opened = opened
        opened.part(article_store.FILE).read()  # SQLite cannot tell a damaged file, so it is compared whole
        self.store = article_store.Store(opened.folder)
        self.known = self.store.known()
        self.dense = dense.DenseIndex.of(opened.part, self.manifest.parts, self.manifest.dimension)
        self.states = token_states.States(opened.part)
        self.lexical = bm25.LexicalIndex(opened.part)

    def close(self) -> None:
        self.store.close()
        self._opened.close()

    def rows(self) -> dict[bytes, int]:
        """Key of what was embedded -> row."""
        count = self.store.passage_count
        return {_key(*found): row for row, found in enumerate(self.store.with_articles(range(count)))}


@dataclass(frozen=True, slots=True)
class _Contents:
    """What was read of a corpus; its articles are in the new store already."""

    articles: int
    old_rows: Rows  # of each new row, the row of the served generation to take over, or NEW
    skipped: list[Skipped]
    digest: str  # changes with any article


def build(
    corpus: str | Path,
    vectors: str | Path,
    *,
    model: str = sentence_transformer.DEFAULT_MODEL,
    encoder: Encoder | None = None,
    fresh: bool = False,
    force: bool = False,
    on_progress: OnProgress = _silent,
) -> BuildReport:
    """Build the index of a corpus folder; the served index stays as it is until the new one is whole.

    What did not change is taken from the served generation; where nothing changed at all, that
    stays. `fresh` computes everything anew; `force` builds even where more than half of the articles of the
    served generation would be lost. `on_progress` may raise to cancel the build.

    Raises CorpusError (nothing usable in the folder), ShrunkCorpus (most articles would be lost),
    EncoderError, or StoreError (the vectors folder cannot be written, or another build holds it).
    """
    began, folder = time.perf_counter(), Path(vectors)
    encoder = encoder or sentence_transformer.load(model)
    with locks.writing(folder):
        served = None if fresh else _open(folder, encoder)
        steps = _Steps(on_progress)
        try:
            manifest, embedded, skipped = _renew(Path(corpus), folder, encoder, served, steps, force)
        except BrokenIndex:  # damage in a large index shows only where it is read
            if served is None:
                raise
            manifest, embedded, skipped = _renew(Path(corpus), folder, encoder, None, steps, force)
        finally:
            if served:
                served.close()
        generations.prune(folder)
    return BuildReport(
        generation=manifest.generation,
        articles=manifest.articles,
        passages=manifest.passages,
        embedded=embedded,
        reused=manifest.passages - embedded,
        skipped=tuple(skipped),
        seconds=time.perf_counter() - began,
        model=manifest.model,
    )


def _open(folder: Path, encoder: Encoder) -> _Served | None:
    """The served generation, where it is whole and of the same model and settings."""
    try:
        opened = generations.open_served(folder)
        about = opened.manifest
        if about.fingerprint == encoder.fingerprint and about.settings == _settings(encoder):
            return _Served(opened)
        opened.close()
    except BrokenIndex:
        pass
    return None


def _settings(encoder: Encoder) -> dict[str, str | int]:
    return {**passages.settings(), **token_states.settings(encoder.dimension), **bm25.settings()}


def _renew(
    corpus: Path, folder: Path, encoder: Encoder, served: _Served | None, steps: _Steps, force: bool
) -> tuple[Manifest, int, list[Skipped]]:
    """A new generation, or the served one if nothing changed; how many passages were embedded."""
    name = generations.new_name(folder)
    target = generations.start(folder, name)
    try:
        with threads.passage_threads() as readers:

            def prepare() -> None:
                readers.submit(encoder.prepare)  # beside the reading of the corpus, which leaves cores free

            contents = _read(corpus, target, served, steps, on_new=prepare)
            if served and served.manifest.corpus == contents.digest:
                return served.manifest, 0, contents.skipped
            if not force:
                losses.check(folder, target)
            embedded = _embed(target, contents.old_rows, encoder, readers, served, steps)
        steps("write", 0, 1)
        _cluster(target, contents.old_rows, encoder.dimension, served)
        _index_terms(target, contents.old_rows, served)
        manifest = Manifest(
            generation=name,
            built=generations.now(),
            model=encoder.name,
            fingerprint=encoder.fingerprint,
            dimension=encoder.dimension,
            settings=_settings(encoder),
            corpus=contents.digest,
            articles=contents.articles,
            passages=len(contents.old_rows),
            parts={},
        )
        manifest = generations.finish(folder, target, manifest, fine=[dense.FILE])
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be written ({error.strerror}); the index is as it was."
        ) from error
    finally:
        shutil.rmtree(target, ignore_errors=True)  # of a build that ended early; a finished one was renamed
    steps("write", 1, 1)
    return manifest, embedded, contents.skipped


def _read(
    corpus: Path, target: Path, served: _Served | None, steps: _Steps, on_new: Callable[[], None]
) -> _Contents:
    """Read the corpus into the new store; `on_new` is called once if there is something to embed."""
    skipped: list[Skipped] = []
    old_rows, articles, known = array("q"), 0, hashlib.sha256()
    rows: dict[bytes, int] | None = None  # looked up once the first article that changed is met
    with article_store.Writer(target) as writer:
        for found in folder.read_corpus(corpus, lambda done, total: steps("read", done, total)):
            if isinstance(found, Skipped):
                skipped.append(found)
                continue
            digest = article_store.digest(found)
            old = served.known.get(found.article_id) if served else None
            if served and old and old.digest == digest:
                spans = served.store.spans(old)
                old_rows.extend(range(old.first, old.first + old.passages))
            elif cut := passages.split(found):
                if rows is None:
                    rows = served.rows() if served else {}
                    on_new()
                spans = [Span(passage.start, passage.end) for passage in cut]
                old_rows.extend(rows.get(_key(found, passage), NEW) for passage in cut)
            else:
                reason = "The file holds nothing but navigation; there is nothing to quote."
                skipped.append(Skipped(found.article_id, reason))
                continue
            writer.add(found, digest, spans)
            known.update(f"{found.article_id}\0{digest}\0".encode())
            articles += 1
        if not articles:
            why = f" ({skipped[0].path}: {skipped[0].reason})" if skipped else ""
            raise CorpusError(f"No article in {corpus} can be used{why}; put .txt or .md files there.")
    return _Contents(articles, np.array(old_rows, np.int64), skipped, known.hexdigest())


def _key(article: Article, passage: Passage) -> bytes:
    """Stands for what is embedded of a passage, and for the language its sentences are cut in."""
    embedded = f"{article.language}\0{passages.embedding_text(article.title, passage)}"
    return hashlib.blake2b(embedded.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _embed(
    target: Path,
    old_rows: Rows,
    encoder: Encoder,
    readers: Executor,
    served: _Served | None,
    steps: _Steps,
) -> int:
    """Write vectors and states of all rows; how many of them were computed."""
    written = article_store.Store(target)
    done, total = 0, int((old_rows == NEW).sum())
    steps("embed", 0, total)
    with (
        dense.Writer(target / dense.FILE, encoder.dimension) as vectors,
        token_states.Writer(target / token_states.FOLDER) as kept,
    ):
        for begin in range(0, len(old_rows), WINDOW):
            window = old_rows[begin : begin + WINDOW]
            made: dict[int, tuple[Vectors, bytes]] = {}
            batches = _batches(written, begin + np.flatnonzero(window == NEW), encoder)
            for readings in readers.map(lambda batch: _readings(batch, encoder), batches):
                made.update(readings)
                done += len(readings)
                steps("embed", done, total)
            for row, old in enumerate(window.tolist(), start=begin):
                if old != NEW and served:
                    vectors.add(served.dense.vectors([old]))
                    kept.add(served.states.record(old))
                else:
                    vectors.add(made[row][0].reshape(1, -1))
                    kept.add(made[row][1])
    written.close()
    return total


_ToRead = tuple[int, Article, Passage, str]  # a row, what is there, and what is to be embedded of it


def _batches(written: article_store.Store, rows: Rows, encoder: Encoder) -> Iterator[list[_ToRead]]:
    """The passages of some rows, `BATCH` at a time, the longest first."""
    found = zip(rows.tolist(), written.with_articles(rows), strict=True)
    to_read = [
        (row, article, passage, passages.embedding_text(article.title, passage))
        for row, (article, passage) in found
    ]
    lengths = np.array(encoder.token_count([text for *_, text in to_read]), np.int64)
    order = np.argsort(-lengths, kind="stable").tolist()
    for begin in range(0, len(order), BATCH):
        yield [to_read[index] for index in order[begin : begin + BATCH]]


def _readings(batch: list[_ToRead], encoder: Encoder) -> dict[int, tuple[Vectors, bytes]]:
    """What the model makes of each passage of a batch, as it is stored, by row."""
    made = {}
    readings = encoder.read([text for *_, text in batch])
    for (row, article, passage, embedded), reading in zip(batch, readings, strict=True):
        sentences = text_sentences.sentences(passage.text, article.language)
        kept = token_states.keep(reading, len(embedded) - len(passage.text), sentences)
        made[row] = (reading.vector, token_states.to_bytes(kept))
    return made


def _cluster(target: Path, old_rows: Rows, dimension: int, served: _Served | None) -> None:
    """Group the vectors, where there are too many to compare all of them with each question's."""
    if len(old_rows) <= ivf.EXACT_UP_TO:
        return
    ivf.save(
        target,
        len(old_rows),
        dimension,
        lambda: dense.written(target / dense.FILE, dimension),
        old=served.dense.clusters if served else None,
        added=int((old_rows == NEW).sum()),
    )


def _index_terms(target: Path, old_rows: Rows, served: _Served | None) -> None:
    """Write the lexical part."""
    written = article_store.Store(target)
    moved = np.full(served.lexical.count if served else 0, NEW, np.int64)
    taken_over = np.flatnonzero(old_rows != NEW)
    moved[old_rows[taken_over]] = taken_over  # the last one where a passage is there twice …
    there = np.zeros(len(old_rows), bool)
    there[moved[moved != NEW]] = True
    rows = np.flatnonzero(~there)  # … and the others count their terms themselves
    new = (
        (row, tokens.terms(passage.text, article.language))
        for row, (article, passage) in zip(rows.tolist(), written.with_articles(rows), strict=True)
    )
    old = served.lexical if served else None
    bm25.save(target / bm25.FOLDER, len(old_rows), new, old=old, moved=moved)
    written.close()
