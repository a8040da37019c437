"""Waiting times on the page: `python -m benchmarks.page [--rounds 30]`.

A server over `seeds/` with the default model, used by Chromium: time from Enter to the first sentence of the
answer, from a click on a citation to the marked sentence in view, and for twenty simultaneous questions over
HTTP.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = (
    "Wie viele nordkoreanische Soldaten sind desertiert?",
    "Was forderte Roderich Kiesewetter?",
    "Welche Verluste meldet der Geheimdienst?",
    "Was stand im Tagebuch des Soldaten?",
    "Was sagte António Guterres?",
    "Welche Waffen wurden gefunden?",
    "Was sagte Pat Ryder?",
    "What did Zelensky say about the losses?",
    "Wie viele Soldaten schickte Nordkorea nach Russland?",
    "Was berichtete Newsweek?",
)
CROWD = 20
# From the key to the first quote of a new answer, by the browser's own clock.
FIRST = """() => {
  const made = '#chat .bot.message a[href^="#cite-"], #chat .no-answer';
  const count = () => document.querySelectorAll(made).length;
  const before = count();
  window.first = new Promise((done) => addEventListener('keydown', (event) => {
    const began = event.timeStamp;
    const look = () => count() > before ? done(performance.now() - began) : requestAnimationFrame(look);
    look();
  }, { once: true, capture: true }));
}"""
CLICK = """(link) => new Promise((done) => {
  const reader = document.querySelector('#reader');
  const before = reader.querySelector('mark.now');
  const began = performance.now();
  const look = () => {
    const mark = reader.querySelector('mark.now');
    if (mark && mark !== before) {
      const m = mark.getBoundingClientRect(), r = reader.getBoundingClientRect();
      if (m.top >= r.top && m.top < r.bottom) return done(performance.now() - began);
    }
    requestAnimationFrame(look);
  };
  link.click();
  look();
})"""


def served(vectors: Path, language_model: Any = None) -> tuple[str, Any]:
    """Run a server over the built index in a thread; returns its address and the server, to stop it."""
    import uvicorn

    import ui
    from qa.server import listening as sockets
    from qa.server.app import make_app
    from qa.service.library import Folders
    from qa.service.service import Service

    service = Service(Folders(ROOT / "seeds", vectors), language_model=language_model)
    listening = sockets.listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(make_app(service, ui.make_page(service)), log_level="warning"))
    service.served()

    async def run() -> None:
        await server.serve(sockets=[listening])

    threading.Thread(target=lambda: asyncio.run(run()), daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return sockets.address("127.0.0.1", listening.getsockname()[1]), server


def on_the_page(url: str, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds to the first sentence, and from a click to the mark."""
    from playwright.sync_api import sync_playwright

    first: list[float] = []
    clicks: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(url)
        page.wait_for_selector("#examples button")
        for number in range(rounds + 1):  # the first one warms up
            answers = page.locator("#chat .confidence").count()
            page.fill("#question textarea", f"{QUESTIONS[number % len(QUESTIONS)]}{' ' * (number // 10)}")
            page.evaluate(FIRST)
            page.press("#question textarea", "Enter")
            first.append(page.evaluate("window.first"))
            page.wait_for_function(
                "n => document.querySelectorAll('#chat .confidence').length > n", arg=answers
            )
            page.wait_for_selector("#question .submit-button")
            links = page.locator("#chat .bot.message").last.locator("a[href^='#cite-']")
            for n in reversed(range(links.count())):
                clicks.append(links.nth(n).evaluate(CLICK))
            if number % 10 == 9:
                page.click("#new")
                page.wait_for_selector("#chat .message", state="detached")
        browser.close()
    return first[1:], clicks[1:]


def picture(url: str, target: Path) -> None:
    """Screenshot of the page with an answer and an open citation, for the README."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="de-DE")
        page.goto(url)
        page.wait_for_selector("#examples button")
        for question in ("Wie heißt der Bürgermeister von Hamburg?", QUESTIONS[0]):
            answers = page.locator("#chat .confidence").count()
            page.fill("#question textarea", question)
            page.press("#question textarea", "Enter")
            page.wait_for_function(
                "n => document.querySelectorAll('#chat .confidence').length > n", arg=answers
            )
            page.wait_for_selector("#question .submit-button")
        page.locator("#chat a[href^='#cite-']").first.click()
        page.wait_for_selector("#reader mark.now")
        page.wait_for_timeout(500)
        page.screenshot(path=target)
        browser.close()


def crowd(url: str) -> tuple[list[float], int]:
    """Milliseconds of each of CROWD simultaneous questions, and how many failed."""
    import httpx

    def ask(number: int) -> tuple[float, bool]:
        question = f"{QUESTIONS[number % len(QUESTIONS)]} {number}"
        began = time.perf_counter()
        response = httpx.post(f"{url}/api/v1/ask", json={"question": question}, timeout=60)
        return 1000 * (time.perf_counter() - began), response.status_code == 200

    with ThreadPoolExecutor(CROWD) as pool:
        found = list(pool.map(ask, range(CROWD)))
    return [took for took, _ in found], sum(not good for _, good in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="questions asked on the page")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="only take the README's picture")
    args = parser.parse_args()
    import qa

    with tempfile.TemporaryDirectory() as folder:
        vectors = Path(folder, "vectors")
        qa.build(ROOT / "seeds", vectors)
        url, server = served(vectors)
        if args.picture:
            picture(url, args.picture)
            server.should_exit = True
            return
        first, clicks = on_the_page(url, args.rounds)
        crowd(url)
        rounds = [crowd(url) for _ in range(3)]
        server.should_exit = True
    many = [took for times, _ in rounds for took in times]
    print("| | n | p50 ms | p95 ms |\n|---|---|---|---|")
    for name, times in (
        ("Enter to first sentence", first),
        ("click to highlighted sentence", clicks),
        (f"{CROWD} users at once, each user's answer", many),
    ):
        print(f"| {name} | {len(times)} | {np.median(times):.0f} | {np.percentile(times, 95):.0f} |")
    print(f"\nFailed of {len(many)} askers: {sum(failed for _, failed in rounds)}")


if __name__ == "__main__":
    main()
