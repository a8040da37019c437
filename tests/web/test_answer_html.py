from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.types import Article, ArticleSummary, Span
from qa.web import answer_html
from qa.web.pages import moment
from qa.web.sources import Source, make_ref, read_refs, sources_of
from tests.support.fakes import ARTICLES, FERRY, FakeBot, FakeIndex

INDEX = FakeIndex("g1", ARTICLES)
BOT = FakeBot(INDEX)
FERRY_ARTICLE, LIBRARY_ARTICLE, HOSTILE_ARTICLE = ARTICLES
TAGS = {
    "article",
    "header",
    "h3",
    "p",
    "span",
    "a",
    "button",
    "div",
    "mark",
    "ol",
    "li",
    "strong",
    "input",
    "h4",
    "ul",
}
TABLE_TAGS = {"table", "caption", "thead", "tbody", "tr", "th", "td", "button"}


class Seen(HTMLParser):
    """The tags, attributes and marked text of some HTML."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.now: list[str] = []  # text of each mark.now
        self.marked = ""
        self.bold: list[str] = []  # text of each <strong>
        self._open: list[tuple[str, bool]] = []
        self.feed(source)
        self.close()
        assert not self._open, "a tag was not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "input":  # has no end
            return
        now = tag == "mark" and ("class", "now") in attrs
        self._open.append((tag, now))
        if now:
            self.now.append("")
        if tag == "strong":
            self.bold.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if any(tag == "mark" for tag, _ in self._open):
            self.marked += data
        if any(now for _, now in self._open):
            self.now[-1] += data
        if any(tag == "strong" for tag, _ in self._open):
            self.bold[-1] += data


def _source(start: int, end: int, label: int = 1, article: Article = FERRY_ARTICLE) -> Source:
    return Source(label, article, start, end, 0.8, make_ref(article, start, end, 0.8))


def _at(quote: str, label: int = 1) -> Source:
    start = FERRY.index(quote)
    return _source(start, start + len(quote), label)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


SHIP, NETS = _at("Das Schiff fasst 412 Fahrgäste und 60 Fahrzeuge."), _at("Sie fürchten, dass das Schiff", 2)


def test_the_reader_marks_all_citations_of_the_article_and_the_chosen_one_apart() -> None:
    other = _source(0, 10, 3, LIBRARY_ARTICLE)
    seen = Seen(answer_html.reader_html(NETS.ref, [SHIP, NETS, other], "de"))
    assert seen.now == ["Sie fürchten, dass das Schiff"]
    assert seen.marked == f"{SHIP.quote}{NETS.quote}"
    assert ("title", "Zitat [2]") in seen.attributes
    assert set(seen.tags) <= TAGS


@given(st.lists(st.tuples(st.integers(0, len(FERRY) - 1), st.integers(1, 400)), min_size=1, max_size=5))
def test_marks_hold_exactly_the_cited_characters(spans: list[tuple[int, int]]) -> None:
    sources = [_source(start, min(start + n, len(FERRY)), k) for k, (start, n) in enumerate(spans, start=1)]
    seen = Seen(answer_html.reader_html(sources[0].ref, sources, "de"))
    cited = {at for source in sources for at in range(source.start, source.end)}
    assert _squeezed("".join(seen.now)) == _squeezed(sources[0].quote)
    assert _squeezed(seen.marked) == _squeezed("".join(FERRY[at] for at in sorted(cited)))


@given(st.text(st.sampled_from("ab. \n\t"), max_size=300), st.booleans())
def test_paragraphs_lose_nothing_but_white_space(text: str, long_line: bool) -> None:
    text += "x" * (answer_html.LONG_LINE + 1) if long_line else ""
    spans = answer_html.paragraphs(text)
    assert _squeezed("".join(text[start:end] for start, end in spans)) == _squeezed(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(text[start:end].strip() for start, end in spans)


def test_line_ends_part_paragraphs_only_where_the_text_is_not_hard_wrapped() -> None:
    long = "Wort " * 30
    assert len(answer_html.paragraphs(f"{long}\nzwei\ndrei")) == 3
    assert len(answer_html.paragraphs("eins\nzwei\ndrei")) == 1
    assert len(answer_html.paragraphs("eins\nzwei\n \n\ndrei")) == 2


def test_a_first_line_that_repeats_the_title_is_shown_once_unless_it_is_cited() -> None:
    title = FERRY_ARTICLE.title
    assert Seen(answer_html.article_html(FERRY_ARTICLE, "de")).text.count(title) == 1
    cited = _at(title)
    assert Seen(answer_html.reader_html(cited.ref, [cited], "de")).now == [title]


def test_a_changed_article_is_shown_without_a_mark_and_with_the_reason() -> None:
    changed = FakeIndex("g2", [replace(FERRY_ARTICLE, text="Neu. " + FERRY)])
    (source,) = read_refs([(1, SHIP.ref)], changed.article)
    out = answer_html.reader_html(source.ref, [source], "de")
    assert "<mark" not in out
    assert "nach dieser Antwort geändert" in out
    card = answer_html.cards_html([source], source.ref, "de")
    assert "inzwischen geändert" in card
    assert "<mark" not in card


def test_without_a_choice_the_reader_shows_the_first_cited_article() -> None:
    seen = Seen(answer_html.reader_html("", [SHIP], "de"))
    assert seen.marked == SHIP.quote
    assert seen.now == []
    assert "<article" not in answer_html.reader_html("", [], "de")
    assert "<article" not in answer_html.reader_html("", [replace(SHIP, label=0)], "de")


def test_an_unknown_choice_says_so() -> None:
    assert "nicht mehr vorhanden" in answer_html.reader_html("x", [SHIP], "de")


def test_cards_name_outlet_and_date_and_the_chosen_one_is_active() -> None:
    out = answer_html.cards_html([SHIP, NETS], NETS.ref, "de")
    assert len(re.findall(r'class="card(?: active)?"', out)) == 2
    active = out[out.index('class="card active"') :]
    assert f'data-ref="{NETS.ref}" data-label="2" aria-current="true"' in active
    assert "Küstenbote · 5. November 2024<" in active
    assert "<mark>Sie fürchten, dass das Schiff</mark>" in active
    assert out.count("<mark>") == 1


def test_context_on_a_card_is_cut_between_words() -> None:
    words = set(FERRY.split())
    out = answer_html.cards_html([NETS], NETS.ref, "de")
    snippet = unescape(re.sub(r"<[^>]*>", "", out[out.index('class="snippet"') :].split(">", 1)[1]))
    assert snippet.startswith("… ")
    assert snippet.rstrip().endswith(" …")
    assert set(snippet.split()) - words == {"…"}


def test_nearest_passages_are_offered_as_such() -> None:
    answer = BOT.ask("Mondgestein")
    out = answer_html.cards_html(sources_of(answer, INDEX.article), "", "de")
    assert "beantworten sie aber nicht" in out
    assert 'data-label="0"' in out
    assert 'class="number"' not in out
    assert "Relevanz" not in out


def test_hostile_articles_stay_text() -> None:
    answer = BOT.ask("Seeungeheuer")
    (source,) = sources_of(answer, INDEX.article)
    for out in (
        answer_html.reader_html(source.ref, [source], "de"),
        answer_html.cards_html([source], source.ref, "de"),
    ):
        seen = Seen(out)
        assert set(seen.tags) <= TAGS
        assert not any(name.startswith("on") or name == "src" for name, _ in seen.attributes)
        assert not any(name == "href" for name, _ in seen.attributes)
    assert "${window.broken=3} {{window}}" in Seen(answer_html.article_html(HOSTILE_ARTICLE, "de")).text


def test_only_a_web_address_is_offered_as_the_original() -> None:
    assert '<a href="https://example.org/faehre" target="_blank" rel="noopener' in answer_html.article_html(
        FERRY_ARTICLE, "de"
    )


def test_the_first_screen_says_what_the_articles_are() -> None:
    out = answer_html.start_html(INDEX.articles(), ["Wie <viele>?"], "2024-11-26T12:30:00+00:00", "de")
    facts = re.findall(r"<span>([^<]*)</span>", out)
    assert facts == [
        "3 Artikel",
        "3 Medien",
        "24. Oktober 2024 bis 5. November 2024",
        f"Stand: {moment('2024-11-26T12:30:00+00:00', 'de')}",
    ]
    assert 'data-question="Wie &lt;viele&gt;?"' in out
    assert answer_html.start_html([], ["Wer?"], "", "de") == ""
    one = ArticleSummary("a", "T", "", "", "", "", 1)
    assert re.findall(r"<span>([^<]*)</span>", answer_html.start_html([one], [], "", "en")) == ["1 article"]
    assert "12.000 Artikel" in answer_html.start_html([one] * 12_000, [], "", "de")


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_header_says_which_language_is_on(language: str) -> None:
    (current,) = re.findall(r'<a href="\?lang=(\w+)"[^>]*aria-current', answer_html.header_html(language))
    assert current == language


# -- the answer span


def _answered(text: str, quote: Span, answer: Span) -> Source:
    article = Article("a.txt", "Titel", text)
    ref = make_ref(article, *quote, 0.8, answer)
    return Source(1, article, *quote, 0.8, ref, answer=answer)


def _within(text: str, quote: str, answer: str) -> Source:
    start = text.index(quote)
    at = start + quote.index(answer)
    return _answered(text, Span(start, start + len(quote)), Span(at, at + len(answer)))


@pytest.mark.parametrize(
    ("quote", "answer"),
    [
        ("Es waren 412 Menschen.", "412"),
        ("412 Menschen kamen.", "412"),  # at its beginning
        ("Es kamen 412", "412"),  # at its end
        ("Alles.", "Alles."),
        ("Ein &amp; Zeichen.", "mp; Z"),  # cuts through what looks like an entity
        ("Ein <b>fettes</b> Wort.", "b>fett"),  # and through what looks like a tag
        ("Ein </mark></strong> Wort.", "rk></str"),
    ],
)
def test_the_answer_is_bold_in_card_and_article(quote: str, answer: str) -> None:
    source = _within(f"Davor 412 &amp;. {quote} Danach.", quote, answer)
    for active in ("", source.ref):
        card = Seen(answer_html.cards_html([source], active, "de"))
        assert card.bold == [answer]
        assert quote in card.text
        assert card.marked == (quote if active else "")
    reader = Seen(answer_html.reader_html(source.ref, [source], "de"))
    assert (reader.now, reader.bold) == ([quote], [answer])


@given(st.text("ab<>&;/ .\n", min_size=1, max_size=60), st.data())
def test_without_tags_the_quote_is_as_before(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    answer_start = data.draw(st.integers(start, end - 1))
    answer_end = data.draw(st.integers(answer_start + 1, end))
    source = _answered(text, Span(start, end), Span(answer_start, answer_end))
    bare = replace(source, answer=None)
    for shown in (
        lambda s: Seen(answer_html.cards_html([s], s.ref, "de")),
        lambda s: Seen(answer_html.reader_html(s.ref, [s], "de")),
    ):
        assert (shown(source).text, shown(source).now) == (shown(bare).text, shown(bare).now)
        assert _squeezed("".join(shown(source).bold)) == _squeezed(text[answer_start:answer_end])


def test_of_overlapping_quotes_each_answer_is_bold_once() -> None:
    text = "Am Montag kamen 412 Menschen. Am Dienstag 60."
    whole = _within(text, text, "412 Menschen. Am Dienstag 60")
    part = _within(text, "kamen 412 Menschen.", "412 Menschen")
    seen = Seen(answer_html.reader_html(part.ref, [whole, replace(part, label=2)], "de"))
    assert seen.now == ["kamen 412 Menschen."]
    assert "".join(seen.bold) == "412 Menschen. Am Dienstag 60"
    assert seen.marked == text


def test_a_changed_article_has_no_bold_answer() -> None:
    source = _within("Es waren 412 Menschen.", "Es waren 412 Menschen.", "412")
    changed = FakeIndex("g2", [Article("a.txt", "Titel", "Neu. Es waren 412 Menschen.")])
    (stale,) = read_refs([(1, source.ref)], changed.article)
    assert Seen(answer_html.reader_html(stale.ref, [stale], "de")).bold == []
    assert Seen(answer_html.cards_html([stale], stale.ref, "de")).bold == []


@pytest.mark.parametrize(("language", "said"), [("de", "laut Ute Brand"), ("en", "according to Ute Brand")])
def test_a_card_says_who_says_so(language: str, said: str) -> None:
    text = "Die Fähre fährt wieder. Sie kostet laut Ute Brand 12 Euro. Das Wetter bleibt gut."
    article = Article("u.txt", "Fähre", text, source="Bote", language="de")
    index = FakeIndex("g2", [article])
    shown = []
    for quote in ("Sie kostet laut Ute Brand 12 Euro.", "Das Wetter bleibt gut."):
        start = text.index(quote)
        ref = make_ref(article, start, start + len(quote), 0.9)
        (source,) = read_refs([(1, ref)], index.article)
        shown.append(Seen(answer_html.cards_html([source], "", language)).text)
    assert f"Bote · {said}" in shown[0]
    assert said not in shown[1]


def test_headings_and_lists_of_an_article_are_shown_as_such() -> None:
    parts = [
        "Von Lene Ackermann",
        "Die Werft baut um. Das kostet viel Geld.",
        "Streit um die Kosten",
        "Die Stadt zahlt nicht. Sie nennt drei Gründe:",
        "- Das Dach ist dicht.\n- Die Kutter sind neu.\n  Alle vierzig.\n* Es gibt keinen Antrag.",
        "## Alte Schreibweise",
        "Mehr dazu steht im Bericht.",
        "Letzte Zeile ohne Absatz",
    ]
    article = Article("w.md", "Werft", "\n\n".join(parts), language="de")
    made = answer_html.article_html(article, "de")
    assert re.findall(r"<h4>\s*(.*?)\s*</h4>", made) == ["Streit um die Kosten", "Alte Schreibweise"]
    assert [re.sub(r"\s+", " ", item) for item in re.findall(r"<li>\s*(.*?)\s*</li>", made, re.DOTALL)] == [
        "Das Dach ist dicht.",
        "Die Kutter sind neu. Alle vierzig.",
        "Es gibt keinen Antrag.",
    ]
    assert made.count("<ul>") == made.count("</ul>") == 1
    start = article.text.index("- Das")
    marked = answer_html.reader_html((source := _source(start, start + 21, 1, article)).ref, [source], "de")
    assert Seen(marked).now == [source.quote]  # the sign as well: it is cited
