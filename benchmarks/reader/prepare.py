"""Prepare the question sets for training: `python -m benchmarks.reader.prepare DATA`.

DATA is the folder that holds `reader` and `xquad-dev`. Nothing is written into the checkout.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from benchmarks.reader import data, negatives
from benchmarks.reader.project import cache_folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=cache_folder())
    parser.add_argument("--fresh", action="store_true", help="prepare again what is there")
    args = parser.parse_args()
    for name, contexts in data.sets(args.data):
        target = args.cache / "prepared" / f"{name}.json"
        if target.exists() and not args.fresh:
            continue
        began = time.process_time()
        prepared = data.prepare(name, contexts)
        negatives.add_neighbours(prepared)
        negatives.add_changed(prepared)
        data.write(prepared, target)
        counts = Counter(window.source for window in prepared.windows)
        print(
            f"{name}: {len(prepared.passages)} passages, {len(prepared.questions)} questions,",
            ", ".join(f"{count} {source}" for source, count in counts.most_common()),
            f"({time.process_time() - began:.0f} CPU s)",
            flush=True,
        )


if __name__ == "__main__":
    main()
