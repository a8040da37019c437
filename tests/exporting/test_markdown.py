"""Exports as Markdown: complete, readable, and nothing of a foreign text is markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from markdown_it import MarkdownIt

from qa.exporting.document import Exchange, Export, Paragraph, Piece, shown
from qa.exporting.markdown import escaped, to_markdown
from tests.exporting.samples import EXCHANGE, EXPORT, HURT, REFUSAL, STORM, citation, quoted
from tests.support.injections import INJECTIONS

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def test_it_says_everything_once() -> None:
    text = to_markdown(EXPORT)
    assert text.startswith(
        "# Matrosen im Sturm\n\nGespräch vom 26. November 2026 10:45\n\nSeite: https://qa.example/seite\n"
    )
    assert "## Wie viele Matrosen starben?\n\n2 Artikel, 1 Meldung\n\n> Laut Reederei Thoden" in text
    assert "am 3. April **etwa 30** dänische Matrosen. [1] [2]\n" in text
    assert (
        "- [1] [3] **Sturm vor Selmstedt** · Nordbote · 3. Mai 2024 · <https://nordbote.example/sturm?a=1&b=2>"
        " · sturm.pdf"
        " · [1] S. 1, laut Reederei Thoden, Zeichen 21–88; [3] S. 2, laut Küstenwache, Zeichen 110–178\n"
    ) in text
    assert "- [2] **kopie.txt** · Inselblatt · S. 1 · dieselbe Meldung wie [1] · Zeichen 21–88\n" in text
    assert text.count("kopie.txt") == 1
    assert "| etwa 30 | dänische Matrosen, starben | am 3. April | Aussage | Reederei Thoden |" in text
    assert "**Andere Größen**\n\n| Zahl |" in text
    assert "- **3. April 2024** Laut Reederei" in text
    assert (
        "Dazu steht nichts in den Artikeln.\n\n**Ähnliche Stellen**\n\n- **Sturm vor Selmstedt** · Nordbote"
        in text
    )
    assert ": „Der Hafen bleibt zu.“" in text


def test_an_article_that_does_not_answer_is_named_once_with_the_beginning_of_its_nearest_passage() -> None:
    long = replace(citation(0, STORM, HURT), quote=" ".join(["*Wort*"] * 90))
    near = (long, citation(0, STORM, "Der Hafen bleibt zu."))
    text = to_markdown(replace(EXPORT, exchanges=(replace(REFUSAL, nearest=near),)))
    assert text.count("Sturm vor Selmstedt") == 1
    assert "\\*Wort\\* …“" in text
    assert len(text) < 800
    assert "bleibt zu" not in text


def test_what_is_gone_and_what_a_reader_noted_are_said() -> None:
    one = replace(
        EXCHANGE, changed=(replace(citation(4, STORM, HURT), quote=""),), note="Nachfragen *heute*!"
    )
    text = to_markdown(replace(EXPORT, exchanges=(one,), kind="dossier"))
    assert "**Artikel inzwischen geändert**\n\n- [4] **Sturm vor Selmstedt**" in text
    assert "Notiz: Nachfragen \\*heute\\*!" in text
    assert "Stand: 26. November" in text


@pytest.mark.parametrize("name", sorted(INJECTIONS))
def test_a_foreign_text_is_shown_as_text(name: str) -> None:
    hostile = INJECTIONS[name]
    article = replace(STORM, title=hostile, source=hostile, url=hostile, article_id=hostile)
    one = citation(1, article, HURT, speaker=hostile)
    everywhere = (Piece(f"{hostile} "), Piece(hostile, bold=True), Piece(f" {hostile}"))
    paragraphs = (quoted(hostile, 1), Paragraph(everywhere))
    exchange = Exchange(hostile, paragraphs, (one,), (one,), changed=(one,), gone=(one,), note=hostile)
    html = READER.render(to_markdown(Export(hostile, (exchange,), "de", hostile, hostile)))
    html = re.sub(r'<a href="https?://[^"<>]*">', "", html).replace("</a>", "")  # of the articles themselves
    tags = set(re.findall(r"<\s*/?\s*([a-z0-9]+)", html))
    assert tags <= {"h1", "h2", "p", "strong", "blockquote", "ul", "li"}, tags
    read = re.sub(r"<[^>]+>", "", READER.render(f"x{escaped(hostile)}x"))
    assert " ".join(unescape(read).split()) == " ".join(f"x{shown(hostile)}x".split())


@pytest.mark.parametrize(
    "quote", ["Es waren 412 da.", "„Nein“, rief er.", "wörtlich(412)wörtlich", "412 €", "24. Oktober"]
)
def test_bold_words_are_bold(quote: str) -> None:
    for start in range(len(quote)):
        for end in range(start + 1, len(quote) + 1):
            pieces = (Piece(quote[:start]), Piece(quote[start:end], bold=True), Piece(quote[end:]))
            text = to_markdown(Export("x", (Exchange("", (Paragraph(pieces),)),), "de"))
            html = READER.render(text.partition("\n\n")[2])
            assert "".join(re.findall(r"<strong>(.*?)</strong>", html)) == quote[start:end].strip(), text
            assert unescape(re.sub(r"</?(?:p|strong)>", "", html)).strip() == quote


def test_dates_and_names_stay_readable() -> None:
    assert (
        escaped("24. Oktober 2024, mein_bericht.txt, 5 > 3, R&D, a|b")
        == "24. Oktober 2024, mein_bericht.txt, 5 \\> 3, R&D, a|b"
    )
