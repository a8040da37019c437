"""A cache for values that are fetched many at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Batches(Generic[K, V]):
    """The values of the `size` keys used last; safe to share between threads."""

    def __init__(self, size: int, fetch: Callable[[Sequence[K]], Mapping[K, V]]) -> None:
        """`fetch` gives the values of some keys; it may leave out keys that have none."""
        self._size = size
        self._fetch = fetch
        self._values: OrderedDict[K, V] = OrderedDict()  # the latest last
        self._lock = threading.Lock()

    def get(self, keys: Iterable[K]) -> dict[K, V]:
        """The values of some keys; those that are not known are fetched in one call."""
        wanted = dict.fromkeys(keys)
        with self._lock:
            found = {key: self._values[key] for key in wanted if key in self._values}
        missing = [key for key in wanted if key not in found]
        if missing:
            found.update(self._fetch(missing))
        self.keep(found)
        return found

    def keep(self, values: Mapping[K, V]) -> None:
        """Remember some values."""
        with self._lock:
            for key, value in values.items():
                self._values[key] = value
                self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)
