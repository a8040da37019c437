"""What a reader does while an answer is written, in a browser: nothing of a conversation is lost or moves."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.browsing import SHIP, Pages, Server, ask
from tests.support.fakes import FakeBot
from tests.support.llm_fakes import Hanging

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]
LOAN = "Was kostet die Ausleihe?"
SLOW = 1.5  # seconds of an answer that comes late
SHOWN = 300  # milliseconds in which the page shows what it was sent
# The reply to a stop comes after everything else that a stop causes.
LATE_REPLY = """const before = window.fetch; window.fetch = async (...given) => {
    const reply = await before(...given);
    if (String(given[0]?.url || given[0]).endsWith('/cancel')) await new Promise((go) => setTimeout(go, 600));
    return reply;
}"""
KEPT = """() => Object.keys(localStorage).filter((key) => key.startsWith('qa_conversation.'))
    .map((key) => JSON.parse(localStorage[key]).chat.length).sort()"""


def questions(page: Any) -> int:
    count: int = page.locator("#chat .user.message").count()
    return count


def shows(page: Any, asked: int, quoted: int, box: str = "") -> None:
    """Checks the questions and quoted answers in the chat, what is in the box, and that nothing failed."""
    page.wait_for_selector("#question .submit-button")
    page.wait_for_function("n => document.querySelectorAll('#chat .user.message').length === n", arg=asked)
    page.wait_for_timeout(SHOWN)
    assert (questions(page), page.locator("#chat blockquote").count()) == (asked, quoted)
    assert page.input_value("#question textarea") == box
    assert page.locator("#side .notice").count() == 0


def begin(page: Any) -> None:
    page.click("#new")
    page.wait_for_selector("#examples button")


@pytest.fixture
def write(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], None]:
    """Asks a question whose quotes come at once; the language model says nothing until it is stopped."""

    def writing(page: Any, question: str) -> None:
        monkeypatch.setattr(server.language_model, "stream", Hanging().stream)
        answers = page.locator("#chat blockquote").count()
        page.check("#phrasing input")
        page.fill("#question textarea", question)
        page.press("#question textarea", "Enter")
        page.wait_for_function("n => document.querySelectorAll('#chat blockquote').length > n", arg=answers)
        page.wait_for_selector("#phrasing .writing")

    return writing


def test_what_is_asked_in_a_reopened_conversation_is_kept(open_page: Pages) -> None:
    page = open_page()
    ask(page, SHIP)
    page.click("#conversations .title")  # the one that is open
    page.wait_for_timeout(SHOWN)
    ask(page, LOAN)
    assert page.evaluate(KEPT) == [4]
    begin(page)
    ask(page, SHIP)  # another one that begins alike
    page.locator("#conversations .title").nth(1).click()
    shows(page, 2, 2)
    ask(page, LOAN)
    assert page.evaluate(KEPT) == [2, 6]


def test_leaving_and_stopping_an_answer_loses_nothing(
    open_page: Pages, write: Callable[[Any, str], None]
) -> None:
    open_page.expected.append("404")  # Gradio's script also calls an address that does nothing and is closed
    page = open_page()
    page.evaluate(LATE_REPLY)
    ask(page, SHIP)
    ask(page, LOAN)
    begin(page)
    write(page, SHIP)
    page.locator("#conversations .title").nth(1).click()
    shows(page, 2, 2)
    assert page.evaluate(KEPT) == [2, 4]
    begin(page)
    write(page, SHIP)
    page.click("#question .stop-button")
    shows(page, 1, 1)
    write(page, LOAN)  # asked at once
    begin(page)
    shows(page, 0, 0)
    assert page.evaluate(KEPT) == [2, 4, 4]


def test_a_question_that_waits_is_never_lost(open_page: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    open_page.expected.append("404")
    page = open_page()
    at_once = FakeBot.ask

    def late(self: FakeBot, *given: Any, **named: Any) -> Any:
        time.sleep(SLOW)
        return at_once(self, *given, **named)

    def waiting() -> None:
        page.fill("#question textarea", SHIP)
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#question .stop-button")

    monkeypatch.setattr(FakeBot, "ask", late)
    waiting()
    page.click("#question .stop-button")
    shows(page, 0, 0, box=SHIP)
    waiting()
    begin(page)
    shows(page, 0, 0)
    page.click("#conversations .title")
    shows(page, 0, 0, box=SHIP)
    monkeypatch.setattr(FakeBot, "ask", at_once)
    page.press("#question textarea", "Enter")
    shows(page, 1, 1)
    assert page.evaluate(KEPT) == [2]
