"""CSV and JSON lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.corpus import decoding
from qa.corpus.formats import tables
from qa.corpus.formats.draft import Draft
from qa.errors import CorpusError
from qa.types import Article, Skipped
from tests.support.articles import (
    all_of,
    as_csv,
)

any_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]))


rows_of_text = st.lists(
    st.fixed_dictionaries({"text": any_text, "title": st.text("ab,;\"' \n")}), min_size=1, max_size=6
)


@settings(deadline=None)
@given(rows_of_text, st.sampled_from(",;\t"))
def test_a_table_that_was_written_is_read(rows: list[dict[str, str]], separator: str) -> None:
    drafts = list(tables.read_csv(as_csv(rows, separator)))
    for number, (draft, written) in enumerate(zip(drafts, rows, strict=True), start=1):
        assert isinstance(draft, Draft)
        assert draft.part == f"{number:04d}"
        assert draft.text == decoding.settled(written["text"])
        assert draft.fields["title"] == written["title"]


@settings(deadline=None)
@given(st.text("a,\"\n;'"), st.integers(0, 3))
def test_any_table_is_rows_or_reasons(text: str, lines: int) -> None:
    for row in tables.read_csv(("title,text\n" + "\n" * lines + text).encode()):
        assert isinstance(row, Draft) or row.reason.startswith("Line ")


def test_a_mark_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    data = 'Text;Titel\nEins ist da.;a\n"Zwei ist "offen.;b\nDrei ist da.;c\n;d\nFünf;e;f\nSechs ist da.;g\n'
    found = all_of(tmp_path, "a.csv", data.encode())
    assert [item.article_id for item in found if isinstance(item, Article)] == [
        "a.csv/0001",
        "a.csv/0003",
        "a.csv/0006",
    ]
    reasons = {item.path: item.reason for item in found if isinstance(item, Skipped)}
    assert list(reasons) == ["a.csv/0002", "a.csv/0004", "a.csv/0005"]
    assert reasons["a.csv/0002"].startswith("Line 3 is malformed")
    assert reasons["a.csv/0004"].startswith("The row contains no text")
    assert "3 columns, the header has 2" in reasons["a.csv/0005"]


def test_an_open_mark_at_the_end_does_not_swallow_the_rest() -> None:
    rows = list(tables.read_csv(b'text,title\n"offen,a\nZwei,b\nDrei,c\n'))
    assert [row.reason if isinstance(row, Skipped) else row.text for row in rows] == [
        "Line 2 is malformed (unexpected end of data). Correct this line.",
        "Zwei",
        "Drei",
    ]


def test_many_open_marks_take_linear_time() -> None:
    data = b"text\n" + b'"offen\n""\n' * 50_000
    assert sum(1 for _ in tables.read_csv(data)) > 0


@pytest.mark.parametrize("head", ["titel,seite", "text,text", "Volltext;volltext", "titel,", "", '"text'])
def test_a_table_without_a_text_column(tmp_path: Path, head: str) -> None:
    (found,) = all_of(tmp_path, "a.csv", f"{head}\nx,y\n".encode())
    assert isinstance(found, Skipped)
    assert "title,text,date,source,url" in found.reason


def test_bad_lines_of_json(tmp_path: Path) -> None:
    lines = [
        '{"text": "Eins ist da."}',
        "",
        '{"text": "Drei ist da."',
        "[1]",
        '{"title": "ohne Text"}',
        '{"text": "Sechs", "date": ["x"]}',
        "[" * 100_000,
        '{"text": "Acht ist da.", "title": null, "more": 1}',
        '{"text": "Neun \\u0000 ist binär."}',
        '{"text": "Zehn", "n": ' + "1" * 5000 + "}",
    ]
    found = all_of(tmp_path, "a.jsonl", "\n".join(lines).encode())
    assert [item.article_id for item in found if isinstance(item, Article)] == [
        "a.jsonl/0001",
        "a.jsonl/0008",
    ]
    bad = [item.path[-2:] for item in found if isinstance(item, Skipped)]
    assert bad == ["03", "04", "05", "06", "07", "09", "10"]


def test_too_many_rows_keep_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    rows = as_csv([{"text": f"Artikel {n} ist da."} for n in range(4)])
    first, second, last = all_of(tmp_path, "a.csv", rows)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert isinstance(last, Skipped)
    assert "more than 2 rows" in last.reason


UNCLOSED = 'x",y,"\n'  # closes the quotation mark before it and opens one of its own


def test_many_unclosed_quotation_marks_end_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_REREAD", 1_000)
    rows = tables.read_csv(("text,b,c\n" + UNCLOSED * 500).encode())
    with pytest.raises(CorpusError, match="unclosed"):
        list(rows)


def test_some_unclosed_quotation_marks_cost_only_their_rows() -> None:
    read = list(tables.read_csv(("text,b,c\n" + "gut,1,2\n" * 5 + UNCLOSED * 3 + "gut,1,2\n" * 5).encode()))
    assert [isinstance(row, Skipped) for row in read] == [False] * 5 + [True] * 3 + [False] * 5


@pytest.mark.parametrize(
    "head",
    [
        "title;date;source;text",
        "Titel;Datum;Quelle;Volltext",
        "Überschrift;Erscheinungsdatum;Medium;Inhalt",
        "Schlagzeile;Veröffentlicht am;Zeitung;Artikeltext",
        "HEADLINE;Published;Outlet;Body",
        "headline;publication_date;publication;content",
        "Article Title;pubDate;Source Name;Full Text",
        "head;pubtime;medium_name;content",
        '"Titel:";"Datum";"Medienname";"Haupttext"',
        "\ufeffTitel;Datum;Publikation;Fließtext",
        "Haupt-Titel;Erscheinungs-Datum;Name der Quelle;Artikel-Text",
        "Titel;Datum (UTC);Quelle;Full_Text",
        "News_Title;News_Date;News_Source;News_Content",
        "Titel des Artikels;Datum der Ausgabe;Quelle;Wortlaut",
        "post_title;post_date;source;post_content",
        "Titel;Ersch.-Datum;Zeitungsname;Volltext",
        "Kopf;Gesendet;Agentur;Meldung",
        "heading;pubdate;agency;story",
        "HEADLINE;DATE;SOURCE;MAIN",
        "Titel;Sendedatum;Name der Zeitung;Beitragstext",
        "titel_de;datum;quelle;text_de",
        "title_en;date_en;source_en;text_en",
        "Titel (deutsch);Datum;Quelle;Text-DE",
        "Export vom 1. Mai\n\nTitel;Datum;Quelle;Text",
    ],
)
@pytest.mark.parametrize("first", ["", "sep=;\n", '"sep=;"\n', "\n"])
def test_the_heads_that_people_write(tmp_path: Path, head: str, first: str) -> None:
    row = (
        '"Steg gesperrt, vorerst";02.05.24;Uferbote;"Der Steg am Ufer bleibt zu; wann er öffnet, ist offen."'
    )
    article, bad = all_of(tmp_path, "a.csv", f"{first}{head}\n{row};;\nx;y;z;w;v\n".encode())
    assert isinstance(article, Article)
    assert (article.title, article.date, article.source) == (
        "Steg gesperrt, vorerst",
        "2024-05-02",
        "Uferbote",
    )
    assert article.text == "Der Steg am Ufer bleibt zu; wann er öffnet, ist offen."
    assert article.article_id == "a.csv/0001"
    assert isinstance(bad, Skipped)
    assert bad.reason.startswith(f"Line {3 + (first + head).count(chr(10))} is malformed")


def test_of_several_languages_the_first_counts_and_a_bare_name_before_them() -> None:
    data = "titel_de;text_de;title_en;text_en\nSteg zu;Der Steg ist zu.;Pier closed;The pier is closed.\n"
    (draft,) = tables.read_csv(data.encode())
    assert isinstance(draft, Draft)
    assert (draft.fields["title"], draft.text) == ("Steg zu", "Der Steg ist zu.")
    data = "text_en;text;title_it\nThe pier is closed.;Der Steg ist zu.;Molo\n"
    (draft,) = tables.read_csv(data.encode())
    assert isinstance(draft, Draft)
    assert (draft.fields["title"], draft.text) == ("Molo", "Der Steg ist zu.")


def test_lead_and_main() -> None:
    (draft,) = tables.read_csv(b"HEADLINE;LEAD;MAIN\nSteg zu;Ufer ohne Weg;Der Steg ist zu.\n")
    assert isinstance(draft, Draft)
    assert draft.text == "Ufer ohne Weg\n\nDer Steg ist zu."


@pytest.mark.parametrize("head", ["title_id;text_id", "titel;mitglieder", "titel;kontext", "code;made"])
def test_a_name_that_only_ends_alike_is_no_text(head: str) -> None:
    with pytest.raises(CorpusError, match="exactly one column"):
        list(tables.read_csv(f"{head}\nSteg zu;Der Steg ist zu.\n".encode()))


def test_the_plainest_name_counts_and_what_is_printed_above_the_text_is_kept() -> None:
    data = (
        "description,content,subtitle,title\nKurz.,Der Steg ist zu.,Ufer ohne Weg,Steg\n,Er ist offen.,,Auf\n"
    )
    first, second = tables.read_csv(data.encode())
    assert isinstance(first, Draft)
    assert first.text == "Ufer ohne Weg\n\nDer Steg ist zu."
    assert isinstance(second, Draft)
    assert second.text == "Er ist offen."


def test_lines_of_json_with_other_names() -> None:
    line = (
        b'{"headline": "Steg", "body": "Der Steg ist zu.", "source": {"id": 1, "name": "Uferbote"},'
        b' "publishedAt": "2024-05-02T08:00:00Z"}'
    )
    (draft,) = tables.read_json_lines(line)
    assert isinstance(draft, Draft)
    assert draft.text == "Der Steg ist zu."
    assert draft.fields["source"] == "Uferbote"
    assert draft.fields["date"].startswith("2024-05-02")
