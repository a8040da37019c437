"""The commands `serve` and `password`."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qa
from qa.cli.common import add_command, add_corpus_flag, positive
from qa.errors import QAError
from qa.server.run import FEEDBACK

if TYPE_CHECKING:
    from qa.server.app import MakePage

PAGE = "qa.ui"


def add_serve(commands: Any) -> None:
    parser = add_command(commands, "serve", _serve, "Open the chat page.")
    add_corpus_flag(parser)
    parser.add_argument("--host", default=os.environ.get("QA_HOST", "127.0.0.1"), help="default: %(default)s")
    parser.add_argument(
        "--port", type=positive, default=os.environ.get("QA_PORT", "7860"), help="default: %(default)s"
    )
    parser.add_argument(
        "--root-path", default="", metavar="PATH", help="what a proxy strips from the addresses, as /qa"
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        help="a host name that it answers to, as behind a proxy; repeatable",
    )
    parser.add_argument(
        "--proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="the IP address or network of a proxy whose X-Forwarded-For and -Proto count; repeatable",
    )
    parser.add_argument(
        "--auth",
        default=os.environ.get("QA_AUTH", ""),
        metavar="FILE",
        help="let in only who is named in FILE (see `qa password`)",
    )
    parser.add_argument("--read-only", action="store_true", help="nobody changes the corpus through the page")
    parser.add_argument("--mcp", action="store_true", help="serve tools for language models at /mcp")
    parser.add_argument(
        "--feedback",
        metavar="FILE",
        help=f'append readers\' verdicts on answers to FILE, at most 50 MB ("" asks for none; default:'
        f" {FEEDBACK}, and none where others reach the server without a password)",
    )
    parser.add_argument("--log", action="store_true", help="write a JSON line for each request to stderr")
    parser.add_argument("--log-questions", action="store_true", help="log the questions' texts too")


def _serve(args: argparse.Namespace) -> None:
    from qa.server.run import Settings, run

    settings = Settings(
        corpus=args.corpus,
        vectors=args.vectors,
        host=args.host,
        port=args.port,
        root_path=args.root_path,
        name=tuple(args.name),
        proxy=tuple(args.proxy),
        auth=args.auth,
        read_only=args.read_only,
        mcp=args.mcp,
        feedback=args.feedback,
        log=args.log,
        log_questions=args.log_questions,
    )
    run(settings, load_page)


def load_page() -> MakePage:
    """Import the page: a wheel holds it as `qa/ui.py`, a checkout as `ui.py` next to `qa/`."""
    spec = importlib.util.find_spec(PAGE) or importlib.util.spec_from_file_location(
        PAGE, Path(qa.__file__).parents[1] / "ui.py"
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{PAGE} cannot be loaded")
    page = sys.modules[PAGE] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    make_page: MakePage = page.make_page
    return make_page


def add_password(commands: Any) -> None:
    text = "Print a line for the file of `qa serve --auth`; the password is read from the terminal or stdin."
    parser = commands.add_parser("password", help=text, description=text)
    parser.set_defaults(run=_password)
    parser.add_argument("name", metavar="NAME")


def _password(args: argparse.Namespace) -> None:
    from getpass import getpass

    from qa.server import passwords

    if not sys.stdin.isatty():
        print(passwords.line(args.name, sys.stdin.readline().rstrip("\r\n")))
        return
    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise QAError("The two are not the same; try again.")
    print(passwords.line(args.name, password))
