"""A limit on the CPU time of this process, which the kernel enforces.

It ends the process, so only the process that reads files for another one sets it. Where the kernel cannot
count (Windows) there is none. Knows nothing of formats.
"""

from __future__ import annotations

import signal

IS_COUNTED = hasattr(signal, "setitimer")

_limit = 0.0  # seconds; 0 is none


def limit(seconds: float) -> None:
    """Let the kernel end this process after so much CPU time from now; 0 is no limit."""
    global _limit
    _limit = seconds
    if IS_COUNTED:
        signal.setitimer(signal.ITIMER_PROF, seconds)


def extend(seconds: float) -> None:
    """Begin again to count, with so many seconds more; without a limit nothing happens."""
    if _limit:
        limit(_limit + seconds)
