"""Sources, articles and what surrounds a conversation as safe HTML.

Pure functions from values to strings, for components that show HTML as it is. This module knows
nothing of Gradio, of events or of the index; all foreign text passes `qa.markup.html`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from qa.markup import LANGUAGES, Source, exact, html, language_tag, origin, web_address, words
from qa.types import Article, ArticleSummary, Span

CONTEXT = 160  # characters shown on each side of the quote on the active card
EXAMPLES = 3  # example questions under an empty conversation
EXAMPLE_TITLE = 90  # characters; a longer title makes no good example
LONG_LINE = 120  # characters; a text with a longer line is not hard-wrapped, its lines are paragraphs
LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_LINE_ENDS = re.compile(r"\n\s*")
_FIRST_WORD = re.compile(r"^\S*\s+")
_LAST_WORD = re.compile(r"\s\S*$")


def hint_html(key: str, language: str) -> str:
    """A quiet line in an empty place; `key` names the wording."""
    return f'<p class="hint">{words(language)[key]}</p>'


def heading_html(key: str, language: str) -> str:
    """The heading of a part of the page; `key` names the wording."""
    return f"<h2>{words(language)[key]}</h2>"


def header_html(language: str) -> str:
    """The page's heading and the choice of language."""
    text = words(language)
    links = "".join(
        f'<a href="?lang={code}" lang="{code}" hreflang="{code}"{_current(code == language)}>'
        f"{LANGUAGE_NAMES[code]}</a>"
        for code in LANGUAGES
    )
    return (
        f'<header class="top"><div><h1>{text["title"]}</h1><p>{text["lead"]}</p></div>'
        f'<nav aria-label="{text["languages"]}">{links}</nav></header>'
    )


def _current(current: bool) -> str:
    return ' aria-current="true"' if current else ""


def examples_html(articles: Iterable[ArticleSummary], language: str) -> str:
    """Example questions from the titles of the newest articles; empty without a usable title."""
    text = words(language)
    newest = sorted(articles, key=lambda a: a.date, reverse=True)
    titles = dict.fromkeys(a.title.strip() for a in newest if 0 < len(a.title.strip()) <= EXAMPLE_TITLE)
    buttons = "".join(
        f'<button type="button" data-question="{html(question)}">{html(question)}</button>'
        for question in [_example(title, text) for title in list(titles)[:EXAMPLES]]
    )
    return f'<div class="examples"><p>{text["examples"]}</p>{buttons}</div>' if buttons else ""


def _example(title: str, text: dict[str, str]) -> str:
    """A question about a title; a title that is one asks for itself."""
    return title if title.endswith("?") else text["example"].format(title=title)


# ---------------------------------------------------------------- sources and reader


def cards_html(sources: Sequence[Source], active: str, language: str) -> str:
    """The cards of an answer's sources; the one whose ref is `active` shows its quote in context.

    Sources without a label are the nearest passages of a refusal and are introduced as such.
    """
    if not sources:
        return hint_html("no_sources", language)
    text = words(language)
    near = all(source.label == 0 for source in sources)
    note = f'<p class="hint">{text["near_note"]}</p>' if near else ""
    cards = "".join(_card(source, source.ref == active, language) for source in sources)
    name = text["near"] if near else text["sources"]
    return f'{note}<ol class="cards{" near" if near else ""}" aria-label="{name}">{cards}</ol>'


def _card(source: Source, active: bool, language: str) -> str:
    text, article = words(language), source.article
    number = f'<span class="number">{source.label}</span>' if source.label else ""
    relevance = text["relevance"].format(percent=source.percent) if source.label else ""
    if source.stale:
        relevance = text["stale_card"]
    meta = " · ".join(html(part) for part in (source.place(language), relevance) if part)
    return (
        f'<li class="card{" active" if active else ""}">'
        f'<button type="button" data-ref="{html(source.ref)}" data-label="{source.label}"{_current(active)}>'
        f'<span class="unseen">{text["show"]}: </span>{number}<span class="body">'
        f'<span class="title" lang="{language_tag(article.language)}">{html(article.title)}</span>'
        f'<span class="meta">{meta}</span>{_snippet(source, active)}</span></button></li>'
    )


def _snippet(source: Source, active: bool) -> str:
    """The quote; with what stands around it on the active card. Nothing where it would be wrong."""
    if source.stale:
        return ""
    tag, quote = language_tag(source.article.language), html(source.quote)
    if active:
        before, after = _context(source)
        quote = f"{html(before)}<mark>{quote}</mark>{html(after)}"
    return f'<span class="snippet" lang="{tag}">{quote}</span>'


def _context(source: Source) -> tuple[str, str]:
    """What stands before and after a quote, cut between words."""
    text = source.article.text
    before = text[max(0, source.start - CONTEXT) : source.start]
    after = text[source.end : source.end + CONTEXT]
    if source.start > CONTEXT:
        before = f"… {_FIRST_WORD.sub('', before)}"
    if source.end + CONTEXT < len(text):
        after = f"{_LAST_WORD.sub('', after)} …"
    return before, after


def reader_html(active: str, sources: Sequence[Source], language: str) -> str:
    """The whole article of the active source, with every source of it marked.

    The parts of the active one are `mark.now`. A stale source marks nothing and says why. Without
    an active one it is the article of the first citation, so that the page is not empty.
    """
    text = words(language)
    now = next((source for source in sources if source.ref == active), None)
    shown = now or next((source for source in sources if source.label and not active), None)
    if shown is None:
        return hint_html("unknown" if active else "no_article", language)
    article = shown.article
    marked = [s for s in sources if s.article.article_id == article.article_id and not s.stale]
    notice = f'<p class="notice" role="alert">{text["stale"]}</p>' if shown.stale else ""
    back = f'<button type="button" class="back">{text["back"]}</button>'
    return _article(article, marked, now, f"{back}{notice}", language)


def article_html(article: Article, language: str, *, removable: bool = False) -> str:
    """A whole article, nothing marked; `removable` if a button takes it out of the corpus."""
    heading = f'<h2 class="unseen">{words(language)["reader"]}</h2>'
    return heading + _article(article, (), None, "", language, removable=removable)


def _tools(article: Article, language: str, *, removable: bool) -> str:
    """What can be done with an article."""
    keys = {"only": "ask_only", "remove": "remove"} if removable else {"only": "ask_only"}
    return "".join(
        f'<button type="button" class="only" data-{name}="{exact(article.article_id)}">'
        f"{words(language)[key]}</button>"
        for name, key in keys.items()
    )


def _article(
    article: Article,
    marked: Sequence[Source],
    now: Source | None,
    extra: str,
    language: str,
    *,
    removable: bool = False,
) -> str:
    address, link = web_address(article.url), ""
    if address:
        name = words(language)["original"]
        link = f'<a href="{html(address)}" target="_blank" rel="noopener noreferrer">{name}</a>'
    tag, tools = language_tag(article.language), _tools(article, language, removable=removable)
    body = "".join(
        f"<p>{''.join(_marked(article, paragraph, marked, now, language))}</p>"
        for paragraph in _without_title(article, marked)
    )
    return (
        f'<article><header><h3 lang="{tag}">{html(article.title)}</h3>'
        f'<p class="meta"><span>{html(origin(article, language))}</span>{link}{tools}</p>'
        f"{extra}</header>"
        f'<div class="text" lang="{tag}">{body}</div></article>'
    )


def _without_title(article: Article, marked: Sequence[Source]) -> list[Span]:
    """The paragraphs, less a first one that only repeats the title and holds no mark."""
    found = paragraphs(article.text)
    if not found or article.text[found[0].start : found[0].end].strip("# \t") != article.title:
        return found
    return found if any(source.start < found[0].end for source in marked) else found[1:]


def paragraphs(text: str) -> list[Span]:
    """The paragraphs of a text, without the white space between them.

    Blank lines part them; in a text that is not hard-wrapped every line end does.
    """
    wrapped = all(len(line) <= LONG_LINE for line in text.splitlines())
    bounds, position = [], 0
    for gap in (_BLANK_LINES if wrapped else _LINE_ENDS).finditer(text):
        bounds.append(Span(position, gap.start()))
        position = gap.end()
    bounds.append(Span(position, len(text)))
    return [span for span in bounds if text[span.start : span.end].strip()]


def _marked(
    article: Article, paragraph: Span, sources: Sequence[Source], now: Source | None, language: str
) -> Iterator[str]:
    """A paragraph in pieces, cut where a source begins or ends; sources may overlap."""
    lower, upper = paragraph
    inside = {edge for s in sources for edge in (s.start, s.end) if lower < edge < upper}
    for start, end in pairwise(sorted({lower, upper, *inside})):
        over = [source for source in sources if source.start <= start and end <= source.end]
        piece = html(article.text[start:end])
        yield _mark(piece, over, now in over, language) if over else piece


def _mark(piece: str, over: Sequence[Source], active: bool, language: str) -> str:
    text = words(language)
    labels = ", ".join(f"[{source.label}]" for source in over if source.label)
    title = text["marked"].format(labels=labels) if labels else text["marked_near"]
    # only the active one takes the focus, so that a screen reader goes on from there
    now = ' class="now" tabindex="-1"' if active else ""
    return f'<mark{now} title="{title}">{piece}</mark>'
