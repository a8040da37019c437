"""Text files, with and without front matter."""

# ruff: noqa: E501 (sentences are easier to read whole)
from __future__ import annotations

import hashlib

import pytest

from qa.corpus.formats.text import MAX_FRONT_MATTER
from qa.errors import CorpusError
from qa.types import Article
from tests.support.articles import PARAGRAPHS, read

BODY = f"{PARAGRAPHS[0]}\n"


def test_an_article_with_front_matter() -> None:
    data = (
        "---\ntitle: 'Brücke: gesperrt'\ndate: 2024-11-05\nsource: Tagblatt\nlanguage: de-DE\n"
        f"url: https://example.org/a\noriginal: x.txt\n---\n{BODY}"
    )
    assert read(data, "ort/a.md") == Article(
        article_id="ort/a.md",
        title="Brücke: gesperrt",
        text=BODY,
        source="Tagblatt",
        url="https://example.org/a",
        date="2024-11-05",
        language="de",
        sha256=hashlib.sha256(data.encode()).hexdigest(),
    )


def test_an_article_without_front_matter() -> None:
    text = f"Brücke gesperrt\n\nVon tagblatt.de\n24/10/2024\n{BODY}"
    found = read(text, "a.txt")
    assert (found.title, found.date, found.source, found.language) == (
        "Brücke gesperrt",
        "2024-10-24",
        "tagblatt.de",
        "de",
    )
    assert found.text == text


@pytest.mark.parametrize(
    "fields", ["title: Nein\n", "# nur ein Kommentar\n", "\n", "title: ''\nlanguage: ''\n"]
)
def test_what_front_matter_lacks_comes_from_the_text(fields: str) -> None:
    found = read(f"---\n{fields}---\n# Brücke gesperrt\n\n{BODY}")
    assert found.title == ("Nein" if "Nein" in fields else "Brücke gesperrt")
    assert found.language == "de"
    assert found.text == f"Brücke gesperrt\n\n{BODY}"


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("title: No", "title", "No"),
        ("title: 2024", "title", "2024"),
        ("title: |\n  Brücke\n  gesperrt", "title", "Brücke gesperrt"),
        ("date: 05.11.2024", "date", "2024-11-05"),
        ("date: 2024-11-05T04:03:00Z", "date", "2024-11-05"),
        ("date: 2024-02-30", "date", ""),
        ("date: 2024-11", "date", ""),
        ("language: Deutsch", "language", "de"),
        ("language: EN", "language", "en"),
        ("language: irgendwas", "language", "de"),
        ("url: javascript:alert(1)", "url", ""),
        ("url: https://a.b/ c", "url", ""),
    ],
)
def test_fields(line: str, field: str, value: str) -> None:
    assert getattr(read(f"---\n{line}\n---\n{BODY}"), field) == value


@pytest.mark.parametrize(
    "headline",
    [
        "Streit um Brücke: Rat vertagt Entscheidung",
        "Rat tagt: „Nein“ zur Brücke: so geht es weiter",
        "[Update] Brücke gesperrt",
        "[Update]",
        "[1",
        "{Brücke} gesperrt",
        "@Gemeinde antwortet nicht",
        "Platz #1 für die Brücke",
        "#Brücke bleibt gesperrt",
        '"Nein" zur Brücke',
        "'Nein' zur 'Brücke'",
        '"Nein": Rat lehnt Brücke ab',
        "* Brücke gesperrt",
        "& Co: Brücke gesperrt",
        "&Co lehnt ab",
        "% mehr Verkehr: Brücke gesperrt",
        "! Brücke gesperrt",
        "!!python/object/apply:os.getcwd []",
        "- Brücke gesperrt",
        "`Brücke` gesperrt",
        "Brücke: 'zu",
    ],
)
def test_an_ordinary_headline_in_front_matter(headline: str) -> None:
    found = read(f"---\ntitle: {headline}\ndate: 2024-11-05\nsource: Tagblatt\ntags:\n  - a\n---\n{BODY}")
    assert (found.title, found.date, found.source) == (headline, "2024-11-05", "Tagblatt")
    assert found.text == BODY


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ('title: "Brücke: gesperrt"', "Brücke: gesperrt"),
        ("title: Brücke # von der Agentur", "Brücke"),
        ("title: >\n  Brücke\n  gesperrt", "Brücke gesperrt"),
        ("Titel: Brücke: gesperrt", "Brücke: gesperrt"),
        ('headline: "Brücke: gesperrt"\nautor: Rat: der', "Brücke: gesperrt"),
    ],
)
def test_what_yaml_means_counts_where_it_reads_it(line: str, title: str) -> None:
    assert read(f"---\n{line}\n---\n{BODY}").title == title


def test_front_matter_in_german() -> None:
    found = read(f"---\nTitel: Brücke\nDatum: 05.11.24\nQuelle: Tagblatt\nSprache: Deutsch\n---\n{BODY}")
    assert (found.title, found.date, found.source, found.language) == (
        "Brücke",
        "2024-11-05",
        "Tagblatt",
        "de",
    )


def test_a_date_in_front_matter_that_is_none_is_not_replaced_by_a_guess() -> None:
    assert read(f"---\ndate: bald\n---\nBrücke\n24/10/2024\n{BODY}").date == ""


@pytest.mark.parametrize(
    "fields",
    [
        "- eins\n- zwei",
        "vermerk: !!python/object/apply:os.getcwd []",
        "title: [1\nohne Doppelpunkt",
        "a: " + "[" * 5000,
        "title: \x07",
        "x: " + "y" * MAX_FRONT_MATTER,
    ],
)
def test_malformed_front_matter(fields: str) -> None:
    with pytest.raises(CorpusError, match="front matter is malformed"):
        read(f"---\n{fields}\n---\n{BODY}")


@pytest.mark.parametrize("text", [f"---\n\n{BODY}", f"---\n{BODY}---\n{BODY}", f"----\n{BODY}"])
def test_a_rule_at_the_top_is_no_front_matter(text: str) -> None:
    assert read(text).text == text


@pytest.mark.parametrize(
    ("head", "title", "date"),
    [
        ("---\ntitle: Weg am See: Anlieger\n  fordern Laternen\ndate: 2024-04-12\n---", "Weg am See: Anlieger fordern Laternen", "2024-04-12"),
        ("---\ntitle: Linie # 7 fällt aus\ndate: 2024-04-12\n---", "Linie # 7 fällt aus", "2024-04-12"),
        ('+++\ntitle = "Turm: ein Fund"\ndate = 2024-04-12\ntags = ["a"]\n+++', "Turm: ein Fund", "2024-04-12"),
        ('+++\ntitle = "Er rief "halt" dazwischen"\n+++', 'Er rief "halt" dazwischen', ""),
    ],
)  # fmt: skip
def test_headlines_over_two_lines_with_a_number_sign_and_in_toml(head: str, title: str, date: str) -> None:
    article = read(f"{head}\nDer Weg bleibt dunkel.\n")
    assert (article.title, article.date) == (title, date)
    assert article.text == "Der Weg bleibt dunkel.\n"


def test_plus_signs_around_a_flash_are_no_front_matter() -> None:
    assert read("+++\nEilmeldung\n+++\nDer Weg ist dunkel.\n").text.startswith("+++")
