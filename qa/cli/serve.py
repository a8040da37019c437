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
from qa.cli.language_model import add_llm_flags, chosen_endpoint
from qa.errors import QAError
from qa.server.run import FEEDBACK

if TYPE_CHECKING:
    from qa.server.app import MakePage

PAGE = "qa.ui"


def add_serve(commands: Any) -> None:
    parser = add_command(commands, "serve", _serve, "Serve the chat page and the programming interfaces.")
    add_corpus_flag(parser)
    parser.add_argument("--host", default=os.environ.get("QA_HOST", "127.0.0.1"), help="default: %(default)s")
    parser.add_argument(
        "--port", type=positive, default=os.environ.get("QA_PORT", "7860"), help="default: %(default)s"
    )
    parser.add_argument(
        "--root-path",
        default="",
        metavar="PATH",
        help="URL prefix that a reverse proxy strips, for example /qa",
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        help="host name to accept requests for, for example behind a reverse proxy; repeatable",
    )
    parser.add_argument(
        "--proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="IP address or network of a trusted reverse proxy, whose X-Forwarded-For and "
        "X-Forwarded-Proto are used; repeatable",
    )
    parser.add_argument(
        "--auth",
        default=os.environ.get("QA_AUTH", ""),
        metavar="FILE",
        help="require a name and password from FILE (see `qa password`)",
    )
    parser.add_argument(
        "--read-only",
        action="store_true",
        help="do not let anyone change the articles or the index through the server",
    )
    parser.add_argument(
        "--watch",
        action="store_true",
        help="rebuild the index by itself when the article folder has changed (off where it is read-only)",
    )
    add_llm_flags(parser)
    parser.add_argument("--mcp", action="store_true", help="serve a Model Context Protocol endpoint at /mcp")
    parser.add_argument(
        "--feedback",
        metavar="FILE",
        help=f'append readers\' verdicts on answers to FILE, at most 50 MB ("" asks for none; default:'
        f" {FEEDBACK}, and none where others reach the server without a password)",
    )
    parser.add_argument(
        "--log", action="store_true", help="log every request to stderr as one JSON object per line"
    )
    parser.add_argument(
        "--log-questions", action="store_true", help="also log the text of questions (implies --log)"
    )


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
        watch=args.watch,
        mcp=args.mcp,
        feedback=args.feedback,
        log=args.log,
        log_questions=args.log_questions,
        language_model=chosen_endpoint(args),
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
    text = (
        "Print a line for the password file of `qa serve --auth`. The password is read from the "
        "terminal or standard input."
    )
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
    if getpass("Repeat the password: ") != password:
        raise QAError("The passwords do not match. Try again.")
    print(passwords.line(args.name, password))
