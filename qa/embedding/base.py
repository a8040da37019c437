"""Interface to an embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.types import Span, Vectors


class Reading(NamedTuple):
    """Encoder output for one text from a single pass; special tokens and the prompt have no row."""

    vector: NDArray[np.float32]  # [dimension], unit length: the whole text
    states: Vectors  # [tokens, dimension] of a middle layer, unit length: what each word means here
    outputs: Vectors  # [tokens, dimension] of the last layer, which are averaged to the vector
    spans: tuple[Span, ...]  # character range of each token


class Encoder(Protocol):
    """What the project needs of an embedding model."""

    @property
    def name(self) -> str:
        """Model name or path as given by the user."""

    @property
    def fingerprint(self) -> str:
        """Fingerprint that changes whenever the output for the same text would."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def prepare(self) -> None:
        """Do the one-time work before encoding many texts; may be called concurrently and repeatedly."""

    def token_count(self, texts: Sequence[str]) -> list[int]:
        """Number of tokens of each text, used to batch texts of similar length."""

    def read(self, texts: Sequence[str], *, query: bool = False) -> list[Reading]:
        """Encode passages or questions, in the order of `texts`."""
