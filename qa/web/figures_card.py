"""The card of the figures that the articles give for a question, as one line of a chat message.

A table on a wide screen, a list on a phone; each figure links to its sentence. All foreign text passes
`qa.web.escape.markdown`. Knows nothing of the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from qa.answering.attribution import sentences_near
from qa.errors import CorpusError
from qa.facts import figures as facts
from qa.i18n.figure_rows import HEADINGS, row
from qa.i18n.wording import LANGUAGES, words
from qa.types import Article, Block, Figure, Span
from qa.web import escape
from qa.web.sources import ArticleOf, Gone, Source, make_ref, read_place

_ROW = re.compile(
    r'<tr(?P<beside> class="beside")?><td><a href="#figure-(?P<ref>[\w.-]+)">(?P<figure>[^<\n]*)</a></td>'
    r'(?P<cells>(?:<td title="[^"<>\n]*">[^<\n]*</td>)*)</tr>'
)
_CELL = re.compile(r'<td title="[^"<>\n]*">([^<\n]*)</td>')
MAX_ROWS = 30
# As `card` writes it; no cell holds a tag but the link. For `qa.web.conversation`: linear, see there.
CARD = re.compile(
    r'<table class="figures"><caption>[^<\n]*</caption><thead><tr>(?:<th>[^<\n]*</th>)*</tr></thead><tbody>'
    r'(?:<tr><th colspan="6">[^<\n]*</th></tr>'
    r'|<tr(?: class="beside")?><td>(?:<a href="[^"<>\n]*">[^<\n]*</a>)?</td>'
    r'(?:<td title="[^"<>\n]*">[^<\n]*</td>)*</tr>)*</tbody></table>'
)


def card(figures: Sequence[Figure], article_of: ArticleOf, language: str) -> str:
    """The table of figures, those of the answer first; "" with fewer than two, which the quote shows."""
    if len(figures) < 2:
        return ""
    text = words(language)
    ordered = sorted(figures, key=lambda figure: figure.block != "answer")[:MAX_ROWS]
    heads = "".join(f"<th>{text[name]}</th>" for name in HEADINGS)
    blocks = ([f for f in ordered if (f.block == "answer") is answers] for answers in (True, False))
    first, beside = ("".join(_row(figure, article_of, language) for figure in block) for block in blocks)
    parted = f'<tr><th colspan="6">{text["figures_beside"]}</th></tr>' if first and beside else ""
    return (
        f'<table class="figures"><caption>{text["figures"]}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{first}{parted}{beside}</tbody></table>"
    )


def _row(figure: Figure, article_of: ArticleOf, language: str) -> str:
    """One figure; "" where the index does not know its article."""
    try:
        ref = make_ref(article_of(figure.article_id), figure.start, figure.end, 0.0)
    except CorpusError:
        return ""
    text = words(language)
    wording, *cells = (escape.markdown(cell) for cell in row(figure, language))
    shown = "".join(
        f'<td title="{text[name]}">{cell}</td>' for name, cell in zip(HEADINGS[1:], cells, strict=True)
    )
    kind = ' class="beside"' if figure.block != "answer" else ""
    return f'<tr{kind}><td><a href="#figure-{ref}">{wording}</a></td>{shown}</tr>'


def read(message: str, article_of: ArticleOf) -> tuple[tuple[Figure, ...], list[Source | Gone]]:
    """The figures of the card in a message, read from their sentences again, and the places of those that are
    no longer there.
    """
    figures: list[Figure] = []
    lost: list[Source | Gone] = []
    found = CARD.search(message)
    for match in islice(_ROW.finditer(found[0] if found else ""), MAX_ROWS):
        source = read_place(0, match["ref"], article_of)
        if not isinstance(source, Source):
            lost += [source] if source else []
            continue
        cells = [match["figure"], *_CELL.findall(match["cells"])]
        block: Block = "beside" if match["beside"] else "answer"
        figure = None if source.stale else figure_in(source.article, source.start, source.end, cells, block)
        if figure:
            figures.append(figure)
        else:
            lost.append(replace(source, stale=True))
    return tuple(figures), lost


def figure_in(
    article: Article, start: int, end: int, cells: Sequence[str], block: Block = "answer"
) -> Figure | None:
    """The figure of a sentence that a row of the card shows; None where the sentence has none like it.

    `cells`: the texts of the row, as Markdown. A sentence may have several figures, and the same one twice.
    """
    spans = sentences_near(article, Span(start, end))
    if Span(start, end) not in spans:
        return None
    number = spans.index(Span(start, end))
    before = max(0, number - 1)
    found = facts.figures(article.text, spans[before : number + 1], article.language)
    made = [
        facts.figure(article, spans, replace(one, sentence=number), block)
        for one in found
        if before + one.sentence == number
    ]
    alike = {figure: max(_alike(figure, cells, language) for language in LANGUAGES) for figure in made}
    best = max(alike, key=lambda figure: alike[figure], default=None)
    return best if best and alike[best] else None


def _alike(figure: Figure, cells: Sequence[str], language: str) -> int:
    """How many cells a figure would have in common with a row; 0 if the figure itself is another one."""
    own = [escape.markdown(cell) for cell in row(figure, language)]
    return sum(a == b for a, b in zip(own, cells, strict=False)) if own[:1] == list(cells[:1]) else 0
