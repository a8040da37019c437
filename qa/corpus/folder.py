"""Read the articles of a folder.

An article is a file anywhere below the folder, a row of a table, or either in an archive; `formats` says
which kinds there are. Nothing outside the folder is read. Knows nothing of passages or indexes.
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from qa.corpus.formats import format_of
from qa.corpus.formats.pdf import NO_TEXT
from qa.corpus.parsing import contents
from qa.errors import CorpusError
from qa.text.characters import CONTROL
from qa.types import Article, Note, Skipped, silent

COPY = ".ocr.pdf"  # ending of the searchable copy of a scanned PDF

OnFile = Callable[[int, int], None]  # files read, total files
Item = Article | Skipped | Note
ReadFile = Callable[[Path, str, Path], Iterable[Item]]  # the corpus folder, the id of a file, the file


def article_files(folder: Path) -> list[Path]:
    """The files below `folder` that hold articles by their names, sorted by article_id.

    Raises CorpusError if `folder` is missing or not a folder.
    """
    return [entry for _, entry in entries(folder) if isinstance(entry, Path)]


def read_corpus(folder: Path, on_file: OnFile = silent, *, read: ReadFile | None = None) -> Iterator[Item]:
    """Yield every article below `folder`, or the reason why a file or row was skipped, in file order.

    Notes on an article follow it; one that is skipped has none.

    `on_file(done, total)` is called after each file; a file may contain many articles. Hidden files and
    folders are ignored. No two articles have the same article_id, nor the same text, source, date and URL.
    `read` gives what is in a file, by default `read_file`. Raises CorpusError if `folder` is missing or not a
    folder; a bad file raises nothing.
    """
    read = read or read_file
    found = entries(folder)
    repetitions = _Repetitions()
    for done, (article_id, entry) in enumerate(found, start=1):
        if isinstance(entry, Skipped):
            yield entry
        else:
            yield from repetitions.left_out(read(folder, article_id, entry))
        on_file(done, len(found))


class _Repetitions:
    """Finds the articles that repeat one before them."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._first: dict[bytes, str] = {}  # digest of the identifying fields -> article_id

    def left_out(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, duplicates replaced by the reason and without their notes."""
        repeated = ""
        for item in items:
            if isinstance(item, Article):
                kept = self._checked(item)
                repeated = item.article_id if isinstance(kept, Skipped) else ""
                yield kept
            elif isinstance(item, Skipped) or item.path != repeated:
                yield item

    def _checked(self, item: Article) -> Article | Skipped:
        """The article, or the reason why it is a duplicate."""
        if item.article_id in self._ids:  # names that differ only in Unicode normalisation
            return Skipped(item.article_id, "Another file has the same name. Rename one of them.")
        self._ids.add(item.article_id)
        identity = "\0".join((" ".join(item.text.split()), item.source.casefold(), item.date, item.url))
        first = self._first.setdefault(hashlib.sha256(identity.encode()).digest(), item.article_id)
        if first != item.article_id:
            return Skipped(
                item.article_id,
                f"The article has the same text, source and date as {first}. Remove one of them.",
            )
        return item


def read_file(folder: Path, article_id: str, path: Path) -> Iterator[Item]:
    """What is in one file of the folder."""
    try:
        data = bytes_of(folder, path)
    except CorpusError as error:
        yield Skipped(article_id, str(error))
    else:
        for item in contents(article_id, data):
            if not (is_scan(item) and searchable_copy(path).exists()):
                yield item


def is_scan(item: Item) -> bool:
    """Whether a PDF was skipped because it is a scan."""
    return isinstance(item, Skipped) and item.reason.startswith(NO_TEXT)


def searchable_copy(path: Path) -> Path:
    """Where the copy of a scanned PDF with its recognised text is, see `ocr`."""
    return path.with_name(f"{path.stem}{COPY}")


def entries(folder: Path) -> list[tuple[str, Path | Skipped]]:
    """All visible files below the folder by article_id, with the reason for those that are not articles.

    Raises CorpusError if `folder` is missing or not a folder.
    """
    if not folder.is_dir():
        raise CorpusError(f"{folder} is not a folder. Give the folder that contains the articles.")
    found: list[tuple[str, Path | Skipped]] = []

    def unreadable(error: OSError) -> None:
        name = article_id_of(folder, Path(error.filename))
        if name == ".":
            raise CorpusError(
                f"{folder} cannot be read ({error.strerror}). Check its permissions."
            ) from error
        found.append(
            (name, Skipped(name, f"The folder cannot be read ({error.strerror}). Check its permissions."))
        )

    for root, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        linked = [name for name in folders if Path(root, name).is_symlink()]
        for path in (Path(root, name) for name in [*files, *linked] if not name.startswith(".")):
            article_id = article_id_of(folder, path)
            try:
                _check_name(folder, path)
                format_of(path.name)
            except CorpusError as error:
                found.append((article_id, Skipped(article_id, str(error))))
            else:
                found.append((article_id, path))
    return sorted(found, key=lambda entry: entry[0])


def _check_name(folder: Path, path: Path) -> None:
    """Raise CorpusError where a file cannot be used by its name, or is a folder."""
    name = path.relative_to(folder).as_posix()
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise CorpusError("The name is not valid UTF-8. Rename the file or its folder.") from error
    if CONTROL.search(name):
        raise CorpusError("The name contains control characters. Rename the file or its folder.")
    if path.is_symlink() and path.is_dir():
        raise CorpusError("Links to folders are not followed. Copy the folder itself here.")


def article_id_of(folder: Path, path: Path) -> str:
    """The id of the article in the file `path` below `folder`."""
    name = path.relative_to(folder).as_posix()
    name = unicodedata.normalize("NFC", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return CONTROL.sub("\ufffd", name)


def bytes_of(folder: Path, path: Path) -> bytes:
    """Read a file of the folder. Raises CorpusError if it cannot be read or changes while being read."""
    limit = format_of(path.name).max_bytes
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(folder.resolve()):
            raise CorpusError("The link points outside the folder. Copy the file itself into the folder.")
        with open(real, "rb", opener=_open_file) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise CorpusError("This is not a regular file. Save the article's text in a regular file.")
            if before.st_size > limit:
                raise CorpusError(f"The file is larger than {limit / 1e6:.0f} MB. Split it.")
            data = file.read(limit + 1)
            after = os.fstat(file.fileno())
    except FileNotFoundError as error:
        raise CorpusError(
            "The file no longer exists, or it is a broken link. Build the index again."
        ) from error
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that points to itself
        reason = error.strerror if isinstance(error, OSError) else "a link that points to itself"
        raise CorpusError(
            f"The file cannot be read ({reason}). Check its permissions, or replace it."
        ) from error
    if _size_and_time(before) != _size_and_time(after) or len(data) != before.st_size:
        raise CorpusError("The file changed while it was being read. Build the index again.")
    return data


def _open_file(path: str, flags: int) -> int:
    """Open without waiting for the other end of a pipe, and without following a link put there meanwhile."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))


def _size_and_time(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns
