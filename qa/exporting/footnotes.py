"""Footnotes for python-docx, which has none: the part, its styles, and the references to it.

ECMA-376 part 1, 17.11 (footnotes) and 17.16.5.38 (NOTEREF, by which one note names another). Knows nothing of
what stands in a note.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

PART = "/word/footnotes.xml"
NOTE_STYLE, MARK_STYLE = "footnote text", "footnote reference"  # Word's own names
# The lines above notes, which every document with footnotes must have and its settings must name.
_SEPARATORS = {-1: "separator", 0: "continuationSeparator"}
_BEHIND_NOTES = ("endnotePr", "compat", "docVars", "rsids", "mathPr", "themeFontLang", "clrSchemeMapping")
# An address that may be the target of a link: Word does not open a document with a malformed one.
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][A-Za-z0-9._~!$&'()*+,;=:@%/?#-]*)?")
MAX_LINK = 2_000  # characters; Word refuses 2,084


@dataclass(frozen=True, slots=True)
class Words:
    """A part of a note: text, a link if it is an address, or the number of another note."""

    text: str = ""
    note: int = 0


class Footnotes:
    """The footnotes of a document that python-docx made."""

    def __init__(self, document: Document) -> None:
        from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import XmlPart

        self._count = 0
        root = _element("w:footnotes")
        self._part = XmlPart(PackURI(PART), CONTENT_TYPE.WML_FOOTNOTES, root, document.part.package)
        document.part.relate_to(self._part, RELATIONSHIP_TYPE.FOOTNOTES)
        for number, kind in _SEPARATORS.items():
            note = _element("w:footnote", {"w:type": kind, "w:id": str(number)})
            note.append(_wrapped("w:p", _wrapped("w:r", _element(f"w:{kind}"))))
            root.append(note)
        self._root = root
        self._note_style, self._mark_style = _styles(document)
        _settings(document)

    def add(self, paragraph: Paragraph, parts: Sequence[Words]) -> int:
        """Set the mark of a new footnote behind a paragraph's text; its number, from 1."""
        self._count += 1
        number = self._count
        mark = _element("w:footnoteReference", {"w:id": str(number)})
        bookmark = {"w:id": str(number), "w:name": _bookmark(number)}
        paragraph._p.append(_element("w:bookmarkStart", bookmark))
        paragraph._p.append(self._run(mark))
        paragraph._p.append(_element("w:bookmarkEnd", {"w:id": str(number)}))
        inside = _element("w:p")
        inside.append(_wrapped("w:pPr", _element("w:pStyle", {"w:val": self._note_style})))
        inside.append(self._run(_element("w:footnoteRef")))
        inside.append(_text(" "))
        for part in parts:
            inside.extend(self._part_of_note(part))
        note = _element("w:footnote", {"w:id": str(number)})
        note.append(inside)
        self._root.append(note)
        return number

    def _run(self, element: Any) -> Any:
        style = _wrapped("w:rPr", _element("w:rStyle", {"w:val": self._mark_style}))
        run = _wrapped("w:r", style)
        run.append(element)
        return run

    def _part_of_note(self, part: Words) -> list[Any]:
        from docx.opc.constants import RELATIONSHIP_TYPE

        if part.note:
            return _reference(part.note)
        if len(part.text) <= MAX_LINK and _LINK.fullmatch(part.text):
            target = self._part.relate_to(part.text, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            link = _element("w:hyperlink", {"r:id": target})
            link.append(_text(part.text))
            return [link]
        return [_text(part.text)]


def _bookmark(number: int) -> str:
    return f"_RefNote{number}"


def _reference(note: int) -> list[Any]:
    """The number of another note as a field in runs: readers know these better than `fldSimple`."""
    instruction = _element("w:instrText")
    instruction.text = f" NOTEREF {_bookmark(note)} \\h "
    begin, separate, end = (
        _wrapped("w:r", _element("w:fldChar", {"w:fldCharType": kind}))
        for kind in ("begin", "separate", "end")
    )
    return [begin, _wrapped("w:r", instruction), separate, _text(str(note)), end]


def _element(name: str, attributes: dict[str, str] | None = None) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import nsdecls, qn

    element: Any = OxmlElement(name)
    if name == "w:footnotes":  # links need the second name space too
        from docx.oxml import parse_xml

        element = parse_xml(f"<w:footnotes {nsdecls('w', 'r')}/>")
    for key, value in (attributes or {}).items():
        element.set(qn(key), value)
    return element


def _wrapped(name: str, inside: Any) -> Any:
    element = _element(name)
    element.append(inside)
    return element


def _text(text: str) -> Any:
    """A run of text; the caller has removed what no XML allows."""
    element = _element("w:t")
    element.text = text
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return _wrapped("w:r", element)


def _styles(document: Document) -> tuple[str, str]:
    """The ids of the styles of notes and of their marks, which the template lacks."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    note: Any = document.styles.add_style(NOTE_STYLE, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    note.base_style = document.styles["Normal"]
    note.font.size = Pt(9)
    note.paragraph_format.space_after = Pt(0)
    mark: Any = document.styles.add_style(MARK_STYLE, WD_STYLE_TYPE.CHARACTER, builtin=True)
    mark.font.superscript = True
    return note.style_id, mark.style_id


def _settings(document: Document) -> None:
    """Name the separators in the settings, at the place that the schema gives them."""
    from docx.oxml.ns import qn

    properties = _element("w:footnotePr")
    for number in _SEPARATORS:
        properties.append(_element("w:footnote", {"w:id": str(number)}))
    settings: Any = document.settings.element
    behind = {qn(f"w:{name}") for name in _BEHIND_NOTES}
    following = next((child for child in settings if child.tag in behind), None)
    if following is None:
        settings.append(properties)
    else:
        following.addprevious(properties)
