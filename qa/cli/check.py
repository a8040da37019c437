"""The command `check`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qa import __version__
from qa.cli.common import add_command, add_json_flag, one_line, print_json
from qa.errors import CorpusError, QAError
from qa.types import Article

SHOWN = ("kind", "article_id", "quote")  # of a row that does not hold
MAX_BYTES = 256 * 1024 * 1024  # of a file that is read


def add_check(commands: Any) -> None:
    parser = add_command(
        commands, "check", _check, "Check the rows of an export against the index or the article folder."
    )
    parser.add_argument(
        "file", metavar="FILE", help="export as JSON lines or CSV, or lines of `qa ask --json`"
    )
    parser.add_argument("--corpus", metavar="FOLDER", help="check against this article folder, not the index")
    add_json_flag(parser)


def _check(args: argparse.Namespace) -> None:
    from qa.facts.checking import faults
    from qa.facts.rows import read_rows

    rows = read_rows(_content(args.file))
    article_of = _articles(args)
    found = [
        (number, row, reasons)
        for number, row in enumerate(rows, start=1)
        if (reasons := faults(row, article_of, __version__))
    ]
    if args.json:
        listed = [
            {"row": number, **{name: row.get(name) for name in SHOWN}, "reasons": reasons}
            for number, row, reasons in found
        ]
        print_json({"rows": len(rows), "holding": len(rows) - len(found), "faults": listed})
    else:
        for number, row, reasons in found:
            print(f"row {number}: {' '.join(reasons)}")
            print(f"  {one_line(str(row.get('quote')))}")
    if found:
        raise QAError(
            f"{len(found)} of {len(rows)} rows no longer hold. Look them up in the articles or ask again."
        )
    if not args.json:
        print(f"all {len(rows)} rows hold")


def _content(path: str) -> str:
    try:
        file = Path(path)
        if file.stat().st_size > MAX_BYTES:
            raise QAError(f"{path} is larger than {MAX_BYTES:,} bytes. Split it.")
        return file.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        raise QAError(f"{path} cannot be read. Give an export in UTF-8.") from error


def _articles(args: argparse.Namespace) -> Callable[[str], Article]:
    """How to find an article: in the folder, if one is given, else in the index."""
    if args.corpus is None:
        from qa.cluster import opening

        return opening.index(args.vectors).article
    from qa.corpus.folder import read_corpus

    articles = {item.article_id: item for item in read_corpus(Path(args.corpus)) if isinstance(item, Article)}

    def article_of(article_id: str) -> Article:
        if article_id not in articles:
            raise CorpusError(f"There is no article {article_id}. Check its id.")
        return articles[article_id]

    return article_of
