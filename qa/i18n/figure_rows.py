"""Figures side by side in words, for the terminal and the page.

Plain text: the caller escapes it. The figures come from `qa.answering.side_by_side`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from qa.i18n.wording import long_date, words
from qa.types import Figure

HEADINGS = ("figure_figure", "figure_what", "figure_period", "figure_kind", "figure_who", "figure_article")


class FigureRow(NamedTuple):
    """A figure as the cells of a table, "" where the article does not tell."""

    figure: str  # "etwa 600"
    what: str  # "nordkoreanische Soldaten, getötet"
    period: str
    kind: str  # of statement: hearsay, estimate, …
    who: str  # the speaker and the medium
    article: str


def row(figure: Figure, language: str) -> FigureRow:
    """The cells of a figure; `language` is that of the page."""
    said = figure.event.casefold() in figure.counted.casefold()
    what = ", ".join(part for part in (figure.counted, "" if said else figure.event) if part)
    place = (figure.source or figure.title or figure.article_id, long_date(figure.date, language))
    return FigureRow(
        figure=" ".join(part for part in (figure.wording, figure.unit) if part),
        what=what,
        period=figure.period,
        kind=words(language)[f"modality_{figure.modality}"],
        who=" / ".join(part for part in (figure.speaker, figure.medium) if part),
        article=", ".join(part for part in place if part),
    )


def lines(figures: Sequence[Figure], language: str) -> list[str]:
    """A line for each figure, with a heading for each block; none without figures."""
    text = words(language)
    out: list[str] = []
    for block, heading in (("answer", "figures"), ("beside", "figures_beside")):
        inside = [figure for figure in figures if figure.block == block]
        out += [f"{text[heading]}:"] if inside else []
        out += ["  " + " · ".join(cell for cell in row(figure, language) if cell) for figure in inside]
    return out
