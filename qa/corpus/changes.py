"""Add files to the corpus folder and remove them.

Nothing is overwritten or deleted: removed files are moved to a hidden folder inside the corpus, which is
ignored when reading, and can be restored. The next build updates the index. Knows nothing of passages or
indexes.
"""

from __future__ import annotations

import os
import re
import secrets
import time
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from qa.corpus import parsing
from qa.corpus.file_names import check_name, lookalike_key
from qa.corpus.folder import article_files, article_id_of
from qa.corpus.formats import format_of
from qa.errors import CorpusError, StoreError
from qa.types import Added, Article, Removed, Skipped

REMOVED = ".removed"  # inside the corpus folder; one folder per removed file
MAX_FILES = 20_000  # maximum files directly in the corpus folder
LISTED = 50  # maximum removed files listed
ABANDONED = 3600  # age in seconds after which a temporary file is considered abandoned

_TOKEN = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{8}")
_HALF = re.compile(r"\.[0-9a-f]{16}\.part")
_NOT_REMOVED = "This file is not among the removed ones. It may have been restored already; reload the page."
_IN_USE = "Another file has this name. Rename yours, or remove the other one first."


def add(folder: Path, name: str, data: bytes, *, create: bool = False) -> Added:
    """Add a file to the corpus folder.

    A missing folder is created only with `create`. Set it only if there is no index yet: otherwise the folder
    existed before, and has been moved or is a share that is not mounted.

    Raises CorpusError with the reason if the file contains no article, or its name is not allowed or already
    taken, and StoreError if the folder is missing or cannot be written. If two processes add the same name at
    once, one succeeds.
    """
    name = unicodedata.normalize("NFC", name)
    check_name(name)
    if len(data) > (limit := format_of(name).max_bytes):
        raise CorpusError(f"The file is larger than {limit / 1e6:.0f} MB. Split it.")
    items = list(parsing.contents(name, data))
    articles = sum(isinstance(item, Article) for item in items)
    skipped = tuple(item for item in items if isinstance(item, Skipped))
    if not articles:
        raise CorpusError(
            skipped[0].reason if skipped else "The file contains no article. Add one and try again."
        )
    with _writing(folder):
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        _check_folder(folder)
        _write(folder, name, data)
    return Added(name, articles, skipped)


def _check_folder(folder: Path) -> None:
    """Raise StoreError if the corpus folder is missing."""
    if not folder.exists():
        raise StoreError(f"The article folder {folder} does not exist. Mount or create it.")


def _write(folder: Path, name: str, data: bytes) -> None:
    """Write a new file atomically, never over an existing one."""
    files = 0
    with os.scandir(folder) as scanned:
        entries = list(scanned)
    for entry in entries:
        files += entry.is_file(follow_symlinks=False)
        if _HALF.fullmatch(entry.name):
            _remove_abandoned(entry)
        if lookalike_key(entry.name) == lookalike_key(name):
            same = entry.is_file(follow_symlinks=False) and Path(entry.path).read_bytes() == data
            raise CorpusError("The file has already been added. There is nothing to do." if same else _IN_USE)
    if files >= MAX_FILES:
        raise CorpusError(
            f"The folder already contains {MAX_FILES} files. Combine articles into a .zip or .jsonl file."
        )
    half = folder / f".{secrets.token_hex(8)}.part"
    try:
        with half.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _move(half, folder / name)
    except FileExistsError as error:  # another process was faster
        raise CorpusError(_IN_USE) from error
    finally:
        with suppress(FileNotFoundError):
            half.unlink()


def _remove_abandoned(entry: os.DirEntry[str]) -> None:
    """Remove temporary files left by killed processes."""
    with suppress(OSError):  # it is hidden and harmless
        if time.time() - entry.stat(follow_symlinks=False).st_mtime > ABANDONED:
            os.unlink(entry.path)


def _move(source: Path, target: Path) -> None:
    """Move a file to a new name on the same file system; FileExistsError where another has the name.

    A rename would overwrite, and checking beforehand would be a race.
    """
    if not source.is_symlink():  # systems differ in whether they link the link or its target
        try:
            os.link(source, target)
        except (FileExistsError, FileNotFoundError):
            raise
        except OSError:  # no hard links here, or the file belongs to another user
            pass
        else:
            source.unlink()
            return
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))  # reserves the name
    try:
        os.replace(source, target)
    except OSError:
        target.unlink()
        raise


def remove(folder: Path, article_id: str) -> Removed:
    """Remove the file of an article from the corpus folder; `restore` brings it back.

    Raises CorpusError if no file has this id or the file contains further articles, and StoreError if the
    folder is missing or cannot be written.
    """
    done, refused = remove_all(folder, [article_id])
    if refused:
        raise CorpusError(refused[0].reason)
    return done[0]


def remove_all(folder: Path, article_ids: Sequence[str]) -> tuple[list[Removed], list[Skipped]]:
    """Remove the files of several articles; what was removed, and why the others were not (see `remove`).

    Raises StoreError if the folder is missing or cannot be written.
    """
    _check_folder(folder)
    files: dict[str, Path] = {}
    for path in article_files(folder):
        files.setdefault(article_id_of(folder, path), path)
    done: list[Removed] = []
    refused: list[Skipped] = []
    for article_id in dict.fromkeys(article_ids):
        try:
            done.append(_remove(folder, _file_of(files, article_id)))
        except CorpusError as error:
            refused.append(Skipped(article_id, str(error)))
    return done, refused


def _remove(folder: Path, path: Path) -> Removed:
    """Move a file of the corpus folder to the removed ones."""
    relative = path.relative_to(folder)
    now = datetime.now(UTC)
    token = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    with _writing(folder):
        target = folder / REMOVED / token / relative
        target.parent.mkdir(parents=True)
        path.rename(target)
    return Removed(token, article_id_of(folder, path), _time(token))


def _file_of(files: Mapping[str, Path], article_id: str) -> Path:
    """The file of an article. Raises CorpusError if it is missing or holds further articles."""
    if article_id in files:
        return files[article_id]
    if file_id := file_holding(article_id, files):
        raise CorpusError(f"The article is part of {file_id}. Edit that file, or remove the whole file.")
    raise CorpusError(f"There is no file {article_id}. It may have been removed or renamed; reload the page.")


def file_holding(article_id: str, files: Container[str]) -> str:
    """The id of the file, among `files`, that an article is in; "" if there is none."""
    at = len(article_id)
    while at > 0:
        if article_id[:at] in files:
            return article_id[:at]
        at = article_id.rfind("/", 0, at)
    return ""


def removed(folder: Path) -> list[Removed]:
    """Recently removed files, most recent first, at most LISTED."""
    try:
        tokens = sorted(
            (name for name in os.listdir(folder / REMOVED) if _TOKEN.fullmatch(name)), reverse=True
        )
    except OSError:
        return []
    files: list[Removed] = []
    for token in tokens:
        if (path := _content(folder, token)) and len(files) < LISTED:
            files.append(Removed(token, article_id_of(folder / REMOVED / token, path), _time(token)))
    return files


def restore(folder: Path, token: str) -> Removed:
    """Restore a removed file to its original place.

    Raises CorpusError for an unknown token or if another file is now in its place, and StoreError if the
    folder is missing or cannot be written.
    """
    _check_folder(folder)
    path = _content(folder, token) if _TOKEN.fullmatch(token) else None
    if path is None:
        raise CorpusError(_NOT_REMOVED)
    relative = path.relative_to(folder / REMOVED / token)
    target = folder / relative
    restored = Removed(token, article_id_of(folder, target), _time(token))
    with _writing(folder):
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.parent.resolve().is_relative_to(folder.resolve()):
            raise CorpusError("The link points outside the folder. Copy the file itself into the folder.")
        try:
            _move(path, target)
        except FileExistsError as error:
            raise CorpusError(
                f"A different file named {restored.path} now exists. Rename it, then restore this one."
            ) from error
        except FileNotFoundError as error:  # another process was faster
            raise CorpusError(_NOT_REMOVED) from error
    with suppress(OSError):  # an empty folder is harmless
        for empty in (path.parent, *path.parent.parents):
            if empty == folder / REMOVED:
                break
            empty.rmdir()
    return restored


def _content(folder: Path, token: str) -> Path | None:
    """The removed file of a token."""
    for root, folders, files in os.walk(folder / REMOVED / token):
        for name in sorted([*files, *(f for f in folders if Path(root, f).is_symlink())]):
            return Path(root, name)
    return None


def _time(token: str) -> str:
    """The time in a token; "" if the folder was not created by this module."""
    try:
        day = datetime.strptime(token[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return ""
    return day.isoformat(timespec="seconds")


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"Cannot write to {folder} ({error.strerror}). Check the folder's permissions."
        ) from error
