"""Compare BM25 over generated passages with bm25s and, if installed, tantivy.

`python -m benchmarks.lexical_peers [--passages 100000]`: the same terms and questions, one line for each.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.index_size import ROOT, memory
from benchmarks.scale import OF_WORDS, QUESTIONS, articles

DEPTH = 100


def passages(count: int) -> Iterator[list[str]]:
    """Words of each generated passage."""
    for article, spans in articles(count):
        yield from (article.text[start : end - 1].split() for start, end in spans)


def questions(count: int) -> list[list[str]]:
    """Some words of the first passages, which are drawn like all others."""
    chance = np.random.default_rng(2)
    found = [
        chance.choice(sorted(set(words)), OF_WORDS, replace=False).tolist()
        for words in passages(min(count, QUESTIONS * 10))
    ]
    return found[::10]


def own(count: int, folder: Path) -> Callable[[list[str]], object]:
    """This project's index."""
    from qa.index import bm25_index, bm25_writer
    from qa.storage import generations, manifest, publishing

    bm25_writer.save(folder / bm25_index.FOLDER, count, enumerate(passages(count)))
    about = manifest.Manifest("x", "", "", "", 0, {}, "", 0, count, {})
    publishing.finish(folder.parent, folder, about)
    index = bm25_index.LexicalIndex(generations.Generation(folder.parent / "x").part)
    return lambda words: index.search(words, DEPTH)


def bm25s(count: int, folder: Path) -> Callable[[list[str]], object]:
    """bm25s, saved and loaded memory-mapped, with numpy."""
    import bm25s as library

    made = library.BM25(method="lucene", k1=1.5, b=0.75)
    made.index(list(passages(count)), show_progress=False)
    made.save(folder)
    index = library.BM25.load(folder, mmap=True)
    return lambda words: index.retrieve([words], k=DEPTH, show_progress=False)


def tantivy(count: int, folder: Path) -> Callable[[list[str]], object]:
    """tantivy with its default BM25 (k1 1.2) and texts cut at spaces."""
    import tantivy as library

    schema = library.SchemaBuilder()
    schema.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    schema.add_integer_field("row", stored=True)
    index = library.Index(schema.build(), path=str(folder))
    writer = index.writer(heap_size=500_000_000)
    for row, words in enumerate(passages(count)):
        writer.add_document(library.Document(text=" ".join(words), row=row))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    return lambda words: searcher.search(index.parse_query(" ".join(words), ["text"]), DEPTH)


KINDS = {"own": own, "bm25s": bm25s, "tantivy": tantivy}


def main() -> None:
    """Measure each kind in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--kind", choices=KINDS)
    args = parser.parse_args()
    if not args.kind:
        for kind in KINDS:
            command = [sys.executable, "-m", "benchmarks.lexical_peers", "--kind", kind]
            subprocess.run([*command, "--passages", str(args.passages)], cwd=ROOT, check=kind != "tantivy")
        return
    asked = questions(args.passages)
    began = time.perf_counter()
    for _ in passages(args.passages):
        pass
    drawing = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "index"
        place.mkdir()
        began = time.perf_counter()
        search = KINDS[args.kind](args.passages, place)
        built = time.perf_counter() - began - drawing
        took = []
        for words in asked:
            began = time.perf_counter()
            search(words)
            took.append(1000 * (time.perf_counter() - began))
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 2**20
        middle, most = np.percentile(took, [50, 95])
        print(
            f"{args.kind:<8} {args.passages} passages: built in {built:.0f} s, {size:.0f} MB on disk,"
            f" search p50 {middle:.2f} p95 {most:.2f} ms, in memory {sum(memory().values()) / 1024:.0f} MB"
        )


if __name__ == "__main__":
    main()
