"""The dossier: quotes and figures that a reader pinned, as an `Export`, and the handler of its tab.

The browser keeps the pins; Python reads their references and notes, which may be forged, and looks everything
else up in the index. Nothing is kept on the server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from qa.exporting.document import Exchange, Export, Paragraph, Piece
from qa.exporting.files import FORMATS, file_name
from qa.i18n.wording import words
from qa.service.service import MAX_QUESTION, Service
from qa.web import escape, export, figures_card
from qa.web.events import field_of, language_of
from qa.web.exchanges import changed, citation_of, gone
from qa.web.lookup import Lookup
from qa.web.sources import ArticleOf, Gone, Source, read_place

MAX_PINS = 500
MAX_NOTE = 2_000  # characters
MAX_CELLS = 6  # of a row of figures


class DossierTab:
    """The handlers of the tab of pinned quotes."""

    def __init__(self, service: Service) -> None:
        self._lookup = Lookup(service)

    def save(self, event: gr.EventData, request: gr.Request) -> str:
        """A format was chosen: the dossier as a file, for the page's script; "" for an unknown format, and
        where no index is open: whether the articles are still there is not known then.
        """
        ending, language = f".{field_of(event, 'format')}", language_of(request)
        if ending not in FORMATS or not self._lookup.generation():
            return ""
        told = export.about(field_of(event, "about"))
        made = dossier_export(field_of(event, "pins"), self._lookup.article, language, told)
        name = file_name(made.title, told.time, "dossier")
        return export.file_of(made, ending, self._lookup.article, name)


def dossier_export(sent: str, article_of: ArticleOf, language: str, told: export.About) -> Export:
    """The pins of a browser, a list in JSON, as they are exported; `told`: see `qa.web.export.about`."""
    try:
        read = json.loads(sent)
    except (ValueError, RecursionError):
        read = None
    pins = [pin for pin in (read if isinstance(read, list) else [])[:MAX_PINS] if isinstance(pin, dict)]
    return Export(
        title=words(language)["dossier"],
        exchanges=tuple(_exchanges(pins, article_of)),
        language=language,
        time=told.time,
        address=told.address,
        kind="dossier",
    )


def _exchanges(pins: list[dict[str, Any]], article_of: ArticleOf) -> Iterator[Exchange]:
    label = 0
    for pin in pins:
        source = read_place(1, _text(pin, "ref"), article_of)
        if source is None:
            continue
        label += 1
        source = replace(source, label=label)  # throughout the dossier
        question, note = _text(pin, "question")[:MAX_QUESTION], _text(pin, "note")[:MAX_NOTE].strip()
        if isinstance(source, Gone):
            lost = gone(source, _text(pin, "quote"), _text(pin, "title")[: export.MAX_TITLE].strip())
            kept = Paragraph((Piece(lost.quote), Piece("", label=label)), quoted=True)
            yield Exchange(question, (kept,) if lost.quote else (), gone=(lost,), note=note)
            continue
        if source.stale:
            yield Exchange(question, changed=(changed(source),), note=note)
            continue
        cells = _cells(pin)
        figure = figures_card.figure_in(source.article, source.start, source.end, cells) if cells else None
        yield Exchange(
            question=question,
            paragraphs=(quoted(source),),
            citations=(citation_of(source),),
            figures=(figure,) if figure else (),
            note=note,
        )


def _text(pin: dict[str, Any], name: str) -> str:
    value = pin.get(name)
    return value if isinstance(value, str) else ""


def _cells(pin: dict[str, Any]) -> list[str]:
    """The cells of the row that was pinned, as Markdown; none for a quote."""
    cells = pin.get("cells")
    listed = cells[:MAX_CELLS] if isinstance(cells, list) else []
    return [escape.markdown(cell) for cell in listed if isinstance(cell, str)]


def quoted(source: Source) -> Paragraph:
    """The quote of a source, its answer span in bold, with its label."""
    quote = source.quote
    start, end = source.answer_in_quote or (0, 0)
    texts = (Piece(quote[:start]), Piece(quote[start:end], bold=True), Piece(quote[end:]))
    return Paragraph((*(piece for piece in texts if piece.text), Piece("", label=source.label)), quoted=True)
