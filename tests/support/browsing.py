"""A page in a browser, for the tests: the server with the fake corpus, and Chromium driven by Playwright."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from qa.answering.checked_sentences import Client
from qa.errors import NoIndex
from qa.server.passwords import Passwords
from qa.service.service import Service
from tests.support.fakes import FakeBackend
from tests.support.llm_fakes import FakeModel

SCREENSHOTS = Path(__file__).resolve().parents[2] / "screenshots"
CHROMIUM = os.environ.get("QA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BUILD_DELAY = 0.2  # seconds from a change of the corpus to its build
START = 120  # seconds after which a server is given up; it imports Gradio first
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
SHIP = "Was weiß man über das Schiff?"
CITATION = "#chat a[href^='#cite-']"


def missing(what: str) -> None:
    """Skip, or fail where the browser tests are asked for."""
    if os.environ.get("QA_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{what}, and QA_REQUIRE_BROWSER=1 asks for the browser tests")
    pytest.skip(f"{what}: the page is not tested in a browser")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    if CHROMIUM is None:
        missing("Chromium is not installed (apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright is not installed (pip install -e '.[dev]')")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Server:
    """The page over the fake corpus, on a free port, in a thread of its own."""

    def __init__(
        self,
        generations: int = 1,
        feedback_file: Path | None = None,
        *,
        changes: bool = True,
        passwords: Passwords | None = None,
        backend: FakeBackend | None = None,
        opened: bool = True,
        language_model: Client | None = None,
    ) -> None:
        self.language_model = language_model
        self._opened = opened
        self._feedback_file = feedback_file
        self._changes = changes
        self._passwords = passwords
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.backend = backend or FakeBackend(generations=generations, step=0.005)
        self.start()

    def start(self) -> None:
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="server")
        self._thread.start()
        deadline = time.monotonic() + START
        while self._server is None or not self._server.started:
            assert self._thread.is_alive()
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)

    async def _run(self) -> None:
        from tests.support import apps  # seconds, which tests without a browser need not wait

        service = Service(
            self.backend,
            changes=self._changes,
            language_model=self.language_model,
            build_delay=BUILD_DELAY,
        )
        if self._opened:
            with suppress(NoIndex):
                service.served()
        config = uvicorn.Config(
            apps.make_app(service, feedback_file=self._feedback_file, passwords=self._passwords),
            port=self.port,
            log_level="warning",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        await self._server.serve()

    def stop(self) -> None:
        assert self._server is not None
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()


@pytest.fixture(scope="module")
def server(chromium: Any) -> Iterator[Server]:
    running = Server(language_model=FakeModel(f"{CAPACITY} [1] ", OVERSTATED))
    yield running
    running.stop()


class Pages:
    """Opens pages and records their errors and requests to other hosts."""

    def __init__(self, chromium: Any, server: Server) -> None:
        self._chromium = chromium
        self._url = server.url
        self._contexts: list[Any] = []
        self.trouble: list[str] = []
        self.expected: list[str] = []  # parts of lines that are no trouble, whenever they come

    def __call__(self, url: str = "", *, wait: str = "#examples button", **options: Any) -> Any:
        context = self._chromium.new_context(**{"viewport": WIDE, "locale": "de-DE", **options})
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: self.trouble.append(f"page error: {error}"))
        page.on("console", lambda m: self.trouble.append(m.text) if m.type in ("error", "warning") else None)
        page.on("request", lambda request: note_outside(request.url, self.trouble))
        page.goto(url or self._url)
        page.wait_for_selector("#question textarea")
        page.wait_for_selector(wait)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def open_page(chromium: Any, server: Server) -> Iterator[Pages]:
    """Opens pages; fails at the end if any had an error or requested anything from another host."""
    pages = Pages(chromium, server)
    yield pages
    pages.close()
    trouble = [line for line in pages.trouble if not any(part in line for part in pages.expected)]
    assert trouble == [], trouble


def note_outside(url: str, trouble: list[str]) -> None:
    if not re.match(r"(?:http://127\.0\.0\.1:\d+/|data:|blob:)", url):
        trouble.append(f"asked for {url}")


def ask(page: Any, question: str) -> None:
    answers = page.locator("#chat .confidence").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_function("n => document.querySelectorAll('#chat .confidence').length > n", arg=answers)
    page.wait_for_selector("#question .submit-button")


def now(page: Any, quote: str) -> None:
    """Wait until `quote` is marked as the chosen one, and see that it is in view within the reader."""
    page.wait_for_function(
        "quote => document.querySelector('#reader mark.now')?.textContent === quote", arg=quote
    )
    page.wait_for_function(
        """() => {
            const mark = document.querySelector('#reader mark.now').getBoundingClientRect();
            const box = document.querySelector('#reader').getBoundingClientRect();
            const head = document.querySelector('#reader header').getBoundingClientRect();
            return mark.top >= head.bottom - 1 && mark.bottom <= Math.min(box.bottom, innerHeight) + 1;
        }"""
    )


def shot(page: Any, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


NETS = "Sie fürchten, dass das Schiff ihre Netze beschädigt."
CAPACITY = "Das Schiff fasst 412 Fahrgäste und 60 Fahrzeuge."
OVERSTATED = "Das <b>Schiff</b> fasst 500 Fahrgäste."  # no article says so


def fits(page: Any) -> None:
    """Check that nothing is wider than the screen and no button is cut off."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = page.evaluate(
        """() => [...document.querySelectorAll('button, a, input, select, summary')]
            .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
            .map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert cut == [], "cut off"
