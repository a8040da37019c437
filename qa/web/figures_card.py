"""The card of the figures that the articles give for a question, as one line of a chat message.

A table on a wide screen, a list on a phone; each figure links to its sentence. All foreign text passes
`qa.web.escape.markdown`. Knows nothing of the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from qa.errors import CorpusError
from qa.i18n.wording import long_date, words
from qa.web import escape
from qa.web.sources import ArticleOf, make_ref

MAX_ROWS = 30
COLUMNS = ("figure", "counted", "period", "speaker", "source")
# As `card` writes it; no cell holds a tag but the link. For `qa.web.conversation`: linear, see there.
CARD = re.compile(
    r'<table class="figures"><caption>[^<\n]*</caption><thead><tr>(?:<th>[^<\n]*</th>)*</tr></thead><tbody>'
    r'(?:<tr(?: class="beside")?><td>(?:<a href="[^"<>\n]*">[^<\n]*</a>)?</td>'
    r'(?:<td title="[^"<>\n]*">[^<\n]*</td>)*</tr>)*</tbody></table>'
)


class Figure(Protocol):
    """What the card shows of a figure of an article."""

    @property
    def article_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def date(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def wording(self) -> str: ...
    @property
    def counted(self) -> str: ...
    @property
    def event(self) -> str: ...
    @property
    def period(self) -> str: ...
    @property
    def speaker(self) -> str: ...
    @property
    def medium(self) -> str: ...
    @property
    def block(self) -> str: ...


def card(figures: Sequence[Figure], article_of: ArticleOf, language: str) -> str:
    """The table of figures, those of the answer first; "" with fewer than two, which the quote shows."""
    if len(figures) < 2:
        return ""
    text = words(language)
    ordered = sorted(figures, key=lambda figure: figure.block != "answer")[:MAX_ROWS]
    heads = "".join(f"<th>{text[f'figures_{name}']}</th>" for name in COLUMNS)
    rows = "".join(_row(figure, article_of, language) for figure in ordered)
    return (
        f'<table class="figures"><caption>{text["figures"]}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(figure: Figure, article_of: ArticleOf, language: str) -> str:
    """One figure; "" where the index does not know its article."""
    text = words(language)
    try:
        ref = make_ref(article_of(figure.article_id), figure.start, figure.end, 0.0)
    except CorpusError:
        return ""
    place = " · ".join(part for part in (figure.source, long_date(figure.date, language)) if part)
    cells = {
        "counted": " ".join(part for part in (figure.counted, figure.event) if part),
        "period": figure.period,
        "speaker": " / ".join(part for part in (figure.speaker, figure.medium) if part),
        "source": place or figure.title,
    }
    shown = "".join(
        f'<td title="{text[f"figures_{name}"]}">{escape.markdown(cell)}</td>' for name, cell in cells.items()
    )
    kind = ' class="beside"' if figure.block != "answer" else ""
    return f'<tr{kind}><td><a href="#figure-{ref}">{escape.markdown(figure.wording)}</a></td>{shown}</tr>'
