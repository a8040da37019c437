"""Cost of an index: a full build, a rebuild after one changed article, opening a large one.

`python -m benchmarks.index_size` writes generated articles and synthetic vectors to a temporary folder and
needs no model: the first part uses the tests' stand-in.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from qa.embedding.base import Reading
from qa.index import bm25_index, bm25_writer, build, dense, token_states
from qa.index.article_writer import ArticleWriter
from qa.index.articles import digest
from qa.storage import publishing
from qa.storage.manifest import Manifest
from qa.types import Article, Span

ROOT = Path(__file__).resolve().parents[1]
ARTICLES = 1000
PARAGRAPHS, SENTENCES, WORDS = 5, 6, 13  # of a generated article, a paragraph, a sentence
# CPU seconds the default model takes for one of their passages (380 characters; one thread, no bfloat16
# units), measured together with the figures in docs/decisions/0017-index-by-size.md.
MODEL_SECONDS = 0.07
PASSAGES = 200_000
PER_ARTICLE = 10  # passages of a synthetic article
DIMENSION, REDUCED = 384, 64  # of the default model's vectors and of its kept states
TOKENS, OF_SENTENCES = 150, 6  # in a synthetic passage
VOCABULARY = 300_000


def main() -> None:
    """Run both parts and print a line for each figure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--passages", type=int, default=PASSAGES)
    parser.add_argument("--opened", metavar="FOLDER", help=argparse.SUPPRESS)  # the child of `large`
    args = parser.parse_args()
    if args.opened:
        opened(Path(args.opened))
        return
    with tempfile.TemporaryDirectory() as folder:
        renewed(Path(folder), args.articles)
        large(Path(folder) / "large", args.passages)


# -- one changed article


def renewed(folder: Path, articles: int) -> None:
    """Time a full build and one after a change to one article."""
    from tests.support.standin import StandIn

    chance = random.Random(1)  # noqa: S311
    text = " ".join(path.read_text("utf-8") for path in sorted((ROOT / "seeds").glob("*.md")))
    words = [word for word in text.split() if word.isalpha()]
    corpus = folder / "corpus"
    corpus.mkdir()
    for number in range(articles):
        (corpus / f"{number:05}.md").write_text(_article(chance, words, number), encoding="utf-8")
    encoder = StandIn()
    began = time.process_time()
    full = build.build(corpus, folder / "v", encoder=encoder)
    full_cpu = time.process_time() - began
    (corpus / "00007.md").write_text(_article(chance, words, articles), encoding="utf-8")
    began = time.process_time()
    one = build.build(corpus, folder / "v", encoder=encoder)
    one_cpu = time.process_time() - began
    print(f"{full.articles} articles, {full.passages} passages, with the stand-in for the model:")
    print(f"  full build                 {full.seconds:8.2f} s, {full_cpu:.2f} s of CPU")
    print(f"  after one changed article  {one.seconds:8.2f} s, {one_cpu:.2f} s of CPU")
    print(f"  ratio                      {full_cpu / one_cpu:8.1f} ({one.embedded} passages embedded)")
    slow = full_cpu + full.embedded * MODEL_SECONDS, one_cpu + one.embedded * MODEL_SECONDS
    print(f"  with the default model, at {MODEL_SECONDS} s a passage: {slow[0]:.0f} s, {slow[1]:.1f} s")
    print(f"  ratio                      {slow[0] / slow[1]:8.1f}")


def _article(chance: random.Random, words: list[str], number: int) -> str:
    paragraphs = [
        " ".join(" ".join(chance.choices(words, k=WORDS)).capitalize() + "." for _ in range(SENTENCES))
        for _ in range(PARAGRAPHS)
    ]
    body = "\n\n".join(paragraphs)
    return f"---\ntitle: Artikel {number}\ndate: 2024-10-16\nlanguage: de\n---\n{body}\n"


# -- a large index


def large(vectors: Path, passages: int) -> None:
    """Write an index of synthetic passages and open it in a process of its own."""
    began = time.perf_counter()
    manifest = _write(vectors, passages)
    print(f"{passages} synthetic passages, {manifest.bytes / 2**20:,.0f} MB on disk:")
    print(f"  written in                 {time.perf_counter() - began:8.1f} s")
    command = [sys.executable, "-m", "benchmarks.index_size", "--opened", str(vectors)]
    subprocess.run(command, cwd=ROOT, check=True)


def _write(vectors: Path, passages: int) -> Manifest:
    name = publishing.new_name(vectors)
    target = publishing.start(vectors, name)
    chance = np.random.default_rng(1)
    texts = [f"Absatz {number} von einem Artikel. " + "Wort " * 120 for number in range(PER_ARTICLE)]
    joined = "\n\n".join(texts)
    spans = [Span(joined.index(text), joined.index(text) + len(text)) for text in texts]
    articles = passages // PER_ARTICLE
    with ArticleWriter(target) as written:
        for number in range(articles):
            about = Article(f"{number:06}.md", f"Artikel {number}", joined, "Blatt", "", "2024-10-16", "de")
            written.add(about, digest(about), spans)
    one = record(chance)
    with (
        dense.DenseWriter(target / dense.FILE, DIMENSION) as rows,
        token_states.StatesWriter(target / token_states.FOLDER) as kept,
    ):
        for _ in range(articles):
            some = chance.standard_normal((PER_ARTICLE, DIMENSION)).astype(np.float32)
            rows.add(some / np.linalg.norm(some, axis=1, keepdims=True))
            for _ in range(PER_ARTICLE):
                kept.add(one)
    bm25_writer.save(target / bm25_index.FOLDER, passages, _terms(chance, passages))
    manifest = Manifest(
        name, publishing.now(), "none", "none", DIMENSION, {}, "none", articles, articles * PER_ARTICLE, {}
    )
    return publishing.finish(vectors, target, manifest)


def record(chance: np.random.Generator, tokens: int = TOKENS, sentences: int = OF_SENTENCES) -> bytes:
    """The stored states of a synthetic passage."""
    rows = chance.standard_normal((tokens, DIMENSION)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    reading = Reading(rows[0], rows, rows, tuple(Span(4 * n, 4 * n + 3) for n in range(tokens)))
    length = 4 * tokens // sentences
    spans = [Span(n * length, (n + 1) * length - 1) for n in range(sentences)]
    return token_states.to_bytes(token_states.keep(reading, 0, spans))


def _terms(chance: np.random.Generator, passages: int) -> Iterator[tuple[int, list[str]]]:
    """Terms with the frequencies of a natural language (Zipf), half as many as a passage has words."""
    for row in range(passages):
        drawn = np.minimum(chance.zipf(1.3, TOKENS // 2), VOCABULARY)
        yield row, [f"wort{number}" for number in drawn.tolist()]


def opened(vectors: Path) -> None:
    """In a fresh process: the time to open, a first and a second search, and what each adds to memory."""
    import faiss  # noqa: F401  (what a process that embeds has loaded anyway)

    from qa.index.base import QueryStates
    from qa.index.search import Index

    before = memory()
    began = time.perf_counter()
    index = Index.open(vectors)
    print(f"  opened in                  {time.perf_counter() - began:8.3f} s, {_grown(before)}")
    query = np.random.default_rng(2).standard_normal(DIMENSION).astype(np.float32)
    asked = QueryStates(
        query / np.linalg.norm(query), np.empty((0, REDUCED), np.float32), np.empty((0, 2), np.int64)
    )
    index.query = lambda question: asked  # type: ignore[method-assign]
    for name in ("first search", "second search"):
        began = time.perf_counter()
        hits = index.search("wort1 wort77 wort12345", k=10)
        _ = (
            index.states([hit.passage for hit in hits]),
            [index.article(hit.passage.article_id) for hit in hits],
        )
        print(f"  {name:<26} {time.perf_counter() - began:8.3f} s, {_grown(before)}")


def memory() -> dict[str, int]:
    """Memory of this process in kB: its own, and that of mapped files, which the system may drop."""
    lines = Path(f"/proc/{os.getpid()}/status").read_text().splitlines()
    return {
        line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("RssAnon", "RssFile"))
    }


def _grown(before: dict[str, int]) -> str:
    own, mapped = ((memory()[name] - before[name]) / 1024 for name in ("RssAnon", "RssFile"))
    return f"memory +{own:.0f} MB, mapped files +{mapped:.0f} MB"


if __name__ == "__main__":
    main()
