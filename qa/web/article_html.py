"""An article as safe HTML: its paragraphs, headings and lists, with the cited sentences marked.

Pure functions from values to strings, for components that show raw HTML. Knows nothing of Gradio, events or
the index; the templates escape all untrusted text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from qa.i18n.wording import words
from qa.text.addresses import web_address
from qa.text.sentences import is_heading
from qa.types import Article, Span
from qa.web.frames_html import hint_html
from qa.web.pages import rendered
from qa.web.sources import Source, origin

LONG_LINE = 120  # characters; a text with a longer line is not hard-wrapped, so its lines are paragraphs

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_LINE_ENDS = re.compile(r"\n\s*")
_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")  # of Markdown
_ITEM = re.compile(r"[-*•‣·][ \t]+(?=\S)")  # of a list
_ITEMS = re.compile(r"\n[ \t]*(?=[-*•‣·][ \t]+\S)")
# Short lines without a full stop that are no headings: who wrote it, whose picture it is.
_CREDIT = re.compile(r"(?:von|by|foto|bild|fotos|quelle|stand|text|autor|mit material)\b|\(|©", re.IGNORECASE)
Kind = Literal["text", "heading", "item"]


class Part(NamedTuple):
    """A part of a quote; `answers` if it lies within an answer span."""

    text: str
    answers: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a paragraph; `title` names the citations that mark it, "" for none.

    `labels` are the numbers of the citations that begin with it.
    """

    parts: tuple[Part, ...]
    title: str
    now: bool
    labels: str


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph of an article as shown."""

    pieces: tuple[_Piece, ...]
    kind: Kind


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
            for span, kind in _told(article.text, _without_title(article, marked))
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


def blocks(text: str) -> Iterator[tuple[Span, Kind]]:
    """The paragraphs of a text with their kinds."""
    return _told(text, paragraphs(text))


def _told(text: str, spans: Sequence[Span]) -> Iterator[tuple[Span, Kind]]:
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
        yield _Piece(parts_of(article, Span(start, end), over), title, now in over, labels)


def parts_of(article: Article, span: Span, sources: Sequence[Source]) -> tuple[Part, ...]:
    """A span of an article in parts, split where an answer span of the sources begins or ends."""
    answers = [source.answer for source in sources if source.answer]
    inside = {edge for answer in answers for edge in answer if span.start < edge < span.end}
    return tuple(
        Part(article.text[start:end], any(a.start <= start and end <= a.end for a in answers))
        for start, end in pairwise(sorted({*span, *inside}))
    )


def _mark_title(over: Sequence[Source], language: str) -> str:
    text = words(language)
    labels = ", ".join(f"[{source.label}]" for source in over if source.label)
    return text["marked"].format(labels=labels) if labels else text["marked_near"]
