"""Read damaged files of every format: no crash, no long time, no large memory.

    python benchmarks/fuzz.py [--files 2000] [SUFFIX …]

A file is read in this process, without the one that limits time and memory, until its articles are checked.
Prints for each format how many files were articles, reasons and crashes (anything but CorpusError), the
longest CPU time of a file and the largest memory of the process.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import random
import resource
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from qa.corpus import parsing
from qa.corpus.formats import FORMATS, worker
from qa.errors import CorpusError
from qa.types import Article
from tests.corpus.formats.test_exports import EXPORTS
from tests.support import documents
from tests.support.articles import SAMPLES
from tests.support.mutations import mutated

SAVE = Path("fuzz-crashes")


def samples() -> dict[str, list[bytes]]:
    """Good files by suffix, each of another structure."""
    out: dict[str, list[bytes]] = {}
    for name, data in SAMPLES.items():
        out.setdefault(f".{name.rpartition('.')[2]}", []).append(data)
    texts = [text for text, _ in EXPORTS.values()]
    out[".txt"] += [text.encode() for text in texts]
    out[".rtf"] += [documents.rtf(text.split("\n")) for text in texts]
    out[".docx"] += [documents.docx(text.split("\n")) for text in texts[:3]]
    return out


def main() -> None:
    """Run the files and print a row for each format."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--files", type=int, default=2_000)
    arguments.add_argument("suffixes", nargs="*")
    options = arguments.parse_args()
    worker.read = lambda name, data, allowance=None: FORMATS[f".{name.rpartition('.')[2]}"].read(data)
    heads = ("format", "files", "articles", "reasons", "crashes", "longest", "memory")
    print("".join(f"{head:>10}" for head in heads))
    for suffix, good in samples().items():
        if options.suffixes and suffix not in options.suffixes:
            continue
        if FORMATS[suffix].library:
            importlib.import_module(FORMATS[suffix].library)
        chance = random.Random(suffix)  # noqa: S311
        articles = crashes = 0
        longest = 0.0
        for number in range(options.files):
            data = mutated(chance.choice(good), chance)
            began = time.process_time()
            try:
                with contextlib.suppress(CorpusError):
                    articles += any(
                        isinstance(item, Article) for item in parsing.contents(f"a{suffix}", data)
                    )
            except Exception:  # noqa: BLE001 that is what is sought
                crashes += 1
                SAVE.mkdir(exist_ok=True)
                (SAVE / f"{number}{suffix}").write_bytes(data)
                traceback.print_exc(limit=-3)
            longest = max(longest, time.process_time() - began)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        reasons = options.files - articles - crashes
        row = (suffix, options.files, articles, reasons, crashes, f"{longest:.2f} s", f"{memory:.0f} MB")
        print("".join(f"{cell!s:>10}" for cell in row), flush=True)


if __name__ == "__main__":
    main()
