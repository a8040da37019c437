"""Unused memory is returned to the system."""

from __future__ import annotations

import ctypes
import gc
import platform
import sys
import weakref
from collections.abc import Iterator

import pytest

from qa.service import memory


class Circle:
    """Refers to itself, so that only the garbage collector frees it."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture(autouse=True)
def looked_up_again() -> Iterator[None]:
    memory._malloc_trim.cache_clear()
    yield
    memory._malloc_trim.cache_clear()


def test_garbage_is_collected_and_its_memory_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    trimmed: list[int] = []
    monkeypatch.setattr(memory, "_malloc_trim", lambda: trimmed.append)
    gc.disable()
    try:
        circle = weakref.ref(Circle())
        assert circle()
        memory.release()
    finally:
        gc.enable()
        monkeypatch.undo()
    assert circle() is None
    assert trimmed == [0]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_glibc_has_the_function() -> None:
    trim = memory._malloc_trim()
    assert trim
    assert trim(0) in (0, 1)


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_collect_only(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert memory._malloc_trim() is None
    memory.release()


def test_a_c_library_without_the_function_is_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    assert memory._malloc_trim() is None
    memory.release()
