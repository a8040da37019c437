from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from qa.index import passages
from qa.index.passages import embedding_text, settings, split
from qa.text.boilerplate import boilerplate_spans
from qa.text.sentences import sentences
from qa.types import Article, Passage
from tests.text.test_corrections import GERMAN
from tests.text.test_paragraphs import WRAPPED
from tests.text.test_sentences import TEXTS

UNHURRIED = hypothesis_settings(deadline=None)  # machines that run tests are busy

LANGUAGES = st.sampled_from(["de", "en", "zh", ""])
SIZES = st.sampled_from([20, 80, 200, 700])


def article(text: str, language: str = "de") -> Article:
    return Article("a.txt", "Titel", text, language=language)


def without_space(text: str) -> str:
    return "".join(text.split())


@UNHURRIED
@given(TEXTS, LANGUAGES, SIZES)
def test_offsets_are_exact_ordered_and_disjoint(text: str, language: str, size: int) -> None:
    last = 0
    for ordinal, passage in enumerate(split(article(text, language), size=size)):
        assert text[passage.start : passage.end] == passage.text != ""
        assert passage.text == passage.text.strip()
        assert (passage.article_id, passage.ordinal) == ("a.txt", ordinal)
        assert last <= passage.start
        last = passage.end


@UNHURRIED
@given(TEXTS, LANGUAGES, SIZES)
def test_all_that_is_no_boilerplate_is_in_one_passage(text: str, language: str, size: int) -> None:
    rest = list(text)
    for start, end in boilerplate_spans(text):
        rest[start:end] = " " * (end - start)
    found = "".join(passage.text for passage in split(article(text, language), size=size))
    assert without_space(found) == without_space("".join(rest))


@UNHURRIED
@given(TEXTS, LANGUAGES, SIZES)
def test_a_passage_read_alone_has_the_sentences_of_the_article(text: str, language: str, size: int) -> None:
    everywhere = sentences(text, language)
    held = []
    for passage in split(article(text, language), size=size):
        held += [
            (passage.start + start, passage.start + end) for start, end in sentences(passage.text, language)
        ]
    assert held == [tuple(span) for span in everywhere]


@pytest.mark.parametrize("text", [WRAPPED, "\n\n".join([WRAPPED] * 3), "Wort " * 5000, "Ja. Nein. " * 3000])
@pytest.mark.parametrize("size", [20, 60, 200])
def test_the_same_where_lines_are_wrapped_or_a_paragraph_has_no_end(text: str, size: int) -> None:
    found = split(article(text), size=size)
    held = [(p.start + a, p.start + b) for p in found for a, b in sentences(p.text, "de")]
    assert held == [tuple(span) for span in sentences(text, "de")]
    assert len(found) > 1 or text == WRAPPED


@UNHURRIED
@given(TEXTS)
def test_no_word_is_cut(text: str) -> None:
    for passage in split(article(text), size=20):
        for place in (passage.start, passage.end):
            around = text[max(0, place - 1) : place + 1]
            assert len(around) < 2 or not (around.isascii() and around.isalnum())


@UNHURRIED
@given(st.integers(2, 60), SIZES)
def test_repeated_text(count: int, size: int) -> None:
    text = "Das ist so. Das ist so.\n\n" * count
    found = split(article(text), size=size)
    assert [text[p.start : p.end] for p in found] == [p.text for p in found]
    assert sum(p.text.count("Das ist so.") for p in found) == 2 * count


@pytest.mark.parametrize("case", GERMAN, ids=lambda case: case[0][:30])
def test_never_cut_within_a_sentence(case: list[str]) -> None:
    text = " ".join(case)
    ends = {text.index(sentence) + len(sentence) for sentence in case}
    assert {passage.end for passage in split(article(text), size=10)} <= ends


def paragraph(sentence_count: int) -> str:
    return " ".join(["Die Brücke über den alten Bach bleibt bis zum Herbst gesperrt."] * sentence_count)


def test_size_is_kept_along_paragraphs() -> None:
    text = "\n\n".join([paragraph(5)] * 6)  # of about 310 characters
    found = split(article(text))
    assert [passage.text.count("\n\n") for passage in found] == [1, 1, 1]
    assert all(len(passage.text) <= passages.PASSAGE_CHARS for passage in found)


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    found = split(article(paragraph(50)))
    assert len(found) > 4
    assert all(passage.text.endswith("gesperrt.") for passage in found)
    assert all(200 < len(passage.text) <= passages.STRETCH * passages.PASSAGE_CHARS for passage in found)


def test_a_scrap_joins_its_neighbour() -> None:
    text = f"{paragraph(11)}\n\nDas war alles."
    assert [passage.text for passage in split(article(text))] == [text]


def test_a_heading_stays_with_what_follows() -> None:
    text = f"{paragraph(9)}\n\nNeue Pläne\n\n{paragraph(9)}"
    first, second = split(article(text))
    assert first.text == paragraph(9)
    assert second.text.startswith("Neue Pläne\n\nDie Brücke")


def test_a_passage_breaks_at_boilerplate() -> None:
    text = "Die Brücke bleibt zu.\nMeine News\n\nDer Neubau ist teuer.\nFoto: dpa\n"
    assert [passage.text for passage in split(article(text))] == [
        "Die Brücke bleibt zu.",
        "Der Neubau ist teuer.",
    ]


def test_facts_in_a_table_stay() -> None:
    text = "Die Brücke bleibt gesperrt.\n\nDetails\nVorfall Sperrung\nUrsache Schäden\nVerletzte 12\nQuellen"
    (found,) = split(article(text))
    assert found.text == text.removesuffix("\nQuellen")


@pytest.mark.parametrize("text", ["", " \n\n ", "Foto: dpa\n|\n"])
def test_nothing_to_cut(text: str) -> None:
    assert split(article(text)) == []


def test_embedding_text_has_the_title_once() -> None:
    passage = Passage("a.txt", 0, 0, 0, "Der Neubau ist teuer.")
    assert embedding_text("Brücke gesperrt", passage) == "Brücke gesperrt\nDer Neubau ist teuer."
    assert embedding_text("", passage) == "Der Neubau ist teuer."
    begun = replace(passage, text="## Brücke gesperrt\n\nDer Neubau ist teuer.")
    assert embedding_text("Brücke gesperrt", begun) == begun.text
    assert embedding_text("Der Neubau ist …", passage) == passage.text


def test_settings_tell_what_changes_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    before = settings()
    assert before["size"] == passages.PASSAGE_CHARS
    assert str(before["splitter"]).startswith("sentencex ")
    monkeypatch.setattr(passages, "PASSAGE_CHARS", 500)
    assert settings() != before
    json.dumps(before)


@pytest.mark.slow
def test_originals(shared: Path) -> None:
    texts = {path.name[:3]: path.read_text("utf-8") for path in sorted((shared / "seeds").glob("*.txt"))}
    found = {name: split(article(text)) for name, text in texts.items()}
    assert {name: len(cut) for name, cut in found.items()} == {
        "000": 6,
        "001": 7,
        "002": 5,
        "003": 11,
        "004": 9,
    }
    quotes = "\n".join(
        p.text[start:end] for cut in found.values() for p in cut for start, end in sentences(p.text)
    )
    for gone in (
        "Kopiert",
        "News folgen",
        "Meine news",
        "Foto:",
        "Lesedauer",
        "3 Wochen vor",
        "|",
        "Quellen\n",
    ):
        assert gone not in quotes
    for kept in ("4700", "18 von", "8.000", "(M.)", "ausgebildet?"):
        assert kept in quotes


def test_lines_that_are_read_only_with_the_first_end_in_bounded_passages() -> None:
    """Wrapped by the width of the first line alone, so no part without it reads as it does in the whole."""
    first = "x" * 45 + " " + "y" * 54
    lines = [first, *("a" * 50 + (" ist" if n % 80 else " da.") for n in range(1, 800))]
    found = passages.split(Article("a.txt", "", "\n".join(lines), language="de"))
    assert len(found) > 1
    assert max(len(passage.text) for passage in found) < 2 * passages.MAX_OPEN
    assert "".join("".join(passage.text.split()) for passage in found) == "".join("".join(lines).split())
