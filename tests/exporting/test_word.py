"""Exports as Word files: read back by python-docx and by this program, and the package is whole."""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import replace
from typing import Any

import docx
from lxml import etree

from qa.corpus.formats import docx as reading
from qa.exporting.document import Exchange, Export
from qa.exporting.word import to_word
from tests.exporting.samples import EXPORT, HURT, REFUSAL, STORM, citation, quoted
from tests.support.injections import INJECTIONS

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/"


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def notes(found: dict[str, bytes]) -> dict[int, str]:
    """The text of each note by its id."""
    root = etree.fromstring(found["word/footnotes.xml"])
    texts = {int(note.get(f"{W}id")): [one.text or "" for one in note.iter(f"{W}t")] for note in root}
    return {number: "".join(parts).strip() for number, parts in texts.items()}


def well_formed(content: bytes) -> dict[str, bytes]:
    """The parts of a package: all are XML with a type, all relations lead somewhere, all notes are there."""
    found = parts(content)
    types = etree.fromstring(found["[Content_Types].xml"])
    default = {one.get("Extension") for one in types.iter(f"{PACKAGE}content-types}}Default")}
    typed = {one.get("PartName") for one in types.iter(f"{PACKAGE}content-types}}Override")}
    assert typed <= {f"/{name}" for name in found}
    for name, part in found.items():
        assert f"/{name}" in typed or name.rpartition(".")[2] in default, name
        root = etree.fromstring(part)
        folder, _, file = name.rpartition("/")
        relations = found.get(f"{folder}/_rels/{file}.rels".lstrip("/"))
        ids = set() if relations is None else _related(relations, folder, found)
        used = {value for one in root.iter() for key, value in one.attrib.items() if key.startswith(R)}
        assert used <= ids, name
    document, settings = (etree.fromstring(found[f"word/{name}.xml"]) for name in ("document", "settings"))
    marks = [int(one.get(f"{W}id")) for one in document.iter(f"{W}footnoteReference")]
    assert marks == sorted(set(marks))
    assert {-1, 0, *marks} == set(notes(found))
    assert [int(one.get(f"{W}id")) for one in settings.iter(f"{W}footnote")] == [-1, 0]
    styles = {one.get(f"{W}styleId") for one in etree.fromstring(found["word/styles.xml"]).iter(f"{W}style")}
    for root in (document, etree.fromstring(found["word/footnotes.xml"])):
        used_styles = {one.get(f"{W}val") for kind in ("pStyle", "rStyle") for one in root.iter(f"{W}{kind}")}
        assert used_styles <= styles
    bookmarks = {one.get(f"{W}name") for one in document.iter(f"{W}bookmarkStart")}
    fields = [one.text for one in etree.fromstring(found["word/footnotes.xml"]).iter(f"{W}instrText")]
    assert {field.split()[1] for field in fields} <= bookmarks
    return found


def _related(relations: bytes, folder: str, found: dict[str, bytes]) -> set[str]:
    ids = set()
    for one in etree.fromstring(relations):
        ids.add(one.get("Id"))
        if one.get("TargetMode") != "External":
            assert posixpath.normpath(posixpath.join(folder, one.get("Target"))) in found
    return ids


def test_quotes_and_figures_have_their_sources_in_footnotes() -> None:
    found = well_formed(to_word(EXPORT))
    told = notes(found)
    source = "Sturm vor Selmstedt, Nordbote, 3. Mai 2024, https://nordbote.example/sturm?a=1&b=2"
    assert told[1] == f"{source}, S. 1, laut Reederei Thoden."
    assert told[2] == "kopie.txt, Inselblatt, S. 1, dieselbe Meldung wie Fußnote 1."
    assert told[3] == "Sturm vor Selmstedt, S. 2, laut Küstenwache, wie Fußnote 1."
    assert told[4].startswith("„Laut Reederei Thoden starben am 3. April etwa 30")
    assert (len(told) - 2, found["word/footnotes.xml"].count(b"<w:hyperlink ")) == (7, 1)


def test_it_reads_as_a_document() -> None:
    content = to_word(EXPORT)
    document: Any = docx.Document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[:4] == [
        "Matrosen im Sturm",
        "Gespräch vom 26. November 2026 10:45",
        "Seite: https://qa.example/seite",
        "Wie viele Matrosen starben?",
    ]
    (quote,) = [p for p in document.paragraphs if p.style.name == "Quote" and "etwa 30" in p.text]
    assert [run.text for run in quote.runs if run.bold] == ["etwa 30"]
    answer, beside = document.tables
    assert [cell.text for cell in answer.rows[1].cells][:3] == [
        "etwa 30",
        "dänische Matrosen, starben",
        "am 3. April",
    ]
    assert beside.rows[1].cells[0].text == "Mindestens 12"
    assert (document.core_properties.title, document.core_properties.author) == ("Matrosen im Sturm", "")
    (draft,) = reading.read(content)
    assert "wie Fußnote 1" in draft.text


def test_an_article_that_does_not_answer_is_named_with_the_beginning_of_its_nearest_passage() -> None:
    long = replace(citation(0, STORM, HURT), quote=" ".join(["Wort"] * 90))
    near = (long, citation(0, STORM, "Der Hafen bleibt zu."))
    found = well_formed(to_word(Export("x", (replace(REFUSAL, nearest=near),), "de")))
    document: Any = docx.Document(io.BytesIO(to_word(Export("x", (replace(REFUSAL, nearest=near),), "de"))))
    last = document.paragraphs[-1]
    assert last.text.startswith("Sturm vor Selmstedt: „Wort Wort")
    assert last.text.endswith("Wort …“")
    assert [number for number in notes(found) if number > 0] == [1]


def _hostile(text: str) -> Exchange:
    """An exchange with a text everywhere, control characters and markup of Word included."""
    text = f"{text}\x00\x0b\ufffe\ud800]]><w:p/>"
    article = replace(STORM, title=text, source=text, url=text, article_id=text)
    cited = citation(1, article, HURT, speaker=text)
    quote = quoted(text, 1, 7, bold=text[1:3])
    return Exchange(text, (quote,), (cited,), (cited,), changed=(cited,), gone=(cited,), note=text)


def test_no_foreign_text_breaks_it() -> None:
    texts = list(INJECTIONS.values())[::5]
    found = well_formed(to_word(Export("<w:p/>\x00", tuple(map(_hostile, texts)), "de", "\x01", "\x02")))
    assert found["word/document.xml"].count(b"]]&gt;&lt;w:p/&gt;") == 6 * len(texts)
    assert found["word/footnotes.xml"].count(b"&lt;w:p/&gt;") >= 2 * len(texts)


def test_an_address_that_word_would_not_open_is_text() -> None:
    long = f"https://a.example/{'x' * 3_000}"
    addresses = ("https://a.example/[b", "https://a.example/ü", long, "https://[::1/", "https://a.example/b")
    cited = [
        citation(n, replace(STORM, url=address, article_id=address), HURT)
        for n, address in enumerate(addresses, start=1)
    ]
    exchange = Exchange("", (quoted(HURT, 1, 2, 3, 4, 5),), tuple(cited))
    found = well_formed(to_word(Export("x", (exchange,), "en")))
    assert found["word/footnotes.xml"].count(b"<w:hyperlink ") == 1
