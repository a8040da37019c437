"""Tokens of questions and passages with the characters that each stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.reader.project import Span

METASPACE = "▁"  # SentencePiece's sign for a space; alone it stands for no character
TITLE_TOKENS = 16  # of the title above a passage; the rest is cut off
QUESTION_TOKENS = 64

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text that stand for characters, in order."""

    ids: Ids  # [tokens]
    spans: NDArray[np.int64]  # [tokens, 2], characters of the text

    def sentence_numbers(self, sentences: Sequence[Span]) -> Ids:
        """The sentence that each token lies in, [tokens]; -1 for none."""
        numbers = np.full(len(self.ids), -1, np.int64)
        for number, (start, end) in enumerate(sentences):
            numbers[(self.spans[:, 0] < end) & (self.spans[:, 1] > start)] = number
        return numbers

    def covering(self, span: Span) -> Span | None:
        """The tokens, from the first to behind the last, that share a character with `span`."""
        found = np.flatnonzero((self.spans[:, 0] < span.end) & (self.spans[:, 1] > span.start))
        return Span(int(found[0]), int(found[-1]) + 1) if len(found) else None


class Tokenizer:
    """The default model's tokenizer; gives the tokens an index keeps of a text."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer as Backend

        backend: Any = Backend.from_file(str(folder / "tokenizer.json"))
        self._backend = backend
        self._backend.no_truncation()
        self._backend.no_padding()
        self.bos: int = self._backend.token_to_id("<s>")
        self.eos: int = self._backend.token_to_id("</s>")
        self.pad: int = self._backend.token_to_id("<pad>")

    def __call__(self, texts: Sequence[str], *, before: Sequence[str] | None = None) -> list[Tokens]:
        """The tokens of each text; `before` are prompts and titles that are read but get no row."""
        found = []
        heads = before or [""] * len(texts)
        whole = [head + text for head, text in zip(heads, texts, strict=True)]
        for text, head, encoding in zip(texts, heads, self.encode(whole), strict=True):
            kept, spans = kept_tokens(text, len(head), encoding)
            found.append(
                Tokens(np.array(encoding.ids, np.int64)[kept], np.array(spans, np.int64).reshape(-1, 2))
            )
        return found

    def encode(self, texts: Sequence[str], most: int = 0) -> list[Any]:
        """The tokenizer's account of each text with its special tokens, cut to `most` tokens (0: uncut)."""
        if most:
            self._backend.enable_truncation(most)
        encodings: list[Any] = self._backend.encode_batch(list(texts))
        self._backend.no_truncation()
        return encodings


def kept_tokens(text: str, offset: int, encoding: Any) -> tuple[list[int], list[Span]]:
    """Positions and spans of the tokens that stand for characters of `text`, which begins at `offset`."""
    kept, spans = [], []
    columns = zip(encoding.offsets, encoding.special_tokens_mask, encoding.tokens, strict=True)
    for position, ((begin, stop), special, token) in enumerate(columns):
        start, end = max(begin - offset, 0), stop - offset
        if special or end <= start or token == METASPACE:
            continue
        surface = text[start:end]
        start += len(surface) - len(surface.lstrip())
        if start < end:
            kept.append(position)
            spans.append(Span(start, end))
    return kept, spans
