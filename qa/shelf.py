"""Put files into the corpus folder and take them out again.

Nothing is overwritten and nothing is deleted: what is taken out lies in a hidden folder within the corpus,
which reading passes over, until it is put back. The index knows of a change after the next build.
Knows nothing of passages or indexes.
"""

from __future__ import annotations

import os
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from qa import corpus
from qa.errors import CorpusError, StoreError
from qa.types import Article, Skipped

REMOVED = ".removed"  # within the corpus folder; a folder for each file that was taken out
MAX_NAME = 200  # bytes of a file name; most file systems allow 255, and a suffix is added while writing
MAX_FILES = 20_000  # files directly in the corpus folder that adding may lead to
LISTED = 50  # removed files listed

_TOKEN = re.compile(r"(?P<time>\d{8}T\d{6})\d{6}-[0-9a-f]{8}")
_FORBIDDEN = re.compile('[\x00-\x1f\x7f-\x9f/\\\\:*?"<>|\u202a-\u202e\u2066-\u2069]')  # here or on Windows


@dataclass(frozen=True, slots=True)
class Added:
    """A file that was put into the corpus."""

    path: str  # below the corpus folder
    articles: int
    skipped: tuple[Skipped, ...] = ()  # rows or members of it that are no articles


@dataclass(frozen=True, slots=True)
class Removed:
    """A file that was taken out of the corpus."""

    token: str  # names it, to put it back
    path: str  # below the corpus folder, where it was
    time: str  # ISO 8601, UTC


def add(folder: Path, name: str, data: bytes) -> Added:
    """Put a file into the corpus folder.

    Raises CorpusError with the reason where it holds no article, its name is no plain file name, or another
    file has it already; StoreError where the folder cannot be written.
    """
    name = unicodedata.normalize("NFC", name)
    if reason := _bad_name(name) or corpus.no_article(name):
        raise CorpusError(reason)
    if len(data) > (limit := corpus.size_limit(name)):
        raise CorpusError(f"The file is larger than {limit / 1e6:.0f} MB; split it.")
    found = list(corpus.contents(name, data))
    articles = sum(isinstance(item, Article) for item in found)
    skipped = tuple(item for item in found if isinstance(item, Skipped))
    if not articles:
        raise CorpusError(skipped[0].reason if skipped else "The file holds no article; write one into it.")
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder, name, data)
    return Added(name, articles, skipped)


def _bad_name(name: str) -> str:
    """Why a file may not be put into the corpus under a name, or ""."""
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        return "The name is not valid UTF-8; rename the file or its folder."
    if name.startswith(".") or name != name.strip() or _FORBIDDEN.search(name):
        return "The name is no plain file name; rename the file."
    return "The name is too long; rename the file." if length > MAX_NAME else ""


def _write(folder: Path, name: str, data: bytes) -> None:
    """Write a new file whole or not at all, over none that is there."""
    target = folder / name
    there = 0
    with os.scandir(folder) as entries:
        found = list(entries)
    for entry in found:
        there += entry.is_file(follow_symlinks=False)
        if unicodedata.normalize("NFC", entry.name).casefold() == name.casefold():
            same = entry.is_file(follow_symlinks=False) and Path(entry.path).read_bytes() == data
            raise CorpusError(
                "The file is in the corpus already; nothing is to be done."
                if same
                else "Another file of the corpus has this name; rename yours or remove the other."
            )
    if there >= MAX_FILES:
        raise CorpusError(f"The folder holds {MAX_FILES} files already; pack articles into a .zip or .jsonl.")
    half = folder / f".{secrets.token_hex(8)}.part"
    try:
        with half.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if os.path.lexists(target):
            raise CorpusError("Another file of the corpus has this name; rename yours or remove the other.")
        half.rename(target)
    finally:
        with suppress(FileNotFoundError):
            half.unlink()


def remove(folder: Path, article_id: str) -> Removed:
    """Take the file of an article out of the corpus folder, to be put back by `restore`.

    Raises CorpusError where no file has this id, or the article is one of many in its file; StoreError
    where the folder cannot be written.
    """
    path = _file_of(folder, article_id)
    relative = path.relative_to(folder)
    now = datetime.now(UTC)
    token = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    with _writing(folder):
        target = folder / REMOVED / token / relative
        target.parent.mkdir(parents=True)
        path.rename(target)
    return Removed(token, relative.as_posix(), _time(token))


def _file_of(folder: Path, article_id: str) -> Path:
    for path in corpus.article_files(folder):
        own = corpus.article_id_of(folder, path)
        if own == article_id:
            return path
        if article_id.startswith(f"{own}/"):
            raise CorpusError(
                f"The article is one of many in {own}; change that file, or remove it as a whole."
            )
    raise CorpusError(f"The corpus has no file {article_id}; it was removed or renamed already.")


def removed(folder: Path) -> list[Removed]:
    """The files that were taken out last, the latest first, at most LISTED."""
    try:
        tokens = sorted(
            (name for name in os.listdir(folder / REMOVED) if _TOKEN.fullmatch(name)), reverse=True
        )
    except OSError:
        return []
    found: list[Removed] = []
    for token in tokens:
        if (path := _content(folder, token)) and len(found) < LISTED:
            relative = path.relative_to(folder / REMOVED / token).as_posix()
            found.append(Removed(token, relative, _time(token)))
    return found


def restore(folder: Path, token: str) -> Removed:
    """Put a file back to where it was.

    Raises CorpusError where there is none of this token, or another file lies in its place; StoreError
    where the folder cannot be written.
    """
    path = _content(folder, token) if _TOKEN.fullmatch(token) else None
    if path is None:
        raise CorpusError("There is no such removed file; it was put back already.")
    relative = path.relative_to(folder / REMOVED / token)
    target = folder / relative
    if os.path.lexists(target):
        raise CorpusError(
            f"There is another file {relative.as_posix()} by now; rename it, then put this one back."
        )
    with _writing(folder):
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.parent.resolve().is_relative_to(folder.resolve()):
            raise CorpusError("The link leads out of the folder; put the file itself here.")
        path.rename(target)
    with suppress(OSError):  # an empty folder does no harm
        for empty in (path.parent, *path.parent.parents):
            if empty == folder / REMOVED:
                break
            empty.rmdir()
    return Removed(token, relative.as_posix(), _time(token))


def _content(folder: Path, token: str) -> Path | None:
    """The file that a token stands for."""
    for root, folders, files in os.walk(folder / REMOVED / token):
        for name in sorted([*files, *(f for f in folders if Path(root, f).is_symlink())]):
            return Path(root, name)
    return None


def _time(token: str) -> str:
    day = datetime.strptime(token[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return day.isoformat(timespec="seconds")


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"The folder {folder} cannot be written ({error.strerror}); allow it.") from error
