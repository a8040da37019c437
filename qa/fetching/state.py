"""What was fetched already: a small file in the corpus folder, hidden from builds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from qa.errors import StoreError
from qa.storage import atomic

FILE = ".fetched.json"
LOCK = ".fetched.lock"
FORMAT = 1
MAX_VALIDATOR = 500  # characters of an ETag


@dataclass(frozen=True, slots=True)
class Seen:
    """A page or feed that was fetched."""

    etag: str = ""
    modified: str = ""  # Last-Modified
    path: str = ""  # the file of the article; "" for a feed
    sha256: str = ""  # of that file as it was written

    def conditions(self) -> dict[str, str]:
        """Headers that ask for the page only if it has changed (RFC 9110, 13.1)."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in headers.items() if value}


def validators(headers: Mapping[str, str]) -> dict[str, str]:
    """What a response gives to ask again by."""
    kept = {"etag": headers.get("etag", ""), "modified": headers.get("last-modified", "")}
    return {
        name: value for name, value in kept.items() if len(value) <= MAX_VALIDATOR and value.isprintable()
    }


@dataclass(slots=True)
class State:
    """Pages and feeds by their addresses."""

    pages: dict[str, Seen] = field(default_factory=dict)
    feeds: dict[str, Seen] = field(default_factory=dict)

    def save(self, folder: Path) -> None:
        """Write the file. Raises StoreError."""
        fields = {"format": FORMAT, **asdict(self)}
        try:
            atomic.write(folder / FILE, json.dumps(fields, ensure_ascii=False, indent=1).encode())
        except OSError as error:
            raise StoreError(
                f"Cannot write to {folder} ({error.strerror}). Check the folder's permissions."
            ) from error


def load(folder: Path) -> State:
    """The state of a folder; empty if nothing was fetched yet. Raises StoreError if it is damaged."""
    try:
        fields = json.loads((folder / FILE).read_text("utf-8"))
        if fields["format"] != FORMAT:
            raise ValueError
        pages, feeds = (
            {url: Seen(**row) for url, row in fields[name].items()} for name in ("pages", "feeds")
        )
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"{folder / FILE} is damaged. Correct or delete it; without it everything is fetched again."
        ) from error
    return State(pages, feeds)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let no other process fetch into the folder. Raises StoreError."""
    if not folder.is_dir():
        raise StoreError(f"The article folder {folder} does not exist. Mount or create it.")
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StoreError(f"Another `qa fetch` is writing to {folder}. Wait until it has finished.") from error
    except OSError as error:
        raise StoreError(
            f"Cannot write to {folder} ({error.strerror}). Check the folder's permissions."
        ) from error
    try:
        yield
    finally:
        lock.release()
