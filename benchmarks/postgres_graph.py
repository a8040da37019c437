"""PostgreSQL's graph of vectors: `python -m benchmarks.postgres_graph [--passages 70000] [--ef 100,200,400]`.

Fills the tables of a real index with synthetic passages, as a build does, in a server that it starts: vectors
in topics and stories like those of the default model (`benchmarks.scale`), texts of a few words. Then it asks
questions near passages, without a filter and with filters that leave some rows, and compares the first ten
rows with those of all vectors. CPU time is that of the server and of this process. Needs the packages of
tests/cluster/requirements.txt, and Linux.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import psycopg

from benchmarks import processor
from benchmarks.index_size import DIMENSION, PER_ARTICLE, record
from benchmarks.scale import ARTICLES_OF_A_STORY, NEAR, clustered
from qa.cluster import opening, retrieval, sessions
from qa.cluster.documents import PostgresDocuments
from qa.index.articles import digest
from qa.index.base import Computed
from qa.index.fusion import DEPTH
from qa.index.reuse import NEW
from qa.storage.manifest import Manifest
from qa.types import Article, Filter, Rows, Span, Vectors
from tests.cluster.servers import Postgres

PASSAGES, QUESTIONS, K = 70_000, 100, 10
AT_ONCE = 1_000  # rows put in one call
LATE = "2025-01-01"  # the date of six stories of seven; the others are older
MEMORY = ("64MB", "256MB")  # of the server while it builds the graph
FILTERS = {
    "none": Filter(),
    "1 %": Filter(source="Blatt 0"),
    "10 %": Filter(source="Blatt 1"),
    "6 of 7": Filter(since=LATE),
}


@dataclass(frozen=True, slots=True)
class Model:
    """What a store must know of a model."""

    name: str = "none"
    fingerprint: str = "none"
    dimension: int = DIMENSION


def articles(passages: int) -> Iterator[tuple[Article, list[Span]]]:
    """Articles of short passages, no two of them alike."""
    count = passages // PER_ARTICLE
    for number in range(count):
        text = " ".join(f"Satz {number}-{part}." for part in range(PER_ARTICLE))
        ends = np.cumsum([len(sentence) + 1 for sentence in text.replace(". ", ".\n").split("\n")]).tolist()
        starts = [0, *ends[:-1]]
        spans = [Span(start, end - 1) for start, end in zip(starts, ends, strict=True)]
        story = number % -(-count // ARTICLES_OF_A_STORY)
        outlet = "Blatt 0" if number % 100 == 0 else "Blatt 1" if number % 10 == 1 else "Blatt 2"
        date = "2024-05-01" if story % 7 == 0 else LATE
        yield Article(f"{number:06}.md", f"Nr. {number}", text, outlet, "", date, "de"), spans


def fill(address: str, passages: int) -> Vectors:
    """Build a generation; its vectors."""
    store, model = opening.store(address), Model()
    vectors = np.concatenate(list(clustered(passages)))
    states = record(np.random.default_rng(1), 1, 1)
    with store.writing():
        target = store.target(model, {}, None, fresh=True)
        for article, spans in articles(passages):
            target.add(article, digest(article), spans)
        target.complete_articles()
        for begin in range(0, passages, AT_ONCE):
            rows = range(begin, min(begin + AT_ONCE, passages))
            target.put({row: Computed(vectors[row : row + 1], states) for row in rows})
        manifest = Manifest(
            target.generation,
            "",
            model.name,
            model.fingerprint,
            DIMENSION,
            {},
            "none",
            passages // PER_ARTICLE,
            passages,
            {},
        )
        target.publish(manifest, np.full(passages, NEW))
    return vectors


def graph(server: Postgres, address: str) -> None:
    """Print how long the graph takes to build, by the memory for it, and how large it is."""
    with psycopg.connect(address, autocommit=True) as connection:
        ((schema,),) = connection.execute("SELECT name FROM qa.served")
        connection.execute(f'SET search_path = "{schema}",public')
        for memory in MEMORY:
            connection.execute("DROP INDEX candidate_vector_idx")
            connection.execute(f"SET maintenance_work_mem = '{memory}'")
            began, used = time.perf_counter(), cpu(server)
            connection.execute("CREATE INDEX ON candidate USING hnsw (vector halfvec_ip_ops)")
            took = time.perf_counter() - began, cpu(server) - used
            ((size,),) = connection.execute("SELECT pg_relation_size('candidate_vector_idx')")
            print(
                f"graph with {memory}: {took[1]:.0f} CPU s, {took[0]:.0f} s, {size / 2**20:.0f} MB",
                flush=True,
            )


def cpu(server: Postgres) -> float:
    """CPU seconds of the server and of this process."""
    assert server._process
    return processor.of_all(server._process.pid, os.getpid())


def asked(vectors: Vectors) -> Vectors:
    """Questions near passages drawn by chance."""
    chance = np.random.default_rng(2)
    about = vectors[chance.choice(len(vectors), QUESTIONS, replace=False)]
    away = chance.standard_normal(about.shape)
    near = about + NEAR * away / np.linalg.norm(away, axis=1, keepdims=True)
    found: Vectors = (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)
    return found


def share(found: Sequence[Rows], best: Sequence[Rows]) -> float:
    """How many of the best rows were found."""
    return float(np.mean([len(np.intersect1d(a, b)) / len(b) for a, b in zip(found, best, strict=True)]))


def ask(server: Postgres, address: str, vectors: Vectors, ef: int | None) -> None:
    """Print a line for each filter; without `ef` every vector is compared."""
    if ef:
        sessions._SETTINGS["hnsw.ef_search"] = str(ef)
    retrieval.EXACT_UP_TO = len(vectors) if ef is None else EXACT_UP_TO
    questions = asked(vectors)
    opened = opening.store(address).open()
    assert isinstance(opened.documents, PostgresDocuments)
    for name, filter_ in FILTERS.items():
        allowed = opened.documents.rows(filter_)
        rows = np.arange(len(vectors)) if allowed is None else allowed
        scores = questions @ vectors[rows].T
        order = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
        best = [rows[line] for line in order]
        opened.retrieval.nearest(questions[0], DEPTH, filter_)  # connects
        found, seconds, used = [], [], cpu(server)
        for question in questions:
            began = time.perf_counter()
            found.append(opened.retrieval.nearest(question, DEPTH, filter_).rows)
            seconds.append(time.perf_counter() - began)
        each = 1000 * (cpu(server) - used) / QUESTIONS
        way = "graph" if ef and len(rows) > EXACT_UP_TO else "all compared"
        p50, p95 = (1000 * np.percentile(seconds, part) for part in (50, 95))
        ten = share([one[:K] for one in found], [one[:K] for one in best])
        columns = (way, str(ef or "–"), f"{name} ({len(rows):,})", f"{ten:.4f}", f"{share(found, best):.4f}")
        print(f"| {' | '.join(columns)} | {each:.1f} | {p50:.0f} / {p95:.0f} |", flush=True)
    opened.close()


EXACT_UP_TO = retrieval.EXACT_UP_TO


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=PASSAGES)
    parser.add_argument("--ef", default=sessions._SETTINGS["hnsw.ef_search"])
    args = parser.parse_args()
    server = Postgres.new()
    try:
        address = server.new_database()
        began, used = time.perf_counter(), cpu(server)
        vectors = fill(address, args.passages)
        print(f"build: {cpu(server) - used:.0f} CPU s, {time.perf_counter() - began:.0f} s", flush=True)
        graph(server, address)
        print(f"\n{args.passages:,} passages, {QUESTIONS} questions, {processor.load()}\n")
        print(f"| way | ef_search | filter (rows) | recall@{K} | recall@{DEPTH} | CPU ms | p50 / p95 ms |")
        print("|---|---|---|---|---|---|---|")
        for ef in [*map(int, args.ef.split(",")), None]:
            ask(server, address, vectors, ef)
        print(f"\n{processor.load()}")
    finally:
        server.remove()


if __name__ == "__main__":
    main()
