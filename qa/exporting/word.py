"""An export as a Word file (.docx): quotes and figures, each with its source in a footnote."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from qa.exporting import lines
from qa.exporting.document import Exchange, Export, Paragraph, shown
from qa.exporting.footnotes import Footnotes, Words
from qa.i18n import moments
from qa.i18n.figure_rows import HEADINGS, row
from qa.i18n.wording import long_date, words
from qa.text.addresses import web_address
from qa.types import Citation, DatedSentence, Figure

if TYPE_CHECKING:
    from docx.document import Document

STYLES = ("Heading 1", "Heading 2", "Quote", "Table Grid")
LANGUAGE_TAGS = {"de": "de-DE", "en": "en-GB"}  # for the spell checker


def to_word(export: Export) -> bytes:
    """An export as the content of a Word file."""
    import docx

    document = docx.Document()
    _prepared(document, export)
    document.add_heading(shown(export.title).strip(), level=0)
    for line in lines.about(export):
        document.add_paragraph(shown(line))
    writer = _Writer(document, export.language)
    for exchange in export.exchanges:
        writer.add(exchange)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _prepared(document: Document, export: Export) -> None:
    """The properties and the language of the document, instead of those of python-docx's template."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml.ns import qn

    properties = document.core_properties
    properties.title = shown(export.title).strip()[:255]  # as many as python-docx takes
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None)
    tag = LANGUAGE_TAGS.get(export.language, "en-GB")
    properties.language = tag
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), tag)
    package: Any = document.part.package
    thumbnails = [key for key, one in package.rels.items() if one.reltype == RELATIONSHIP_TYPE.THUMBNAIL]
    for key in thumbnails:  # of an empty page
        del package.rels[key]


class _Writer:
    """Writes exchanges into a document; an article that was named in a note is not named in full again."""

    def __init__(self, document: Document, language: str) -> None:
        self._document = document
        self._language = language
        self._text = words(language)
        # looked up once: python-docx searches all styles whenever it is given a name
        self._styles = {name: document.styles[name].style_id for name in STYLES}
        self._notes = Footnotes(document)
        self._question = ""  # of the exchange before: its heading is not repeated
        self._named: dict[str, int] = {}  # article -> its first note

    def add(self, exchange: Exchange) -> None:
        if exchange.question.strip() and exchange.question != self._question:
            self._added(exchange.question, "Heading 1")
        self._question = exchange.question
        cited = {citation.label: citation for citation in exchange.citations}
        noted: dict[int, int] = {}  # label -> note
        for paragraph in exchange.paragraphs:
            self._paragraph(paragraph, cited, noted)
        if exchange.note:
            self._added(f"{self._text['note']}: {exchange.note}")
        self._near(exchange.nearest)
        for one in exchange.changed:
            self._added(f"{lines.title(one)} ({self._text['stale_card']})")
        for one in exchange.gone:
            self._added(f"{lines.unlinked(one)} ({self._text['gone']})")
        for block, heading in (("answer", "figures"), ("beside", "figures_beside")):
            self._figures([one for one in exchange.figures if one.block == block], self._text[heading])
        self._timeline(exchange.dated)

    def _added(self, text: str, style: str = "") -> Any:
        """A new paragraph."""
        written: Any = self._document.add_paragraph(shown(text).strip())
        if style:
            written._p.style = self._styles[style]
        return written

    def _paragraph(self, paragraph: Paragraph, cited: dict[int, Citation], noted: dict[int, int]) -> None:
        written = self._added("", "Quote" if paragraph.quoted else "")
        behind_mark = False
        for piece in paragraph.pieces:
            citation = cited.get(piece.label) if piece.label else None
            if not piece.text and not piece.label:
                continue
            if citation:
                if behind_mark:  # two marks would read as one number
                    written.add_run(", ").font.superscript = True
                noted[citation.label] = self._note(written, citation, noted)
            else:
                text = f" [{piece.label}]" if piece.label else shown(piece.text)
                written.add_run(text).bold = piece.bold or None
            behind_mark = citation is not None

    def _note(self, paragraph: Any, source: Citation, noted: dict[int, int]) -> int:
        """A note with title, outlet, date, address, page, speaker; only once in full for each article."""
        before = self._named.get(source.article_id)
        parts = [lines.title(source)]
        if before is None:
            address = web_address(source.url) or source.article_id
            parts += [*lines.origin(source, self._language), *([address] if address != parts[0] else [])]
        pieces = _joined([*parts, *lines.place(source, self._language)])
        if before is not None:
            pieces += [Words(f", {self._text['as_note']} "), Words(note=before)]
        if source.copy_of in noted:
            pieces += [Words(f", {self._text['same_report_note']} "), Words(note=noted[source.copy_of])]
        number = self._notes.add(paragraph, [*pieces, Words(".")])
        self._named.setdefault(source.article_id, number)
        return number

    def _near(self, nearest: Sequence[Citation]) -> None:
        if nearest:
            self._added(self._text["near"], "Heading 2")
        for source, *_ in lines.by_article(nearest):
            written = self._added("")
            written.add_run(shown(lines.title(source)).strip()).bold = True
            quote = self._text["quoted"].format(quote=lines.shortened(shown(source.quote)))
            written.add_run(f": {quote}")
            self._note(written, source, {})

    def _figures(self, figures: Sequence[Figure], heading: str) -> None:
        """A table; the note of a figure holds its sentence."""
        if not figures:
            return
        self._added(heading, "Heading 2")
        table: Any = self._document.add_table(rows=1, cols=len(HEADINGS))
        table._tbl.tblStyle_val = self._styles["Table Grid"]
        for cell, name in zip(table.rows[0].cells, HEADINGS, strict=True):
            cell.paragraphs[0].add_run(self._text[name]).bold = True
        for figure in figures:
            cells = table.add_row().cells
            for cell, text in zip(cells, row(figure, self._language), strict=True):
                cell.paragraphs[0].add_run(shown(text))
            place = f"{figure.title or figure.article_id}, {figure.article_id}"
            quote = self._text["quoted"].format(quote=shown(figure.quote).strip())
            self._notes.add(cells[0].paragraphs[0], [Words(f"{quote} {shown(place)}.")])
        self._added("")  # a table at the end, or two in a row, need a paragraph behind them

    def _timeline(self, dated: Sequence[DatedSentence]) -> None:
        if dated:
            self._added(self._text["timeline"], "Heading 2")
        for one in dated:
            written = self._added("")
            written.add_run(f"{shown(moments.when(one, self._language)).strip()}: ").bold = True
            written.add_run(shown(one.quote).strip())
            known = (one.title, one.source, long_date(one.date, self._language), one.article_id)
            self._notes.add(written, [Words(shown(", ".join(part for part in known if part))), Words(".")])


def _joined(parts: Sequence[str]) -> list[Words]:
    """The parts of a note with commas between them; each stays apart, so that an address can be a link."""
    out: list[Words] = []
    for number, part in enumerate(parts):
        out += [Words(", ")] if number else []
        out.append(Words(shown(part).strip()))
    return out
