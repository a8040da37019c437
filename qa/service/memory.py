"""Return unused memory to the system."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from functools import cache


def release() -> None:
    """Collect cyclic garbage and return the freed memory to the system.

    glibc keeps freed memory in per-thread arenas until `malloc_trim` is called. Other C libraries have no
    such function; there, only garbage is collected.
    """
    gc.collect()
    if trim := _malloc_trim():
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    """glibc's `malloc_trim`, or None with another C library."""
    if sys.platform != "linux":
        return None
    trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim
