"""What the encoder made of each passage, kept for the evidence model: 8 bits a number, memory-mapped.

A passage is read once, when the index is built. Its tokens' states and its sentences' vectors are
kept here, so that a question is compared with them without running the model again. States of the
default model are first reduced by a fixed projection; those of another model are kept whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.errors import BrokenIndex
from qa.types import PassageStates, QueryStates, Reading, Span, Vectors

FOLDER = "states"  # within a generation
FORMAT = 1
# 384 -> 64 numbers a token: the first principal directions of the default model's states over the
# English XQuAD dev paragraphs, found by benchmarks/train.py.
PROJECTION = "projection.npy"
_PARTS = ("tokens", "token_spans", "token_starts", "sentences", "sentence_spans", "sentence_starts")


class Kept(NamedTuple):
    """A passage's states as they are stored."""

    tokens: NDArray[np.int8]  # [tokens, d]
    token_spans: NDArray[np.int32]  # [tokens, 2]
    sentences: NDArray[np.int8]  # [sentences, dimension]
    sentence_spans: NDArray[np.int32]  # [sentences, 2]


@cache
def _projection(dimension: int) -> Vectors | None:
    """The projection for states of this dimension; None where they are kept whole."""
    with resources.as_file(resources.files("qa") / PROJECTION) as path:
        matrix: Vectors = np.load(path, allow_pickle=False).astype(np.float32)
    return matrix if matrix.shape[0] == dimension else None


def settings(dimension: int) -> dict[str, str | int]:
    """Whatever changes the kept states of an unchanged passage."""
    matrix = _projection(dimension)
    known = "" if matrix is None else hashlib.sha256(matrix.tobytes()).hexdigest()
    return {"states": FORMAT, "projection": known}


def query_states(reading: Reading) -> QueryStates:
    """A question's states, comparable with those of passages."""
    return QueryStates(reading.vector, _reduced(reading.states), _pairs(reading.spans))


def keep(reading: Reading, offset: int, sentences: Sequence[Span]) -> Kept:
    """What is stored of a passage that begins `offset` characters into the text that was read.

    The vector of a sentence is the mean of its tokens' outputs (late chunking: Günther et al. 2024,
    arXiv 2409.04701), so it knows the passage around it.
    """
    spans = _pairs(reading.spans) - offset
    own = spans[:, 0] >= 0
    spans, states, outputs = spans[own], reading.states[own], reading.outputs[own]
    vectors = np.zeros((len(sentences), outputs.shape[1]), np.float32)
    for number, (start, end) in enumerate(sentences):
        inside = (spans[:, 0] < end) & (spans[:, 1] > start)
        if inside.any():
            vectors[number] = outputs[inside].mean(axis=0)
    return Kept(
        _to_bytes(_reduced(states)),
        spans.astype(np.int32),
        _to_bytes(vectors),
        _pairs(sentences).astype(np.int32),
    )


def save(kept: Sequence[Kept], folder: Path) -> None:
    """Write the states of all passages, row i for the i-th."""
    folder.mkdir()
    parts = {
        "tokens": np.concatenate([k.tokens for k in kept]),
        "token_spans": np.concatenate([k.token_spans for k in kept]),
        "token_starts": np.cumsum([0, *(len(k.tokens) for k in kept)]),
        "sentences": np.concatenate([k.sentences for k in kept]),
        "sentence_spans": np.concatenate([k.sentence_spans for k in kept]),
        "sentence_starts": np.cumsum([0, *(len(k.sentences) for k in kept)]),
    }
    for name, part in parts.items():
        np.save(folder / f"{name}.npy", part, allow_pickle=False)


class States:
    """The kept states of a generation."""

    def __init__(self, folder: Path) -> None:
        """Raises BrokenIndex where `folder` holds no states that fit each other."""
        try:
            parts = [np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _PARTS]
            self._tokens, self._token_spans, self._token_starts = parts[:3]
            self._sentences, self._sentence_spans, self._sentence_starts = parts[3:]
            self.count = len(self._token_starts) - 1
            whole = (
                len(self._tokens) == len(self._token_spans) == self._token_starts[-1]
                and len(self._sentences) == len(self._sentence_spans) == self._sentence_starts[-1]
                and len(self._sentence_starts) == len(self._token_starts)
            )
        except (OSError, ValueError, IndexError, TypeError) as error:
            raise BrokenIndex("The states of the index are damaged; run `qa build --fresh`.") from error
        if not whole:
            raise BrokenIndex("The states of the index do not belong together; run `qa build --fresh`.")

    def kept(self, row: int) -> Kept:
        """What is stored of a passage, for a build that takes it over."""
        tokens = slice(self._token_starts[row], self._token_starts[row + 1])
        sentences = slice(self._sentence_starts[row], self._sentence_starts[row + 1])
        return Kept(
            np.array(self._tokens[tokens]),
            np.array(self._token_spans[tokens]),
            np.array(self._sentences[sentences]),
            np.array(self._sentence_spans[sentences]),
        )

    def states(self, row: int) -> PassageStates:
        """The states of a passage."""
        return unpack(self.kept(row))


def unpack(kept: Kept) -> PassageStates:
    """The states as they are compared with a question's."""
    return PassageStates(
        _unit(kept.tokens.astype(np.float32)),
        kept.token_spans.astype(np.int64),
        tuple(Span(int(start), int(end)) for start, end in kept.sentence_spans),
        _unit(kept.sentences.astype(np.float32)),
    )


def _reduced(states: Vectors) -> Vectors:
    matrix = _projection(states.shape[1])
    return states if matrix is None else _unit(states @ matrix)


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.maximum(norms, np.float32(1e-9))).astype(np.float32)
    return unit


def _to_bytes(rows: Vectors) -> NDArray[np.int8]:
    """Rows scaled to fill 8 bits; their lengths are lost, which are 1 anyway once read back."""
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=1e-9)
    scaled: NDArray[np.int8] = np.rint(rows / largest * 127).astype(np.int8)
    return scaled


def _pairs(spans: Sequence[Span]) -> NDArray[np.int64]:
    return np.array(spans, dtype=np.int64).reshape(-1, 2)
