"""A conversation, as the browser sent it back, in the form in which it is exported.

The quotes, speakers, copies, figures and dates are read from the index again: the messages only say where.
Knows neither the page nor any format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from qa.answering.attribution import speaker
from qa.answering.copied import with_originals
from qa.exporting.answers import passage_citation
from qa.exporting.document import Exchange, Paragraph, Piece
from qa.facts.timeline import timeline
from qa.types import Article, Citation, DatedSentence, Span, Turn
from qa.web import conversation, figures_card
from qa.web.escape import unescaped
from qa.web.sources import ArticleOf, Gone, NotLookedUp, Source, read_places

# Characters of what the citations of a conversation add to its own text. Quotes stand in that text too, so
# only forged messages reach it.
MAX_SOURCES_TEXT = 1_000_000
MAX_TIMELINE_TEXT = 1_000_000  # characters of the articles whose dates are read for one export; some 2 s

# Nothing repeats the character that it starts with: see `qa.web.conversation`.
_TIMELINE = re.compile(r'<details class="timeline"><summary>[^<\n]*</summary></details>')
_NEAR = re.compile(r'<span class="near">[^<\n]*</span>')
_PIECE = re.compile(r"\[(?P<label>\d{1,2})\]\(#cite-[\w.-]+\)|<strong>(?P<bold>[^<\n]*)</strong>")
_STRONG_TAG = re.compile(r"</?strong>")


def exchanges(turns: Iterable[Turn], article_of: ArticleOf, *, timelines: bool = False) -> Iterator[Exchange]:
    """The questions of a conversation with their answers, and with the timelines of their articles if wanted.

    Once what was looked up has MAX_SOURCES_TEXT characters, that of later messages is left out.
    """
    known = Reader(article_of, timelines=timelines)
    question: str | None = None
    for turn in turns:
        if turn.role == "user":
            if question is not None:
                yield Exchange(question)
            question = turn.content
        else:
            yield known.exchange(question or "", turn.content)
            question = None
    if question is not None:
        yield Exchange(question)


class Reader:
    """Reads the messages of one conversation, within its limits."""

    def __init__(self, article_of: ArticleOf, *, timelines: bool = False) -> None:
        """With `timelines`, the dated sentences of cited articles are read where the page offers them."""
        self._article_of = article_of
        self._timelines = timelines
        self._room = MAX_SOURCES_TEXT
        self._timeline_room = MAX_TIMELINE_TEXT

    def _article(self, article_id: str) -> Article:
        if self._room <= 0:
            raise NotLookedUp(f"{article_id} is not looked up.")
        return self._article_of(article_id)

    def exchange(self, question: str, message: str) -> Exchange:
        """A question with the answer that a message gives."""
        places = read_places(conversation.message_refs(message), self._article)
        figures, lost = figures_card.read(message, self._article)
        sources = [place for place in places if isinstance(place, Source)]
        paragraphs = tuple(_paragraphs(message))
        articles = {source.article.article_id: source.article for source in sources}
        cited = [citation_of(source) for source in sources if source.label and not source.stale]
        read = Exchange(
            question=question,
            paragraphs=paragraphs,
            citations=with_originals(cited, articles.__getitem__),
            nearest=tuple(_passage(source) for source in sources if not source.label and not source.stale),
            figures=figures,
            dated=tuple(self._dated(sources)) if self._timelines and _TIMELINE.search(message) else (),
            changed=tuple(changed(one) for one in (*places, *lost) if isinstance(one, Source) and one.stale),
            gone=tuple(_all_gone((*places, *lost), _before_labels(paragraphs))),
        )
        looked_up = (*read.citations, *read.nearest, *figures, *read.changed, *read.gone)
        self._room -= sum(len(str(one)) for one in looked_up)
        return read

    def _dated(self, sources: Sequence[Source]) -> list[DatedSentence]:
        """The dated sentences of the cited articles."""
        articles = {source.article.article_id: source.article for source in sources if source.label}
        within: list[Article] = []
        for article in articles.values():
            text = article.text[: self._timeline_room]
            self._timeline_room -= len(text)
            within.append(replace(article, text=text))
        return timeline(within)


def citation_of(source: Source) -> Citation:
    """The citation that a source of the page stands for, with its speaker; the source is not stale."""
    start, end = source.answer or (-1, -1)
    said = speaker(source.article, Span(source.start, source.end), start if source.answer else None)
    return replace(
        _passage(source),
        label=source.label,
        score=source.score,
        answer_start=start,
        answer_end=end,
        speaker=said.named,
    )


def _passage(source: Source) -> Citation:
    return passage_citation(source.article, source.start, source.end)


def changed(source: Source) -> Citation:
    """The place of a source whose article has changed, without a quote."""
    return replace(_passage(source), label=source.label, quote="", page=None)


def gone(place: Gone, text: str, title: str = "") -> Citation:
    """The place in an article that the index does not have any more, with `text` as the quote if it fits."""
    return Citation(
        label=place.label,
        article_id=place.article_id,
        title=title,
        source="",
        date="",
        url="",
        start=place.start,
        end=place.end,
        quote=place.quoted(text),
        score=0.0,
    )


def _all_gone(places: Iterable[Source | Gone], texts: dict[int, str]) -> Iterator[Citation]:
    """The places in articles that are gone; one without a label only if nothing else names its article."""
    named: set[str] = set()
    for place in places:
        if isinstance(place, Gone) and (place.label or place.article_id not in named):
            named.add(place.article_id)
            yield gone(place, texts.get(place.label, ""))


def _before_labels(paragraphs: Iterable[Paragraph]) -> dict[int, str]:
    """The text before each label in a message."""
    texts: dict[int, str] = {}
    for paragraph in paragraphs:
        text, complete = "", False
        for piece in paragraph.pieces:
            if piece.label:
                texts.setdefault(piece.label, text.strip())
                complete = True
            elif not complete:
                text += piece.text
            elif piece.text.strip():  # else a space between two labels of one text
                text, complete = piece.text, False
    return texts


def _paragraphs(message: str) -> Iterator[Paragraph]:
    """The paragraphs of a message, without what the page added and what an export says in its own way."""
    text = _TIMELINE.sub("", conversation.ADDED.sub("", figures_card.CARD.sub("", message)))
    text = _NEAR.sub("", conversation.NEAR_LINK.sub("", conversation.ALL_LINK.sub("", text)))
    for line in text.splitlines():
        quoted = line.startswith(">")
        pieces = tuple(_pieces(line.removeprefix(">").strip()))
        if any(piece.label or piece.text.strip() for piece in pieces):
            yield Paragraph(pieces, quoted)


def _pieces(line: str) -> Iterator[Piece]:
    position = 0
    for match in _PIECE.finditer(line):
        yield from _plain(line[position : match.start()])
        position = match.end()
        if match["label"]:
            yield Piece("", label=int(match["label"]))
        else:
            yield Piece(unescaped(match["bold"]), bold=True)
    yield from _plain(line[position:])


def _plain(markdown: str) -> Iterator[Piece]:
    text = unescaped(_STRONG_TAG.sub("", conversation.TAG.sub("", markdown)))
    if text:
        yield Piece(text)
