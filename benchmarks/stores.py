"""Compare stores of the index: `python -m benchmarks.stores FILE PLACE…`.

FILE is in SQuAD format, as XQuAD; each paragraph becomes an article. Each PLACE is a vectors folder or an
address, in which the index is built with the default model. For each: questions whose first hit is the right
article (dense, lexical, hybrid), lists of ten that equal those of the first place, how many questions with a
filter find something else, the time of a hybrid search without the encoding of the question, and bytes a
passage.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from qa.cluster import opening
from qa.embedding import sentence_transformer
from qa.embedding.base import Encoder, Reading
from qa.index.build import build
from qa.index.search import Index
from qa.types import Filter, Hit, Mode

MODES: tuple[Mode, ...] = ("dense", "lexical", "hybrid")
EVERY = 8  # each so many questions are asked with a filter, too


class Remembering:
    """An encoder that reads a question once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name, self.fingerprint, self.dimension = encoder.name, encoder.fingerprint, encoder.dimension
        self._read: dict[str, Reading] = {}

    def prepare(self) -> None:
        self._encoder.prepare()

    def token_count(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.token_count(texts)

    def read(self, texts: Sequence[str], *, query: bool = False) -> list[Reading]:
        if not query:
            return self._encoder.read(texts)
        for text in texts:
            if text not in self._read:
                (self._read[text],) = self._encoder.read([text], query=True)
        return [self._read[text] for text in texts]


def ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage.passage_id for hit in hits]


class Asked(NamedTuple):
    """A question, and the article that answers it."""

    question: str
    article_id: str


def read(file: Path) -> tuple[dict[str, str], list[Asked]]:
    """The articles, by file name, and the questions."""
    files, asked = {}, []
    for a, article in enumerate(json.loads(file.read_text("utf-8"))["data"]):
        for p, paragraph in enumerate(article["paragraphs"]):
            name = f"a{a:03}p{p:02}.txt"
            files[name] = paragraph["context"]
            asked += [Asked(row["question"], name) for row in paragraph["qas"]]
    return files, asked


def firsts(index: Index, asked: Sequence[Asked], mode: Mode) -> tuple[int, list[list[str]], list[float]]:
    """How many first hits are right, the lists of ten, and the seconds of each search."""
    right, lists, seconds = 0, [], []
    for question, article_id in asked:
        index.query(question)
        began = time.perf_counter()
        hits = index.retrieve(question, mode=mode)
        seconds.append(time.perf_counter() - began)
        right += bool(hits) and hits[0].passage.article_id == article_id
        lists.append(ids(hits))
    return right, lists, seconds


def filtered(index: Index, asked: Sequence[Asked]) -> list[list[str]]:
    """The lists of some questions within the article that answers."""
    return [
        ids(index.retrieve(question, where=Filter(article_id=article_id)))
        for question, article_id in asked[::EVERY]
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("places", nargs="+")
    args = parser.parse_args()
    files, asked = read(args.file)
    encoder = Remembering(sentence_transformer.load(sentence_transformer.DEFAULT_MODEL))
    expected: dict[str, list[list[str]]] = {}
    print(
        "| store | dense | lexical | hybrid | lists of ten | filters differ | p50/p95 ms | bytes a passage |"
    )
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        for place in args.places:
            store = opening.store(place)
            build(folder, store, encoder=encoder)
            index = Index(store.open(), encoder)
            counts, same = [], 0
            for mode in MODES:
                right, lists, seconds = firsts(index, asked, mode)
                counts.append(right)
                expected.setdefault(mode, lists)
                same = sum(a == b for a, b in zip(lists, expected[mode], strict=True))
            narrow = filtered(index, asked)
            expected.setdefault("filter", narrow)
            differ = sum(a != b for a, b in zip(narrow, expected["filter"], strict=True))
            p50, p95 = (1000 * float(np.percentile(seconds, p)) for p in (50, 95))
            (size,) = (row.bytes for row in store.listing() if row.current)
            row = [
                place.rpartition("@")[2],
                *map(str, counts),
                f"{same} of {len(lists)}",
                f"{differ} of {len(narrow)}",
                f"{p50:.1f} / {p95:.1f}",
                f"{size / index.manifest.passages:,.0f}",
            ]
            print(f"| {' | '.join(row)} |", flush=True)
            index.close()


if __name__ == "__main__":
    main()
