"""Get the encoder ready for the new passages of a build, while the corpus is still being read."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from qa.embedding.base import Encoder
from qa.embedding.deferred import DeferredEncoder

# Passages to embed from which the encoder's one-time work pays (0.3 s for 8-bit layers, 0.3 s for the first
# pass with them; they save some 10 ms a passage on two cores: docs/decisions/0032-search-watch-fetch.md).
MANY = 64


class Preparation:
    """Loads and prepares an encoder in a thread of its own; reading the corpus leaves cores free."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="prepare")
        self._begun: list[Future[object]] = []
        self._new = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def begin(self, passages: int) -> None:
        """Take note of so many new passages: load the model, and prepare it if many passages use it."""
        if not self._new and passages and isinstance(self._encoder, DeferredEncoder):
            self._begun.append(self._thread.submit(self._encoder.load))
        if self._new < MANY <= self._new + passages:
            self._begun.append(self._thread.submit(self._encoder.prepare))
        self._new += passages

    def wait(self) -> None:
        """Wait until the encoder is ready. Raises EncoderError."""
        for begun in self._begun:
            begun.result()
