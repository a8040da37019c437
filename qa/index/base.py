"""What an index keeps of a passage and makes of a question, beside their vectors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.types import Span, Vectors


class PassageStates(NamedTuple):
    """What an index keeps of the reading of a passage; offsets count from the passage's start."""

    tokens: Vectors  # [tokens, d], unit length, comparable with those of `QueryStates`
    token_spans: NDArray[np.int64]  # [tokens, 2], ascending
    sentences: tuple[Span, ...]
    sentence_vectors: Vectors  # [sentences, dimension], unit length


class QueryStates(NamedTuple):
    """What an index makes of a question."""

    vector: NDArray[np.float32]  # [dimension], unit length
    tokens: Vectors  # [tokens, d], unit length
    token_spans: NDArray[np.int64]  # [tokens, 2], ascending
