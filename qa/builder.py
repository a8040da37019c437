"""Build the index of a corpus folder.

A build writes a whole new generation beside the served one and switches to it at the end; a build
that fails, is killed or meets a bad file leaves the served one alone.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from qa import corpus as corpora
from qa import dense, generations, lexical, passages, states, store, text
from qa import encoder as encoders
from qa.errors import BrokenIndex, CorpusError, StoreError
from qa.types import Article, BuildReport, Encoder, Passage, Progress, Skipped

BATCH = 64  # passages between two reports of progress

OnProgress = Callable[[Progress], None]


def _silent(_: Progress) -> None:
    pass


class _Row(NamedTuple):
    """What the model makes of one passage, as it is stored."""

    vector: NDArray[np.float32]
    kept: states.Kept


@dataclass(frozen=True, slots=True)
class _Contents:
    """The articles of a corpus, cut into passages."""

    articles: list[tuple[Article, list[Passage]]]
    skipped: list[Skipped]

    @property
    def passages(self) -> list[tuple[Article, Passage]]:
        """All passages in the order of rows, each with its article."""
        return [(article, passage) for article, found in self.articles for passage in found]

    @property
    def digest(self) -> str:
        """Changes with any file of the corpus that is used."""
        known = hashlib.sha256()
        for article, _ in self.articles:
            known.update(f"{article.article_id}\0{article.sha256}\0".encode())
        return known.hexdigest()


def build(
    corpus: str | Path,
    vectors: str | Path,
    *,
    model: str = encoders.DEFAULT_MODEL,
    encoder: Encoder | None = None,
    fresh: bool = False,
    on_progress: OnProgress = _silent,
) -> BuildReport:
    """Build the index of a corpus folder; the served index stays as it is until the new one is whole.

    Vectors of passages that did not change are taken from the served generation; where nothing
    changed at all it stays. `fresh` computes everything anew.

    Raises CorpusError (nothing usable in the folder), EncoderError, or StoreError (the vectors
    folder cannot be written, or another build holds it).
    """
    began, folder = time.perf_counter(), Path(vectors)
    encoder = encoder or encoders.load(model)
    with _lock(folder):
        contents = _read(Path(corpus), on_progress)
        served = None if fresh else _served(folder, encoder)
        if served and served[1].corpus == contents.digest and _same_settings(served[1], encoder):
            manifest, embedded = served[1], 0
        else:
            known = _known(served[0]) if served and _same_settings(served[1], encoder) else {}
            rows, embedded = _embed(contents, encoder, known, on_progress)
            manifest = _write(folder, contents, encoder, rows, on_progress)
            generations.prune(folder)
    return BuildReport(
        generation=manifest.generation,
        articles=manifest.articles,
        passages=manifest.passages,
        embedded=embedded,
        reused=manifest.passages - embedded,
        skipped=tuple(contents.skipped),
        seconds=time.perf_counter() - began,
        model=manifest.model,
    )


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Be the only build of this folder; the system frees the lock of a process that was killed."""
    lock = FileLock(folder / ".lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StoreError(f"Another build is writing {folder}; wait until it is done.") from error
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be written ({error.strerror}); name another with --vectors."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _read(folder: Path, on_progress: OnProgress) -> _Contents:
    total = len(corpora.article_files(folder))
    articles: list[tuple[Article, list[Passage]]] = []
    skipped: list[Skipped] = []
    for done, found in enumerate(corpora.read_corpus(folder), start=1):
        on_progress(Progress("read", done, max(done, total)))
        if isinstance(found, Skipped):
            skipped.append(found)
        elif cut := passages.split(found):
            articles.append((found, cut))
        else:
            skipped.append(
                Skipped(found.article_id, "The file holds nothing but navigation; there is nothing to quote.")
            )
    if not articles:
        why = f" ({skipped[0].path}: {skipped[0].reason})" if skipped else ""
        raise CorpusError(f"No article in {folder} can be used{why}; put .txt or .md files there.")
    return _Contents(articles, skipped)


def _served(folder: Path, encoder: Encoder) -> tuple[Path, generations.Manifest] | None:
    """The served generation, where it is whole and of the same model."""
    try:
        served, manifest = generations.load(folder)
    except BrokenIndex:
        return None
    return (served, manifest) if manifest.fingerprint == encoder.fingerprint else None


def _settings(encoder: Encoder) -> dict[str, str | int]:
    return {**passages.settings(), **states.settings(encoder.dimension)}


def _same_settings(manifest: generations.Manifest, encoder: Encoder) -> bool:
    return manifest.settings == _settings(encoder)


def _known(served: Path) -> dict[tuple[str, str], _Row]:
    """(language, embedded text) -> row of the served generation; nothing where a part cannot be read."""
    try:
        old = store.Store(served / store.FILE)
        about = {a.article_id: a for a in old.articles()}
        keys = [
            (about[p.article_id].language, passages.embedding_text(about[p.article_id].title, p))
            for p in old.each_passage()
        ]
        old.close()
        matrix = dense.DenseIndex((served / dense.FILE).read_bytes()).vectors(range(len(keys)))
        kept = states.States(served / states.FOLDER)
    except (BrokenIndex, OSError):
        return {}
    return {key: _Row(matrix[row], kept.kept(row)) for row, key in enumerate(keys)}


def _embed(
    contents: _Contents, encoder: Encoder, known: dict[tuple[str, str], _Row], on_progress: OnProgress
) -> tuple[list[_Row], int]:
    """A row for each passage, and how many of them were not known."""
    cut = contents.passages
    keys = [(article.language, passages.embedding_text(article.title, passage)) for article, passage in cut]
    rows = [known.get(key) for key in keys]
    new = [number for number, row in enumerate(rows) if row is None]
    # Long texts first: what remains only gets faster, and batches hold texts of one length.
    new.sort(key=lambda number: -len(keys[number][1]))
    on_progress(Progress("embed", 0, len(new)))
    for begin in range(0, len(new), BATCH):
        batch = new[begin : begin + BATCH]
        for number, reading in zip(batch, encoder.read([keys[n][1] for n in batch]), strict=True):
            article, passage = cut[number]
            offset = len(keys[number][1]) - len(passage.text)
            sentences = passages.sentences(passage.text, article.language)
            rows[number] = _Row(reading.vector, states.keep(reading, offset, sentences))
        on_progress(Progress("embed", begin + len(batch), len(new)))
    return [row for row in rows if row is not None], len(new)


def _write(
    folder: Path, contents: _Contents, encoder: Encoder, rows: list[_Row], on_progress: OnProgress
) -> generations.Manifest:
    """Write a new generation and serve it."""
    on_progress(Progress("write", 0, 1))
    name = generations.new_name()
    target = generations.start(folder, name)
    manifest = generations.Manifest(
        generation=name,
        built=generations.now(),
        model=encoder.name,
        fingerprint=encoder.fingerprint,
        dimension=encoder.dimension,
        settings=_settings(encoder),
        corpus=contents.digest,
        articles=len(contents.articles),
        passages=len(rows),
        parts={},
    )
    try:
        store.write(target / store.FILE, contents.articles)
        (target / dense.FILE).write_bytes(dense.to_bytes(np.stack([row.vector for row in rows])))
        states.save([row.kept for row in rows], target / states.FOLDER)
        terms = (text.terms(passage.text, article.language) for article, passage in contents.passages)
        lexical.save(terms, target / lexical.FOLDER)
        manifest = generations.finish(folder, target, manifest)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be written ({error.strerror}); the index is as it was."
        ) from error
    finally:
        shutil.rmtree(target, ignore_errors=True)  # of a build that ended early; a finished one was renamed
    on_progress(Progress("write", 1, 1))
    return manifest
