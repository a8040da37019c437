"""Stored encoder output of each passage for the evidence model: 8 bits per value, memory-mapped.

A passage is encoded once, when the index is built. Its token states and sentence vectors are stored here, so
that questions can be compared with them without running the model again. States of the default model are
first reduced by a fixed projection; those of other models are stored in full.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.embedding.base import Reading
from qa.errors import BrokenIndex
from qa.index.base import PassageStates, QueryStates
from qa.index.writer import Writer
from qa.storage.base import Sealed
from qa.types import Span, Vectors

FOLDER = "states"  # within a generation
FORMAT = 1  # increased whenever the same encoder output would be stored differently
# 384 -> 64 values per token: the first principal components of the default model's states on the English
# XQuAD dev paragraphs, computed by benchmarks/train.py.
PROJECTION = "projection.npy"
_RECORDS = "records.bin"
_STARTS = "starts.bin"  # where each record begins and, last, where they end
_START = 8  # bytes of one of these, a signed integer, little endian
_COUNTS = 4  # integers at the start of a record
_DAMAGED = "The index's token states are damaged. Run `qa build --fresh`."


class StoredStates(NamedTuple):
    """A passage's states as they are stored."""

    tokens: NDArray[np.int8]  # [tokens, d]
    token_spans: NDArray[np.int32]  # [tokens, 2]
    sentences: NDArray[np.int8]  # [sentences, dimension]
    sentence_spans: NDArray[np.int32]  # [sentences, 2]


@cache
def _projection(dimension: int) -> Vectors | None:
    """The projection for states of this dimension; None if they are stored in full."""
    with resources.as_file(resources.files("qa.index") / PROJECTION) as path:
        matrix: Vectors = np.load(path, allow_pickle=False).astype(np.float32)
    return matrix if matrix.shape[0] == dimension else None


def settings(dimension: int) -> dict[str, str | int]:
    """Fingerprint of everything that would change the stored states of an unchanged passage."""
    matrix = _projection(dimension)
    checksum = "" if matrix is None else hashlib.sha256(matrix.tobytes()).hexdigest()
    return {"states": FORMAT, "projection": checksum}


def query_states(reading: Reading) -> QueryStates:
    """A question's states, comparable to those of passages."""
    return QueryStates(reading.vector, _reduced(reading.states), _pairs(reading.spans))


def keep(reading: Reading, offset: int, sentences: Sequence[Span]) -> StoredStates:
    """The stored states of a passage that begins `offset` characters into the encoded text.

    The vector of a sentence is the mean of its tokens' outputs (late chunking: Günther et al. 2024, arXiv
    2409.04701), so it reflects the surrounding passage.
    """
    spans = _pairs(reading.spans) - offset
    of_passage = spans[:, 0] >= 0
    spans, states, outputs = spans[of_passage], reading.states[of_passage], reading.outputs[of_passage]
    vectors = np.zeros((len(sentences), outputs.shape[1]), np.float32)
    for number, (start, end) in enumerate(sentences):
        inside = (spans[:, 0] < end) & (spans[:, 1] > start)
        if inside.any():
            vectors[number] = outputs[inside].mean(axis=0)
    return StoredStates(
        _to_bytes(_reduced(states)),
        spans.astype(np.int32),
        _to_bytes(vectors),
        _pairs(sentences).astype(np.int32),
    )


def to_bytes(stored: StoredStates) -> bytes:
    """A passage's states as a record: four counts, then the arrays, little endian."""
    counts = np.array([*stored.tokens.shape, *stored.sentences.shape], dtype="<i4")
    spans = (stored.token_spans.astype("<i4"), stored.sentence_spans.astype("<i4"))
    return b"".join(part.tobytes() for part in (counts, *spans, stored.tokens, stored.sentences))


def from_bytes(record: bytes | memoryview) -> StoredStates:
    """Parse a record written by `to_bytes`. Raises BrokenIndex if it is invalid."""
    try:
        tokens, width, sentences, dimension = np.frombuffer(record, "<i4", _COUNTS).tolist()
        at, parts = 4 * _COUNTS, []
        for kind, rows, columns in (
            ("<i4", tokens, 2),
            ("<i4", sentences, 2),
            ("i1", tokens, width),
            ("i1", sentences, dimension),
        ):
            part = np.frombuffer(record, kind, rows * columns, at).reshape(rows, columns)
            at += part.nbytes
            parts.append(part)
    except ValueError as error:
        raise BrokenIndex(_DAMAGED) from error
    if at != len(record):
        raise BrokenIndex(_DAMAGED)
    return StoredStates(parts[2], parts[0], parts[3], parts[1])


class StatesWriter(Writer):
    """Write the records of all passages one after the other, and where each begins."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        self._records = (folder / _RECORDS).open("wb")
        self._starts = array("q", [0])

    def add(self, record: bytes | memoryview) -> None:
        """Append the record of the next row."""
        self._records.write(record)
        self._starts.append(self._starts[-1] + len(record))

    def complete(self) -> None:
        (self._folder / _STARTS).write_bytes(np.array(self._starts, dtype="<i8").tobytes())

    def close(self) -> None:
        self._records.close()


class States:
    """The stored states of a generation."""

    def __init__(self, part: Callable[[str], Sealed]) -> None:
        """`part` opens a file of the generation. Raises BrokenIndex if the files do not match."""
        self._records, self._starts = part(f"{FOLDER}/{_RECORDS}"), part(f"{FOLDER}/{_STARTS}")
        self.count = self._starts.size // _START - 1
        if self._starts.size % _START or self.count < 0 or self._start(self.count) != self._records.size:
            raise BrokenIndex(_DAMAGED)

    def _start(self, row: int) -> int:
        return int.from_bytes(self._starts.read(row * _START, (row + 1) * _START), "little", signed=True)

    def record(self, row: int) -> memoryview:
        """The stored record of a passage, for a build that reuses it."""
        return self._records.read(self._start(row), self._start(row + 1))

    def states(self, row: int) -> PassageStates:
        """The states of a passage."""
        return unpack(from_bytes(self.record(row)))


def unpack(stored: StoredStates) -> PassageStates:
    """Dequantised states, ready to compare with a question's."""
    return PassageStates(
        _unit(stored.tokens.astype(np.float32)),
        stored.token_spans.astype(np.int64),
        tuple(Span(int(start), int(end)) for start, end in stored.sentence_spans),
        _unit(stored.sentences.astype(np.float32)),
    )


def _reduced(states: Vectors) -> Vectors:
    matrix = _projection(states.shape[1])
    return states if matrix is None else _unit(states @ matrix)


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.maximum(norms, np.float32(1e-9))).astype(np.float32)
    return unit


def _to_bytes(rows: Vectors) -> NDArray[np.int8]:
    """Rows scaled to 8 bits; their lengths are lost, but are 1 after reading anyway."""
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=1e-9)
    scaled: NDArray[np.int8] = np.rint(rows / largest * 127).astype(np.int8)
    return scaled


def _pairs(spans: Sequence[Span]) -> NDArray[np.int64]:
    return np.array(spans, dtype=np.int64).reshape(-1, 2)
