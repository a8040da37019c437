"""The process that reads files with third-party libraries for another one: `python -m` this module.

A request on its standard input is a line of JSON and as many bytes as that says; an answer on its standard
output is a line of JSON. It ends with its input, or after a pause. Knows nothing of folders.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from dataclasses import asdict
from time import process_time
from typing import IO, Any

from qa.corpus.formats import FORMATS, cpu_time
from qa.corpus.formats.draft import Draft
from qa.errors import CorpusError
from qa.types import Skipped

MAX_MEMORY = 4_000_000_000  # bytes of address space; Linux only
PAUSE = 60  # seconds without a file after which the process ends


def main() -> None:
    """Answer requests until standard input ends."""
    source = sys.stdin.buffer
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # output printed by a library is not a response
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles interrupts; the input ends when it ends
    if cpu_time.IS_COUNTED:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _bound_memory()
    sink.write(b"\n")
    sink.flush()
    while True:
        _set_alarm(PAUSE)
        request = received(source)
        if request is None:
            return
        _set_alarm(0)
        answer = _answer(request, source.read(request["bytes"]))
        sink.write(json.dumps(answer).encode() + b"\n")
        sink.flush()


def received(source: IO[bytes]) -> dict[str, Any] | None:
    """The next line of JSON, or None if it is cut off."""
    line = source.readline()
    return json.loads(line) if line.endswith(b"\n") else None


def _answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """What is in a file, the reason why there is no more, and the CPU seconds that it took."""
    kind = FORMATS[request["suffix"]]
    importlib.import_module(kind.library)  # so that no file is charged for it
    items: list[dict[str, Any]] = []
    reason = ""
    cpu_time.limit(request["seconds"])
    began = process_time()
    try:
        for item in kind.read(data):
            if isinstance(item, Draft):
                items.append({**item._asdict(), "fields": dict(item.fields)})
            elif isinstance(item, Skipped):
                items.append(asdict(item))
    except CorpusError as error:
        reason = str(error)
    except MemoryError:
        reason = "Reading the file needs too much memory. Save the article's text as .txt."
    cpu_time.limit(0)
    return {"items": items, "reason": reason, "seconds": process_time() - began}


def _set_alarm(seconds: float) -> None:
    """Let the kernel end this process after so much time from now; 0 is no limit."""
    if cpu_time.IS_COUNTED:
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _bound_memory() -> None:
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = MAX_MEMORY if hard == resource.RLIM_INFINITY else min(MAX_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


if __name__ == "__main__":
    main()
