"""From settings to a running server: the socket first, then the page, then the index.

Knows nothing of the command line's options or of the page's layout: both are handed in.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import NoIndex, QAError, Unreachable

if TYPE_CHECKING:
    from qa.llm.client import Client
    from qa.llm.endpoint import Endpoint
    from qa.server.app import MakePage
    from qa.service.service import Service


FEEDBACK = "feedback.jsonl"  # in the server's working folder


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a server; see the options of `qa serve` for their meaning."""

    corpus: str = "seeds"
    vectors: str = "vectors"
    host: str = "127.0.0.1"
    port: int = 7860
    root_path: str = ""
    name: tuple[str, ...] = ()
    proxy: tuple[str, ...] = ()
    auth: str = ""
    read_only: bool = False
    watch: bool = False
    mcp: bool = False
    feedback: str | None = None  # FEEDBACK, unless strangers reach the server; "" for none
    log: bool = False
    log_questions: bool = False
    language_model: Endpoint | None = None

    @classmethod
    def from_environment(cls) -> Settings:
        """Settings from the environment. Raises QAError if the port is not a number, and LLMError."""
        try:
            port = int(os.environ.get("QA_PORT", "7860"))
        except ValueError as error:
            raise QAError("QA_PORT is not a number. Set it to a port such as 7860.") from error
        return cls(
            corpus=os.environ.get("QA_CORPUS", "seeds"),
            vectors=os.environ.get("QA_VECTORS", "vectors"),
            host=os.environ.get("QA_HOST", "127.0.0.1"),
            port=port,
            auth=os.environ.get("QA_AUTH", ""),
            language_model=_endpoint_of_environment(),
        )


def _endpoint_of_environment() -> Endpoint | None:
    url = os.environ.get("QA_LLM_URL", "")
    if not url:
        return None
    from qa.llm.endpoint import endpoint

    return endpoint(url, os.environ.get("QA_LLM_MODEL", ""), os.environ.get("QA_LLM_KEY", ""))


def run(settings: Settings, load_page: Callable[[], MakePage]) -> None:
    """Serve until stopped. `load_page` imports the page, which takes seconds. Raises QAError."""
    from qa.server import listening as sockets
    from qa.server import passwords, proxies
    from qa.server.access_log import AccessLog
    from qa.server.loading import LoadingPage
    from qa.server.security import hosts_for
    from qa.service.library import Folders
    from qa.service.service import Service

    if settings.root_path and not re.fullmatch(r"(/[\w.~-]+)+", settings.root_path):
        raise QAError("--root-path is not a URL path. Use a path like /qa.")
    trusted = proxies.networks(settings.proxy)
    checker = passwords.Passwords(passwords.read(settings.auth)) if settings.auth else None
    proxied = bool(settings.root_path or settings.name or settings.proxy)
    trusted_readers = sockets.may_change(
        settings.host, proxied=proxied, passwords=checker is not None, read_only=False
    )
    changes = trusted_readers and not settings.read_only
    if not changes and not settings.read_only:
        print(
            "Others can reach this address, so the articles cannot be changed through it. Use --auth "
            "to require passwords and allow changes.",
            flush=True,
        )
    with sockets.listening(settings.host, settings.port) as listening:
        with LoadingPage(listening) as loading:
            print("Loading the page …", flush=True)
            make_page = load_page()
            from qa.server.app import make_app, serve

            log = (
                AccessLog(sys.stderr, questions=settings.log_questions)
                if settings.log or settings.log_questions
                else None
            )
            service = Service(
                Folders(settings.corpus, settings.vectors, os.environ.get("QA_MODEL", "")),
                changes=changes,
                on_answer=log.answered if log else None,
                language_model=_client(settings.language_model),
            )
            app = make_app(
                service,
                make_page(service, feedback_file(settings.feedback, trusted_readers=trusted_readers)),
                hosts=hosts_for(settings.host, settings.name),
                root_path=settings.root_path,
                proxies=trusted,
                passwords=checker,
                mcp=settings.mcp,
            )
            loading.step("loading_index")
            _open_first(service)
            if settings.watch:
                _watch(service)
        print(
            f"The page is at {sockets.address(settings.host, settings.port)}. Press Ctrl-C to stop.",
            flush=True,
        )
        serve(log.around(app) if log else app, listening, service)


def _client(endpoint: Endpoint | None) -> Client | None:
    """The language model, after saying where questions and passages go."""
    if endpoint is None:
        return None
    from qa.i18n.phrasing import who_reads
    from qa.llm.client import Client

    print(who_reads(endpoint.model, endpoint.host, local=endpoint.local, language="en"), flush=True)
    return Client(endpoint)


def feedback_file(given: str | None, *, trusted_readers: bool) -> Path | None:
    """The file for readers' verdicts: what was given, or the default where no strangers reach the server."""
    name = given if given is not None else FEEDBACK if trusted_readers else ""
    return Path(name) if name else None


def _open_first(service: Any) -> None:
    """Open the index before the first question, and report it."""
    print("Opening the index …", flush=True)
    try:
        generation = service.served().index.generation
    except NoIndex:
        print("There is no index yet. Build it on the page or with `qa build`.", flush=True)
        return
    except Unreachable as error:
        print(f"qa: {error} The server keeps trying.", file=sys.stderr, flush=True)
        service.open_when_possible()
        return
    except QAError as error:
        print(f"qa: {error}", file=sys.stderr, flush=True)
        return
    print(f"The index is open (generation {generation}).", flush=True)


def _watch(service: Service) -> None:
    if service.changes:
        service.watch()
        print("The index is rebuilt whenever the article folder changes.", flush=True)
    else:
        print(
            "The articles cannot be changed through this server, so --watch is off. Run `qa build --watch` "
            "beside it.",
            flush=True,
        )


def run_alone(load_page: Callable[[], MakePage]) -> int:
    """Serve with the settings from the environment and return the exit status."""
    try:
        run(Settings.from_environment(), load_page)
    except QAError as error:
        print(f"qa: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
