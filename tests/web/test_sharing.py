"""What leaves the page: copied answers and quotes, and addresses of citations, as a colleague gets them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.browsing import (
    CAPACITY,
    CITATION,
    NARROW,
    NETS,
    SHIP,
    Pages,
    Server,
    ask,
    now,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]
FERRY = "Neue Fähre verbindet Inseln, Küstenbote, 5. November 2024, https://example.org/faehre"
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
READ = """async () => {
    const [item] = await navigator.clipboard.read();
    return Promise.all(['text/plain', 'text/html'].map(async (kind) => (await item.getType(kind)).text()));
}"""


def _clipboard(page: Any) -> tuple[str, str]:
    page.wait_for_selector("#toast:has-text('Kopiert')")
    text, html = page.evaluate(READ)
    return text, html


def test_an_answer_is_copied_as_quotes_with_numbered_sources(open_page: Pages) -> None:
    page = open_page(**CLIPBOARD)
    ask(page, SHIP)
    page.locator("#chat .bot.message").hover()
    page.locator("#chat button[aria-label='Antwort kopieren']").last.click()
    text, html = _clipboard(page)
    assert f"„{CAPACITY}“ [1]" in text
    assert f"„{NETS}“ [2]" in text
    assert f"\n[2] {FERRY}\n" in text
    for markup in ("#cite-", "<", "passt gut", "Original"):
        assert markup not in text, markup
    assert f"<p>„{CAPACITY}“ [1]" in html
    assert '<a href="https://example.org/faehre">' in html
    assert "class=" not in html


def test_a_selection_is_copied_with_the_sources_of_its_quotes(open_page: Pages) -> None:
    page = open_page(**CLIPBOARD)
    ask(page, SHIP)
    copied = page.evaluate(
        """() => {
            const message = document.querySelector('#chat .bot.message');
            getSelection().selectAllChildren(message.querySelector('blockquote'));
            const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), bubbles: true });
            message.dispatchEvent(event);
            return event.clipboardData.getData('text/plain');
        }"""
    )
    assert copied.startswith(f"„{CAPACITY}“ [1]")
    assert copied.endswith(FERRY)


def test_of_a_refusal_only_what_it_says_is_copied(open_page: Pages) -> None:
    page = open_page(**CLIPBOARD)
    ask(page, "Wie hoch ist der Zoll auf Mondgestein?")
    page.locator("#chat .bot.message").hover()
    page.locator("#chat button[aria-label='Antwort kopieren']").last.click()
    assert _clipboard(page)[0] == "Dazu steht nichts in den Artikeln."


def test_a_quote_is_copied_from_the_article(open_page: Pages) -> None:
    page = open_page(**CLIPBOARD)
    ask(page, SHIP)
    page.locator(CITATION).nth(1).click()
    now(page, NETS)
    page.locator("#reader [data-quote]").click()
    assert _clipboard(page)[0] == f"„{NETS}“\n\n{FERRY}"


def test_a_citation_is_sent_to_a_colleague(open_page: Pages, server: Server) -> None:
    page = open_page(**CLIPBOARD)
    ask(page, SHIP)
    page.locator(CITATION).nth(1).click()
    now(page, NETS)
    assert "#cite-" in page.url
    address = page.url
    page.locator("#reader [data-link]").click()
    copied = _clipboard(page)[0]  # no address, which would lead to the colleague's own machine
    assert re.fullmatch(rf"{re.escape(FERRY)}, faehre.md, Zeichen \d+–\d+", copied)
    assert "nur auf diesem Rechner" in page.inner_text("#toast")

    colleague = open_page(address)  # another browser, without the conversation
    now(colleague, NETS)
    assert colleague.locator("#chat .message").count() == 0
    assert colleague.locator("#sources .card.active").count() == 1

    page.reload()  # the same browser: the conversation and the sentence
    now(page, NETS)
    assert page.locator("#sources .card").count() == 3
    page.evaluate("location.hash = '#cite-forged.1-2.3.00000000'")
    page.wait_for_selector("#reader .hint")


def test_the_address_follows_what_is_open_and_back_works(open_page: Pages, server: Server) -> None:
    page = open_page(f"{server.url}/?q=Schiff")
    assert page.input_value("#question textarea") == "Schiff"
    ask(page, SHIP)
    page.locator(CITATION).nth(0).click()
    now(page, CAPACITY)
    page.locator(CITATION).nth(1).click()
    now(page, NETS)
    assert "?q=Schiff#cite-" in page.url
    page.go_back()
    now(page, CAPACITY)
    page.go_back()
    page.wait_for_function("!location.hash")
    assert "?q=Schiff" in page.url
    page.go_forward()
    now(page, CAPACITY)


def test_on_a_phone_the_article_is_a_sheet_that_back_closes(open_page: Pages) -> None:
    page = open_page(viewport=NARROW, is_mobile=True, has_touch=True)
    box = page.locator("#question").bounding_box()
    assert box["y"] + box["height"] <= NARROW["height"]  # on the first screen, and always
    assert not page.locator("#reader").is_visible()
    ask(page, SHIP)
    asked = page.locator("#chat .user.message").bounding_box()
    assert 0 <= asked["y"] < NARROW["height"] / 2  # the answer is read from its beginning
    page.locator(CITATION).nth(1).tap()
    now(page, NETS)
    page.locator("#reader [data-step='1']").tap()
    page.wait_for_function("document.querySelector('#reader .place').textContent === '3 / 3'")
    assert page.locator("#question textarea").is_visible()
    page.go_back()
    page.wait_for_selector("#reader", state="hidden")
    assert page.locator("#chat .message").count() == 2


def test_the_last_click_wins_in_whatever_order_replies_arrive(open_page: Pages) -> None:
    page = open_page()
    ask(page, SHIP)
    held: list[Any] = []

    def hold(route: Any) -> None:
        if '"ref"' not in (route.request.post_data or "") or len(held) == 2:
            return route.continue_()
        held.append(route)
        if len(held) == 2:  # the reply to the second click comes first
            held[1].continue_()
            held[0].continue_()
        return None

    page.route("**/run/predict*", hold)
    page.locator(CITATION).nth(0).click()
    page.locator(CITATION).nth(1).click()
    now(page, NETS)
    page.unroute("**/run/predict*")
    page.wait_for_timeout(500)  # nothing to wait for: the mark must stay
    now(page, NETS)


def test_a_number_previews_its_sentence(open_page: Pages) -> None:
    page = open_page()
    ask(page, SHIP)
    page.locator(CITATION).nth(1).hover()
    page.wait_for_selector("#preview mark")
    assert page.inner_text("#preview mark") == NETS
    assert "Kritik kam von Fischern." in page.inner_text("#preview")
    page.mouse.move(5, 5)
    page.wait_for_selector("#preview", state="detached")


def test_send_stop_and_messages_have_names(open_page: Pages) -> None:
    page = open_page()
    ask(page, SHIP)
    assert page.get_by_role("button", name="Frage senden").count() == 1
    assert page.get_by_role("link", name="Quelle 1 im Artikel zeigen").count() == 1
    assert page.get_by_role("log", name="Gespräch").count() == 1
    assert page.locator("#loading").count() == 0


def test_words_are_found_in_the_article(open_page: Pages) -> None:
    page = open_page()
    ask(page, SHIP)
    page.locator(CITATION).nth(0).click()
    now(page, CAPACITY)
    page.fill("#reader input[name=find]", "reederei")
    page.wait_for_function("/^1 \\/ \\d+$/.test(document.querySelector('#reader .found').textContent)")
    page.press("#reader input[name=find]", "Enter")
    page.wait_for_function("document.querySelector('#reader .found').textContent.startsWith('2 /')")
