"""What the benchmarks that read a folder of annotated articles share: their command line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Protocol


class Measure(Protocol):
    """The counts over all articles of a folder."""

    def __call__(self, folder: Path, *, verbose: bool) -> dict[str, Any]: ...


def main(description: str | None, measure: Measure) -> None:
    """Measure the folder that the command line names, and print the counts as JSON."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verbose", action="store_true", help="print what is wrong or missed")
    args = parser.parse_args()
    print(json.dumps(measure(args.folder, verbose=args.verbose), ensure_ascii=False, indent=2))
