from __future__ import annotations

import csv
import io
import json
import random
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answering.bot import Bot
from qa.corpus import decoding, folder
from qa.corpus.folder import read_article, read_corpus
from qa.corpus.formats import docx, html, pdf, tables
from qa.corpus.formats.draft import Draft
from qa.errors import CorpusError
from qa.index import build
from qa.index.search import Index
from qa.text import sentences
from qa.types import Article, Skipped
from qa.web import answer_html
from qa.web.sources import sources_of
from tests.support import documents
from tests.support.standin import StandIn

TITLE = "Brücke bis zum Herbst gesperrt"
PARAGRAPHS = (
    "Die alte Brücke über den Bach bleibt bis zum Herbst gesperrt, wie die Gemeinde am Dienstag mitteilte."
    " Nach Angaben der Verwaltung sind die Pfeiler morsch.",
    "„Das ist ernst“, sagte die Ingenieurin Eva Kern am 3. Mai. Sie rechnet mit Kosten von 1,2 Mio. Euro; im"
    " vergangenen Jahr war noch von 800.000 Euro die Rede gewesen.",
    "Die Schulbusse fahren einen Umweg von 12 Kilometern. Eltern hatten sich beschwert, weil der erste Bus um"
    " 6.10 Uhr hält. Was aus dem Fußweg wird, ist offen.",
)
FIELDS = {
    "title": TITLE,
    "date": "2024-11-05",
    "source": "Tagblatt",
    "language": "de",
    "url": "https://example.org/a",
}
META = (
    '<meta property="og:site_name" content="Tagblatt"><meta property="article:published_time"'
    ' content="2024-11-05T04:00:00+01:00"><link rel="canonical" href="https://example.org/a">'
)
BODY = "\n\n".join(PARAGRAPHS)


def front_matter(body: str) -> bytes:
    head = "".join(f"{name}: {value}\n" for name, value in FIELDS.items())
    return f"---\n{head}---\n{body}\n".encode()


def as_csv(rows: Sequence[dict[str, str]], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["title", "text", "date", "source", "url"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows({name: row.get(name, "") for name in writer.fieldnames} for row in rows)
    return out.getvalue().encode()


FORMATS = {
    "a.txt": front_matter(BODY),
    "a.md": front_matter(f"# {TITLE}\n\n{BODY}"),
    "a.html": documents.html(PARAGRAPHS, title=TITLE, head=META),
    "a.htm": documents.html(PARAGRAPHS, title=TITLE, head=META).replace(b"utf-8", b"iso-8859-1"),
    "a.pdf": documents.pdf([documents.printed(PARAGRAPHS)], title=TITLE),
    "a.docx": documents.docx(PARAGRAPHS, heading=TITLE),
    "a.jsonl": json.dumps({"text": BODY, **FIELDS}).encode(),
    "a.csv": as_csv([{"text": BODY, **FIELDS}]),
}


def all_of(folder: Path, name: str, data: bytes) -> list[Article | Skipped]:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return list(read_corpus(folder))


def one(folder: Path, name: str, data: bytes) -> Article:
    (found,) = all_of(folder, name, data)
    assert isinstance(found, Article), found
    return found


def quotes(article: Article) -> list[str]:
    spans = sentences.sentences(article.text, article.language)
    return [" ".join(article.text[start:end].split()) for start, end in spans]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", FORMATS)
def test_the_same_article_gives_the_same_quotes(tmp_path: Path, name: str, packed: bool) -> None:
    plain = one(tmp_path / "plain", "a.txt", FORMATS["a.txt"])
    data = documents.zipped({f"x/{name}": FORMATS[name]}) if packed else FORMATS[name]
    found = one(tmp_path / "found", "a.zip" if packed else name, data)
    assert len(quotes(plain)) == 7
    assert [quote for quote in quotes(found) if quote != TITLE] == quotes(plain)
    assert (found.title, found.language) == (TITLE, "de")
    if not name.endswith(("pdf", "docx")):
        assert (found.date, found.source, found.url) == ("2024-11-05", "Tagblatt", "https://example.org/a")
    row = "/0001" if name.endswith(("csv", "jsonl")) else ""
    assert found.article_id == (f"a.zip/x/{name}" if packed else name) + row


# ---------------------------------------------------------------- pages of the web


def test_a_page_in_an_old_encoding(tmp_path: Path) -> None:
    page = documents.html(PARAGRAPHS, title=TITLE).decode().replace("utf-8", "iso-8859-1")
    assert "„Das ist ernst“" in one(tmp_path, "a.html", page.encode("cp1252")).text


def test_a_page_is_read_without_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    page = documents.html(PARAGRAPHS, title=TITLE, head=META).replace(
        b"<p>", b"<p><img src='http://example.org/x.png'><script src='//example.org/x.js'></script>"
    )
    assert "Impressum" not in html.html_draft(page).text  # here, not in the process that reads files


def test_a_page_without_a_date_gets_none(tmp_path: Path) -> None:
    assert one(tmp_path, "a.html", documents.html(PARAGRAPHS, title=TITLE)).date == ""


def test_a_page_of_too_many_cells_is_refused(tmp_path: Path) -> None:
    page = b"<table><tr>" + b"<td>Zelle</td>" * html.MAX_TAGS
    (found,) = all_of(tmp_path, "a.html", page)
    assert isinstance(found, Skipped)
    assert "tags" in found.reason


WORDS = " ".join(f"wort{n}" for n in range(2 * html.MAX_ATTRIBUTES))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f"<p {WORDS}>", "a tag with more than 500 attributes"),
        (f"<p {WORDS}", "a tag with more than 500 attributes"),
        (f"</p {WORDS}>", "a tag with more than 500 attributes"),
        (f"<p/{WORDS.replace(' ', '/')}>", "a tag with more than 500 attributes"),
        (f"<p {WORDS.replace(' ', '=x ')}>", "a tag with more than 500 attributes"),
        (f"<p {WORDS.replace(' ', '=> ')}", None),  # the first ends the tag
        (f"<p {'a=x ' * 1000}>", "a tag with more than 500 attributes"),
        (f"<p {'a ' * 500}>", None),
        (f"<p class='{WORDS}'>", None),
        (f'<svg><path d="{WORDS}"/></svg>', None),
        (f"<script>if (a <b) {WORDS}</script>", None),
        (f"<!-- <p {WORDS}> -->", None),
        (f"<title><p {WORDS}></title>", None),
        (f"<p>3 < 4 {WORDS}</p>", None),
        ("<p " + "a " * 400 + ">" + f"<p {'b ' * 400}>" * 500, "more than 200000 attributes"),
    ],
)
def test_a_page_of_too_many_attributes_is_refused(body: str, reason: str | None) -> None:
    page = documents.html(PARAGRAPHS, title=TITLE).replace(b"</article>", f"{body}</article>".encode())
    if reason is None:
        assert "Die alte Br" in html.html_draft(page).text
    else:
        with pytest.raises(CorpusError, match=reason):
            html.html_draft(page)


# ---------------------------------------------------------------- PDF


def test_the_page_of_a_quote(tmp_path: Path) -> None:
    lines = documents.printed(PARAGRAPHS)
    found = one(tmp_path, "a.pdf", documents.pdf([lines[:3], lines[3:5], lines[5:]]))
    assert found.text.count("\f") == 3
    begins = {" ".join(quote.split()[:2]): found.text.index(quote[:9]) for quote in quotes(found)}
    assert {words: found.page(start) for words, start in begins.items()} == {
        "Die alte": 1,
        "Nach Angaben": 1,
        "„Das ist": 1,
        "Sie rechnet": 1,  # and ends on page 2
        "Die Schulbusse": 2,
        "Eltern hatten": 2,  # and ends on page 3
        "Was aus": 3,
    }


def test_a_sentence_runs_on_over_a_page_but_not_into_a_new_paragraph(tmp_path: Path) -> None:
    lines = documents.printed(PARAGRAPHS)
    plain = one(tmp_path / "plain", "a.txt", BODY.encode())
    for cut in range(1, len(lines)):
        found = one(tmp_path / f"{cut}", "a.pdf", documents.pdf([lines[:cut], lines[cut:]]))
        assert quotes(found) == quotes(plain), cut


def test_an_article_without_form_feeds_has_no_pages() -> None:
    assert Article("a.txt", "", "Text").page(2) is None
    assert [Article("a.pdf", "", "ab\fcd\f").page(i) for i in range(6)] == [1, 1, 1, 2, 2, 2]


def test_a_page_number_is_furniture() -> None:
    text = "Es regnet seit Tagen.\n12\fSeite 13 von 20\nDas Wasser steigt.\n\n14\n\nDie Zahl steht allein.\f"
    found = [text[start:end] for start, end in sentences.sentences(text)]
    assert found == ["Es regnet seit Tagen.", "Das Wasser steigt.", "14", "Die Zahl steht allein."]


def test_the_page_is_shown(tmp_path: Path, encoder: StandIn) -> None:
    lines = documents.printed(PARAGRAPHS)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/a.pdf").write_bytes(documents.pdf([lines[:2], lines[2:]]))
    build.build(tmp_path / "corpus", tmp_path / "vectors", encoder=encoder)
    index = Index.open(tmp_path / "vectors", encoder=encoder)
    answer = Bot(index, min_confidence=0.0).ask("Mit welchen Kosten rechnet Eva Kern?")
    assert answer.citations
    for citation in answer.citations:
        assert citation.page == 1 + index.article("a.pdf").text[: citation.start].count("\f")
    sources = sources_of(answer, index.article)
    assert f"S. {answer.citations[0].page}" in answer_html.cards_html(sources, "", "de")
    assert f"p. {answer.citations[0].page}" in answer_html.cards_html(sources, "", "en")


def test_hyphens_at_line_ends_stay(tmp_path: Path) -> None:
    found = one(tmp_path, "a.pdf", documents.pdf([["Die Bundes-", "regierung schweigt."]]))
    assert found.text == "Die Bundes-\nregierung schweigt.\f"


@pytest.mark.parametrize("title", ["Microsoft Word - x.docx", "zeitung_05.indd", "Unbenannt"])
def test_a_title_that_a_program_wrote_is_none(tmp_path: Path, title: str) -> None:
    data = documents.pdf([documents.printed(PARAGRAPHS)], title=title)
    assert one(tmp_path, "a.pdf", data).title.startswith("Die alte Brücke")


# ---------------------------------------------------------------- Word


def test_tables_and_tracked_changes_of_a_word_file(tmp_path: Path) -> None:
    from docx import Document
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = Document()
    paragraph = document.add_paragraph("Es kamen ")
    for change in (
        "<w:ins {}><w:r><w:t>zwölf </w:t></w:r></w:ins>",
        "<w:del {}><w:r><w:delText>neun </w:delText></w:r></w:del>",
        "<w:moveFrom {}><w:r><w:t>früher </w:t></w:r></w:moveFrom>",
        "<w:r {}><w:t>Gäste</w:t><w:noBreakHyphen/><w:t>Paare.</w:t></w:r>",
    ):
        paragraph._p.append(parse_xml(change.format(nsdecls("w"))))
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Jahr", "Zahl"
    document.add_paragraph("Danach war Ruhe.")
    out = io.BytesIO()
    document.save(out)
    text = one(tmp_path, "a.docx", out.getvalue()).text
    assert [line for line in text.split("\n") if line] == [
        "Es kamen zwölf Gäste\u2011Paare.",
        "| Jahr | Zahl |",
        "Danach war Ruhe.",
    ]


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.html"])
def test_flipped_bytes_are_an_article_or_a_reason(tmp_path: Path, name: str) -> None:
    chance = random.Random(0)  # noqa: S311
    draft = {"a.pdf": pdf.pdf_draft, "a.docx": docx.docx_draft, "a.html": html.html_draft}[name]
    for _ in range(60):
        data = bytearray(FORMATS[name])
        for _ in range(chance.choice([1, 4, 40])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with suppress(CorpusError):
            assert isinstance(draft(bytes(data[: chance.choice([None, -100])])), Draft)


# ---------------------------------------------------------------- tables

any_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]))
rows_of_text = st.lists(
    st.fixed_dictionaries({"text": any_text, "title": st.text("ab,;\"' \n")}), min_size=1, max_size=6
)


@settings(deadline=None)
@given(rows_of_text, st.sampled_from(",;\t"))
def test_a_table_that_was_written_is_read(rows: list[dict[str, str]], separator: str) -> None:
    read = list(tables.csv_rows(as_csv(rows, separator).decode()))
    assert [row.number for row in read] == list(range(1, len(rows) + 1))
    for row, written in zip(read, rows, strict=True):
        assert isinstance(row.found, Draft)
        assert row.found.text == decoding.settled(written["text"])
        assert row.found.fields["title"] == written["title"]


@settings(deadline=None)
@given(st.text("a,\"\n;'"), st.integers(0, 3))
def test_any_table_is_rows_or_reasons(text: str, lines: int) -> None:
    for row in tables.csv_rows("title,text\n" + "\n" * lines + text):
        assert isinstance(row.found, Draft) or row.found.startswith("Line ")


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
    assert reasons["a.csv/0004"].startswith("The row has no text")
    assert "3 columns where the head has 2" in reasons["a.csv/0005"]


def test_an_open_mark_at_the_end_does_not_swallow_the_rest() -> None:
    rows = list(tables.csv_rows('text,title\n"offen,a\nZwei,b\nDrei,c\n'))
    assert [row.found if isinstance(row.found, str) else row.found.text for row in rows] == [
        "Line 2 is malformed (unexpected end of data); mend this line.",
        "Zwei",
        "Drei",
    ]


def test_many_open_marks_take_linear_time() -> None:
    text = "text\n" + '"offen\n""\n' * 50_000
    assert sum(1 for _ in tables.csv_rows(text)) > 0


@pytest.mark.parametrize("head", ["titel,inhalt", "text,text", "", '"text'])
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


def test_a_file_of_many_articles_is_not_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(as_csv([{"text": "Eins."}, {"text": "Zwei."}]))
    with pytest.raises(CorpusError, match="many articles"):
        read_article(tmp_path, tmp_path / "a.csv")


def test_progress_counts_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(as_csv([{"text": f"Artikel {n} ist da."} for n in range(5)]))
    (tmp_path / "b.txt").write_text("Noch einer.", "utf-8")
    seen: list[tuple[int, int]] = []
    assert len(list(folder.read_corpus(tmp_path, lambda done, total: seen.append((done, total))))) == 6
    assert seen == [(1, 2), (2, 2)]
