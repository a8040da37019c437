"""A stand-in for the embedding model: deterministic, fast, and with meaningful neighbours.

A word is the sum of vectors that are hashed from its character trigrams, so words that share
stems are near each other; a text is the sum of its words.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from qa.embedding.base import Reading
from qa.text.tokens import fold, words
from qa.types import Span, Vectors

DIMENSION = 64


@lru_cache(maxsize=100_000)
def _trigram(gram: str) -> Vectors:
    rng = np.random.default_rng(zlib.crc32(gram.encode()))
    return rng.standard_normal(DIMENSION).astype(np.float32)


def _unit(vector: Vectors) -> Vectors:
    norm = float(np.linalg.norm(vector))
    if norm:
        return (vector / norm).astype(np.float32)
    first = np.zeros(DIMENSION, np.float32)
    first[0] = 1
    return first


def _word(word: str) -> Vectors:
    padded = f"^{fold(word)}$"
    grams = [_trigram(padded[i : i + 3]) for i in range(max(1, len(padded) - 2))]
    return _unit(np.sum(grams, axis=0))


class StandIn:
    """An `Encoder` without a model; `calls` counts the texts it was given."""

    name = "stand-in"
    fingerprint = "stand-in-1"
    dimension = DIMENSION

    def __init__(self) -> None:
        self.calls = self.prepared = 0
        self._counting = threading.Lock()

    def prepare(self) -> None:
        self.prepared += 1

    def token_count(self, texts: Sequence[str]) -> list[int]:
        return [len(list(words(text))) for text in texts]

    def read(self, texts: Sequence[str], *, query: bool = False) -> list[Reading]:
        with self._counting:
            self.calls += len(texts)
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> Reading:
        found = list(words(text))
        states = np.array([_word(w.text) for w in found], dtype=np.float32).reshape(len(found), DIMENSION)
        return Reading(_unit(states.sum(axis=0)), states, states, tuple(Span(w.start, w.end) for w in found))
