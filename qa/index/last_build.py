"""What the last build saw of the corpus, so that the next one need not read it again.

A note next to the generations, which may be deleted at any time: size and times of each file, what was in
it, and the report. A file counts as unchanged while its size and times are the same; every tenth build reads
all files all the same, because a copy or a network drive may keep both. Knows neither passages nor vectors.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from qa.corpus import folder, parsing, stamps
from qa.corpus.fingerprint import fingerprint
from qa.corpus.folder import Item
from qa.embedding.base import Encoder
from qa.embedding.deferred import DeferredEncoder
from qa.embedding.sentence_transformer import SentenceEncoder
from qa.errors import BrokenIndex, CorpusError
from qa.index.base import IndexStore
from qa.types import Article, BuildReport, Skipped

FILE = ".last-build.json"
COUNT = ".last-build-count"  # builds since all files were read; apart, because it changes with each
FULL_EVERY = 10  # builds, of which one reads every file
FORMAT = 2
# A file may change twice within the resolution of its time (2 s on FAT). Such a recent file is read again.
SETTLED_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class LastBuild:
    """The record of a build."""

    generation: str
    corpus: str
    reading: str  # fingerprint of how files are read
    model: str
    stamp: str  # of the model's files, "" if unknown
    fingerprint: str  # of the model
    dimension: int
    settings: dict[str, str | int]
    files: dict[str, list[Any]]  # by id: the stamp, and what was in it; for a file that is not read, why
    report: dict[str, Any]
    ended: int  # nanoseconds since 1970
    format: int = FORMAT


def read(store: IndexStore, corpus: Path, generation: str) -> LastBuild | None:
    """The record of the build of a generation; None if it is another's, another corpus's, or unreadable."""
    last = latest(store, corpus)
    return last if last and (last.generation, last.reading) == (generation, fingerprint()) else None


def latest(store: IndexStore, corpus: Path) -> LastBuild | None:
    """The record of the last build of a corpus, whichever generation is served; None if there is none."""
    try:
        last = LastBuild(**json.loads(store.read_note(FILE) or b""))
    except (ValueError, TypeError):
        return None
    return last if (last.format, last.corpus) == (FORMAT, _place(corpus)) else None


def record(
    report: BuildReport, corpus: Path, encoder: Encoder, settings: dict[str, str | int], files: Files
) -> LastBuild:
    """The record of a build that has ended."""
    return LastBuild(
        generation=report.generation,
        corpus=_place(corpus),
        reading=fingerprint(),
        model=encoder.name,
        stamp=encoder.stamp if isinstance(encoder, (SentenceEncoder, DeferredEncoder)) else "",
        fingerprint=encoder.fingerprint,
        dimension=encoder.dimension,
        settings=settings,
        files=files.seen(corpus),
        report=asdict(report),
        ended=time.time_ns(),
    )


def write(store: IndexStore, last: LastBuild) -> None:
    """Keep the record. It only saves time, so it may fail without an error."""
    store.write_note(FILE, json.dumps(asdict(last)).encode())


def is_full_due(store: IndexStore) -> bool:
    """Count a build, and tell whether it should read every file, as every tenth does."""
    try:
        count = int(store.read_note(COUNT) or b"0")
    except ValueError:
        count = 0
    due = count + 1 >= FULL_EVERY
    store.write_note(COUNT, b"0" if due else str(count + 1).encode())
    return due


def _place(corpus: Path) -> str:
    return os.path.abspath(corpus)


def unchanged(last: LastBuild, corpus: Path) -> bool:
    """Whether a corpus folder has the same files as at the last build, by their sizes and times."""
    try:
        entries = folder.entries(corpus)
    except CorpusError:
        return False
    return len(entries) == len(last.files) and all(
        (seen := last.files.get(file_id)) and seen[0] == (_reason(entry) or _stamp(entry))
        for file_id, entry in entries
    )


def report(last: LastBuild, seconds: float) -> BuildReport:
    """The report of a build that found nothing changed."""
    rows = {name: tuple(kind(**row) for row in last.report[name]) for name, kind in _lists()}
    passages = last.report["passages"]
    return BuildReport(
        **{**last.report, **rows, "embedded": 0, "reused": passages, "seconds": seconds},
    )


def _lists() -> Iterator[tuple[str, Callable[..., Any]]]:
    """The lists of a report, by name, and what is in them: all that reading a file gives but articles."""
    for name, hint in get_type_hints(BuildReport).items():
        if get_origin(hint) is tuple:
            yield name, get_args(hint)[0]


def _stamp(entry: Path | Skipped) -> list[int] | None:
    """The stamp of a file; None if it cannot be looked at."""
    try:
        return None if isinstance(entry, Skipped) else list(stamps.stamp_of(entry))
    except OSError:
        return None


def _reason(entry: Path | Skipped) -> str:
    return entry.reason if isinstance(entry, Skipped) else ""


class Files:
    """Reads the files of a corpus, or takes over what was in them at the last build."""

    def __init__(self, last: LastBuild | None, article: Callable[[str], Article] | None) -> None:
        """`article` gives an article of the generation of that build, or raises CorpusError."""
        self._last = last.files if last else {}
        self._article = article
        self._seen: dict[str, list[Any]] = {}

    def read(self, corpus: Path, file_id: str, path: Path) -> Iterable[Item]:
        """What is in a file, as `qa.corpus.folder.read_file` gives it."""
        stamp, now = _stamp(path), time.time_ns()
        old = self._last.get(file_id)
        if old and stamp and old[0] == stamp and (items := self._taken_over(old[1])) is not None:
            self._seen[file_id] = old
            return items
        try:
            items = list(parsing.contents(file_id, folder.bytes_of(corpus, path)))
            settled = stamp is not None and max(stamp[1:]) + SETTLED_NS < now
        except CorpusError as error:  # it may be readable next time
            items, settled = [Skipped(file_id, str(error))], False
        self._seen[file_id] = [stamp if settled else None, [_row(item) for item in items]]
        return items

    def _taken_over(self, rows: Sequence[list[Any]]) -> list[Item] | None:
        """The items of an unchanged file; None if an article is not in the generation, as a duplicate."""
        if self._article is None:
            return None
        kinds = {kind.__name__: kind for _, kind in _lists()}
        try:
            return [
                self._article(value) if name == Article.__name__ else kinds[name](**value)
                for name, value in rows
            ]
        except (CorpusError, BrokenIndex, KeyError, TypeError):
            return None

    def seen(self, corpus: Path) -> dict[str, list[Any]]:
        """All files by id: the stamp, or why the file is not in the corpus, and what was in it."""
        refused = {
            file_id: [entry.reason, []]
            for file_id, entry in folder.entries(corpus)
            if isinstance(entry, Skipped)
        }
        return {**refused, **self._seen}


def _row(item: Item) -> list[Any]:
    name = type(item).__name__
    return [name, item.article_id if isinstance(item, Article) else asdict(item)]
