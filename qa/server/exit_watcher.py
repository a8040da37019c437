"""A small process that kills the server where it does not end after a signal.

A thread of the server cannot do that while a call into C holds Python's global lock. The C part of Python's
signal handling needs no lock: it writes a byte to a pipe (`signal.set_wakeup_fd`), which this process reads.
It runs by its path, so it imports nothing but the standard library.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time


def start(seconds: float) -> None:
    """Kill this process `seconds` after a signal that has a Python handler; for the main thread, on POSIX.

    Does nothing where no process can be started. A server that is process 1 of a container cannot be killed
    from inside; the container's runtime does it.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(seconds)],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in a terminal is not meant for it
        )
    except OSError:
        os.close(writing)
    else:
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    finally:
        os.close(reading)


def main(seconds: float) -> None:
    """Wait for a byte on stdin, then for its end; kill the parent where that does not come in time."""
    for number in (signal.SIGINT, signal.SIGTERM):  # service managers signal every process of a service
        signal.signal(number, signal.SIG_IGN)
    parent = os.getppid()
    if not os.read(0, 1):
        return
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if select.select([0], [], [], left)[0] and not os.read(0, 4096):
            return
    if os.getppid() == parent:
        os.kill(parent, signal.SIGKILL)


if __name__ == "__main__":
    main(float(sys.argv[1]))
