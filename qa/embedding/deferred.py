"""An encoder whose model is loaded only when there is something to encode.

A build that finds nothing changed needs the fingerprint of the model, but not the model.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from qa.embedding.base import Encoder, Reading
from qa.errors import EncoderError


class ModelChanged(EncoderError):
    """The model is not the one that was expected."""


class DeferredEncoder:
    """The encoder of a name and fingerprint; thread-safe. Methods raise ModelChanged if it is another one."""

    def __init__(
        self, name: str, fingerprint: str, dimension: int, load: Callable[[], Encoder], *, stamp: str = ""
    ) -> None:
        """`stamp`: see `qa.embedding.sentence_transformer.stamp_of`."""
        self.name = name
        self.stamp = stamp
        self.fingerprint = fingerprint
        self.dimension = dimension
        self._load = load
        self._loaded: Encoder | None = None
        self._lock = threading.Lock()

    def load(self) -> Encoder:
        """Load the model unless that was done."""
        with self._lock:
            if self._loaded is None:
                loaded = self._load()
                if (loaded.fingerprint, loaded.dimension) != (self.fingerprint, self.dimension):
                    raise ModelChanged(f"The model {self.name} has changed. Run `qa build` again.")
                self._loaded = loaded
            return self._loaded

    def prepare(self) -> None:
        """Load the model and do its one-time work."""
        self.load().prepare()

    def token_count(self, texts: Sequence[str]) -> list[int]:
        """Number of tokens of each text."""
        return self.load().token_count(texts)

    def read(self, texts: Sequence[str], *, query: bool = False) -> list[Reading]:
        """Encode passages or questions, in the order of `texts`."""
        return self.load().read(texts, query=query)
