"""Sources, articles and the elements around a conversation as safe HTML.

Pure functions from values to strings, for components that show raw HTML. Knows nothing of Gradio, events or
the index; the templates escape all untrusted text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from qa.answering.attribution import speaker
from qa.i18n.wording import counted, long_date, words
from qa.text.addresses import web_address
from qa.text.sentences import is_heading
from qa.types import Article, ArticleSummary, Span
from qa.web.pages import moment, rendered
from qa.web.sources import Source, origin

CONTEXT = 160  # characters shown on each side of the quote on the active card
MAX_WORD = 500  # characters of a comment on an answer
LONG_LINE = 120  # characters; a text with a longer line is not hard-wrapped, so its lines are paragraphs
LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_LINE_ENDS = re.compile(r"\n\s*")
_FIRST_WORD = re.compile(r"^\S*\s+")
_LAST_WORD = re.compile(r"\s\S*$")
_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")  # of Markdown
_HEADING_LINE = re.compile(r"(?m)^#{1,6}[ \t]+")


_ITEM = re.compile(r"[-*•‣·][ \t]+(?=\S)")  # of a list
_ITEMS = re.compile(r"\n[ \t]*(?=[-*•‣·][ \t]+\S)")
# Short lines without a full stop that are no headings: who wrote it, whose picture it is.
_CREDIT = re.compile(r"(?:von|by|foto|bild|fotos|quelle|stand|text|autor|mit material)\b|\(|©", re.IGNORECASE)
Kind = Literal["text", "heading", "item"]


class _Part(NamedTuple):
    """A part of a quote; `answers` if it lies within an answer span."""

    text: str
    answers: bool


@dataclass(frozen=True, slots=True)
class _Card:
    """A source as shown on its card; `before` and `after` surround the quote on the active card."""

    source: Source
    quote: tuple[_Part, ...]
    active: bool
    meta: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a paragraph; `title` names the citations that mark it, "" for none.

    `labels` are the numbers of the citations that begin with it.
    """

    parts: tuple[_Part, ...]
    title: str
    now: bool
    labels: str


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph of an article as shown."""

    pieces: tuple[_Piece, ...]
    kind: Kind


def hint_html(key: str, language: str) -> str:
    """A hint in an empty panel; `key` selects the text."""
    return rendered("hint", language, key=key)


def heading_html(key: str, language: str) -> str:
    """The heading of a section of the page; `key` selects the text."""
    return rendered("heading", language, key=key)


def conversations_html(language: str) -> str:
    """The frame of the list of conversations; the page's script fills it from the browser's storage."""
    return rendered("conversations", language)


def verdict_html(verdict: str, language: str, *, kept: bool) -> str:
    """The form for a comment on an answer, or the notice that feedback cannot be kept now.

    `verdict` comes back with the comment.
    """
    return rendered("verdict", language, verdict=verdict, kept=kept, most=MAX_WORD)


def exports_html(language: str) -> str:
    """The menu of the formats in which a conversation can be saved."""
    return rendered("exports", language, formats=_formats(("docx", "md", "jsonl", "csv", "json"), language))


def dossier_html(language: str) -> str:
    """The frame of the dossier; the page's script fills it from the browser's storage."""
    return rendered("dossier", language, formats=_formats(("docx", "md", "jsonl"), language))


def _formats(endings: Sequence[str], language: str) -> list[tuple[str, str]]:
    """The endings of files with their names."""
    return [(ending, words(language)[f"export_{ending}"]) for ending in endings]


def header_html(language: str) -> str:
    """The page's heading and language switch."""
    return rendered("header", language, names=LANGUAGE_NAMES)


def start_html(
    articles: Sequence[ArticleSummary], questions: Sequence[str], built: str, language: str
) -> str:
    """The first screen: what the articles are, and questions to begin with; empty without articles.

    `built`: ISO 8601 time of the index, "" if unknown.
    """
    if not articles:
        return ""
    return rendered("examples", language, questions=questions, facts=_facts(articles, built, language))


def suggestions_html(questions: Sequence[str], asked: str, language: str) -> str:
    """Questions to go on with after the answer to the question `asked`; "" without any."""
    return rendered("suggestions", language, questions=questions, asked=asked) if questions else ""


def _facts(articles: Sequence[ArticleSummary], built: str, language: str) -> list[str]:
    """How many articles and outlets, from when to when, and when the index was built."""
    text = words(language)
    outlets = len({article.source for article in articles if article.source})
    days = sorted(article.date for article in articles if article.date)
    first, last = (long_date(day, language) for day in (days[0], days[-1])) if days else ("", "")
    return [
        fact
        for fact in (
            counted("count", len(articles), language),
            counted("corpus_outlets", outlets, language) if outlets else "",
            text["corpus_span"].format(first=first, last=last) if first != last else first,
            text["corpus_updated"].format(time=moment(built, language)) if built else "",
        )
        if fact
    ]


# ---------------------------------------------------------------- sources and reader


def cards_html(sources: Sequence[Source], active: str, language: str) -> str:
    """The cards of an answer's sources; the one whose ref is `active` shows its quote in context.

    Sources without a label are the closest passages of a refusal and are introduced as such.
    """
    if not sources:
        return hint_html("no_sources", language)
    near = all(source.label == 0 for source in sources)
    cards = [_card(source, source.ref == active, language) for source in sources]
    several = not near and len({source.article.article_id for source in sources}) > 1
    return rendered("cards", language, near=near, cards=cards, several=several)


def _said_by(source: Source, language: str) -> str:
    """Who says what is quoted, "" where the article does not tell."""
    if source.stale or not source.label:
        return ""
    answer = source.answer.start if source.answer else None
    who = speaker(source.article, Span(source.start, source.end), answer).named
    return words(language)["said_by"].format(speaker=who) if who else ""


def _card(source: Source, active: bool, language: str) -> _Card:
    stale = words(language)["stale_card"] if source.stale else ""
    meta = " · ".join(part for part in (source.place(language), _said_by(source, language), stale) if part)
    quote = _parts(source.article, Span(source.start, source.end), [source])
    return _Card(source, quote, active, meta, *(_context(source) if active else ("", "")))


def _context(source: Source) -> tuple[str, str]:
    """The text before and after a quote, cut at word boundaries."""
    text = source.article.text
    before = text[max(0, source.start - CONTEXT) : source.start]
    after = text[source.end : source.end + CONTEXT]
    if source.start > CONTEXT:
        before = f"… {_FIRST_WORD.sub('', before)}"
    if source.end + CONTEXT < len(text):
        after = f"{_LAST_WORD.sub('', after)} …"
    return _HEADING_LINE.sub("", before), _HEADING_LINE.sub("", after)


def reader_html(active: str, sources: Sequence[Source], language: str, *, turn: int = 0) -> str:
    """The article of the active source, with all its sources marked.

    The active source is `mark.now`. A stale source marks nothing and says why. Without an active source, the
    article of the first citation is shown, so that the panel is not empty. `turn` is the number of the
    question whose answer shows it, 0 where a click did: so the page's script can tell a late reply.
    """
    now = next((source for source in sources if source.ref == active), None)
    shown = now or next((source for source in sources if source.label and not active), None)
    if shown is None:
        return hint_html("unknown" if active else "no_article", language)
    article = shown.article
    marked = [s for s in sources if s.article.article_id == article.article_id and not s.stale]
    return _article(article, marked, now, language, stale=shown.stale, turn=turn)


def article_html(article: Article, language: str, *, removable: bool = False) -> str:
    """An article without marks; with `removable`, there is a button to remove it from the corpus."""
    return _article(article, (), None, language, unseen_heading=True, removable=removable)


def _article(
    article: Article,
    marked: Sequence[Source],
    now: Source | None,
    language: str,
    *,
    unseen_heading: bool = False,
    removable: bool = False,
    stale: bool = False,
    turn: int = 0,
) -> str:
    return rendered(
        "article",
        language,
        article=article,
        origin=origin(article, language),
        address=web_address(article.url),
        paragraphs=[
            _paragraph(article, span, kind, marked, now, language)
            for span, kind in _blocks(article.text, _without_title(article, marked))
        ],
        now=now if now and not now.stale else None,
        shown=now.ref if now else "",
        turn=turn,
        unseen_heading=unseen_heading,
        removable=removable,
        stale=stale,
    )


def _without_title(article: Article, marked: Sequence[Source]) -> list[Span]:
    """The paragraphs without a first one that only repeats the title and has no mark."""
    spans = paragraphs(article.text)
    if not spans or article.text[spans[0].start : spans[0].end].strip("# \t") != article.title:
        return spans
    return spans if any(source.start < spans[0].end for source in marked) else spans[1:]


def paragraphs(text: str) -> list[Span]:
    """The paragraphs of a text without the white space between them.

    Blank lines separate them; in a text that is not hard-wrapped, every line end does.
    """
    wrapped = all(len(line) <= LONG_LINE for line in text.splitlines())
    bounds, position = [], 0
    for gap in (_BLANK_LINES if wrapped else _LINE_ENDS).finditer(text):
        bounds.append(Span(position, gap.start()))
        position = gap.end()
    bounds.append(Span(position, len(text)))
    return [span for span in bounds if text[span.start : span.end].strip()]


def _blocks(text: str, spans: Sequence[Span]) -> Iterator[tuple[Span, Kind]]:
    """Paragraphs with their kinds; each item of a list is one of its own.

    Reading a file takes the signs off its headings, so a heading is a short line above a paragraph.
    """
    told = [_kind(text, span) for span in spans]
    for number, (span, kind) in enumerate(zip(spans, told, strict=True)):
        if kind == "item":
            ends = [match.start() for match in _ITEMS.finditer(text, *span)]
            for start, end in pairwise([span.start, *ends, span.end]):
                yield Span(start + len(text[start:end]) - len(text[start:end].lstrip()), end), kind
        elif kind == "heading" and told[number + 1 : number + 2] in ([], ["heading"]):
            yield span, "heading" if _HEADING.match(text, *span) else "text"
        else:
            yield span, kind


def _kind(text: str, span: Span) -> Kind:
    line = text[span.start : span.end]
    if _ITEM.match(line):
        return "item"
    alone = not re.search(r"\n|[:,;]\s*$", line) and is_heading(line) and not _CREDIT.match(line)
    return "heading" if alone or _HEADING.match(line) else "text"


def _paragraph(
    article: Article, span: Span, kind: Kind, sources: Sequence[Source], now: Source | None, language: str
) -> _Paragraph:
    """A paragraph in pieces; the signs of a heading or an item are left out unless a source marks them."""
    sign = (_HEADING if kind == "heading" else _ITEM).match(article.text, *span) if kind != "text" else None
    if sign and not any(source.start < sign.end() and source.end > span.start for source in sources):
        span = Span(sign.end(), span.end)
    return _Paragraph(tuple(_marked(article, span, sources, now, language)), kind)


def _marked(
    article: Article, paragraph: Span, sources: Sequence[Source], now: Source | None, language: str
) -> Iterator[_Piece]:
    """A paragraph in pieces, split where a source begins or ends; sources may overlap."""
    lower, upper = paragraph
    inside = {edge for s in sources for edge in (s.start, s.end) if lower < edge < upper}
    for start, end in pairwise(sorted({lower, upper, *inside})):
        over = [source for source in sources if source.start <= start and end <= source.end]
        title = _mark_title(over, language) if over else ""
        labels = ", ".join(str(source.label) for source in over if source.label and source.start == start)
        yield _Piece(_parts(article, Span(start, end), over), title, now in over, labels)


def _parts(article: Article, span: Span, sources: Sequence[Source]) -> tuple[_Part, ...]:
    """A span of an article in parts, split where an answer span of the sources begins or ends."""
    answers = [source.answer for source in sources if source.answer]
    inside = {edge for answer in answers for edge in answer if span.start < edge < span.end}
    return tuple(
        _Part(article.text[start:end], any(a.start <= start and end <= a.end for a in answers))
        for start, end in pairwise(sorted({*span, *inside}))
    )


def _mark_title(over: Sequence[Source], language: str) -> str:
    text = words(language)
    labels = ", ".join(f"[{source.label}]" for source in over if source.label)
    return text["marked"].format(labels=labels) if labels else text["marked_near"]
