"""Who may write a vectors folder, and which generations are being read.

One build at a time: a lock file that the system frees when its process ends, however it ends. Readers
share a lock on the manifest of the generation they have open, so that no build removes it; that
needs no right to write. Windows lets nobody rename a folder whose files are open: nothing is to do there.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from qa.errors import StoreError

if sys.platform != "win32":
    import fcntl

LOCK = ".lock"
HOLDER = ".lock.json"  # who holds it, for people; the lock file itself is emptied by whoever tries it


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Be the only process and thread that writes this vectors folder.

    Raises StoreError where another one does (its message says who and since when), or where the folder cannot
    be written.
    """
    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
        _write_holder(folder)
    except Timeout as error:
        raise StoreError(
            f"Another build{_holder(folder)} is writing {folder}; wait until it is done."
        ) from error
    except OSError as error:
        lock.release()
        raise StoreError(
            f"The folder {folder} cannot be written ({error.strerror}); name another with --vectors."
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):
            (folder / HOLDER).unlink()
        lock.release()


def _write_holder(folder: Path) -> None:
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    temporary = folder / f"{HOLDER}.{os.getpid()}"
    temporary.write_text(json.dumps(holder), encoding="utf-8")
    os.replace(temporary, folder / HOLDER)


def _holder(folder: Path) -> str:
    """Who holds the lock, as part of a sentence; "" where that cannot be told."""
    try:
        holder = json.loads((folder / HOLDER).read_text("utf-8"))
        return f" (process {holder['pid']} on {holder['host']}, since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def share(path: Path) -> int:
    """Open a file and share a lock on it; the handle is to be closed by `os.close`, which frees it.

    Raises OSError where the file cannot be opened; a file system without locks goes without.
    """
    handle = os.open(path, os.O_RDONLY)
    if sys.platform != "win32":
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return handle


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Whether nobody shares a lock on a file, and nobody can begin to as long as this lasts."""
    if sys.platform == "win32":
        yield True
        return
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        free = True
    except OSError:  # shared, or no locks here: then it may be open
        free = False
    try:
        yield free
    finally:
        os.close(handle)
