"""The card of the figures that the articles give for a question, as one line of a chat message.

A table on a wide screen, a list on a phone; each figure links to its sentence. All foreign text passes
`qa.web.escape.markdown`. Knows nothing of the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.errors import CorpusError
from qa.i18n.figure_rows import HEADINGS, row
from qa.i18n.wording import words
from qa.types import Figure
from qa.web import escape
from qa.web.sources import ArticleOf, make_ref

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
