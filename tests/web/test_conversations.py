"""The list of conversations and the filter, both kept by the browser."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browsing import CITATION, SHIP, Pages, Server, ask

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]
ASKED = "#chat .user.message"
TITLES = "#conversations .title"


def _new(page: Any) -> None:
    page.click("#new")
    page.wait_for_selector("#examples button")


def test_a_new_conversation_destroys_nothing(open_page: Pages) -> None:
    page = open_page()
    ask(page, SHIP)
    _new(page)
    ask(page, "Was kostet die Ausleihe?")
    assert page.locator(TITLES).all_inner_texts() == ["Was kostet die Ausleihe?", SHIP]
    page.locator(TITLES).last.click()
    page.wait_for_selector(f"{ASKED}:has-text('Schiff')")
    page.wait_for_selector(CITATION)
    assert page.locator("#sources .card").count() == 3
    page.reload()
    page.wait_for_selector(f"{ASKED}:has-text('Schiff')")
    assert page.locator(ASKED).count() == 1
    assert page.locator(TITLES).count() == 2


def test_it_is_renamed_found_deleted_and_brought_back(open_page: Pages) -> None:
    page = open_page()
    ask(page, SHIP)
    page.locator("#conversations li").hover()
    page.locator("#conversations button[aria-label$='umbenennen']").click()
    page.keyboard.type("Fähre <b>")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{TITLES}:has-text('Fähre <b>')")
    page.fill("#conversations input[type=search]", "netze")  # said in the answer
    assert page.locator(TITLES).count() == 1
    page.fill("#conversations input[type=search]", "mondgestein")
    assert page.locator(TITLES).count() == 0
    page.fill("#conversations input[type=search]", "")
    page.locator("#conversations li").hover()
    page.locator("#conversations button[aria-label$='löschen']").click()
    page.wait_for_selector(TITLES, state="detached")
    page.wait_for_selector("#chat .message", state="detached")
    page.click("#toast button")
    page.locator(TITLES).click()
    page.wait_for_selector(ASKED)
    assert page.evaluate("document.querySelectorAll('#conversations b').length") == 0


def test_two_windows_never_overwrite_each_other(open_page: Pages, server: Server) -> None:
    one = open_page()
    ask(one, SHIP)
    two = one.context.new_page()
    two.goto(server.url)
    two.wait_for_selector("#examples button")  # a conversation of its own
    two.set_default_timeout(60_000)
    ask(two, "Was kostet die Ausleihe?")
    ask(one, "Wie viele Fahrgäste?")
    two.reload()
    two.wait_for_selector(ASKED)
    assert two.locator(ASKED).all_inner_texts() == ["Was kostet die Ausleihe?"]
    two.locator(f"{TITLES}:has-text('Schiff')").click()  # the same one in both
    two.wait_for_selector(f"{ASKED}:has-text('Fahrgäste')")
    ask(two, "Seestern")
    ask(one, "Netze")  # it has changed meanwhile
    kept = one.evaluate(
        """() => Object.keys(localStorage).map(
            (key) => JSON.parse(localStorage[key]).chat.filter((m) => m.role === 'user').length)"""
    )
    assert sorted(kept) == [1, 3, 3]


def test_dates_can_be_typed_one_after_the_other(open_page: Pages) -> None:
    page = open_page(locale="de-DE")
    page.locator("#filters summary").click()
    page.locator("#filters input[name=since]").focus()
    for key in "01112024":
        page.keyboard.press(key)
    page.keyboard.press("Tab")
    page.locator("#filters input[name=until]").focus()
    for key in "30112024":
        page.keyboard.press(key)
    since, until = (page.input_value(f"#filters input[name={name}]") for name in ("since", "until"))
    assert since.startswith("2024-")
    assert until.startswith("2024-")
    page.wait_for_selector("#filters .chosen:has-text('ab ')")
    page.wait_for_selector("#filters .chosen:has-text('bis ')")
    page.fill("#question textarea", SHIP)
    page.fill("#filters input[name=since]", "2024-11-30")
    page.press("#question textarea", "Enter")  # at once: the filter as it is in the fields
    page.wait_for_selector(
        "#chat .bot.message:has-text('Zeitraum ist leer'), #chat .searched:has-text('30. November')"
    )


def test_the_filter_belongs_to_its_conversation(open_page: Pages) -> None:
    page = open_page()
    page.locator("#filters summary").click()
    page.select_option("#filters select", "Stadtanzeiger")
    page.wait_for_selector("#filters .chosen")
    ask(page, SHIP)
    page.reload()
    page.wait_for_selector("#filters .chosen:has-text('Stadtanzeiger')")
    _new(page)
    page.wait_for_selector("#filters .chosen", state="detached")
    assert page.input_value("#filters select") == ""
    page.locator(TITLES).click()
    page.wait_for_selector("#filters .chosen:has-text('Stadtanzeiger')")
    assert page.input_value("#filters select") == "Stadtanzeiger"


def test_a_refusal_leads_on_without_the_filter(open_page: Pages) -> None:
    page = open_page()
    page.locator("#filters summary").click()
    page.select_option("#filters select", "Stadtanzeiger")
    page.wait_for_selector("#filters .chosen")
    ask(page, "Was fürchten die Fischer?")
    page.locator("#chat a[href='#all']").click()
    page.wait_for_selector(CITATION)
    assert page.locator("#filters .chosen").count() == 0
