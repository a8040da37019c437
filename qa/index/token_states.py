"""Stored encoder output of each passage for evidence model and reader: 4 bits a number, memory-mapped.

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
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.embedding.base import Reading
from qa.errors import BrokenIndex
from qa.index import four_bits
from qa.index.base import PassageStates, QueryStates
from qa.index.writer import Writer
from qa.storage.base import Sealed
from qa.types import Span, Vectors

FOLDER = "states"  # within a generation
FORMAT = 2  # increased whenever the same encoder output would be stored differently
# 384 -> 64 values per token: the first principal components of the default model's states on the English
# XQuAD dev paragraphs, computed by benchmarks/train.py.
PROJECTION = "projection.npy"
_RECORDS = "records.bin"
_STARTS = "starts.bin"  # where each record begins and, last, where they end
_START = 8  # bytes of one of these, a signed integer, little endian
_COUNTS = 6  # integers at the start of a record: of tokens, of sentences, bytes of a number of their spans
_SPAN_TYPES = {1: "<u1", 2: "<u2", 4: "<i4"}  # by bytes
_DAMAGED = "The index's token states are damaged. Run `qa build --fresh`."


class StoredStates(NamedTuple):
    """A passage's states as they are stored; vectors as codes of `four_bits`."""

    tokens: four_bits.Codes  # [tokens, d]
    token_spans: NDArray[np.int64]  # [tokens, 2]
    sentences: four_bits.Codes  # [sentences, dimension]
    sentence_spans: NDArray[np.int64]  # [sentences, 2]


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
    return {"states": f"{FORMAT}.{four_bits.FORMAT}", "projection": checksum}


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
        four_bits.encode(_reduced(states)), spans, four_bits.encode(_unit(vectors)), _pairs(sentences)
    )


def to_bytes(stored: StoredStates) -> bytes:
    """A passage's states as a record: six counts, the spans, then the codes."""
    parts = [_packed_spans(stored.token_spans), _packed_spans(stored.sentence_spans)]
    sizes = [part.itemsize for part in parts]
    counts = np.array([*stored.tokens.shape, *stored.sentences.shape, *sizes], "<i4")
    codes = four_bits.pack(stored.tokens) + four_bits.pack(stored.sentences)
    return counts.tobytes() + b"".join(part.tobytes() for part in parts) + codes


def from_bytes(record: bytes | memoryview) -> StoredStates:
    """Parse a record written by `to_bytes`. Raises BrokenIndex if it is invalid."""
    try:
        counts = np.frombuffer(record, "<i4", _COUNTS).tolist()
        tokens, width, sentences, dimension, *sizes = counts
        if min(counts) < 0:
            raise ValueError
        at, spans, codes = 4 * _COUNTS, [], []
        for rows, size in zip((tokens, sentences), sizes, strict=True):
            part = np.frombuffer(record, _SPAN_TYPES[size], 2 * rows, at)
            at += part.nbytes
            spans.append(_unpacked_spans(part))
        for rows, columns in ((tokens, width), (sentences, dimension)):
            part = np.frombuffer(record, "u1", four_bits.packed_bytes(rows, columns), at)
            at += part.nbytes
            codes.append(four_bits.unpack(part, rows, columns))
    except (ValueError, KeyError) as error:
        raise BrokenIndex(_DAMAGED) from error
    if at != len(record):
        raise BrokenIndex(_DAMAGED)
    return StoredStates(codes[0], spans[0], codes[1], spans[1])


def _packed_spans(spans: NDArray[np.int64]) -> NDArray[Any]:
    """Steps from each start to the next and lengths, in the fewest bytes that hold them all."""
    steps = np.stack([np.diff(spans[:, 0], prepend=0), spans[:, 1] - spans[:, 0]], 1)
    within = bool((steps >= 0).all())
    largest = int(steps.max(initial=0))
    size = next((size for size in (1, 2) if within and largest < 256**size), 4)
    return steps.astype(_SPAN_TYPES[size])


def _unpacked_spans(packed: NDArray[Any]) -> NDArray[np.int64]:
    """The spans of `_packed_spans`, [n, 2]."""
    steps = packed.reshape(-1, 2).astype(np.int64)
    starts = steps[:, 0].cumsum()
    return np.stack([starts, starts + steps[:, 1]], 1)


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
    """The vectors, ready to compare with a question's."""
    return PassageStates(
        four_bits.decode(stored.tokens),
        stored.token_spans,
        tuple(Span(start, end) for start, end in stored.sentence_spans.tolist()),
        four_bits.decode(stored.sentences),
    )


def _reduced(states: Vectors) -> Vectors:
    matrix = _projection(states.shape[1])
    return states if matrix is None else _unit(states @ matrix)


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.maximum(norms, np.float32(1e-9))).astype(np.float32)
    return unit


def _pairs(spans: Sequence[Span]) -> NDArray[np.int64]:
    return np.array(spans, dtype=np.int64).reshape(-1, 2)
