"""Put files into the corpus folder and take them out again.

Nothing is overwritten and nothing is deleted: what is taken out lies in a hidden folder within the corpus,
which reading passes over, until it is put back. The index knows of a change after the next build.
Knows nothing of passages or indexes.
"""

from __future__ import annotations

import os
import re
import secrets
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from qa.corpus import parsing
from qa.corpus.file_names import check_name, lookalike_key
from qa.corpus.folder import article_files, article_id_of
from qa.corpus.formats import format_of
from qa.errors import CorpusError, StoreError
from qa.types import Added, Article, Removed, Skipped

REMOVED = ".removed"  # within the corpus folder; a folder for each file that was taken out
MAX_FILES = 20_000  # files directly in the corpus folder that adding may lead to
LISTED = 50  # removed files listed
ABANDONED = 3600  # seconds after which a half-written file is taken for that of a process that was killed

_TOKEN = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{8}")
_HALF = re.compile(r"\.[0-9a-f]{16}\.part")
_NOT_REMOVED = "There is no such removed file; it was put back already."
_IN_USE = "Another file of the corpus has this name; rename yours or remove the other."


def add(folder: Path, name: str, data: bytes, *, create: bool = False) -> Added:
    """Put a file into the corpus folder.

    A missing folder is created only with `create`. Set it only while there is no index: where there is one,
    the folder existed before, and is now a share that is not mounted or was moved.

    Raises CorpusError with the reason where it holds no article, its name is no plain file name, or another
    file has it already, and StoreError where the folder is missing or cannot be written. Of two processes
    that add the same name at the same time, one succeeds.
    """
    name = unicodedata.normalize("NFC", name)
    check_name(name)
    if len(data) > (limit := format_of(name).max_bytes):
        raise CorpusError(f"The file is larger than {limit / 1e6:.0f} MB; split it.")
    items = list(parsing.contents(name, data))
    articles = sum(isinstance(item, Article) for item in items)
    skipped = tuple(item for item in items if isinstance(item, Skipped))
    if not articles:
        raise CorpusError(skipped[0].reason if skipped else "The file holds no article; write one into it.")
    with _writing(folder):
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        _check_folder(folder)
        _write(folder, name, data)
    return Added(name, articles, skipped)


def _check_folder(folder: Path) -> None:
    """Raise StoreError where the corpus folder is missing."""
    if not folder.exists():
        raise StoreError(f"The corpus folder {folder} is not there; mount or create it.")


def _write(folder: Path, name: str, data: bytes) -> None:
    """Write a new file whole or not at all, over none that is there."""
    files = 0
    with os.scandir(folder) as scanned:
        entries = list(scanned)
    for entry in entries:
        files += entry.is_file(follow_symlinks=False)
        if _HALF.fullmatch(entry.name):
            _remove_abandoned(entry)
        if lookalike_key(entry.name) == lookalike_key(name):
            same = entry.is_file(follow_symlinks=False) and Path(entry.path).read_bytes() == data
            raise CorpusError(
                "The file is in the corpus already; nothing is to be done." if same else _IN_USE
            )
    if files >= MAX_FILES:
        raise CorpusError(f"The folder holds {MAX_FILES} files already; pack articles into a .zip or .jsonl.")
    half = folder / f".{secrets.token_hex(8)}.part"
    try:
        with half.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _move(half, folder / name)
    except FileExistsError as error:  # another process was quicker
        raise CorpusError(_IN_USE) from error
    finally:
        with suppress(FileNotFoundError):
            half.unlink()


def _remove_abandoned(entry: os.DirEntry[str]) -> None:
    """Remove what a process that was killed had begun to write."""
    with suppress(OSError):  # it is hidden and does no harm
        if time.time() - entry.stat(follow_symlinks=False).st_mtime > ABANDONED:
            os.unlink(entry.path)


def _move(source: Path, target: Path) -> None:
    """Move a file to a new name on the same file system; FileExistsError where another has the name.

    A rename would overwrite, and a look beforehand leaves time for another process.
    """
    if not source.is_symlink():  # systems differ in whether the link or its target would be linked
        try:
            os.link(source, target)
        except (FileExistsError, FileNotFoundError):
            raise
        except OSError:  # a file system without hard links, or the file is another user's
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
    """Take the file of an article out of the corpus folder, to be put back by `restore`.

    Raises CorpusError where no file has this id, or the article is one of many in its file; StoreError
    where the folder is missing or cannot be written.
    """
    _check_folder(folder)
    path = _file_of(folder, article_id)
    relative = path.relative_to(folder)
    now = datetime.now(UTC)
    token = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    with _writing(folder):
        target = folder / REMOVED / token / relative
        target.parent.mkdir(parents=True)
        path.rename(target)
    return Removed(token, article_id_of(folder, path), _time(token))


def _file_of(folder: Path, article_id: str) -> Path:
    for path in article_files(folder):
        file_id = article_id_of(folder, path)
        if file_id == article_id:
            return path
        if article_id.startswith(f"{file_id}/"):
            raise CorpusError(
                f"The article is one of many in {file_id}; change that file, or remove it as a whole."
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
    files: list[Removed] = []
    for token in tokens:
        if (path := _content(folder, token)) and len(files) < LISTED:
            files.append(Removed(token, article_id_of(folder / REMOVED / token, path), _time(token)))
    return files


def restore(folder: Path, token: str) -> Removed:
    """Put a file back to where it was.

    Raises CorpusError where there is none of this token, or another file lies in its place; StoreError
    where the folder is missing or cannot be written.
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
            raise CorpusError("The link leads out of the folder; put the file itself here.")
        try:
            _move(path, target)
        except FileExistsError as error:
            raise CorpusError(
                f"There is another file {restored.path} by now; rename it, then put this one back."
            ) from error
        except FileNotFoundError as error:  # another process was quicker
            raise CorpusError(_NOT_REMOVED) from error
    with suppress(OSError):  # an empty folder does no harm
        for empty in (path.parent, *path.parent.parents):
            if empty == folder / REMOVED:
                break
            empty.rmdir()
    return restored


def _content(folder: Path, token: str) -> Path | None:
    """The file that a token stands for."""
    for root, folders, files in os.walk(folder / REMOVED / token):
        for name in sorted([*files, *(f for f in folders if Path(root, f).is_symlink())]):
            return Path(root, name)
    return None


def _time(token: str) -> str:
    """The time in a token; "" where it is none, because somebody else made the folder."""
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
        raise StoreError(f"The folder {folder} cannot be written ({error.strerror}); allow it.") from error
