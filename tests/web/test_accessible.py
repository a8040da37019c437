"""Accessibility: axe-core's rules in each state of the page, and keyboard-only use."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.browsing import CAPACITY, CITATION, NARROW, SHIP, WIDE, Pages, Server, ask, now, shot
from tests.support.fakes import FakeBackend

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PHONE = {"viewport": NARROW, "is_mobile": True, "has_touch": True}
LOOKS = [
    pytest.param({"viewport": WIDE, "color_scheme": "light", "locale": "de-DE"}, id="wide-light-de"),
    pytest.param({"viewport": WIDE, "color_scheme": "dark", "locale": "en-GB"}, id="wide-dark-en"),
    pytest.param({**PHONE, "color_scheme": "light", "locale": "en-GB"}, id="narrow-light-en"),
    pytest.param({**PHONE, "color_scheme": "dark", "locale": "de-DE"}, id="narrow-dark-de"),
]


def _axe() -> str:
    """The source of axe-core from its package."""
    package = pytest.importorskip("axe_playwright_python")
    return (importlib.resources.files(package) / "axe.min.js").read_text(encoding="utf-8")


def _violations(page: Any) -> list[str]:
    """What axe finds against the page as it is: rule, element and what it says."""
    page.evaluate(
        """() => Promise.allSettled(document.getAnimations()
            .filter((animation) => animation instanceof CSSTransition)
            .map((transition) => transition.finished))"""
    )
    found = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
    assert found["passes"], "axe looked at nothing"
    return [
        f"{rule['id']}: {node['html'][:160]} {node['any'][0]['message'] if node['any'] else ''}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


class Seen:
    """Collects what axe finds, state by state."""

    def __init__(self, page: Any, look: str) -> None:
        self._page = page
        self._look = look
        self.found: dict[str, list[str]] = {}
        page.evaluate(_axe())

    def __call__(self, state: str) -> None:
        self.found[state] = _violations(self._page)
        shot(self._page, f"{self._look}-{state}")


def _tab(page: Any, number: int) -> None:
    page.locator("button[role=tab]").nth(number).click()


@pytest.mark.parametrize("options", LOOKS[1:3])  # the others with the failures below
def test_no_state_breaks_a_rule(
    open_page: Pages, server: Server, options: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    page = open_page(**options)
    seen = Seen(page, request.node.callspec.id)
    seen("start")
    ask(page, SHIP)
    seen("answer")
    page.locator("#chat .why summary").click()
    page.locator("#exports summary").click()
    seen("why and formats")
    page.keyboard.press("Escape")
    page.locator("#sources .pin").first.click()
    page.wait_for_selector("#sources .pin[aria-pressed=true]")
    page.locator(CITATION).first.click()
    now(page, CAPACITY)
    seen("citation")
    ask(page, "Wie hoch ist der Zoll auf Mondgestein?")
    seen("refusal")
    page.locator("#filters summary").click()
    page.select_option("#filters select", "Stadtanzeiger")
    page.wait_for_selector("#filters .chosen")
    seen("filter")
    _tab(page, 2)
    page.wait_for_selector("#dossier li")
    seen("dossier")
    _tab(page, 1)
    page.wait_for_selector("#corpus-table tbody tr")
    seen("table")
    page.locator("#corpus-table [data-article]").first.click()
    page.wait_for_selector("#corpus-reader h3")
    seen("article")
    server.backend.held.clear()
    page.locator("#corpus-reader [data-remove]").click()
    page.wait_for_selector("#rebuild-status [data-restore]")
    page.locator("#removed summary").click()
    seen("removed")
    page.locator("#rebuild-status [data-restore]").click()
    page.wait_for_selector("#removed details", state="detached")
    page.wait_for_selector("#rebuild-status progress[value='20']")
    seen("rebuild")
    server.backend.held.set()
    page.wait_for_selector("#rebuild-status .report details")
    page.locator("#generations summary").click()
    seen("report")
    page.set_input_files("#upload input", [{"name": "a.png", "mimeType": "image/png", "buffer": b"x"}])
    page.wait_for_selector("#rebuild-status .report:has-text('a.png')")
    seen("refused-file")
    open_page.trouble[:] = [line for line in open_page.trouble if "422" not in line]
    assert {state: found for state, found in seen.found.items() if found} == {}
    assert len(seen.found) == 13


@pytest.mark.parametrize(("state", "look"), [("no-index", 3), ("broken", 0), ("lost", 3)])
def test_no_failure_breaks_a_rule(chromium: Any, state: str, look: int) -> None:
    backend = FakeBackend(generations=0 if state == "no-index" else 1)
    backend.broken = state == "broken"
    own = Server(backend=backend, opened=state != "broken")
    pages = Pages(chromium, own)
    try:
        (options,) = LOOKS[look].values
        page = pages(wait="#examples button" if state == "lost" else "#notice .notice", **options)
        if state == "lost":
            page.fill("#question textarea", "Absturz")
            page.press("#question textarea", "Enter")
            page.wait_for_selector("#sources .notice")
        seen = Seen(page, str(LOOKS[look].id))
        seen(state)
        assert seen.found == {state: []}
        assert pages.trouble == []
    finally:
        pages.close()
        own.stop()


def test_a_rule_that_is_broken_is_found(open_page: Pages) -> None:
    page = open_page()
    seen = Seen(page, "control")
    page.evaluate("document.querySelector('#question textarea').removeAttribute('aria-label')")
    page.evaluate("document.querySelector('h1').style.color = '#eee'")
    seen("broken")
    assert any(line.startswith("color-contrast: <h1") for line in seen.found["broken"])


# ---------------------------------------------------------------- the keyboard alone


def _focus(page: Any) -> dict[str, Any]:
    """What has the focus, and whether that can be seen."""
    found: dict[str, Any] = page.evaluate(
        """() => {
            const e = document.activeElement, s = getComputedStyle(e);
            const box = e.getBoundingClientRect();
            const ring = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
                || style.boxShadow !== 'none';
            const around = [e, e.parentElement, e.parentElement?.parentElement].filter((x) => x);
            const near = around.some((x) => ring(getComputedStyle(x)));
            const parts = ['#chat', '#sources', '#reader', '#question', '#filters', '#corpus-table',
                '#corpus-search', '#corpus-reader', '#upload', '#generations'];
            const href = e.getAttribute('href') || '';
            return { tag: e.tagName, id: e.id, text: (e.textContent || '').trim().slice(0, 60), href,
                inside: parts.filter((p) => e.closest(p)),
                role: e.getAttribute('role') || '', visible: box.width > 0 && box.height > 0, ring: near,
                caret: e.matches('textarea, input') || e.matches('mark') };
        }"""
    )
    return found


def _tab_to(page: Any, wanted: Callable[[dict[str, Any]], bool], key: str = "Tab", most: int = 60) -> None:
    """Press a key until the focus is where it is wanted; it must be seen at each step."""
    for _ in range(most):
        page.keyboard.press(key)
        focus = _focus(page)
        if focus["tag"] != "BODY":
            assert focus["ring"] or focus["caret"], f"the focus cannot be seen: {json.dumps(focus)}"
        if wanted(focus):
            return
    pytest.fail("the focus never came there")


def test_the_keyboard_is_enough(open_page: Pages) -> None:
    page = open_page()
    page.wait_for_function("document.activeElement.matches('#question textarea')")
    page.keyboard.type(SHIP)
    page.keyboard.press("Enter")
    page.wait_for_selector("#chat .confidence")
    page.wait_for_function("document.activeElement.matches('#question textarea')")  # back for the next one
    _tab_to(page, lambda f: f["href"].startswith("#cite-"), "Shift+Tab")
    _tab_to(page, lambda f: f["text"] == "1", "Shift+Tab")
    page.keyboard.press("Enter")
    now(page, CAPACITY)
    page.wait_for_function("document.activeElement.matches('mark.now')")  # a reader goes on from there
    _tab_to(page, lambda f: "#sources" in f["inside"], "Shift+Tab")
    _tab_to(page, lambda f: "#filters" in f["inside"] and f["tag"] == "SUMMARY", "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#filters select:visible")
    _tab_to(page, lambda f: f["tag"] == "SELECT")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("#filters .chosen")
    _tab_to(page, lambda f: f["role"] == "tab" and f["text"].startswith("Artikel"), "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#corpus-table tbody tr")
    _tab_to(page, lambda f: "#upload" in f["inside"])
    _tab_to(page, lambda f: "#corpus-search" in f["inside"])
    page.keyboard.type("bibliothek")
    page.wait_for_selector("#corpus-table caption:has-text('1 Artikel')")
    _tab_to(page, lambda f: "#corpus-table" in f["inside"] and f["text"].startswith("Bibliothek"))
    page.keyboard.press("Enter")
    page.wait_for_selector("#corpus-reader h3")
    _tab_to(page, lambda f: "#corpus-reader" in f["inside"] and f["tag"] == "BUTTON")


def test_skip_links_shortcuts_and_the_way_back(open_page: Pages) -> None:
    page = open_page()
    page.evaluate("document.activeElement.blur()")
    page.locator("#skip a").first.focus()  # the first that Tab reaches
    assert page.evaluate("document.querySelector('a, button, input, textarea').closest('#skip') !== null")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('#question textarea')")
    ask(page, SHIP)
    page.locator(CITATION).first.focus()
    page.keyboard.press("Enter")
    now(page, CAPACITY)
    page.wait_for_function("document.activeElement.matches('mark.now')")
    page.keyboard.press("]")
    page.wait_for_function("document.querySelector('#reader .place').textContent === '2 / 3'")
    page.keyboard.press("?")
    page.wait_for_selector("#help[open]")
    assert page.get_by_role("dialog").locator("dt").count() == 5
    page.keyboard.press("Escape")
    page.wait_for_selector("#help", state="detached")
    page.keyboard.press("/")
    page.wait_for_function("document.activeElement.matches('#question textarea')")
    page.keyboard.type("?[]/")
    assert page.input_value("#question textarea") == "?[]/"


def test_everything_has_a_name_in_the_language_of_the_page(open_page: Pages) -> None:
    page = open_page()
    ask(page, SHIP)
    tree = page.locator("body").aria_snapshot()
    unnamed = [line for line in tree.splitlines() if line.strip() in ("- button", "- link", "- textbox")]
    assert unnamed == []
    assert 'log "Gespräch"' in tree
    assert "chatbot conversation" not in tree
    assert "message:" not in tree
