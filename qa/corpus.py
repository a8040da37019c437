"""Read the articles of a folder.

An article is a `.txt`, `.md`, `.html`, `.pdf` or `.docx` file anywhere below the folder, a row of a `.csv`
or `.jsonl` file, or any of these in a `.zip` file. Its text is kept whole; title, date, source and language
come from the file or else from the head of the text, and stay empty where neither tells. Nothing outside
the folder is read. Knows nothing of passages or indexes.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from qa import archive, plain, tables, worker
from qa.errors import CorpusError
from qa.head import article_date, language_of, source_of, title_of
from qa.plain import Draft
from qa.types import Article, Skipped

_PLAIN = (".txt", ".md")  # formats that hold one article, read here …
_FOREIGN = (".html", ".htm", ".pdf", ".docx")  # … and by foreign libraries, in a process of their own
_ROWS: dict[str, Callable[[str], Iterator[tables.Row]]] = {  # formats that hold one in each row
    ".csv": tables.csv_rows,
    ".jsonl": tables.json_rows,
}
_ZIP = ".zip"
EXTENSIONS = (*_PLAIN, *_FOREIGN, *_ROWS, _ZIP)
MAX_FILE_BYTES = 20_000_000
MAX_TABLE_BYTES = 100_000_000  # of a file that holds many articles
MAX_TEXT = 1_000_000  # characters of one article; a long novel
MAX_LINES = (
    50_000  # of one article, blank ones apart; what is made of lines of a few letters takes long to cut
)
MAX_ARCHIVE_SECONDS = 600.0  # CPU time that foreign libraries may take for the files of one archive

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")

OnFile = Callable[[int, int], None]  # files read, of how many


def _silent(_done: int, _total: int) -> None:
    pass


def article_files(folder: Path) -> list[Path]:
    """The files below `folder` that hold articles by their names, sorted by article_id.

    Raises CorpusError if `folder` is missing or not a folder.
    """
    return [found for _, found in _entries(folder) if isinstance(found, Path)]


def read_corpus(folder: Path, on_file: OnFile = _silent) -> Iterator[Article | Skipped]:
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


def contents(
    article_id: str, data: bytes, *, packed: worker.Allowance | None = None
) -> Iterator[Article | Skipped]:
    """The articles in the bytes of a file, or why there is none; `packed` if it comes out of an archive."""
    suffix = PurePosixPath(article_id).suffix.lower()
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        if suffix in _PLAIN:
            yield _article(article_id, plain.draft(data), sha256)
        elif suffix in _FOREIGN:
            yield _article(article_id, worker.draft(suffix, data, packed), sha256)
        elif suffix in _ROWS:
            yield from _rows(article_id, _ROWS[suffix](plain.decoded(data)), sha256)
        elif packed is not None:
            raise CorpusError("An archive in an archive is not opened; unpack it.")
        else:
            yield from _members(article_id, data)
    except CorpusError as error:
        yield Skipped(article_id, str(error))


def _rows(article_id: str, rows: Iterable[tables.Row], sha256: str) -> Iterator[Article | Skipped]:
    """The articles of a table; the row's number is the last part of their ids."""
    for number, found in rows:
        row_id = f"{article_id}/{number:04d}"
        try:
            yield Skipped(row_id, found) if isinstance(found, str) else _article(row_id, found, sha256)
        except CorpusError as error:
            yield Skipped(row_id, str(error).replace("The file", "The row", 1))


def _members(article_id: str, data: bytes) -> Iterator[Article | Skipped]:
    """The articles of an archive; the name of the member is the last part of their ids."""
    packed = worker.Allowance(MAX_ARCHIVE_SECONDS)
    for member in archive.members(data, limit=MAX_FILE_BYTES):
        if packed.left <= 0:
            raise CorpusError(
                f"The archive takes longer than {MAX_ARCHIVE_SECONDS / 60:.0f} minutes to read;"
                " the rest is not read, pack fewer articles."
            )
        if isinstance(member, Skipped):
            yield Skipped(f"{article_id}/{member.path}", member.reason)
        elif reason := no_article(member.name):
            yield Skipped(f"{article_id}/{member.name}", reason)
        else:
            yield from contents(f"{article_id}/{member.name}", member.data, packed=packed)


def _article(article_id: str, draft: Draft, sha256: str) -> Article:
    """The article that a file tells of, what it does not tell taken from the text."""
    text = plain.settled(draft.text)
    fields = {name: plain.field(value) for name, value in draft.fields.items()}
    if not any(c.isalnum() for c in text):
        raise CorpusError("The file has no text; write the article into it or remove it.")
    if not plain.is_text(text):
        raise CorpusError("The file is not text; save the article as UTF-8 text.")
    if len(text) > MAX_TEXT:
        raise CorpusError(f"The text is longer than {MAX_TEXT:,} characters; split it.")
    if sum(bool(line.strip()) for line in re.split("[\n\f]", text)) > MAX_LINES:
        raise CorpusError(f"The text has more than {MAX_LINES:,} lines; split it.")
    language = plain.language(fields.get("language", "")) or language_of(text)
    return Article(
        article_id=article_id,
        title=fields.get("title") or title_of(text, language) or PurePosixPath(article_id).stem,
        text=text,
        source=fields.get("source") or source_of(text),
        url=plain.web_address(fields.get("url", "")),
        date=plain.iso_date(fields["date"]) if fields.get("date") else article_date(text),
        language=language,
        sha256=sha256,
    )


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


def no_article(name: str) -> str:
    """Why a file is no article by its name, or ""."""
    path = PurePosixPath(name)
    if path.suffix.lower() not in EXTENSIONS:
        return f"Files of this kind are not read; save the article as one of {' '.join(EXTENSIONS)}."
    if path.stem.upper() == "README":
        return "A README describes the folder; rename it if it is an article."
    return ""


def article_id_of(folder: Path, path: Path) -> str:
    """The id of the article in the file `path` below `folder`."""
    name = path.relative_to(folder).as_posix()
    name = unicodedata.normalize("NFC", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return _CONTROL.sub("\ufffd", name)


def size_limit(name: str) -> int:
    """Bytes that a file of this name may have."""
    return MAX_FILE_BYTES if PurePosixPath(name).suffix.lower() in (*_PLAIN, *_FOREIGN) else MAX_TABLE_BYTES


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
