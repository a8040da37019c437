"""Waiting times beside a language model: `python -m benchmarks.phrasing_times [--rounds 25]`.

A server over `seeds/` with the default model, used by Chromium: time from Enter to the first quote without a
language model, and with the switch on and an endpoint that is down, hangs or answers at once, in turns. Then
twenty readers ask at the same time while the endpoint hangs.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.page import FIRST, QUESTIONS, ROOT, served
from qa.llm.client import Client, Message
from qa.llm.deadlines import Stop
from qa.llm.endpoint import endpoint
from tests.support.llm_server import Handler, saying, serving

MODES = ("none", "down", "hanging", "fast")
READERS = 20
PATIENCE = 120_000  # milliseconds


class Switching:
    """A client of the endpoint that is wanted now; always a new one, so that no failure is remembered."""

    model, host, local = "klein", "127.0.0.1", True

    def __init__(self, urls: dict[str, str]) -> None:
        self._urls = urls
        self.mode = "fast"
        self._client = Client(endpoint(urls["hanging"], self.model))  # one for all, with its limit

    def stream(self, messages: Sequence[Message], stop: Stop | None = None) -> Generator[str]:
        client = (
            self._client if self.mode == "hanging" else Client(endpoint(self._urls[self.mode], self.model))
        )
        yield from client.stream(messages, stop)


def hanging(handler: Handler) -> None:
    handler.begin()
    handler.hang()


@contextmanager
def endpoints() -> Iterator[dict[str, str]]:
    """An endpoint of each kind."""
    with ExitStack() as stack, socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # not listening: a connection is refused
        said = "Nordkorea schickte Soldaten nach Russland. [1] Es gab viele Verluste. [1]"
        yield {
            "down": f"http://127.0.0.1:{free.getsockname()[1]}/v1",
            "hanging": stack.enter_context(serving(hanging)).url,
            "fast": stack.enter_context(serving(saying(said))).url,
        }


def on_the_page(browser: Any, url: str, model: Switching, rounds: int) -> dict[str, list[float]]:
    """Milliseconds from Enter to the first quote, by the state of the endpoint."""
    page = opened(browser, url)
    found: dict[str, list[float]] = {mode: [] for mode in MODES}
    for number in range(rounds + 1):  # the first one warms up
        for mode in MODES:
            page.click("#new")
            page.wait_for_selector("#examples button")
            model.mode = mode
            page.set_checked("#phrasing input", mode != "none")
            found[mode].append(asked(page, f"{QUESTIONS[number % len(QUESTIONS)]}{' ' * (number // 10)}"))
            if mode == "hanging" and not page.locator("#chat .no-answer").count():  # a refusal asks no model
                page.click("#question .stop-button")
            page.wait_for_selector("#question .submit-button")
    return {mode: times[1:] for mode, times in found.items()}


def opened(browser: Any, url: str) -> Any:
    """A new page, of a browser of its own."""
    page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.wait_for_selector("#phrasing input")
    page.wait_for_selector("#examples button")
    return page


def asked(page: Any, question: str) -> float:
    page.fill("#question textarea", question)
    page.evaluate(FIRST)
    page.press("#question textarea", "Enter")
    return float(page.evaluate("window.first"))


def crowd(browser: Any, url: str, model: Switching) -> list[float]:
    """Milliseconds to the first quote of READERS pages that ask one after the other without waiting."""
    model.mode = "hanging"
    pages = [opened(browser, url) for _ in range(READERS)]
    for number, page in enumerate(pages):
        page.check("#phrasing input")
        page.fill("#question textarea", f"{QUESTIONS[number % len(QUESTIONS)]} {' ' * number}")
        page.evaluate(FIRST)
    for page in pages:
        page.press("#question textarea", "Enter")
    return [float(page.evaluate("window.first")) for page in pages]


def main() -> None:
    """Print the table."""
    from playwright.sync_api import sync_playwright

    import qa

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=25, help="questions for each kind of endpoint")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, endpoints() as urls, sync_playwright() as playwright:
        vectors = Path(folder, "vectors")
        qa.build(ROOT / "seeds", vectors)
        model = Switching(urls)
        url, server = served(vectors, model)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        times = on_the_page(browser, url, model, args.rounds)
        many = crowd(browser, url, model)
        browser.close()
        server.should_exit = True
    print("| endpoint | n | p50 ms | p95 ms |\n|---|---|---|---|")
    for name, found in (*times.items(), (f"hanging, {READERS} readers at once", many)):
        print(f"| {name} | {len(found)} | {np.median(found):.0f} | {np.percentile(found, 95):.0f} |")


if __name__ == "__main__":
    main()
