"""Growth of costs with the corpus: `python -m benchmarks.scale [--sizes 10000,100000,1000000]`.

Writes generations of synthetic passages with the project's own writers into a temporary folder (about
4 GB at a million; the kept states are tiny ones), opens each in a fresh process and asks it questions.
Vectors lie in topics and stories as those of the default model do: any two texts have a cosine of 0.77,
two of one story 0.9. Words are as frequent as those of a language (Zipf). No model runs: a question's
vector is drawn near a passage's.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.index_size import DIMENSION, PER_ARTICLE, REDUCED, ROOT, memory, record
from qa.index import dense, token_states
from qa.index.article_writer import ArticleWriter
from qa.index.articles import Store, digest
from qa.index.reuse import NEW
from qa.index.target import group_vectors, index_terms
from qa.storage import publishing
from qa.storage.manifest import Manifest
from qa.types import Article, Filter, Span, Vectors

SIZES = (10_000, 100_000, 1_000_000)
BLOCK = 20_000  # vectors drawn at once
QUESTIONS = 200
OF_WORDS = 6  # of a question; a German XQuAD question has 5.8 that are no stop words
K = 10
# Shares of a vector's square: what all texts have in common, its topic, its story, and itself.
COMMON, TOPIC, STORY = 0.77, 0.06, 0.07
TOPICS = 300
ARTICLES_OF_A_STORY = 5
LEAST = 1e-3  # seconds, milliseconds or MB: smaller values are negligible and get no exponent
NEAR = 0.45  # length of what is added to a passage's vector to ask for it: the cosine is then 0.91
WORDS = 74  # of a passage that are no stop words, as in the German XQuAD
VOCABULARY = 300_000
ZIPF_OFFSET = 6  # of the rank, so that the most frequent word is 1.5 % of all, as there
SYLLABLES = "ba ko ri mu te la no si du fe ga lo pi ra zu we ha mo ni ke".split()
OUTLETS = 40
QUESTIONS_FILE = "questions.npz"
FILTERS = {"one outlet of 40": Filter(source="Blatt 7"), "half of the dates": Filter(since="2025-01-01")}


def main() -> None:
    """Measure every size and print the table with the fitted exponents."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--folder", type=Path, help="for the generations, which are removed again")
    parser.add_argument("--opened", type=Path, help=argparse.SUPPRESS)  # the child
    args = parser.parse_args()
    if args.opened:
        print(json.dumps(opened(args.opened)))
        return
    sizes = [int(size) for size in args.sizes.split(",")]
    costs = []
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=args.folder) as folder:
            costs.append(measured(Path(folder), size))
        print(size, json.dumps(costs[-1]), file=sys.stderr, flush=True)
    print(table(sizes, costs))


def measured(folder: Path, passages: int) -> dict[str, float]:
    """Costs of an index with this many passages, by name."""
    costs = written(folder, passages)
    command = [sys.executable, "-m", "benchmarks.scale", "--opened", str(folder)]
    child = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return {**costs, **json.loads(child.stdout)}


def table(sizes: Sequence[int], costs: Sequence[dict[str, float]]) -> str:
    """A Markdown table; the last column is b of the cost a·n^b, fitted by least squares of the logarithms."""
    lines = [
        "| cost | " + " | ".join(f"{size:,}" for size in sizes) + " | exponent |",
        "|---" * (len(sizes) + 2) + "|",
    ]
    for name in costs[0]:
        row = [cost[name] for cost in costs]
        fit = ""
        if len(row) > 1 and min(row) > LEAST and "recall" not in name:
            fit = f"{np.polyfit(np.log(sizes), np.log(row), 1)[0]:.2f}"
        lines.append("| " + " | ".join([name, *(f"{value:,.3g}" for value in row), fit]) + " |")
    return "\n".join(lines)


# -- what is written


def _unit(rows: NDArray[np.floating]) -> Vectors:
    found: Vectors = (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)
    return found


def clustered(passages: int, seed: int = 1, story: float = STORY) -> Iterator[Vectors]:
    """Unit vectors in blocks: `story` is the share of a vector's square that its story makes, 0 for none."""
    chance = np.random.default_rng(seed)
    draw = chance.standard_normal
    per_story = PER_ARTICLE * ARTICLES_OF_A_STORY
    common, topics = _unit(draw(DIMENSION)), _unit(draw((TOPICS, DIMENSION)))
    count = -(-passages // per_story)
    topic_of = chance.integers(0, TOPICS, count)
    # An article belongs to a story; neighbouring articles do not.
    story_of = np.tile(np.arange(count), ARTICLES_OF_A_STORY)
    for begin in range(0, passages, BLOCK):
        rows = np.arange(begin, min(begin + BLOCK, passages))
        own = story_of[rows // PER_ARTICLE % len(story_of)]
        few, place = np.unique(own, return_inverse=True)
        told = np.stack([_unit(np.random.default_rng([seed, n]).standard_normal(DIMENSION)) for n in few])
        yield _unit(
            np.sqrt(COMMON) * common
            + np.sqrt(TOPIC) * topics[topic_of[own]]
            + np.sqrt(story) * told[place]
            + np.sqrt(1 - COMMON - TOPIC - story) * _unit(draw((len(rows), DIMENSION), dtype=np.float32))
        )


def vocabulary() -> list[str]:
    """Words of five syllables, the most frequent first."""
    base = len(SYLLABLES)
    return ["".join(SYLLABLES[n // base**i % base] for i in range(5)) for n in range(VOCABULARY)]


def articles(passages: int) -> Iterator[tuple[Article, list[Span]]]:
    """Generated articles of `PER_ARTICLE` passages each, and where those lie."""
    chance, words = np.random.default_rng(3), np.array(vocabulary())
    shares = np.cumsum(1 / (np.arange(VOCABULARY) + ZIPF_OFFSET))
    for number in range(passages // PER_ARTICLE):
        ranks = np.searchsorted(shares, chance.random((PER_ARTICLE, WORDS)) * shares[-1])
        texts = [" ".join(row) + "." for row in words[ranks].tolist()]
        ends = np.cumsum([len(text) + 2 for text in texts]).tolist()
        spans = [Span(end - 2 - len(text), end - 2) for end, text in zip(ends, texts, strict=True)]
        date = f"202{4 + number % 2}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        outlet = f"Blatt {number // 3 % OUTLETS}"
        about = (f"{number:07}.md", f"Artikel {number}", "\n\n".join(texts), outlet, "", date, "de")
        yield Article(*about), spans


def written(folder: Path, passages: int) -> dict[str, float]:
    """Write a generation and the questions to it; seconds of each step and bytes on disk."""
    name = publishing.new_name(folder)
    target = publishing.start(folder, name)
    seconds = dict.fromkeys(("store", "vectors", "clusters", "terms", "seal"), 0.0)

    def timed(step: str, act: Callable[..., Any], *given: object) -> Any:
        began = time.perf_counter()
        done = act(*given)
        seconds[step] += time.perf_counter() - began
        return done

    with ArticleWriter(target) as kept:
        for article, spans in articles(passages):
            timed("store", kept.add, article, digest(article), spans)
    one = record(np.random.default_rng(1), 1, 1)
    with (
        dense.DenseWriter(target / dense.FILE, DIMENSION) as rows,
        token_states.StatesWriter(target / token_states.FOLDER) as read,
    ):
        for block in clustered(passages):
            timed("vectors", rows.add, block)
            for _ in block:
                read.add(one)
    all_new = np.full(passages, NEW)
    timed("clusters", group_vectors, target, all_new, DIMENSION, None)
    timed("terms", index_terms, target, Store(target), all_new, None)
    manifest = Manifest(
        name, publishing.now(), "none", "none", DIMENSION, {}, "none", passages // PER_ARTICLE, passages, {}
    )
    manifest = timed("seal", publishing.finish, folder, target, manifest, [dense.FILE])
    _ask(folder, folder / name, passages)
    vectors = manifest.parts[dense.FILE].bytes
    return {
        "build, s": sum(seconds.values()),
        **{f"- {step}, s": took for step, took in seconds.items()},
        "disk, MB": manifest.bytes / 2**20,
        "- vectors, MB": vectors / 2**20,
        "- clusters, MB": sum(p.bytes for n, p in manifest.parts.items() if n.startswith("clusters")) / 2**20,
        "- terms, MB": sum(p.bytes for n, p in manifest.parts.items() if n.startswith("lexical")) / 2**20,
        "peak memory of the build, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _ask(folder: Path, generation: Path, passages: int) -> None:
    """Draw questions near passages and find, by brute force, what is nearest to them."""
    chance = np.random.default_rng(2)
    file, half = generation / dense.FILE, np.dtype("<f2")
    header = file.stat().st_size - passages * DIMENSION * half.itemsize
    flat = np.memmap(file, half, "r", header).reshape(passages, DIMENSION)
    about = np.sort(chance.choice(passages, QUESTIONS, replace=False))
    asked = _unit(flat[about] + NEAR * _unit(chance.standard_normal((QUESTIONS, DIMENSION))))
    written = Store(generation)
    words = [
        " ".join(chance.choice(sorted(set(passage.text.strip(".").split())), OF_WORDS, replace=False))
        for passage in written.passages(about)
    ]
    saved: dict[str, Any] = {"vectors": asked, "words": np.array(words)}
    for name, where in {"all": Filter(), **FILTERS}.items():
        allowed = written.rows(where)
        best_rows: NDArray[np.int64] = np.full((QUESTIONS, K), -1, np.int64)
        best_scores: NDArray[np.float32] = np.full((QUESTIONS, K), -2, np.float32)
        for begin in range(0, passages, BLOCK):
            rows = np.arange(begin, min(begin + BLOCK, passages))
            if allowed is not None:
                rows = rows[np.isin(rows, allowed)]
            scores = asked @ flat[rows].astype(np.float32).T
            both = np.hstack([best_scores, scores])
            order = np.argsort(-both, axis=1, kind="stable")[:, :K]
            names = np.hstack([best_rows, np.broadcast_to(rows, scores.shape)])
            best_rows = np.take_along_axis(names, order, 1)
            best_scores = np.take_along_axis(both, order, 1)
        saved[name] = best_rows
    written.close()
    np.savez(folder / QUESTIONS_FILE, **saved)


# -- what it costs to use


def opened(folder: Path) -> dict[str, float]:
    """In a fresh process: open, search, and the memory that takes.

    No question is asked twice, so new parts of the index are read throughout.
    """
    import faiss  # noqa: F401  (what a process that embeds has loaded anyway)

    from qa.index.base import QueryStates
    from qa.index.search import Index

    questions = np.load(folder / QUESTIONS_FILE)
    words = questions["words"].tolist()
    of_text = {
        text: QueryStates(vector, np.empty((0, REDUCED), np.float32), np.empty((0, 2), np.int64))
        for text, vector in zip(words, questions["vectors"], strict=True)
    }
    before = memory()
    began = time.perf_counter()
    index = Index.open(folder)
    costs = {"open, s": time.perf_counter() - began}
    index.query = of_text.__getitem__  # type: ignore[method-assign, assignment]
    began = time.perf_counter()
    index.search(words[0], k=K)
    costs["first search, ms"] = 1000 * (time.perf_counter() - began)
    for name, where in {"": Filter(), **FILTERS}.items():
        for mode in ("hybrid", "dense", "lexical") if not name else ("hybrid",):
            took = []
            for text in words[1:]:
                began = time.perf_counter()
                index.search(text, k=K, mode=mode, where=where)
                took.append(1000 * (time.perf_counter() - began))
            label = f"{mode} search, {name}" if name else f"{mode} search"
            costs[f"{label} p50, ms"], costs[f"{label} p95, ms"] = np.percentile(took, [50, 95]).tolist()
        if mode == "lexical" or name:
            now = memory()
            grown = {kind: (now[kind] - before[kind]) / 1024 for kind in now}
            costs[f"own memory after {name or 'these'}, MB"] = grown["RssAnon"]
            costs[f"mapped files after {name or 'these'}, MB"] = grown["RssFile"]
        same = [
            len({*index.retrieval.nearest(vector, 100, where).rows[:K].tolist()} & {*exact.tolist()}) / K
            for vector, exact in zip(questions["vectors"], questions[name or "all"], strict=True)
        ]
        costs[f"recall@{K}{', ' + name if name else ''}"] = float(np.mean(same))
    index.close()
    return costs


if __name__ == "__main__":
    main()
