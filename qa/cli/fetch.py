"""The command `fetch`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa.cli.common import add_corpus_flag, add_json_flag, print_json
from qa.errors import FetchError, QAError

SIGNS = {"saved": "+", "changed": "~", "unchanged": "=", "failed": "!"}


def add_fetch(commands: Any) -> None:
    text = "Fetch articles and feeds from the web into the article folder."
    parser = commands.add_parser("fetch", help=text, description=text)
    parser.set_defaults(run=_fetch)
    parser.add_argument("url", nargs="*", metavar="URL", help="address of an article or feed")
    parser.add_argument(
        "--feeds",
        metavar="FILE",
        help="fetch the feeds (RSS, Atom) whose addresses are in FILE, one per line",
    )
    add_corpus_flag(parser)
    parser.add_argument(
        "--allow-private",
        action="store_true",
        help="also fetch from this machine and private networks",
    )
    add_json_flag(parser)


def _fetch(args: argparse.Namespace) -> None:
    from qa.fetching.fetcher import Fetcher
    from qa.fetching.transport import Transport

    feeds = _addresses(args.feeds) if args.feeds else []
    if not args.url and not feeds:
        raise QAError("There is nothing to fetch. Give addresses, or a file of feeds with --feeds.")
    fetcher = Fetcher(Path(args.corpus), Transport(allow_private=args.allow_private))
    count: Counter[str] = Counter()
    for outcome in fetcher.fetch(args.url, feeds):
        count[outcome.status] += 1
        if args.json:
            print_json(asdict(outcome))
        else:
            told = outcome.reason or " ".join(part for part in (outcome.url, outcome.path) if part)
            print(f"{SIGNS[outcome.status]} {told}", flush=True)
    if not args.json:
        print(
            f"{count['saved']} saved, {count['changed']} changed, {count['unchanged']} unchanged, "
            f"{count['failed']} failed",
            file=sys.stderr,
        )
    if count["failed"] and count["failed"] == count.total():
        raise FetchError("Nothing could be fetched. The reasons are above.")


def _addresses(path: str) -> list[str]:
    """The addresses in a file, one per line; "#" begins a comment line."""
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QAError(f"{path} cannot be read. Give a UTF-8 file with one address per line.") from error
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
