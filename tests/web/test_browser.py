"""The page in a browser: a server with the fake corpus, and Chromium driven by Playwright."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa.server import passwords
from qa.server.passwords import Passwords
from tests.support.browsing import (
    CAPACITY,
    CITATION,
    NARROW,
    NETS,
    SHIP,
    Pages,
    Server,
    ask,
    fits,
    now,
    shot,
)
from tests.support.fakes import HOSTILE

pytestmark = [
    pytest.mark.browser,
    # Gradio's own count of its queue, in the server's thread
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_ask_and_read_the_source(open_page: Pages, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    assert page.title() == "Fragen an die Artikel"
    assert page.get_attribute("html", "lang") == "de"
    shot(page, f"wide-{scheme}-start")
    ask(page, SHIP)
    assert page.locator("#examples button").count() == 0
    assert page.inner_text("#chat .confidence") == "passt gut zur Frage"
    assert page.locator(CITATION).all_inner_texts() == ["1", "2", "3"]
    assert NETS in page.inner_text("#chat blockquote")
    assert page.locator("#sources .card.active").count() == 0

    page.locator(CITATION).nth(1).click()
    now(page, NETS)
    assert page.locator("#reader mark").count() == 3
    active = page.locator("#sources .card.active")
    assert active.count() == 1
    assert "Küstenbote · 5. November 2024" in active.inner_text()
    assert page.evaluate("scrollY") == 0  # only the reader scrolls
    shot(page, f"wide-{scheme}-citation")

    # the timeline of the cited articles leads to its sentences, beside those of the answer
    page.locator("#chat .timeline summary").click()
    page.locator("#chat .timeline tbody td:nth-child(2)").filter(has_text="14. März").click()
    now(page, "Ein Gespräch ist für den 14. März angesetzt.")
    assert page.locator("#sources .card").count() == 4
    assert page.locator("#sources .hint").count() == 0
    shot(page, f"wide-{scheme}-timeline")

    # the same citation again, after the reader was scrolled away
    page.evaluate("document.querySelector('#reader').scrollTop = 0")
    page.locator(CITATION).nth(1).click()
    now(page, NETS)


def test_old_answers_keyboard_and_reload(open_page: Pages, server: Server) -> None:
    page = open_page()
    ask(page, SHIP)
    ask(page, "Was kostet die Ausleihe?")
    page.locator(CITATION).last.focus()
    page.keyboard.press("Enter")
    now(page, "Die Ausleihe kostet weiterhin nichts.")
    page.wait_for_function("document.activeElement.matches('mark.now')")
    page.locator(CITATION).first.click()  # of the first answer
    now(page, CAPACITY)
    assert page.locator("#sources .card").count() == 3

    server.stop()  # the conversation lives in the browser
    server.start()
    page.reload()
    page.wait_for_selector(CITATION)
    assert page.locator("#chat .user.message").count() == 2
    now(page, CAPACITY)  # what was open: its address names it
    assert page.locator("#sources .card").count() == 3
    page.locator(CITATION).nth(1).click()
    now(page, NETS)

    ask(page, "Wie heißt die neue Fähre?")
    page.locator("#chat .message").last.wait_for()
    ask(page, "Was kostet die Ausleihe?")
    page.wait_for_selector("#suggestions button")  # with this answer only
    page.locator("#suggestions button", has_text="Wann beginnt der Umbau").click()
    page.wait_for_function("document.querySelectorAll('#chat .confidence').length === 5")
    page.wait_for_selector("#question .submit-button")
    assert not page.locator("#suggestions").is_visible()

    page.click("#new")
    page.wait_for_selector("#examples button")
    assert page.locator("#chat .message").count() == 0
    assert page.locator("#sources .card").count() == 0


def test_enter_in_an_empty_box_leaves_the_conversation_alone(open_page: Pages) -> None:
    page = open_page()
    ask(page, SHIP)
    with page.expect_response("**/queue/join*"):
        page.press("#question textarea", "Enter")
    page.wait_for_timeout(500)  # nothing to wait for: the conversation must stay
    ask(page, "Was kostet die Ausleihe?")
    for _ in ("as it is", "as the browser kept it"):
        page.wait_for_selector("#sources .card")
        assert page.locator("#chat .user.message").count() == 2
        assert page.locator("#chat .confidence").count() == 2
        page.reload()
        page.wait_for_selector(CITATION)


def test_a_refusal_looks_like_one(open_page: Pages) -> None:
    page = open_page()
    ask(page, "Wie hoch ist der Zoll auf Mondgestein?")
    assert page.inner_text("#chat .no-answer") == "Dazu steht nichts in den Artikeln."
    assert "%" not in page.inner_text("#chat .bot.message")
    page.locator("#chat .why summary").click()
    assert "ausreichender Sicherheit" in page.inner_text("#chat .why")
    assert page.locator(CITATION).count() == 0
    assert "beantworten sie aber nicht" in page.inner_text("#sources")
    shot(page, "wide-light-refusal")
    page.locator("#sources .card button[data-ref]").click()
    now(page, "Die Reederei Nordlicht hat am Montag eine neue Fähre in Dienst gestellt.")
    ask(page, SHIP)
    page.locator("#chat a[href^='#near-']").click()
    page.wait_for_selector("#sources .near .card")


def test_the_answer_is_bold_and_what_is_missing_comes_first(open_page: Pages) -> None:
    page = open_page(color_scheme="light")
    ask(page, "Wie viele Fahrgäste fasst das Boot 2019?")
    message = page.locator("#chat .bot.message")
    assert message.locator("blockquote strong").all_inner_texts() == ["412"]
    assert page.inner_text("#chat .missing") == "Zu 2019 steht in diesen Zitaten nichts."
    assert message.inner_text().startswith("Zu 2019 steht in diesen Zitaten nichts.")
    page.locator(CITATION).first.click()
    now(page, CAPACITY)
    assert page.locator("#reader mark.now strong").all_inner_texts() == ["412"]
    assert page.locator("#sources .card.active mark strong").all_inner_texts() == ["412"]
    weight = "e => Number(getComputedStyle(e).fontWeight)"
    for place in ("#chat blockquote", "#reader mark.now", "#sources .card.active mark"):
        around = page.locator(place).first.evaluate(weight)
        assert page.locator(f"{place} strong").evaluate(weight) >= around + 200, place
    shot(page, "wide-light-answer-span")
    ask(page, "Mondgestein 2019")
    assert page.locator("#chat .missing").last.inner_text() == "Zu 2019 wurde nichts gefunden."
    shot(page, "wide-light-missing")
    page.reload()  # as the browser kept it
    page.wait_for_selector(CITATION)
    page.locator(CITATION).first.click()
    now(page, CAPACITY)
    assert page.locator("#reader mark.now strong").all_inner_texts() == ["412"]


def test_english_and_the_choice_of_language(open_page: Pages) -> None:
    page = open_page(locale="en-US")
    assert page.title() == "Ask the articles"
    assert page.get_attribute("html", "lang") == "en"
    assert page.get_attribute("#question textarea", "placeholder") == "Ask a question …"
    assert "What does “Neue Fähre verbindet Inseln” say?" in page.inner_text("#examples")
    ask(page, SHIP)
    assert page.inner_text("#chat .confidence") == "fits the question well"
    assert "5 November 2024" in page.inner_text("#sources")
    page.click(".top a[lang=de]")
    page.wait_for_selector("h1:has-text('Fragen an die Artikel')")
    page.wait_for_selector(CITATION)
    assert page.title() == "Fragen an die Artikel"


def test_examples_and_export(open_page: Pages) -> None:
    page = open_page()
    assert page.locator("#examples button").first.inner_text() == "Wie viele Fahrgäste fasst das Schiff?"
    page.locator("#examples button").nth(2).click()
    page.wait_for_selector("#chat .confidence")
    assert "Bibliothek öffnet am Sonntag" in page.inner_text("#chat .user.message")
    with page.expect_download() as download:
        page.click("#export")
    assert re.fullmatch(
        r"was-steht-in-bibliothek-oeffnet-am-sonntag-20\d\d-\d\d-\d\d.md", download.value.suggested_filename
    )
    saved = Path(download.value.path()).read_text(encoding="utf-8")
    assert saved.startswith("# Fragen an die Artikel\n\nGespräch vom ")
    assert "127.0.0.1" not in saved  # leads nowhere from another machine
    assert "Zeitverlauf" not in saved
    page.click("#chat .timeline summary")
    with page.expect_download() as download:
        page.click("#export")
    assert "**Zeitverlauf**" in Path(download.value.path()).read_text(encoding="utf-8")
    assert "[1] **Bibliothek öffnet am Sonntag** · Stadtanzeiger · 24. Oktober 2024" in saved
    page.locator("#sources .pin").first.click()
    page.wait_for_selector("#sources .pin[aria-pressed=true]")
    page.locator("[role=tab]:has-text('Dossier')").click()
    page.fill("#dossier textarea", "Preis nachfragen <b>")
    page.reload()
    page.locator("[role=tab]:has-text('Dossier')").click()
    page.wait_for_selector("#dossier li:has-text('Frage: ')")
    page.locator("#dossier button:has-text('Entfernen')").click()
    page.wait_for_selector("#dossier li", state="detached")
    page.click("#toast button")
    page.wait_for_selector("#dossier li")
    assert page.input_value("#dossier textarea") == "Preis nachfragen <b>"
    with page.expect_download() as download:
        page.click("#dossier [data-save=md]")
    assert download.value.suggested_filename.startswith("dossier-20")
    assert "Notiz: Preis nachfragen \\<b\\>" in Path(download.value.path()).read_text(encoding="utf-8")


def test_on_a_phone(open_page: Pages) -> None:
    page = open_page(viewport=NARROW, is_mobile=True, has_touch=True, color_scheme="dark")
    ask(page, SHIP)
    fits(page)
    shot(page, "narrow-dark-answer")
    page.locator(CITATION).nth(1).tap()
    now(page, NETS)
    shot(page, "narrow-dark-citation")
    page.locator("#reader .back").tap()
    page.wait_for_function(
        """() => {
            const link = document.querySelectorAll("#chat a[href^='#cite-']")[1].getBoundingClientRect();
            return link.top >= 0 && link.bottom <= innerHeight;
        }"""
    )
    ask(page, "Was ist mit dem Seeungeheuer?")
    fits(page)
    page.locator("button[role=tab]").nth(1).tap()
    page.wait_for_selector("#corpus-table table")
    page.locator("#corpus-table [data-article]").nth(2).tap()
    page.wait_for_selector("#corpus-reader h3")
    fits(page)
    shot(page, "narrow-dark-corpus")


def test_hostile_articles_do_nothing(open_page: Pages) -> None:
    page = open_page()
    ask(page, "Was ist mit dem Seeungeheuer?")
    page.locator(CITATION).click()
    page.wait_for_selector("#reader mark.now")
    page.locator("button[role=tab]").nth(1).click()
    page.locator("#corpus-table [data-article]", has_text="Ungeheuer").click()
    page.wait_for_selector("#corpus-reader h3")
    assert page.inner_text("#corpus-reader .text").split() == HOSTILE.split()
    assert page.evaluate("window.broken") is None
    assert open_page.trouble == []

    # the policy of the page would hold where escaping failed
    with page.expect_console_message(lambda message: "inline event handler violates" in message.text):
        page.evaluate(
            """() => {
                const image = '<img src="data:," onerror="window.broken = 9">';
                document.querySelector('#corpus-reader').innerHTML = image;
            }"""
        )
    assert page.evaluate("window.broken") is None
    assert "inline event handler violates" in open_page.trouble.pop()


def test_tend_the_corpus(open_page: Pages, server: Server) -> None:
    page = open_page()
    page.locator("button[role=tab]").nth(1).click()
    page.wait_for_selector("#corpus-table tbody tr")
    page.fill("#corpus-search textarea, #corpus-search input", "bibliothek")
    page.wait_for_selector("#corpus-table caption:has-text('1 Artikel')")
    page.locator("#corpus-table [data-article]").click()
    page.wait_for_selector("#corpus-reader:has-text('Ausleihe')")
    page.fill("#corpus-search textarea, #corpus-search input", "leuchtturm")
    page.wait_for_selector("#corpus-table:has-text('Keine Artikel gefunden.')")
    page.fill("#corpus-search textarea, #corpus-search input", "")
    page.wait_for_selector("#corpus-table caption:has-text('3 Artikel')")
    page.click("#corpus-table [data-order=title]")
    page.wait_for_selector("#corpus-table th[aria-sort=ascending] [data-order=title_back]")
    assert page.input_value("#list-bar [name=order]") == "title"
    page.wait_for_function("document.activeElement.dataset.order === 'title_back'")  # rendered again
    page.select_option("#list-bar [name=source]", "Stadtanzeiger")
    page.wait_for_selector("#corpus-table caption:has-text('1 Artikel')")
    page.select_option("#list-bar [name=source]", "")
    page.wait_for_selector("#corpus-table caption:has-text('3 Artikel')")

    server.backend.held.clear()
    page.click("#rebuild")
    page.wait_for_selector("#rebuild-status:has-text('Artikel werden ausgewertet, 20 von 40')")
    assert page.get_attribute("#rebuild-status progress", "value") == "20"
    shot(page, "wide-light-rebuild")
    second = open_page()
    second.locator("button[role=tab]").nth(1).click()
    second.wait_for_selector("#rebuild-status:has-text('20 von 40')")
    assert second.locator("#rebuild").is_disabled()
    second.locator("button[role=tab]").nth(0).click()
    ask(second, SHIP)  # answered meanwhile
    server.backend.held.set()
    page.wait_for_selector("#rebuild-status:has-text('Suchindex aktualisiert')")
    assert "leer<b>.txt" in page.inner_text("#rebuild-status")
    page.wait_for_selector("#corpus-table:has-text('Leuchtturm wird gestrichen')")
    page.locator("button[role=tab]").nth(0).click()
    ask(page, "Wann wird der Leuchtturm gestrichen?")
    assert "im Mai rot" in page.inner_text("#chat blockquote")


def test_filters_narrow_what_is_asked(open_page: Pages) -> None:
    page = open_page()
    page.locator("#filters summary").click()
    page.select_option("#filters select", "Stadtanzeiger")
    page.wait_for_selector("#filters .chosen:has-text('Medium Stadtanzeiger')")
    ask(page, SHIP)
    assert page.locator(CITATION).all_inner_texts() == ["1"]
    assert "Medium Stadtanzeiger" in page.inner_text("#chat .searched")
    shot(page, "wide-light-filter")
    page.click("#filters [data-clear]")
    page.wait_for_selector("#filters .chosen", state="detached")
    page.locator("#filters summary").click()
    page.fill("#filters input[name=since]", "2024-11-01")
    page.press("#filters input[name=since]", "Enter")
    page.wait_for_selector("#filters .chosen:has-text('ab 1. November 2024')")
    ask(page, SHIP)
    assert "Küstenbote" in page.inner_text("#sources")
    assert "Stadtanzeiger" not in page.inner_text("#sources")
    page.click("#filters [data-clear]")
    page.wait_for_selector("#filters .chosen", state="detached")

    page.locator("button[role=tab]").nth(1).click()
    page.locator("#corpus-table [data-article]", has_text="Bibliothek").click()
    page.locator("#corpus-reader [data-only]").click()
    page.wait_for_selector("#filters .chosen:has-text('Bibliothek öffnet am Sonntag')")
    ask(page, SHIP)
    assert page.locator("#chat .bot.message").last.locator("a[href^='#cite-']").count() == 1


def test_a_build_is_stopped_and_rolled_back_from_the_page(chromium: Any) -> None:
    own = Server()
    pages = Pages(chromium, own)
    try:
        page = pages()
        page.locator("button[role=tab]").nth(1).click()
        own.backend.held.clear()
        page.click("#rebuild")
        page.wait_for_selector("#rebuild-status:has-text('20 von 40')")
        with page.expect_response("**/gradio_api/run/predict*"):  # the build must not go on before that
            page.click("#rebuild-status [data-stop]")
        own.backend.held.set()
        page.wait_for_selector("#rebuild-status:has-text('Abgebrochen')")
        page.click("#rebuild")
        page.wait_for_selector("#corpus-table:has-text('Leuchtturm')")
        page.locator("#generations summary").click()
        shot(page, "wide-light-generations")
        page.click("#generations [data-version]")
        page.wait_for_selector("#rebuild-status:has-text('Aktive Version')")
        page.wait_for_selector("#corpus-table:not(:has-text('Leuchtturm'))")
        page.locator("#generations summary").click()
        page.click("#generations [data-version]")  # and forward again
        page.wait_for_selector("#corpus-table:has-text('Leuchtturm')")
        assert pages.trouble == []
    finally:
        pages.close()
        own.stop()


def test_a_verdict_is_kept(chromium: Any, tmp_path: Path) -> None:
    own = Server(feedback_file=tmp_path / "feedback.jsonl")
    pages = Pages(chromium, own)
    try:
        page = pages()
        ask(page, SHIP)
        page.locator("#chat .bot.message").hover()
        page.locator("#chat button[aria-label='Gefällt mir']").click()
        page.fill("#verdict input", "genau")
        page.press("#verdict input", "Enter")
        page.wait_for_selector("#verdict form", state="detached")
        lines = (tmp_path / "feedback.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line)["word"] for line in lines] == ["", "genau"]
        page.reload()
        page.locator("#chat .bot.message").hover()
        page.locator("#chat button[aria-label='Gefällt mir (gewählt)']").click()  # taken back
        page.wait_for_selector("#chat button[aria-label='Gefällt mir']")
        page.locator("#chat button[aria-label='Gefällt mir nicht']").click()
        page.click("#verdict .close")
        page.wait_for_selector("#verdict form", state="detached")
        lines = (tmp_path / "feedback.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line)["verdict"] for line in lines] == ["up", "up", "withdrawn", "down"]
        with page.expect_download() as download:
            page.click("#exports summary")
            page.click("#exports [data-save=json]")
        saved = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
        assert len(saved["turns"][1]["citations"]) == 3
        assert pages.trouble == []
    finally:
        pages.close()
        own.stop()


def test_a_lost_question_comes_back(open_page: Pages) -> None:
    page = open_page()
    page.fill("#question textarea", "Absturz")
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#sources:has-text('noch einmal')")
    page.wait_for_selector("#question .submit-button")
    assert page.input_value("#question textarea") == "Absturz"
    page.context.set_offline(True)
    page.fill("#question textarea", SHIP)
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#toast:has-text('Keine Verbindung zum Server')")
    assert page.locator(".toast-body:visible").count() == 0  # Gradio says it in English
    page.context.set_offline(False)
    page.wait_for_selector("#toast", state="detached")  # the page was loaded again
    page.wait_for_selector("#question textarea")
    page.wait_for_function("q => document.querySelector('#question textarea').value === q", arg=SHIP)
    page.evaluate(
        """question => {
            const chat = [{ role: 'user', content: question }, { role: 'assistant', content: '…' }];
            const record = { title: 'x', time: 1, revision: 1, chat, filter: {} };
            const key = 'qa_conversation.' + sessionStorage.getItem('qa_conversation.');
            localStorage.setItem(key, JSON.stringify(record));
            document.querySelector('#question textarea').value = '';
        }""",
        "Was kostet <die> Ausleihe?",
    )
    page.reload()  # in the middle of an answer
    page.wait_for_function(
        "document.querySelector('#question textarea')?.value === 'Was kostet <die> Ausleihe?'"
    )
    assert page.locator("#chat .message").count() == 0
    open_page.trouble.clear()


def test_a_first_index_can_be_built_from_the_page(open_page: Pages) -> None:
    empty = Server(generations=0)
    try:
        assert httpx.get(f"{empty.url}/healthz").status_code == 503
        page = open_page(empty.url, wait="#notice button")
        shot(page, "wide-light-no-index")
        empty.backend.held.clear()
        page.click("#notice button")
        page.wait_for_selector("#rebuild-status progress[value='20']")
        empty.backend.held.set()
        page.wait_for_selector("#rebuild-status:has-text('Suchindex aktualisiert')")
        page.wait_for_selector("#corpus-table tbody tr")
        page.locator("button[role=tab]").nth(0).click()
        assert page.locator("#notice button").count() == 0
        ask(page, SHIP)
        assert httpx.get(f"{empty.url}/healthz").status_code == 200
    finally:
        empty.stop()


def test_files_are_added_and_removed_with_a_way_back(chromium: Any, tmp_path: Path) -> None:
    own = Server()
    pages = Pages(chromium, own)
    good, bad = tmp_path / "Möwe & <b>.txt", tmp_path / "bild.png"
    good.write_text("Die Möwe hat ein Brot gestohlen.", encoding="utf-8")
    bad.write_bytes(b"x")
    try:
        page = pages()
        page.locator("button[role=tab]").nth(1).click()
        page.wait_for_selector("#corpus-table tbody tr")
        own.backend.held.clear()  # the build that follows by itself lasts until the end of the test
        page.set_input_files("#upload input[type=file]", [good, bad])
        page.wait_for_selector("#rebuild-status:has-text('1 Datei hinzugefügt (1 Artikel).')")
        assert "bild.png Dieses Format wird nicht unterstützt" in page.inner_text("#rebuild-status")
        assert own.backend.files["Möwe & <b>.txt"] == good.read_bytes()
        page.wait_for_selector("#corpus-table tr:has-text('Möwe & <b>.txt') .badge")
        page.wait_for_selector("#rebuild-status:has-text('20 von 40')")
        assert "bild.png" in page.inner_text("#rebuild-status")  # the build does not replace the report
        shot(page, "wide-light-added")
        page.click("#added [data-remove]")  # that was a mistake
        page.wait_for_selector("#rebuild-status:has-text('wurde entfernt')")
        assert "Möwe & <b>.txt" not in own.backend.files

        page.locator("#corpus-table [data-article]", has_text="Bibliothek").click()
        page.locator("#corpus-reader [data-remove]").click()
        page.wait_for_selector("#rebuild-status:has-text('bibliothek.txt wurde')")
        page.wait_for_selector("#corpus-table tr:has-text('Bibliothek') :text('entfernt, noch im Suchindex')")
        page.wait_for_selector("#corpus-reader article", state="detached")
        shot(page, "wide-light-removed")
        page.click("#rebuild-status [data-restore]")
        page.wait_for_selector("#rebuild-status:has-text('bibliothek.txt wurde wiederhergestellt')")
        assert "bibliothek.txt" in own.backend.files
        page.check("#corpus-table [name=chosen] >> nth=0")
        page.check("#corpus-table [name=chosen] >> nth=1")
        assert "2 ausgewählt" in page.inner_text("#corpus-table .selected")
        page.click("#corpus-table [data-removal]")
        page.wait_for_selector("#rebuild-status:has-text('2 Dateien wurden entfernt.')")
        assert page.locator("#corpus-table .selected").is_hidden()
        page.click("#rebuild-status [data-restore]")
        page.wait_for_selector("#rebuild-status:has-text('2 Dateien wurden wiederhergestellt.')")
        assert {"faehre.md", "bibliothek.txt"} <= set(own.backend.files)
        page.locator("#removed summary").click()
        page.click("#removed [data-restore]")
        page.wait_for_selector("#removed details", state="detached")
        assert "Möwe & <b>.txt" in own.backend.files
        own.backend.held.set()
        page.wait_for_selector("#rebuild-status:has-text('Suchindex aktualisiert')")
        page.wait_for_selector("#corpus-table:has-text('Leuchtturm')")
        page.wait_for_selector("#corpus-table .badge", state="detached")
        assert "bild.png" in page.inner_text("#rebuild-status")
        page.click("#added [data-dismiss]")
        page.wait_for_selector("#added .report", state="detached")
        told = [line for line in pages.trouble if "422" not in line]  # the refusal, in the console
        assert told == []
    finally:
        pages.close()
        own.stop()


def test_dropped_files_are_added_and_too_large_ones_are_not_sent(chromium: Any) -> None:
    own = Server()
    pages = Pages(chromium, own)
    try:
        page = pages(viewport=NARROW, is_mobile=True, has_touch=True)
        page.locator("button[role=tab]").nth(1).tap()
        page.wait_for_selector("#upload .drop")
        page.evaluate(
            """() => {
                const data = new DataTransfer();
                data.items.add(new File(['Ein Satz.'], 'a.txt'));
                const large = new File(['x'], 'b.txt');
                Object.defineProperty(large, 'size', { value: 65e6 });
                data.items.add(large);
                const zone = document.querySelector('#upload .drop');
                const options = { dataTransfer: data, bubbles: true, cancelable: true };
                for (const name of ['dragover', 'drop']) {
                    zone.dispatchEvent(new DragEvent(name, options));
                }
            }"""
        )
        page.wait_for_selector("#rebuild-status:has-text('1 Datei hinzugefügt')")
        assert "a.txt" in own.backend.files
        assert "b.txt" not in own.backend.files or page.inner_text("#rebuild-status").count("b.txt") == 1
        asked: list[str] = []
        page.on("response", lambda reply: asked.append(reply.url) if "/queue/join" in reply.url else None)
        for _ in range(20):  # the tab asks whether a build is running, unless it still follows the last one
            page.locator("button[role=tab]").nth(0).tap()
            page.wait_for_selector("#question textarea")
            page.locator("button[role=tab]").nth(1).tap()
            page.wait_for_timeout(500)  # nothing to wait for: what was said must stay
            if asked:
                break
        assert asked
        assert "1 Datei hinzugefügt" in page.inner_text("#rebuild-status")
        fits(page)
        shot(page, "narrow-light-added")
        assert pages.trouble == []
    finally:
        pages.close()
        own.stop()


def test_readers_see_no_way_to_change_the_corpus(chromium: Any) -> None:
    own = Server(changes=False)
    pages = Pages(chromium, own)
    try:
        page = pages()
        page.locator("button[role=tab]").nth(1).click()
        page.wait_for_selector("#corpus-table tbody tr")
        page.locator("#corpus-table [data-article]").first.click()
        page.wait_for_selector("#corpus-reader h3")
        for gone in ("#rebuild", "#upload input", "[data-remove]", "[data-version]"):
            assert page.locator(gone).count() == 0, gone
        assert page.request.post(f"{own.url}/api/v1/files?name=a.txt", data=b"x").status == 403
        assert pages.trouble == []
    finally:
        pages.close()
        own.stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_answer_is_printed_with_its_own_sources(open_page: Pages, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    ask(page, SHIP)
    ask(page, "Was kostet die Ausleihe?")
    page.locator(CITATION).nth(1).click()
    now(page, NETS)
    page.emulate_media(media="print")
    page.wait_for_function("!document.querySelector('#reader').offsetParent")
    answers = page.locator("#chat .bot.message")
    for number, (quote, title) in enumerate(
        [(NETS, "Neue Fähre verbindet Inseln"), ("Die Ausleihe kostet", "Bibliothek öffnet am Sonntag")]
    ):
        printed = answers.nth(number).inner_text()
        assert printed.index(quote) < printed.index(title)
        assert (
            answers.nth(number).locator("a[href^='#cite-']").count()
            == answers.nth(number).locator(".refs li").count()
        )
    assert "Neue Fähre" not in answers.nth(1).locator(".refs").inner_text()
    for part in ("#chat blockquote p", CITATION, "#chat .refs li", "h1"):
        colour = page.evaluate("s => getComputedStyle(document.querySelector(s)).color", part)
        assert colour == "rgb(0, 0, 0)", part
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.is_visible("#question")
    assert not page.is_visible("#side")
    shot(page, f"print-{scheme}")


def test_with_a_password_everything_works_and_without_nothing_is_seen(chromium: Any, tmp_path: Path) -> None:
    people = tmp_path / "people"
    people.write_text(passwords.line("anna", "sehr geheim") + "\n", encoding="utf-8")
    own = Server(passwords=Passwords(passwords.read(people)))
    pages = Pages(chromium, own)
    try:
        assert httpx.get(own.url).status_code == 401
        assert httpx.get(f"{own.url}/healthz").status_code == 200
        page = pages(http_credentials={"username": "anna", "password": "sehr geheim"})
        assert not page.is_visible("#phrasing")  # there is no language model
        ask(page, SHIP)
        page.locator(CITATION).first.click()
        now(page, CAPACITY)
        page.locator("button[role=tab]").nth(1).click()
        page.wait_for_selector("#corpus-table tbody tr")
        note = tmp_path / "neu.txt"
        note.write_text("Ein Satz.", encoding="utf-8")
        page.set_input_files("#upload input[type=file]", note)
        page.wait_for_selector("#rebuild-status:has-text('1 Datei hinzugefügt')")
        page.wait_for_selector("#rebuild-status:has-text('Suchindex aktualisiert')")
        assert [line for line in pages.trouble if "401" not in line] == []  # the browser asks first without
    finally:
        pages.close()
        own.stop()
