"""Markup in what should be plain text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.text.markup import without_code, without_markdown

MARKDOWN = [
    ("Die [Stadt](https://example.org/a_b) zahlt **viel** Geld.", "Die Stadt zahlt viel Geld."),
    ('Ein [Link](https://example.org/a_(b) "Titel") hier.', "Ein Link hier."),
    ("Ein [Link][1] hier.\n\n[1]: https://example.org", "Ein Link hier.\n\n"),
    ("Ein [Link] hier und [keiner].\n\n[link]: https://example.org", "Ein [Link] hier und [keiner].\n\n"),
    ("Es kostet 3 Euro[^1] im Jahr.\n\n[^1]: Ohne Steuer.", "Es kostet 3 Euro im Jahr.\n\nOhne Steuer."),
    ("# Titel #\n\n## Unter_titel\nText.", "Titel\n\nUnter_titel\nText."),
    ("Titel\n=====\n\nText.", "Titel\n\nText."),
    ("> Ein Zitat\n> von zwei Zeilen.", "Ein Zitat\nvon zwei Zeilen."),
    ("***Sehr*** _wichtig_ und __fett__ und ~~weg~~.", "Sehr wichtig und fett und weg."),
    (
        "Bürger*innen und Schüler*innen, 3 * 4 * 5, snake_case_name",
        "Bürger*innen und Schüler*innen, 3 * 4 * 5, snake_case_name",
    ),
    ("Anna B.* kam. *Name geändert", "Anna B.* kam. *Name geändert"),
    ("![Ein Luchs im Wald](bild.png) Er lebt.", "Ein Luchs im Wald Er lebt."),
    ("[[Seite|Text]] und [[Ort]] ![[bild.png]]", "Text und Ort "),
    ("- [x] Antrag\n- [ ] Bescheid", "- [x] Antrag\n- [ ] Bescheid"),
    (r"Das kostet 5\* und \_mehr\_.", "Das kostet 5* und _mehr_."),
    ("Nimm `x` und <https://example.org/a>.", "Nimm x und https://example.org/a."),
    ("Er sagte [sinngemäß], [...] das sei so.", "Er sagte [sinngemäß], [...] das sei so."),
    (
        "| Partei | Prozent |\n|---|--:|\n| **Rot** | 34,2 |\n| Blau | 12 |",
        "Partei: Rot | Prozent: 34,2\nPartei: Blau | Prozent: 12",
    ),
    ("A | B\nkeine Tabelle", "A | B\nkeine Tabelle"),
    ("Der Preis[\\[2\\]](#fn2) stieg[¹](#n1).[↩︎](#r) [Mehr](#m)", "Der Preis stieg. Mehr"),
    ("Es kostet [5 Euro](<https://example.org/a b> 'Preis').", "Es kostet 5 Euro."),
    ("![Am See](s.jpg){width=50%} Ein [Ort](o){.extern}.", "Am See Ein Ort."),
    (
        "> [!note] Kurz\n> Der See ist voll. ^a1\n\n%%intern%%\n* * *\n2^10 = 1024",
        "Kurz\nDer See ist voll.\n\n\n\n2^10 = 1024",
    ),
]


@pytest.mark.parametrize(("text", "expected"), MARKDOWN, ids=[text[:30] for text, _ in MARKDOWN])
def test_markdown(text: str, expected: str) -> None:
    assert without_markdown(text) == expected


CODE = [
    (
        "<p>Der <b>Kanal</b> wird&nbsp;tief.</p><p>Er kostet 3&euro; f&uuml;r alle.</p>",
        "Der Kanal wird tief.\n\nEr kostet 3€ für alle.",
    ),
    ("Erste Zeile<br>zweite Zeile<br/>dritte", "Erste Zeile\nzweite Zeile\ndritte"),
    ("<ul><li>Eins</li><li>Zwei</li></ul>", "- Eins\n- Zwei"),
    ("<p>Ein Satz,\nder weitergeht.</p>", "Ein Satz, der weitergeht."),
    ("<script>alert(1)</script><p>Text</p><!-- <p>weg</p> --><style>p{}</style>", "Text"),
    ("Gebäude f&uuml;r M&#252;ller &amp; Sohn", "Gebäude für Müller & Sohn"),
    ("AT&T und R&D; 3 < 4 und 5 > 2", "AT&T und R&D; 3 < 4 und 5 > 2"),
    ("Das Element <p> beginnt einen Absatz.", "Das Element <p> beginnt einen Absatz."),
    ("<table><tr><td>Rot</td><td>34</td></tr></table>", "Rot | 34"),
    (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Die Br\'fccke ist {\b zu}.\par Sie \u246?ffnet"
        r" im Mai.}",
        "Die Brücke ist zu.\n\nSie öffnet im Mai.\n",
    ),
    ("&lt;p&gt;Der See ist f&amp;uuml;r alle &lt;b&gt;zu&lt;/b&gt;.&lt;/p&gt;", "Der See ist für alle zu."),
    ("M&amp;uuml;ller &amp; Sohn; a &lt; b &gt; c", "Müller & Sohn; a < b > c"),
    ('[caption id="a1"]Am See[/caption] Er ist [b]zu[/b]. [gallery ids="1"][a]', "Am See Er ist zu. [a]"),
    ("Er sagte [s] und [url].", "Er sagte [s] und [url]."),
    ("Ein [url=https://example.org]Ort[/url] [img]https://example.org/a.png[/img]", "Ein Ort "),
    (
        "<!DOCTYPE html>\n<html><head>\n<title>T</title></head><body>\n<p>Der See\nist zu.</p></body></html>",
        "Der See ist zu.",
    ),
    (
        "# See\n\n<figure>\n\n![](s.jpg)\n<figcaption>Am\nSee</figcaption>\n</figure>\n\n- Eins\n- Zwei",
        "# See\n\n![](s.jpg)\n\nAm See\n\n- Eins\n- Zwei",
    ),
    (r"{\rtf1\ansicpg12 na\'efv}", "naïv\n"),
    (r"{\rtf1 a\{b\}{\*\generator X;}{\pict 0102} \'93Ja\'94\~\u8364?}", "a{b} “Ja”\u00a0€\n"),
]


@pytest.mark.parametrize(("text", "expected"), CODE, ids=[text[:30] for text, _ in CODE])
def test_code(text: str, expected: str) -> None:
    assert without_code(text) == expected


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([*"<>&;[](){}|*_~=`#!\\^-:\"' \nab1/", "<p>", "</p>", "\\rtf", "&amp;", "[^1]"]))
)
def test_any_markup_is_read(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert isinstance(without_markdown(without_code(text)), str)
    assert isinstance(without_code("{\\rtf" + text), str)


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "<p",
        "*a",
        "_a ",
        "<!--",
        "|",
        "![",
        "{\\a",
        "&",
        "[a](",
        "`",
        "=a",
        "\\",
        "<a ",
        "[^",
        "a*",
        "\n>",
    ],
)
def test_no_markup_takes_long(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began = time.process_time()
    without_markdown(without_code(text))
    without_code("{\\rtf" + text)
    assert time.process_time() - began < 20  # quadratic time would be hours
