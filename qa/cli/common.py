"""Shared by the commands: flags, argument types, output, the progress bar."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from qa.api.fields import Row
from qa.types import Progress


def add_command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], None], text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    parser.add_argument(
        "--vectors",
        default=os.environ.get("QA_VECTORS", "vectors"),
        help="index folder, or the address of an index on other machines (default: %(default)s)",
    )
    return parser


def add_json_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, one object per line")


def add_corpus_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--corpus",
        default=os.environ.get("QA_CORPUS", "seeds"),
        help="article folder (default: %(default)s)",
    )


def add_question_flags(parser: argparse.ArgumentParser, name: str) -> None:
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument(name, nargs="?", help="the question")
    given.add_argument(
        "--input",
        metavar="FILE",
        help='read questions from FILE, one JSON object {"id", "question", …} per line; - is standard input',
    )


def iso_date(value: str) -> str:
    return date.fromisoformat(value).isoformat()


def positive(value: str) -> int:
    number = int(value)
    if number < 1:
        raise ValueError
    return number


def probability(value: str) -> float:
    number = float(value)
    if not 0 <= number <= 1:
        raise ValueError
    return number


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """A progress bar for each stage of a build; silent if stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from tqdm import tqdm

    names = {"read": ("Reading", "files"), "embed": ("Embedding", "passages"), "write": ("Writing", "parts")}
    bars: dict[str, tqdm[Any]] = {}

    def show(progress: Progress) -> None:
        if progress.stage not in bars:
            label, unit = names[progress.stage]
            bars[progress.stage] = tqdm(desc=label, unit=f" {unit}", total=progress.total)
        bar = bars[progress.stage]
        bar.total = progress.total
        bar.update(progress.done - bar.n)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.close()


def one_line(text: str, width: int = 160) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def print_json(fields: Row) -> None:
    print(json.dumps(fields, ensure_ascii=False), flush=True)
