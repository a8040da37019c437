"""File locks: one writer per vectors folder, shared locks on generations being read.

Builds take an exclusive lock on a file, which the system releases when the process ends in any way. Readers
share a lock on the manifest of the generation they have open, so that no build removes it; this needs no
write permission. On Windows a folder with open files cannot be renamed, so no reader lock is needed.
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
from qa.storage import atomic

if sys.platform != "win32":
    import fcntl

LOCK = ".lock"
HOLDER = ".lock.json"  # who holds it, for people; the lock file itself is truncated by every attempt


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the exclusive write lock of a vectors folder. Raises StoreError if another build holds it (the
    message says which, and since when) or the folder cannot be written.
    """
    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
        _write_holder(folder)
    except Timeout as error:
        raise StoreError(
            f"Another build{_holder(folder)} is writing to {folder}. Wait until it has finished."
        ) from error
    except OSError as error:
        lock.release()
        raise StoreError(
            f"Cannot write to {folder} ({error.strerror}). Choose another folder with --vectors."
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
    atomic.write(folder / HOLDER, json.dumps(holder).encode())


def _holder(folder: Path) -> str:
    """Who holds the lock, as part of a sentence; "" if unknown."""
    try:
        holder = json.loads((folder / HOLDER).read_text("utf-8"))
        return f" (process {holder['pid']} on {holder['host']}, since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def share(path: Path) -> int:
    """Open a file with a shared lock; `os.close` on the handle releases it.

    Raises OSError if the file cannot be opened; on a file system without locks there is none.
    """
    handle = os.open(path, os.O_RDONLY)
    if sys.platform != "win32":
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return handle


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Whether a file is not locked by any reader; none can lock it while the context lasts."""
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
    except OSError:  # shared, or no locks here: assume that it is open
        free = False
    try:
        yield free
    finally:
        os.close(handle)
