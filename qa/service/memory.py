"""Hands memory that is no longer used back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from functools import cache


def release() -> None:
    """Collect cyclic garbage and return the freed memory to the system.

    glibc keeps what threads freed in the arenas of these threads until `malloc_trim` is called. Other C
    libraries have no such function; there only the garbage is collected.
    """
    gc.collect()
    if trim := _malloc_trim():
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    """The function of glibc, or None where the C library has none."""
    if sys.platform != "linux":
        return None
    trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim
