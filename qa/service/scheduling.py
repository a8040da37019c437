"""Run something once when a series of requests has ended, such as a build after the last of many uploads."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Scheduled:
    """Runs in a thread of its own, some seconds after the last request."""

    def __init__(self, run: Callable[[Callable[[], bool]], None], seconds: float) -> None:
        """`run` is given a function that tells whether it is still wanted, for when it has to wait."""
        self._run = run
        self._seconds = seconds
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    @property
    def due(self) -> bool:
        """Whether it was requested and has not run yet; true until `run` returns."""
        return self._timer is not None

    def request(self) -> None:
        """Run once, `seconds` from now; a request before starts to wait again."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._timer = timer = threading.Timer(self._seconds, lambda: self._start(timer))
            timer.daemon = True
            timer.start()

    def cancel(self) -> None:
        """Forget the request, if there is one."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._timer = None

    def _start(self, timer: threading.Timer) -> None:
        if self._timer is not timer:  # a later request replaced this one
            return
        try:
            self._run(lambda: self._timer is timer)
        finally:
            with self._lock:
                if self._timer is timer:
                    self._timer = None
