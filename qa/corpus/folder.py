"""Read the articles of a folder.

An article is a `.txt`, `.md`, `.html`, `.pdf` or `.docx` file anywhere below the folder, a row of a `.csv`
or `.jsonl` file, or any of these in a `.zip` file. Nothing outside the folder is read. Knows nothing of
passages or indexes.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from qa.corpus.formats.registry import no_article, size_limit
from qa.corpus.parsing import contents
from qa.errors import CorpusError
from qa.types import Article, Skipped, silent

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")

OnFile = Callable[[int, int], None]  # files read, of how many


def article_files(folder: Path) -> list[Path]:
    """The files below `folder` that hold articles by their names, sorted by article_id.

    Raises CorpusError if `folder` is missing or not a folder.
    """
    return [found for _, found in _entries(folder) if isinstance(found, Path)]


def read_corpus(folder: Path, on_file: OnFile = silent) -> Iterator[Article | Skipped]:
    """Every article below `folder`, or the reason why a file or row is none, in the order of the files.

    `on_file` is told after each file how many are read of how many; one file may hold many articles. Hidden
    files and folders are passed over in silence. No two articles have the same article_id, nor the same text,
    source, date and address. Raises CorpusError if `folder` is missing or not a folder; a bad file raises
    nothing.
    """
    entries = _entries(folder)
    known = _Known()
    for done, (article_id, found) in enumerate(entries, start=1):
        if isinstance(found, Skipped):
            yield found
        else:
            yield from map(known.judge, _file(folder, article_id, found))
        on_file(done, len(entries))


def read_article(folder: Path, path: Path) -> Article:
    """The article in the file `path` below `folder`.

    Raises CorpusError, its message the reason, if the file leads out of the folder, cannot be read, is
    too large, empty or malformed, or holds many articles.
    """
    found = list(_file(folder, article_id_of(folder, path), path))
    if len(found) != 1:
        raise CorpusError("The file holds many articles; read them with the whole folder.")
    if isinstance(found[0], Skipped):
        raise CorpusError(found[0].reason)
    return found[0]


class _Known:
    """The articles seen so far."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._first: dict[bytes, str] = {}  # digest of what tells articles apart -> article_id

    def judge(self, found: Article | Skipped) -> Article | Skipped:
        """The article, or the reason why it is one too many."""
        if isinstance(found, Skipped):
            return found
        if found.article_id in self._ids:  # names that differ in the form of their accents only
            return Skipped(found.article_id, "Another file has the same name; rename one of them.")
        self._ids.add(found.article_id)
        same = "\0".join((" ".join(found.text.split()), found.source.casefold(), found.date, found.url))
        first = self._first.setdefault(hashlib.sha256(same.encode()).digest(), found.article_id)
        if first != found.article_id:
            return Skipped(
                found.article_id, f"The same text, source and date as {first}; remove one of them."
            )
        return found


def _file(folder: Path, article_id: str, path: Path) -> Iterator[Article | Skipped]:
    """What is in one file."""
    try:
        data = _bytes(folder, path)
    except CorpusError as error:
        yield Skipped(article_id, str(error))
    else:
        yield from contents(article_id, data)


def _entries(folder: Path) -> list[tuple[str, Path | Skipped]]:
    """All visible files below the folder by article_id, those that are no articles with the reason."""
    if not folder.is_dir():
        raise CorpusError(f"{folder} is not a folder; name the folder that holds the articles.")
    found: list[tuple[str, Path | Skipped]] = []

    def unreadable(error: OSError) -> None:
        name = article_id_of(folder, Path(error.filename))
        if name == ".":
            raise CorpusError(f"{folder} cannot be read ({error.strerror}); allow it.") from error
        found.append((name, Skipped(name, f"The folder cannot be read ({error.strerror}); allow it.")))

    for root, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        linked = [name for name in folders if Path(root, name).is_symlink()]
        for path in (Path(root, name) for name in [*files, *linked] if not name.startswith(".")):
            article_id = article_id_of(folder, path)
            reason = _bad_name(folder, path) or no_article(path.name)
            found.append((article_id, Skipped(article_id, reason) if reason else path))
    return sorted(found, key=lambda entry: entry[0])


def _bad_name(folder: Path, path: Path) -> str:
    """Why a file cannot be used by its name and kind, or ""."""
    name = path.relative_to(folder).as_posix()
    try:
        name.encode()
    except UnicodeEncodeError:
        return "The name is not valid UTF-8; rename the file or its folder."
    if _CONTROL.search(name):
        return "The name holds control characters; rename the file or its folder."
    if path.is_symlink() and path.is_dir():
        return "Links to folders are not followed; put the folder itself here."
    return ""


def article_id_of(folder: Path, path: Path) -> str:
    """The id of the article in the file `path` below `folder`."""
    name = path.relative_to(folder).as_posix()
    name = unicodedata.normalize("NFC", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return _CONTROL.sub("\ufffd", name)


def _bytes(folder: Path, path: Path) -> bytes:
    """All bytes of a file as they are at one time."""
    limit = size_limit(path.name)
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(folder.resolve()):
            raise CorpusError("The link leads out of the folder; put the file itself here.")
        with open(real, "rb", opener=_opened) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise CorpusError("This is not an ordinary file; put the article's text into one.")
            if before.st_size > limit:
                raise CorpusError(f"The file is larger than {limit / 1e6:.0f} MB; split it.")
            data = file.read(limit + 1)
            after = os.fstat(file.fileno())
    except FileNotFoundError as error:
        raise CorpusError("The file has vanished, or is a link to nothing; build again.") from error
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
        reason = error.strerror if isinstance(error, OSError) else "a link that leads to itself"
        raise CorpusError(f"The file cannot be read ({reason}); allow or mend it.") from error
    if _moment(before) != _moment(after) or len(data) != before.st_size:
        raise CorpusError("The file was changed while it was read; build again.")
    return data


def _opened(path: str, flags: int) -> int:
    """Open without waiting, were it a pipe after all, and without following a link put there meanwhile."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))


def _moment(status: os.stat_result) -> tuple[Any, ...]:
    return status.st_size, status.st_mtime_ns
