"""Which files wait for the next build, looked up not too often: a folder may be large, or far away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from qa.types import Pending

KEPT = 5.0  # seconds before the folder is looked at again
SHARE = 10  # a look that takes long is followed by a pause this many times as long


class PendingFiles:
    """What `look` found last; safe to share between threads."""

    def __init__(self, look: Callable[[], Pending], clock: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._clock = clock
        self._lock = threading.Lock()
        self._found = Pending()
        self._until = float("-inf")

    def get(self) -> Pending:
        """What is pending. Raises what `look` raises."""
        with self._lock:
            began = self._clock()
            if began >= self._until:
                self._found = self._look()
                ended = self._clock()
                self._until = ended + max(KEPT, SHARE * (ended - began))
            return self._found

    def forget(self) -> None:
        """Look again at the next call: the corpus or the index has changed."""
        self._until = float("-inf")
