"""The command line: parse, call, print. Makes no decisions about articles or answers.

Exit status: 0 done, 1 a `QAError` (one line on stderr), 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from qa import __version__
from qa.cli.ask import add_article, add_ask, add_search
from qa.cli.build import add_build
from qa.cli.check import add_check
from qa.cli.evaluate import add_evaluate
from qa.cli.fetch import add_fetch
from qa.cli.maintain import add_copy, add_rollback, add_status, add_verify
from qa.cli.serve import add_password, add_serve
from qa.errors import QAError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    args = _parser().parse_args(argv)
    try:
        args.run(args)
    except QAError as error:
        print(f"qa: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("qa: interrupted; the index is unchanged", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of the output has exited, for example `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qa", description="Answer questions from a folder of articles with verbatim, cited quotes."
    )
    parser.add_argument("--version", action="version", version=f"qa {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (add_build, add_fetch, add_search, add_ask, add_article, add_status, add_verify, add_rollback):
        add(commands)
    add_copy(commands)
    add_check(commands)
    add_evaluate(commands)
    add_serve(commands)
    add_password(commands)
    return parser
