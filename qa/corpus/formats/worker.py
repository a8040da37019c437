"""Read files of foreign formats in a process of its own, within a limit on its CPU time.

The libraries that read web pages, PDF and Word files run C code and regular expressions over hostile data.
Nothing within a process can end them, so they run in another one: the kernel ends it once it has used up
its CPU time, wherever it is. CPU time and not the clock, so that a busy machine refuses no file.

The other process is `python -m qa.corpus.formats.worker`. A request on its standard input is a line of JSON
and as many bytes as that says, an answer on its standard output a line of JSON. It is started by the first
such file, reads many, and ends after a pause or with the program. Knows nothing of folders.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer
from time import process_time
from typing import IO, Any, cast

from qa.corpus.formats import docx, guarded, html, pdf
from qa.corpus.formats.draft import Draft
from qa.errors import CorpusError

SECONDS = 5  # of CPU time for one file
PAGE_SECONDS = 0.1  # and for each page of a PDF
MAX_MEMORY = 4_000_000_000  # bytes of address space; Linux only
MAX_FILES = 500  # that one process reads; the libraries keep caches
MAX_IDLE = 2  # processes that wait for the next file
PAUSE = 60  # seconds without a file after which a process ends
CLOCK = 10  # times the CPU time, by the clock, where the kernel cannot count (Windows)

_READERS: dict[str, Callable[[bytes], Draft]] = {
    ".html": html.html_draft,
    ".htm": html.html_draft,
    ".pdf": pdf.pdf_draft,
    ".docx": docx.docx_draft,
}
_COMMAND = (
    "-P",
    "-m",
    "qa.corpus.formats.worker",
)  # -P: nothing is imported from the folder one happens to be in
_COUNTS_CPU = hasattr(signal, "setitimer")


class Allowance:
    """CPU seconds that several files may take together, as those of an archive."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds


def draft(suffix: str, data: bytes, allowance: Allowance | None = None) -> Draft:
    """The article in the bytes of a `.html`, `.htm`, `.pdf` or `.docx` file.

    Raises CorpusError, its message the reason, where it holds none, takes more than `SECONDS` of CPU time
    (a PDF also `PAGE_SECONDS` for each page) or `MAX_MEMORY`, or its reader crashes.
    """
    request = {"suffix": suffix, "bytes": len(data), "seconds": SECONDS, "page_seconds": PAGE_SECONDS}
    while True:
        process = _taken()
        reply = process.ask(request, data)
        if reply is not None:
            break
        if process.paused():  # it ended for its pause just now
            continue
        if allowance:
            allowance.left -= SECONDS
        raise CorpusError(
            f"The file takes longer than {SECONDS} seconds to read; save the article's text as .txt."
            if process.timed_out()
            else "The file makes its reader crash; save the article's text as .txt."
        )
    _put_back(process)
    if allowance:
        allowance.left -= reply["seconds"]
    if "reason" in reply:
        raise CorpusError(reply["reason"])
    return Draft(reply["text"], reply["fields"])


class _Process:
    """A process that reads files, as its parent sees it."""

    def __init__(self) -> None:
        package = str(Path(__file__).resolve().parents[1])
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
            raise CorpusError("The program that reads this format does not start; install the program again.")

    def ask(self, request: dict[str, Any], data: bytes) -> dict[str, Any] | None:
        """Its reply, or None where it ended."""
        self.left -= 1
        answered = False
        clock = Timer(CLOCK * request["seconds"], self._kill)
        if not _COUNTS_CPU:
            clock.start()
        try:
            with suppress(BrokenPipeError):
                self._to.write(json.dumps(request).encode() + b"\n")
                self._to.write(data)
                self._to.flush()
            reply = _received(self._from)
            answered = reply is not None
            return reply
        finally:
            clock.cancel()
            if not answered:  # it ended, or the user interrupted
                self._popen.kill()
                self.close()

    def _kill(self) -> None:
        self._late = True
        self._popen.kill()

    def timed_out(self) -> bool:
        """Whether it was ended for taking too long."""
        return self._late or (_COUNTS_CPU and self._status() == -signal.SIGPROF)

    def paused(self) -> bool:
        """Whether it ended itself for want of work."""
        return _COUNTS_CPU and self._status() == -signal.SIGALRM

    def _status(self) -> int:
        return self._popen.wait()

    def close(self) -> None:
        """End it, once it has read the file it is at."""
        with suppress(OSError):
            self._to.close()
        self._from.close()
        self._popen.wait()


_idle: list[_Process] = []
_lock = Lock()


def _taken() -> _Process:
    """A process that nobody else uses."""
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
    """End the processes that wait."""
    with _lock:
        waiting, _idle[:] = list(_idle), []
    for process in waiting:
        process.close()


def _received(source: IO[bytes]) -> dict[str, Any] | None:
    """The next line of JSON, or None where it is cut off."""
    line = source.readline()
    return json.loads(line) if line.endswith(b"\n") else None


# ---------------------------------------------------------------- the other process


def main() -> None:
    """Answer requests until standard input ends."""
    source = sys.stdin.buffer
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides; its end is that of the input
    if _COUNTS_CPU:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _bound_memory()
    sink.write(b"\n")
    sink.flush()
    while True:
        _set_alarm(PAUSE)
        request = _received(source)
        if request is None:
            return
        _set_alarm(0)
        reply = _reply(request, source.read(request["bytes"]))
        sink.write(json.dumps(reply).encode() + b"\n")
        sink.flush()


def _reply(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    suffix = request["suffix"]
    guarded.load(suffix)
    _set_limit(request["seconds"])
    began = process_time()
    reply: dict[str, Any]
    try:
        if suffix == ".pdf":
            pages = request["page_seconds"]
            found = pdf.pdf_draft(data, lambda count: _set_limit(request["seconds"] + pages * count))
        else:
            found = _READERS[suffix](data)
        reply = {"text": found.text, "fields": dict(found.fields)}
    except CorpusError as error:
        reply = {"reason": str(error)}
    except MemoryError:
        reply = {"reason": "The file takes too much memory to read; save the article's text as .txt."}
    _set_limit(0)
    return {**reply, "seconds": process_time() - began}


def _set_limit(seconds: float) -> None:
    """Let the kernel end this process after so much CPU time from now; 0 is no limit."""
    if _COUNTS_CPU:
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _set_alarm(seconds: float) -> None:
    """Let the kernel end this process after so much time from now; 0 is no limit."""
    if _COUNTS_CPU:
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _bound_memory() -> None:
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = MAX_MEMORY if hard == resource.RLIM_INFINITY else min(MAX_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


if __name__ == "__main__":
    main()
