"""The article of a web page: what is kept, what is left out and reported."""

# ruff: noqa: E501 (sentences are easier to read whole)
from __future__ import annotations

import pytest

from qa.errors import CorpusError
from qa.i18n.messages import said
from tests.support.articles import read, read_with_notes

HEAD = "<h1>Neuer Steg am Weiher</h1><p>Die Gemeinde Tannfeld baut am Weiher einen Steg.</p>"
REST = "<p>Er kostet 90.000 Euro.</p>"
LEAD = "Neuer Steg am Weiher\n\nDie Gemeinde Tannfeld baut am Weiher einen Steg."
CONSENT = (
    "<h2>Ihre Privatsphäre</h2><p>Wir und unsere 97 Partner verarbeiten personenbezogene Daten wie Ihre"
    " IP-Adresse"
    " mit Cookies. Ihre Einwilligung können Sie widerrufen. Das Pur-Abo kostet 3,49 Euro im Monat.</p>"
)
TEASERS = (
    '<ul><li><a href="/1">Sturm deckt in Altheim drei Dächer ab</a></li><li><a href="/2">Bahn streicht im'
    " Sommer viele Züge</a></li></ul>"
)


def page(inner: str, *, outer: str = "", title: str = "Neuer Steg") -> str:
    head = f"<head><title>{title}</title></head>"
    return f"<html lang='de'>{head}<body>{outer}<article>{inner}</article></body></html>"


@pytest.mark.parametrize(
    "box",
    [
        f"<div class='cmp-layer'>{CONSENT}</div>",
        f"<div id='cookieConsent'>{CONSENT}</div>",
        f"<div class='x7'>{CONSENT}<button>Alle akzeptieren</button></div>",
        f"<section>{CONSENT}<a href='#'>Zustimmen</a></section>",
    ],
)
@pytest.mark.parametrize("marked", [True, False])
def test_a_consent_notice_is_left_out_and_reported(box: str, marked: bool) -> None:
    source = page(HEAD + REST, outer=box)
    if not marked:
        source = source.replace("<article>", "<div>").replace("</article>", "</div>")
    found, notes = read_with_notes(source, "a.html")
    assert found.text == f"{LEAD}\n\nEr kostet 90.000 Euro."
    assert [note for note in notes if note.startswith("A consent notice")]
    assert said(notes[0], "de") != notes[0]


def test_an_article_about_consent_is_kept() -> None:
    inner = f"<div class='article-body'>{CONSENT}<p>So stand es auf der Seite, sagte der Richter.</p></div>"
    assert "Pur-Abo kostet 3,49" in read(page(inner), "a.html").text


@pytest.mark.parametrize(
    "box",
    [
        f"<div class='related'><h3>Lesen Sie auch</h3>{TEASERS}</div>",
        f"<h3>Mehr zum Thema</h3>{TEASERS}",
        f"<aside>{TEASERS}</aside>",
        "<p><a href='/3'>Bahn streicht im Sommer viele Züge</a></p>",
        "<p><b>Auch interessant:</b> <a href='/3'>Sturm in Altheim</a></p>",
        "<div class='box-recommendation'><a href='/3'>Sturm in Altheim</a><p>In Altheim deckte ein Sturm drei"
        " Dächer ab. <a href='/3'>weiterlesen</a></p></div>",
        "<br><a href='/1'>Mehr zum Thema: Sturm</a><br><a href='/2'>Züge</a><br>",
        "<p>Lesen Sie auch: <a href='/3'>Bahn streicht im Sommer viele Züge</a></p>",
        "<div class='share-bar'><a href='#'>Teilen</a> <span>Drucken</span></div>",
        "<nav><a href='/'>Startseite</a></nav><div hidden>Unsichtbar</div><div style='display:"
        " none'>Weg</div>",
        "<form><label>Ihre E-Mail</label><input></form><script>var a = 'Text';</script>",
    ],
)
def test_links_to_other_articles_and_controls_are_left_out(box: str) -> None:
    assert read(page(HEAD + box + REST), "a.html").text == f"{LEAD}\n\nEr kostet 90.000 Euro."


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (
            "<figure><img src='x'><figcaption>Bürgermeister Rolf Amsel am Weiher.</figcaption></figure>",
            "Bürgermeister Rolf Amsel am Weiher.",
        ),
        (
            "<aside class='infobox'><h3>Der Weiher</h3><p>Er ist 4 Meter tief.</p></aside>",
            "Der Weiher\n\nEr ist 4 Meter tief.",
        ),
        (
            "<table><thead><tr><th>Jahr<th>Gäste</thead><tr><td>2022<td>1.400<tr><td>2023<td>1.650</table>",
            "Jahr: 2022 | Gäste: 1.400\nJahr: 2023 | Gäste: 1.650",
        ),
        (
            "<table><tr><th rowspan=2>Ort<th colspan=2>Gäste</tr><tr><th>2022<th>2023</tr>"
            "<tr><td>Weiher<td>40<td>50</tr><tr><td>Ufer<td colspan=2>60</tr></table>",
            "Ort: Weiher | Gäste 2022: 40 | Gäste 2023: 50\nOrt: Ufer | Gäste 2022: 60 | Gäste 2023: 60",
        ),
        (
            "<table><tr><th>Holz</th><td>Eiche</td></tr><tr><th>Länge</th><td>30 Meter</td></tr></table>",
            "Holz: Eiche | Länge: 30 Meter",
        ),
        (
            "<table><tr><td>Holz</td><td>Eiche</td></tr><tr><td>Länge</td><td>30 Meter</td></tr>"
            "<tr><td>Last</td><td>4 Tonnen</td></tr></table>",
            "Holz: Eiche | Länge: 30 Meter | Last: 4 Tonnen",
        ),
        (
            "<table><tr><td>Werft<td>Leiter<td>Ort<tr><td>Ahrdorf<td>Ada Kern<td>Süd</table>",
            "Werft | Leiter | Ort\nAhrdorf | Ada Kern | Süd",
        ),
        (
            "<table><tr><td><b>Werft</b><td><p><strong>Platz 1</strong></p><tr><td>Ahrdorf<td>Ada Kern</table>",
            "Werft: Ahrdorf | Platz 1: Ada Kern",
        ),
        (
            "<table><tr><td><b>Werft</b><td>Ahrdorf<td>Elmen<tr><td><b>Leiter</b><td>Ada <b>Kern</b><td>Timm"
            "</table>",
            "Werft | Ahrdorf | Elmen\nLeiter | Ada Kern | Timm",
        ),
        (
            "<table><tr><td><b>Werft</b><td><b>Ort</b><tr><td><b>Ahrdorf</b><td><b>Süd</b></table>",
            "Werft: Ort | Ahrdorf: Süd",
        ),
        (
            "<aside class='teaser-box'><p>Rolf Amsel plante ihn. <a href='/p'>Mehr</a></p></aside>",
            "Rolf Amsel plante ihn. Mehr",
        ),
        (
            "<p><a href='/w'>Der Wortlaut des Beschlusses.</a></p>",
            "Der Wortlaut des Beschlusses.",
        ),
        (
            "<table><tr><td>Länge</td><td>30 Meter</td></tr><tr><td>Baujahr</td><td>2024</td></tr></table>",
            "Länge: 30 Meter | Baujahr: 2024",
        ),
        (
            "<table><tr><td><p>Ein Absatz.</p><p>Noch einer.</p></td></tr></table>",
            "Ein Absatz.\n\nNoch einer.",
        ),
        (
            "<p>Gebraucht werden:</p><ul><li>Holz</li><li>Nägel</li></ul>",
            "Gebraucht werden:\n\n- Holz\n- Nägel",
        ),
        ("<ol><li>Planung</li><li>Bau</li></ol>", "1. Planung\n2. Bau"),
        (
            "<p>Gesperrt sind:</p><ul><li><a href='/a'>Der Weg am Weiher entlang</a></li><li><a href='/b'>Die"
            " Straße nach Altheim hinauf</a></li></ul>",
            "Gesperrt sind:\n\n- Der Weg am Weiher entlang\n- Die Straße nach Altheim hinauf",
        ),
        (
            "<p><strong>Wann ist der Steg fertig?</strong><br>Im Mai.</p>",
            "Wann ist der Steg fertig?\nIm Mai.",
        ),
        (
            "<dl><dt>Länge</dt><dd>30 Meter</dd><dt>Breite</dt><dd>2 Meter</dd></dl>",
            "Länge: 30 Meter | Breite: 2 Meter",
        ),
        ("<dl><dt>Wer zahlt?</dt><dd>Die Gemeinde.</dd></dl>", "Wer zahlt?\n\nDie Gemeinde."),
        ("<details><summary>Wer zahlt?</summary>Die Gemeinde.</details>", "Wer zahlt?\n\nDie Gemeinde."),
        (
            "<p>Das war 2019.<sup><a href='#n1'>[1]</a></sup> Heute<!-- nie --> nicht.</p>",
            "Das war 2019. Heute nicht.",
        ),
        ("<p>Er misst 30&nbsp;m<sup>2</sup> und ist f&shy;lach.</p>", "Er misst 30 m2 und ist flach."),
        ("<blockquote><p>„Endlich.“</p></blockquote>", "„Endlich.“"),
        (
            "<div>Text ohne Absatz<div>und noch einer</div>danach</div>",
            "Text ohne Absatz\n\nund noch einer\n\ndanach",
        ),
    ],
)
def test_what_is_kept(part: str, expected: str) -> None:
    assert read(page(HEAD + part + REST), "a.html").text == f"{LEAD}\n\n{expected}\n\nEr kostet 90.000 Euro."


@pytest.mark.parametrize("body", ["<body class='cookie-ok has-ads nav-open'>", "<body id='comments'>"])
def test_names_of_the_whole_page_do_not_matter(body: str) -> None:
    source = page(HEAD + REST).replace("<body>", body)
    assert read(source, "a.html").text.startswith(LEAD)


def test_a_box_beside_the_article_that_tells_of_it_is_read() -> None:
    box = "Der Steg in Tannfeld wurde 1911 zum ersten Mal gebaut und seither drei Mal verlängert."
    other = "Die Redaktion in Altheim ist jeden Tag von acht bis achtzehn Uhr für Sie am Telefon da."
    source = page(HEAD + 9 * REST).replace(
        "</body>", f"<aside><p>{box}</p></aside><aside><p>{other}</p></aside></body>"
    )
    found, notes = read_with_notes(source, "a.html")
    assert found.text.endswith(f"\n\nEr kostet 90.000 Euro.\n\n{box}")
    assert [note for note in notes if "Die Redaktion in Altheim" in note]


def test_text_outside_the_article_is_reported() -> None:
    beside = "<p>Außerdem hat der Rat an diesem Abend über die neue Satzung für den Friedhof beraten.</p>"
    found, notes = read_with_notes(page(HEAD + REST * 9, outer=f"<div>{beside}</div>"), "a.html")
    assert "Friedhof" not in found.text
    assert len(notes) == 1
    assert "the first one begins “Außerdem hat der Rat" in notes[0]
    assert said(notes[0], "de") != notes[0]


def test_a_page_without_marks_is_read_where_its_text_is() -> None:
    links = "".join(f"<a href='/{n}'>Ressort {n}</a>" for n in range(9))
    source = f"<html><body><div>{links}</div><div><div>{HEAD}{REST}</div></div></body></html>"
    assert read(source, "a.html").text == f"{LEAD}\n\nEr kostet 90.000 Euro."


def test_a_page_of_links_alone_is_no_article() -> None:
    with pytest.raises(CorpusError, match="No article text"):
        read(f"<html><body><nav>{TEASERS}</nav></body></html>", "a.html")


def test_control_characters_behind_what_is_left_out_are_no_damage() -> None:
    source = page(f"{HEAD}<p>Ein Satz <button>Mehr</button>\x11geht weiter.</p>{REST}")
    assert "geht weiter." in read(source, "a.html").text


NOTICE = (
    "<p>Wir und unsere 61 Partner speichern Kennungen auf Ihrem Gerät und verarbeiten personenbezogene Daten.</p>"
    "<p>Ihre Einwilligung können Sie jederzeit widerrufen. Ohne Tracking kostet die Seite 2,50 Euro.</p>"
)
REPORT = "<p>Am Ufer bei Ralswiek ist eine Robbe gestrandet.</p>"


@pytest.mark.parametrize(
    "page",
    [
        f"<section id='x7'><h2>Ihre Daten</h2>{NOTICE}</section><div><h2>Robbe am Ufer</h2>{REPORT}</div>",
        f"<div id='root'><div><h1>Wir brauchen Ihre Zustimmung</h1>{NOTICE}</div><div><h2>Robbe am Ufer</h2>{REPORT}</div></div>",
        f"<article><h1>Robbe am Ufer</h1>{REPORT}</article><aside role='dialog'>{NOTICE}</aside>",
        f"<div><h2>Robbe am Ufer</h2>{REPORT}<section>{NOTICE}</section></div>",
    ],
)  # fmt: skip
def test_a_consent_notice_without_name_or_button_is_left_out(page: str) -> None:
    text = read(f"<html><body>{page}</body></html>", "a.html").text
    assert text == "Robbe am Ufer\n\nAm Ufer bei Ralswiek ist eine Robbe gestrandet."


def test_a_report_on_a_ruling_about_consent_is_kept() -> None:
    page = (
        "<html><body><div><h2>Gericht rügt Verlag</h2><p>Der Verlag darf Cookies nur mit Einwilligung setzen, entschied"
        " das Gericht. Er muss den Widerruf so leicht machen wie die Zustimmung zum Tracking.</p></div></body></html>"
    )
    assert "entschied" in read(page, "a.html").text
