"""Unit vectors in 4 bits a number: rotated, then rounded to the sixteen best levels for normal numbers.

After a rotation by random signs and Hadamard matrices the numbers of a unit vector of d dimensions are close
to normal with variance 1/d (Suresh et al. 2017, arXiv 1611.00429), so one table of levels serves every row
and no scale is stored. Figures: docs/decisions/0046-four-bits.md.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from qa.types import Vectors

FORMAT = 1  # increased whenever the same rows would get other codes
_SEED = 1  # of the signs
# Max 1960, "Quantizing for minimum distortion", table I, N = 16.
_POSITIVE = np.array([0.1284, 0.3881, 0.6568, 0.9424, 1.256, 1.618, 2.069, 2.733], np.float32)
_LEVELS = np.concatenate([-_POSITIVE[::-1], _POSITIVE])
_BOUNDS = (_LEVELS[1:] + _LEVELS[:-1]) / 2

Codes = NDArray[np.uint8]


def encode(rows: Vectors) -> Codes:
    """Codes from 0 to 15 of rows of length 1 or 0, [n, d].

    A row of zeros has the code 0 throughout: the lowest level everywhere, which no unit vector comes near.
    """
    width = rows.shape[1]
    codes: Codes = np.searchsorted(_BOUNDS, rows @ _rotation(width) * np.float32(width**0.5)).astype(np.uint8)
    codes[~rows.any(axis=1)] = 0
    return codes


def decode(codes: Codes) -> Vectors:
    """The rows of `encode`, of length 1 or 0, [n, d]."""
    rows = _LEVELS[codes]
    rows[~codes.any(axis=1)] = 0
    norms = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-9))
    unit: Vectors = (rows / norms) @ _rotation(codes.shape[1]).T
    return unit


def pack(codes: Codes) -> bytes:
    """Two codes in a byte, the first one in its lower half; the last byte of an odd number holds one."""
    flat = codes.ravel()
    if len(flat) % 2:
        flat = np.append(flat, np.uint8(0))
    return (flat[::2] | flat[1::2] << 4).tobytes()


def packed_bytes(rows: int, width: int) -> int:
    """Bytes of packed codes [rows, width]."""
    return (rows * width + 1) // 2


def unpack(packed: NDArray[np.uint8], rows: int, width: int) -> Codes:
    """The codes of `pack`, [rows, width]."""
    codes = np.stack([packed & 15, packed >> 4], -1).ravel()[: rows * width]
    return codes.reshape(rows, width)


@cache
def _rotation(width: int) -> Vectors:
    """An orthogonal matrix [d, d]: random signs, then Hadamard matrices as large as d allows."""
    block = width & -width  # the largest power of two that divides it
    hadamard = np.ones((1, 1), np.float32)
    while len(hadamard) < block:
        hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
    signs = np.random.default_rng(_SEED).choice(np.array([-1, 1], np.float32), width)
    whole: Vectors = signs[:, None] * np.kron(np.eye(width // block, dtype=np.float32), hadamard)
    return whole / np.float32(block**0.5)
