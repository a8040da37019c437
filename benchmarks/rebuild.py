"""Cost of a rebuild after one changed article: `python -m benchmarks.rebuild DATA [--articles 1000]`.

DATA is the folder of judged questions; its XQuAD paragraphs (all languages) become articles of one to three
paragraphs until there are enough. Built with the default model: from scratch, after one article changed, and
with nothing changed. The ratio of the first to the second counts; all in one run.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import qa.embedding.base
import qa.embedding.sentence_transformer
import qa.index.build
from qa.types import BuildReport


def paragraphs(data: Path) -> list[str]:
    """Every paragraph of every XQuAD file below `data`, in the order of the files' names."""
    found = []
    for path in sorted(data.rglob("xquad.*.json")):
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            found += [" ".join(paragraph["context"].split()) for paragraph in article["paragraphs"]]
    return found


def write(corpus: Path, texts: list[str], count: int) -> None:
    """`count` articles with front matter; a number in each makes repeated texts distinct."""
    several = cycle((1, 2, 1, 3))
    supply = cycle(texts)
    for number in range(count):
        body = "\n\n".join(islice(supply, next(several)))
        title = " ".join(body.split()[:6])
        head = (
            f"---\ntitle: {json.dumps(title)}\ndate: 2024-{number % 12 + 1:02}-{number % 28 + 1:02}\n---\n\n"
        )
        (corpus / f"{number:05}.md").write_text(f"{head}Nr. {number}. {body}\n", encoding="utf-8")


def timed(corpus: Path, vectors: Path, model: qa.embedding.base.Encoder) -> tuple[float, BuildReport]:
    """Seconds of a build with the model already loaded, and its report."""
    began = time.perf_counter()
    report = qa.index.build.build(corpus, vectors, encoder=model)
    return time.perf_counter() - began, report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3, help="rebuilds of each kind; the median counts")
    args = parser.parse_args()
    model = qa.embedding.sentence_transformer.load(qa.embedding.sentence_transformer.DEFAULT_MODEL)
    with tempfile.TemporaryDirectory() as folder:
        corpus, vectors = Path(folder, "corpus"), Path(folder, "vectors")
        corpus.mkdir()
        write(corpus, paragraphs(args.data), args.articles)
        full, report = timed(corpus, vectors, model)
        print(
            f"full        {full:8.2f} s  {report.articles} articles, {report.passages} passages", flush=True
        )
        for name in ("one changed", "unchanged"):
            seconds = []
            for number in range(args.rounds):
                if name == "one changed":
                    path = corpus / f"{number:05}.md"
                    path.write_text(path.read_text(encoding="utf-8") + "\nEin Satz mehr.\n", encoding="utf-8")
                took, report = timed(corpus, vectors, model)
                seconds.append(took)
            median = sorted(seconds)[len(seconds) // 2]
            print(
                f"{name:<11} {median:8.2f} s  embedded {report.embedded}, {full / median:.1f} times faster"
                f" ({min(seconds):.2f} to {max(seconds):.2f} s)",
                flush=True,
            )


if __name__ == "__main__":
    main()
