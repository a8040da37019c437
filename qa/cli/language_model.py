"""Options of the commands that may ask a language model. Imports nothing of it without an address."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from qa.errors import LLMError

if TYPE_CHECKING:
    from qa.llm.client import Client
    from qa.llm.endpoint import Endpoint

NO_ENDPOINT = "There is no language model. Name its address with --llm or QA_LLM_URL."


def add_llm_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--llm",
        metavar="URL",
        help="OpenAI-compatible endpoint of a language model, with /v1 (default: QA_LLM_URL; its key is read "
        "from QA_LLM_KEY)",
    )
    parser.add_argument("--llm-model", metavar="NAME", help="name of the model there (default: QA_LLM_MODEL)")
    parser.add_argument(
        "--llm-insecure",
        action="store_true",
        help="allow http to a language model on another machine: anyone in between can read the passages",
    )


def chosen_endpoint(args: argparse.Namespace) -> Endpoint | None:
    """The endpoint that options and environment name; None without an address.

    Raises LLMError where it cannot be used.
    """
    url = os.environ.get("QA_LLM_URL", "") if args.llm is None else args.llm
    if not url:
        return None
    from qa.llm.endpoint import endpoint

    model = args.llm_model or os.environ.get("QA_LLM_MODEL", "")
    return endpoint(url, model, os.environ.get("QA_LLM_KEY", ""), insecure=args.llm_insecure)


def required_endpoint(args: argparse.Namespace) -> Endpoint:
    """The same; LLMError where there is none."""
    found = chosen_endpoint(args)
    if found is None:
        raise LLMError(NO_ENDPOINT)
    return found


def client_of(args: argparse.Namespace) -> Client:
    """The language model, after saying where questions and passages go. Raises LLMError without one."""
    endpoint = required_endpoint(args)
    from qa.i18n import phrasing
    from qa.llm.client import Client

    readers = phrasing.who_reads(endpoint.model, endpoint.host, local=endpoint.local, language="en")
    print(readers, file=sys.stderr)
    return Client(endpoint)
