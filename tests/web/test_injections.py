"""Hostile texts in every place where untrusted text can appear: nothing runs, loads or breaks the layout."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from markdown_it import MarkdownIt

from qa.index import build
from qa.index.search import Index
from qa.service.base import ALL, Served
from qa.service.service import Service
from qa.templating import clean
from qa.text.addresses import web_address
from qa.types import (
    Answer,
    Article,
    BuildReport,
    Citation,
    Filter,
    Hit,
    Passage,
    Pending,
    Removed,
    Skipped,
    Span,
    Turn,
)
from qa.types_phrasing import Phrased, Phrasing
from qa.web import (
    article_html,
    builds_html,
    cards_html,
    chat,
    conversation,
    corpus_html,
    export,
    filters,
    frames_html,
    phrased,
)
from qa.web.article_list import View
from qa.web.ask_tab import AskTab
from qa.web.corpus_tab import CorpusTab
from qa.web.sources import make_ref, sources_of
from qa.web.starters import starters
from tests.support.browsing import CITATION, NARROW, WIDE, Pages, Server, ask, fits
from tests.support.exports import conversation_markdown
from tests.support.fakes import FakeBackend, FakeIndex
from tests.support.injections import INJECTIONS
from tests.support.llm_fakes import FakeModel
from tests.support.standin import StandIn

NAMES = list(INJECTIONS)
LANGUAGES = ("de", "en")
GERMAN = SimpleNamespace(headers={"accept-language": "de"}, query_params={})
# The tags and attributes of the page's own markup; nothing that runs or loads by itself.
TAGS = set(
    "article header h2 h3 h4 p span a button div mark ol li ul table caption thead tbody tr th td strong code"
    " details summary progress nav select option label input blockquote em h1 hr b s".split()
)
ATTRIBUTES = set(
    "class lang href target rel title tabindex type role open value max name selected scope aria-label"
    " aria-current data-ref data-label data-question data-article data-only data-remove data-restore"
    " data-offset data-version data-clear data-build data-stop min max data-shown data-turn"
    " data-step data-pin data-quote data-reference data-link data-place data-labels data-summarise"
    " hidden placeholder"
    " id aria-describedby aria-sort data-number data-text data-removal data-unselect data-order data-renewed"
    " data-dismiss data-report".split()
)


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def _article(number: int) -> Article:
    """An article all of whose fields are one of the texts."""
    text = list(INJECTIONS.values())[number]
    # a text of control characters alone would leave nothing to be clicked
    return Article(
        article_id=_CONTROL.sub("\ufffd", f"{number:03}-{text[:150]}.txt"),  # as the corpus has it
        title=f"{text} T{number:03}",
        text=f"{text}\n\nDavor steht etwas. {text} Dahinter auch.",
        source=text,
        url=text if number % 2 else f"https://example.org/{text}",
        date=text if number % 3 else "2024-11-05",
        language=text[:3],
    )


ARTICLES = [_article(number) for number in range(len(INJECTIONS))]


def _span(article: Article) -> tuple[int, int]:
    """Where the hostile text stands between its neighbours."""
    return article.text.rindex("Davor steht"), len(article.text)


def _answer(article: Article) -> Span:
    """An answer span that cuts through the hostile text."""
    start, end = _span(article)
    middle = (start + end) // 2
    return Span(max(start, middle - 5), min(end, middle + 5))


class Bot:
    """Quotes the article whose number stands in the question (Nr007); refuses with it if told so."""

    def __init__(self, index: FakeIndex) -> None:
        self._index = index

    def ask(self, question: str, *, history: Sequence[Turn] = (), where: Filter = ALL) -> Answer:
        found = re.search(r"Nr(\d{3})", question)
        assert found
        article = ARTICLES[int(found[1])]
        start, end = _span(article)
        passage = Passage(article.article_id, 0, start, end, article.text[start:end])
        a = article
        if "ablehnen" in question:
            text = f"Nichts zu {a.title}."
            hits = (Hit(passage, 1, 0.3),)
            read = {"understood": a.title, "refers_to": a.title, "missing": (a.title,)}
            return Answer(question, "no_answer", text, 0.1, hits=hits, **read)
        quote = a.text[start:end]
        span = _answer(article)
        cited = Citation(
            1, a.article_id, a.title, a.source, a.date, a.url, start, end, quote, 0.9, None, *span
        )
        read = {"understood": a.title, "refers_to": a.title, "missing": (a.title,)}
        return Answer(question, "answered", f"{quote} [1]", 0.93, (cited,), **read)


class Hostile(FakeBackend):
    """Nothing but hostile articles."""

    def open(self) -> Served:
        index = FakeIndex(self.generation(), ARTICLES)
        return Served(index, Bot(index))

    def build(self, on_progress: Any, *, force: bool = False) -> BuildReport:
        report = super().build(on_progress, force=force)
        skipped = tuple(Skipped(f"{text}.txt", text) for text in INJECTIONS.values())
        return BuildReport(report.generation, 1, 1, 1, 1, skipped, 1.0, "fake")


INDEX = FakeIndex("g1", ARTICLES)


class Checked(HTMLParser):
    """Fails on any tag, attribute or URL that the page does not generate itself."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attrs:
            assert name in ATTRIBUTES, (tag, name)
            if name == "href":
                assert re.match(r"#|https?://", value or ""), value

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment came through: {data}")

    def handle_decl(self, decl: str) -> None:
        pytest.fail(f"a declaration came through: {decl}")

    def handle_data(self, data: str) -> None:
        self.text += data


def test_there_are_enough_of_them() -> None:
    assert len(INJECTIONS) >= 80
    assert len(set(INJECTIONS.values())) == len(INJECTIONS)


@pytest.mark.parametrize("name", ["script-script", "handler-img-onerror", "address-javascript-link"])
def test_the_check_itself_finds_them(name: str) -> None:
    with pytest.raises(AssertionError):
        Checked(f"<p>{INJECTIONS[name]}</p>")


def _pieces(number: int, language: str) -> Iterator[str]:
    """Everything that the page makes of one article as HTML."""
    article, text = ARTICLES[number], list(INJECTIONS.values())[number]
    answer = Bot(INDEX).ask(f"Nr{number:03}")
    sources = sources_of(answer, INDEX.article)
    yield cards_html.cards_html(sources, sources[0].ref, language)
    yield cards_html.cards_html(sources, "", language)
    yield article_html.reader_html(sources[0].ref, sources, language)
    yield article_html.article_html(article, language, removable=True)
    rows = [INDEX.articles()[number]]
    yield frames_html.start_html(rows, starters(rows, INDEX.article, language), text, language)
    refusal = sources_of(Bot(INDEX).ask(f"Nr{number:03} ablehnen"), INDEX.article)
    yield cards_html.cards_html(refusal, refusal[0].ref, language)
    yield corpus_html.table_html(
        [INDEX.articles()[number]], Pending((text,)), View(), language, removable=True
    )
    yield corpus_html.list_bar_html([(text, 1)], language)
    yield builds_html.failure_html(text, language)
    yield corpus_html.added_html([corpus_html.Sent(text, text), corpus_html.Sent(text)], language)
    yield corpus_html.moved_html("removed", [Removed(text, text, text)], [Skipped(text, text)], language)
    yield corpus_html.removed_html([Removed(text, text, text)], language)
    report = BuildReport(text, 1, 1, 1, 1, (Skipped(text, text),), 1.0, text)
    yield builds_html.report_html(report, language)
    where = Filter(text, text, text, text)
    yield filters.bar_html(where, [(text, 1)], language)
    yield filters.chosen_html(where, text, language)
    # what comes back from a browser may be the text itself
    ask_tab, corpus_tab = AskTab(Service(Hostile())), CorpusTab(Service(Hostile()))
    event: Any = SimpleNamespace(
        _data={"ref": text, "article": text, "articles": [text], "token": text, "pairs": [[1, text]]}
    )
    yield from ask_tab.cite(event, GERMAN)  # type: ignore[arg-type]
    yield ask_tab.narrow(event, GERMAN)  # type: ignore[arg-type]
    for name in (text, "klein"):
        model = FakeModel()
        model.model = model.host = name
        yield AskTab(Service(Hostile(), language_model=model)).phrasing(GERMAN)  # type: ignore[arg-type]
    yield corpus_tab.open(event, GERMAN)  # type: ignore[arg-type]
    yield corpus_tab.remove(event, GERMAN)  # type: ignore[arg-type]
    yield corpus_tab.restore(event, GERMAN)  # type: ignore[arg-type]
    yield corpus_tab.table(text, text, GERMAN)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_html_is_made_of_the_pages_own_tags(number: int) -> None:
    for language in LANGUAGES:
        for piece in _pieces(number, language):
            Checked(piece)


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_a_message_links_to_its_own_citations_only(number: int) -> None:
    article, text = ARTICLES[number], list(INJECTIONS.values())[number]
    reading = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table")
    for question in (f"Nr{number:03}", f"Nr{number:03} ablehnen"):
        answer = Bot(INDEX).ask(question)
        sources = sources_of(answer, INDEX.article)
        said = chat.answer_markdown(answer, sources, "de", within=text)
        links = re.findall(r'<a href="([^"]*)"', reading.render(said))
        own, span = ("#cite-", _answer(article)) if answer.citations else ("#near-", None)
        assert links[:1] == [f"{own}{make_ref(article, *_span(article), sources[0].score, span)}"]
        original = [clean(article.url)] if answer.citations and web_address(article.url) else []
        assert [unescape(link) for link in links[1:]] == (original or ["#all"] * (not answer.citations))
        Checked(reading.render(said))
        assert len(conversation.message_refs(said)) == 1
    Checked(reading.render(chat.notice_markdown(text)))
    model = FakeModel()
    model.model = model.host = text
    dropped = Phrased(text, (), 0.0, kept=False, reason=text)
    left_out = phrased.left_out(Phrasing(text, text, "nothing", (dropped,)), "de")
    kept = Phrased(text, (), 1.0, kept=True, hedged=text, original=text)
    said = "\n\n".join(
        [phrased.sentence_markdown(kept, ()), *phrased.phrased_by(model, [kept], "de"), *left_out]
    )
    Checked(reading.render(said))
    assert conversation.plain_answer(said) == ""


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_an_export_holds_the_text_as_text(number: int) -> None:
    text = list(INJECTIONS.values())[number]
    answer = Bot(INDEX).ask(f"Nr{number:03}")
    said = chat.answer_markdown(answer, sources_of(answer, INDEX.article), "de")
    turns = [Turn("user", text), Turn("assistant", said)]
    saved = conversation_markdown(turns, INDEX.article, "de")
    plain = MarkdownIt("commonmark", {"html": True}).enable("table").render(saved)
    Checked(plain)
    own = web_address(ARTICLES[number].url)  # as the source of the quote
    assert plain.count("<a") <= bool(own)
    told = json.loads(export.conversation_json(turns, INDEX.article, "g1").encode("utf-8", "replace"))
    assert told["turns"][0]["text"].encode("utf-8", "replace") == text.encode("utf-8", "replace")
    assert len(told["turns"][1]["citations"]) == 1


def test_they_are_read_from_files_and_found_again(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    written = 0
    for number, text in enumerate(INJECTIONS.values()):
        clean = text.encode("utf-8", "replace").decode()
        name = re.sub(r"[/\x00-\x1f\x7f-\x9f]", "_", clean).encode()[:200].decode("utf-8", "ignore")
        body = f"Der Satz Nummer{number:03} steht hier vor dem Text. {clean} Das war der Text."
        head = (
            f"---\ntitle: {json.dumps(clean)}\nsource: {json.dumps(clean)}\nurl: {json.dumps(clean)}\n---\n"
        )
        (corpus / f"{number:03}{name}.txt").write_text(head + body, encoding="utf-8")
        written += 1
    report = build.build(corpus, tmp_path / "vectors", encoder=StandIn())
    assert report.articles + len(report.skipped) == written
    assert report.articles > 0.9 * written, report.skipped
    index = Index.open(tmp_path / "vectors", encoder=StandIn())
    for summary in index.articles():
        article = index.article(summary.article_id)
        hits = index.search(f"Satz Nummer{summary.article_id[:3]}", k=1, mode="lexical")
        assert hits[0].passage.article_id == summary.article_id
        passage = hits[0].passage
        assert article.text[passage.start : passage.end] == passage.text
        assert article.url == "" or article.url.startswith(("http://", "https://"))


# ---------------------------------------------------------------- in a browser

IN_BROWSER = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]


@pytest.fixture(scope="module")
def hostile(chromium: Any) -> Iterator[Server]:
    running = Server(backend=Hostile())
    yield running
    running.stop()


@pytest.fixture
def open_hostile(chromium: Any, hostile: Server) -> Iterator[Callable[..., Any]]:
    pages = Pages(chromium, hostile)
    navigated: list[str] = []

    def opened(**options: Any) -> Any:
        page = pages(**options)
        page.on("dialog", lambda dialog: pages.trouble.append(f"dialog: {dialog.message}"))
        page.on("popup", lambda popup: pages.trouble.append(f"popup: {popup.url}"))
        page.on("framenavigated", lambda frame: navigated.append(frame.url))
        return page

    yield opened
    pages.close()
    assert pages.trouble == []
    # reloaded by a test, or the address of a citation, and never anything else
    assert {url.partition("#cite-")[0] for url in navigated} <= {f"{hostile.url}/"}


def _sound(page: Any, name: str) -> None:
    """Check that nothing ran, the layout is intact, and the page is usable."""
    assert page.evaluate("typeof window.broken") == "undefined", name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    covered = page.evaluate(
        """() => {
            const box = [...document.querySelectorAll('#question textarea, #corpus-search input')]
                .find((e) => e.checkVisibility());
            box.scrollIntoView({ block: 'nearest' });
            const r = box.getBoundingClientRect();
            return !box.contains(document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2));
        }"""
    )
    assert not covered, name


def _close_sheet(page: Any, reader: str, viewport: Any) -> None:
    """On a narrow screen the article lies over everything else."""
    if viewport == NARROW:
        page.locator(f"{reader} .back").click()
        page.wait_for_selector(reader, state="hidden")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_asked_answered_and_read_nothing_happens(open_hostile: Callable[..., Any], viewport: Any) -> None:
    page = open_hostile(viewport=viewport)
    numbers = range(0, len(NAMES), 4) if viewport == WIDE else range(1, len(NAMES), 10)
    for turn, number in enumerate(numbers):
        name = NAMES[number]
        if turn % 12 == 0 and turn:
            _close_sheet(page, "#reader", viewport)
            page.click("#new")
            page.wait_for_selector("#chat .message", state="detached")
        typed = INJECTIONS[name].encode("utf-8", "replace").decode()[:1500]
        ask(page, f"Nr{number:03} {'ablehnen ' if number % 3 == 2 else ''}{typed}")
        chosen = (
            page.locator("#sources .card button[data-ref]")
            if number % 3 == 2
            else page.locator(CITATION).last
        )
        chosen.dispatch_event("click")  # the chat may scroll between the press and the release of a mouse
        page.wait_for_function("document.querySelector('#reader mark.now')")
        _sound(page, name)
    page.reload()
    page.wait_for_selector("#chat .message")
    _sound(page, "reload")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_listed_opened_and_reported_nothing_happens(open_hostile: Callable[..., Any], viewport: Any) -> None:
    page = open_hostile(viewport=viewport)
    page.locator("button[role=tab]").nth(1).click()
    page.wait_for_selector("#corpus-table tbody tr")
    read = listed = 0
    while True:
        rows = page.locator("#corpus-table tbody button").count()
        listed += rows
        for row in range(0, rows, 2 if viewport == WIDE else 5):
            button = page.locator("#corpus-table tbody button").nth(row)
            wanted = button.get_attribute("data-article")
            button.click()
            page.wait_for_function(
                "id => document.querySelector('#corpus-reader [data-only]')?.dataset.only === id", arg=wanted
            )
            _close_sheet(page, "#corpus-reader", viewport)
            read += 1
            if read % 8 == 0:
                _sound(page, str(wanted))
        steps = page.locator("#corpus-table [data-offset]")
        after = steps.last
        if steps.count() == 0 or int(after.get_attribute("data-offset")) < listed:
            break
        first = page.locator("#corpus-table tbody button").first.get_attribute("data-article")
        after.click()
        page.wait_for_function(
            "id => document.querySelector('#corpus-table tbody button').dataset.article !== id", arg=first
        )
    assert listed == len(NAMES)
    page.click("#rebuild")
    page.wait_for_selector("#rebuild-status .report details")
    _sound(page, "report")
    if viewport == NARROW:
        page.locator("#corpus-table tbody button").first.click()
    page.locator("#corpus-reader [data-only]").click()
    page.wait_for_selector("#filters .chosen")
    page.locator("#filters summary").click()
    _sound(page, "filter")
    if viewport == NARROW:
        fits(page)
