"""The seam between this project and an embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.types import Span, Vectors


class Reading(NamedTuple):
    """What an encoder makes of one text in one pass; special tokens and the prompt have no row."""

    vector: NDArray[np.float32]  # [dimension], unit length: the text as a whole
    states: Vectors  # [tokens, dimension] of a middle layer, unit length: what each word means here
    outputs: Vectors  # [tokens, dimension] of the last layer, as they are averaged to the vector
    spans: tuple[Span, ...]  # characters of the text that each token stands for


class Encoder(Protocol):
    """What the project needs of an embedding model."""

    @property
    def name(self) -> str:
        """Model name or path as given by the user."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the readings of the same text would."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def prepare(self) -> None:
        """Do what is done once before many texts are read; called beside other work, maybe more than once."""

    def token_count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, by which texts of about one length are put together."""

    def read(self, texts: Sequence[str], *, query: bool = False) -> list[Reading]:
        """Readings of texts to be found, or of questions, in the order of `texts`."""
