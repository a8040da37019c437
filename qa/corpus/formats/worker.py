"""Read HTML, PDF and Word files in a separate process with limits on CPU time and memory.

The libraries that read web pages, PDF and Word files run C code and regular expressions over hostile data.
Nothing within a process can end them, so they run in another one (`worker_process`): the kernel ends it once
it has used up its CPU time, wherever it is. CPU time and not the clock, so that a busy machine refuses no
file. It is started by the first such file, reads many, and ends after a pause or with the program. Knows
nothing of folders.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from threading import Lock, Timer
from typing import IO, Any, cast

from qa.corpus.formats.cpu_time import IS_COUNTED
from qa.corpus.formats.draft import Draft, Item
from qa.corpus.formats.worker_process import received
from qa.errors import CorpusError
from qa.types import Skipped

SECONDS = 5  # of CPU time for one file; a PDF has more for its pages
MAX_FILES = 500  # files per process; the libraries keep caches
MAX_IDLE = 2  # idle processes kept for the next file
CLOCK = 10  # elapsed time allowed, as a multiple of the CPU time, where the kernel cannot limit it (Windows)

# -P: import nothing from the current folder
_COMMAND = ("-P", "-m", "qa.corpus.formats.worker_process")


class Allowance:
    """CPU seconds shared by several files, for example those of an archive."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds


def read(name: str, data: bytes, allowance: Allowance | None = None) -> Iterator[Item]:
    """The articles in the bytes of a file of this name, whose format a third-party library reads.

    Raises CorpusError, its message the reason, where it holds none, takes more than `SECONDS` of CPU time or
    `worker_process.MAX_MEMORY`, or the library crashes.
    """
    answer = _asked(PurePosixPath(name).suffix.lower(), data, allowance)
    for item in answer["items"]:
        yield Draft(**{**item, "notes": tuple(item["notes"])}) if "text" in item else Skipped(**item)
    if answer["reason"]:
        raise CorpusError(answer["reason"])


def _asked(suffix: str, data: bytes, allowance: Allowance | None) -> dict[str, Any]:
    """The answer of a process; what it took is charged to the allowance."""
    request = {"suffix": suffix, "bytes": len(data), "seconds": SECONDS}
    while True:
        process = _idle_or_new()
        answer = process.ask(request, data)
        if answer is not None:
            break
        if process.paused():  # it has just ended because it was idle
            continue
        if allowance:
            allowance.left -= SECONDS
        raise CorpusError(
            f"Reading the file takes longer than {SECONDS} seconds. Save the article's text as .txt."
            if process.timed_out()
            else "The file crashes the program that reads it. Save the article's text as .txt."
        )
    _put_back(process)
    if allowance:
        allowance.left -= answer["seconds"]
    return answer


class _Process:
    """A worker process, as seen by its parent."""

    def __init__(self) -> None:
        package = str(Path(__file__).resolve().parents[3])
        path = os.pathsep.join([package, *filter(None, sys.path)])
        self._popen = subprocess.Popen(
            [sys.executable, *_COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        self.left = MAX_FILES
        self._late = False
        self._to = cast(IO[bytes], self._popen.stdin)
        self._from = cast(IO[bytes], self._popen.stdout)
        if not self._from.readline():
            self.close()
            raise CorpusError("The reader for this format does not start. Reinstall qa.")

    def ask(self, request: dict[str, Any], data: bytes) -> dict[str, Any] | None:
        """Its answer, or None where it ended."""
        self.left -= 1
        answered = False
        clock = Timer(CLOCK * request["seconds"], self._kill)
        if not IS_COUNTED:
            clock.start()
        try:
            with suppress(BrokenPipeError):
                self._to.write(json.dumps(request).encode() + b"\n")
                self._to.write(data)
                self._to.flush()
            answer = received(self._from)
            answered = answer is not None
            return answer
        finally:
            clock.cancel()
            if not answered:  # it ended, or the user interrupted it
                self._popen.kill()
                self.close()

    def _kill(self) -> None:
        self._late = True
        self._popen.kill()

    def timed_out(self) -> bool:
        """Whether it was ended because it took too long."""
        return self._late or (IS_COUNTED and self._status() == -signal.SIGPROF)

    def paused(self) -> bool:
        """Whether it ended itself because it was idle."""
        return IS_COUNTED and self._status() == -signal.SIGALRM

    def _status(self) -> int:
        return self._popen.wait()

    def close(self) -> None:
        """End the process after the current file."""
        with suppress(OSError):
            self._to.close()
        self._from.close()
        self._popen.wait()


_idle: list[_Process] = []
_lock = Lock()


def _idle_or_new() -> _Process:
    """Take a worker process that nobody else uses."""
    with _lock:
        if _idle:
            return _idle.pop()
    return _Process()


def _put_back(process: _Process) -> None:
    with _lock:
        if process.left and len(_idle) < MAX_IDLE:
            _idle.append(process)
            return
    process.close()


@atexit.register
def close() -> None:
    """End the idle processes."""
    with _lock:
        waiting, _idle[:] = list(_idle), []
    for process in waiting:
        process.close()
