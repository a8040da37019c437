"""Rebuild by itself when the corpus folder has changed and settled.

The folder is looked at again and again, because network drives report no changes. Knows neither files nor
builds: both are handed in.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

POLL = 3.0  # seconds between two looks at the folder
SETTLED = 10.0  # seconds without a change before a build, so that half a copy is not read
RETRY = 60.0  # seconds until a build that failed is tried again
SHARE = 10  # a look that takes long is followed by a pause this many times as long


class Settling:
    """Tells when a state is new and has not changed for a while."""

    def __init__(self, settled: float = SETTLED) -> None:
        """`settled` is in seconds."""
        self._settled = settled
        self._built = self._seen = ""
        self._since = 0.0

    def is_due(self, state: str, now: float) -> bool:
        """Whether to build the state that was just seen; "" stands for a folder that cannot be read."""
        if state != self._seen:
            self._seen, self._since = state, now
        return bool(state) and state != self._built and now - self._since >= self._settled

    def built(self, state: str) -> None:
        """The state needs no further build."""
        self._built = state

    def failed(self, now: float) -> None:
        """Try the state again after a pause, or a change."""
        self._since = now + RETRY - self._settled


class Watcher:
    """Looks at the folder in a thread of its own, until it is stopped."""

    def __init__(
        self,
        look: Callable[[], str],
        build: Callable[[], bool],
        *,
        poll: float = POLL,
        settled: float = SETTLED,
    ) -> None:
        """`look` gives the state of the folder, see `Settling`; `build` builds it and tells whether it need
        not be tried again. `poll` and `settled` are in seconds.
        """
        self._look = look
        self._build = build
        self._poll = poll
        self._settling = Settling(settled)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self.run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; returns at once."""
        self._stopped.set()

    def run(self, *, at_once: bool = False) -> None:
        """Look until stopped, in this thread; `at_once`: build the first state without waiting."""
        pause = 0.0
        while not self._stopped.wait(pause):
            began = time.monotonic()
            state = self._look()
            now = time.monotonic()
            pause = max(self._poll, SHARE * (now - began))
            if not (at_once or self._settling.is_due(state, now)):
                continue
            at_once = False
            if self._build():
                self._settling.built(state)
            else:
                self._settling.failed(time.monotonic())
