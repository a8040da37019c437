"""The switch for phrased answers, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.browsing import CAPACITY, SHIP, Pages, Server, ask, fits, shot
from tests.support.llm_fakes import Hanging
from tests.support.llm_server import HELD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]
SWITCH = "#phrasing input"
WRITING = "#phrasing .writing"
SHOWN = 300  # milliseconds in which the page shows what it was sent


def test_the_switch(open_page: Pages, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    open_page.expected.append("404")  # Gradio's script also calls an address that does nothing and is closed
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.wait_for_selector(f"{SWITCH}:not(:checked)")
    assert "klein auf diesem Rechner" in page.inner_text("#phrasing")
    page.check(SWITCH)
    ask(page, SHIP)
    page.wait_for_selector("#chat .phrased")
    assert page.inner_text("#chat .bot.message p >> nth=0").startswith(CAPACITY)
    assert page.inner_text("#chat .phrased").startswith("Ausformuliert von klein (127.0.0.1)")
    page.click("#chat .why >> nth=0 >> summary")
    assert page.inner_text("#chat .why s") == "Das <b>Schiff</b> fasst 500 Fahrgäste."
    page.locator("#chat button[aria-label='Antwort kopieren']").last.click()
    page.wait_for_selector("#toast:has-text('Kopiert')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{CAPACITY} [1]\n\nAusformuliert von klein (127.0.0.1)")
    assert "500" not in copied
    page.click("#reader [data-summarise]")
    page.wait_for_selector("#chat .user.message:has-text('Zusammenfassung: Neue Fähre')")
    page.wait_for_selector("#chat .phrased >> nth=1")
    page.wait_for_selector("#question .submit-button")
    shot(page, "phrased-1280")
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)
    shot(page, "phrased-390")
    hanging = write_without_end(page, server, monkeypatch)
    with ended(page, "stopped"):
        page.click("#question .stop-button")
    assert hanging.stopped.wait(HELD)
    page.wait_for_selector(WRITING, state="hidden")
    assert page.locator("#chat blockquote").count()
    assert page.input_value("#question textarea") == ""
    shot(page, "stopped-390")
    page.reload()
    page.wait_for_selector(f"{SWITCH}:checked")
    page.wait_for_selector("#chat blockquote")
    hanging = write_without_end(page, server, monkeypatch)
    with ended(page, "left"):
        page.click("#new")
    assert hanging.stopped.wait(HELD)
    page.wait_for_selector("#question .submit-button")
    assert page.locator("#chat .message").count() == 0
    assert page.input_value("#question textarea") == ""
    assert page.locator("#side .notice").count() == 0


@contextmanager
def ended(page: Any, how: str) -> Iterator[None]:
    """Waits for what the page does where an answer ends too early, and until it is shown."""

    def says_how(reply: Any) -> bool:
        sent = reply.request.post_data_json if reply.request.method == "POST" else None
        return bool(sent) and sent.get("data", [])[1:] == [how]

    with page.expect_response(says_how):
        yield
    page.wait_for_timeout(SHOWN)


def write_without_end(page: Any, server: Server, monkeypatch: pytest.MonkeyPatch) -> Hanging:
    """A new conversation with an answer whose quotes are shown while the language model says nothing."""
    hanging = Hanging()
    monkeypatch.setattr(server.language_model, "stream", hanging.stream)
    page.click("#new")
    page.wait_for_selector("#examples button")
    page.fill("#question textarea", SHIP)
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#chat blockquote")
    page.wait_for_selector(WRITING)
    return hanging
