from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.corpus.folder import read_corpus
from qa.errors import CorpusError
from qa.evaluation import datasets
from qa.evaluation.judged import FORMATS
from qa.types import Article


def squad(*articles: list[tuple[str, list[dict[str, Any]]]]) -> dict[str, Any]:
    return {
        "data": [
            {"title": "t", "paragraphs": [{"context": text, "qas": qas} for text, qas in paragraphs]}
            for paragraphs in articles
        ]
    }


def ask(id_: Any, *answers: str, **more: Any) -> dict[str, Any]:
    found = [{"text": answer, "answer_start": 0} for answer in answers]
    return {"id": id_, "question": f"Frage {id_}?", "answers": found, **more}


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def lines(*rows: Any) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n"


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    corpus = [
        {"_id": "D/1", "title": "Der: Titel", "text": "Erster Text."},
        {"_id": "D2", "title": "", "text": "Zweiter Text."},
        {"_id": "q3", "text": "Dritter Text."},
    ]
    queries = [{"_id": f"q{n}", "text": f"Frage {n}?"} for n in range(1, 5)]
    write(folder / "corpus.jsonl", lines(*corpus))
    write(folder / "queries.jsonl", lines(*queries))
    qrels = (
        "query-id\tcorpus-id\tscore\nq1\tD/1\t2\nq1\tD2\t0\nq2\tgone\t1\nq3\tq3\t1\nq3\tD2\t1\nq4\tD2\t0\n"
    )
    write(folder / "qrels" / "test.tsv", qrels)
    write(folder / "qrels" / "train.tsv", "query-id\tcorpus-id\tscore\nq4\tD2\t1\n")
    return folder


def test_squad_indexes_every_other_paragraph(tmp_path: Path) -> None:
    texts = [(f"Absatz {p}", [ask(f"q{p}", "Antwort")]) for p in range(5)]
    found = datasets.read(write(tmp_path / "x.json", squad(texts, [("B", [ask(9, "a", "b")])])))
    assert found.files == {
        "a000p0.txt": "Absatz 0",
        "a000p2.txt": "Absatz 2",
        "a000p4.txt": "Absatz 4",
        "a001p0.txt": "B",
    }
    relevant = {q.question_id: list(q.relevant) for q in found.questions}
    assert relevant == {
        "q0": ["a000p0.txt"], "q1": [], "q2": ["a000p2.txt"], "q3": [], "q4": ["a000p4.txt"],
        "9": ["a001p0.txt"],
    }  # fmt: skip
    assert [q.answers for q in found.questions] == [
        ("Antwort",),
        (),
        ("Antwort",),
        (),
        ("Antwort",),
        ("a", "b"),
    ]
    assert (found.format, found.name) == ("squad", "x.json")


def test_a_squad_question_can_be_without_an_answer(tmp_path: Path) -> None:
    qas = [ask("empty"), ask("impossible", "x", is_impossible=True), ask("good", "x", is_impossible=False)]
    found = datasets.read(write(tmp_path / "x.json", squad([("Text", qas)])))
    assert [q.answerable for q in found.questions] == [False, False, True]


def test_omos(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "question": "Wo?", "context": "Eins\nzwei  drei\nvier", "answers": [2, 1, 1, 3]},
        {"id": "b", "question": "Wann?", "context": "Anderes", "answers": []},
        {"id": 3, "question": "Wer?", "context": "Eins\nzwei  drei\nvier", "answers": [0]},
    ]
    found = datasets.read(write(tmp_path / "x.jsonl", lines(*rows)))
    assert set(found.files) == {"c0000.txt", "c0001.txt"}
    assert [q.article_id for q in found.questions] == ["c0000.txt", "c0001.txt", "c0000.txt"]
    assert [q.lines for q in found.questions] == [(1, 2), (), (0,)]  # line 3 does not exist
    assert [q.answerable for q in found.questions] == [True, False, True]
    assert found.lines("c0000.txt") == ["Eins", "zwei drei", "vier"]


def test_beir(beir: Path) -> None:
    found = datasets.read(beir)
    first, second, third = found.files
    assert found.files[second] == "Zweiter Text."
    by_id = {q.question_id: q for q in found.questions}
    assert by_id["q1"].relevant == {first: 2, second: 0}
    assert by_id["q2"].relevant == {"gone": 1}  # counts as missed
    assert (by_id["q3"].relevant, by_id["q3"].same_article_id) == ({second: 1}, third)
    assert "q4" not in by_id  # judged, but nothing is relevant
    assert (found.name, found.format) == ("set", "beir")


def test_beir_takes_the_only_qrels_where_there_is_no_test(beir: Path) -> None:
    (beir / "qrels" / "test.tsv").unlink()
    assert [q.question_id for q in datasets.read(beir).questions] == ["q4"]
    write(beir / "qrels" / "dev.tsv", "q1\tD2\t1\n")
    with pytest.raises(CorpusError, match=r"test\.tsv"):
        datasets.read(beir)


@settings(max_examples=30)
@given(title=st.text(max_size=60), text=st.text(max_size=60))
@example(title="mit\x85Zeilenende", text="")
def test_a_title_goes_through_the_front_matter(
    tmp_path_factory: pytest.TempPathFactory, title: str, text: str
) -> None:
    folder = tmp_path_factory.mktemp("beir")
    row = {"_id": "a", "title": "Titel " + title, "text": "Text. " + text}
    write(folder / "corpus.jsonl", lines(row))
    write(folder / "queries.jsonl", lines({"_id": "q", "text": "?"}))
    write(folder / "qrels" / "test.tsv", "q\ta\t1\n")
    (content,) = datasets.read(folder).files.values()
    head, _, body = content.partition("\n---\n")
    assert yaml.load(head.removeprefix("---\n"), Loader=yaml.BaseLoader) == {"title": row["title"]}  # noqa: S506
    assert body == row["text"]


def test_a_title_is_the_article_s(beir: Path, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    found = datasets.read(beir)
    found.write(tmp_path / "corpus")
    article = next(read_corpus(tmp_path / "corpus"))
    assert isinstance(article, Article)
    assert (article.title, article.text.strip()) == ("Der: Titel", "Erster Text.")


def test_the_format_can_be_given(tmp_path: Path) -> None:
    path = write(tmp_path / "x.txt", squad([("Text", [ask(1, "Text")])]))
    assert datasets.read(path, "squad").format == "squad"
    with pytest.raises(CorpusError, match="--format"):
        datasets.read(path)
    with pytest.raises(CorpusError, match="omos"):
        datasets.read(path, "trec")


QUESTION = {"id": 1, "question": "Wo?", "context": "Hier", "answers": []}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.json", "{", "SQuAD"),
        ("x.json", "[" * 100_000, "SQuAD"),
        ("x.json", [], "SQuAD"),
        ("x.json", {"data": {}}, "SQuAD"),
        ("x.json", {"data": [{}]}, "SQuAD"),
        ("x.json", squad([(None, [])]), "SQuAD"),  # type: ignore[list-item]
        ("x.json", squad([("\ud800", [])]), "SQuAD"),
        ("x.json", squad([("Text", [{"id": 1, "question": "?", "answers": [{}]}])]), "SQuAD"),
        ("x.json", squad([("Text", [{"id": [], "question": "?", "answers": []}])]), "SQuAD"),
        ("x.json", squad([("Text", [])]), "no questions with answers"),
        ("x.json", squad([("Text", [ask(1), ask("1")])]), "have the id 1"),
        ("x.jsonl", "", "no questions with answers"),
        ("x.jsonl", lines(QUESTION) + "no json\n", "Line 2"),
        ("x.jsonl", lines(QUESTION, [1]), "Line 2"),
        ("x.jsonl", lines(QUESTION, QUESTION | {"answers": "1"}), "Line 2"),
        ("x.jsonl", lines(QUESTION | {"answers": [-1]}), "Line 1"),
        ("x.jsonl", lines(QUESTION | {"answers": [True]}), "Line 1"),
        ("x.jsonl", lines(QUESTION | {"context": 3}), "Line 1"),
    ],
)
def test_bad_data_is_named(tmp_path: Path, name: str, content: Any, says: str) -> None:
    path = write(tmp_path / name, content)
    with pytest.raises(CorpusError, match=says) as error:
        datasets.read(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
@pytest.mark.parametrize("content", [None, "x", '{"_id": 1}', "a\tb\tc\td"])
def test_a_bad_beir_folder_is_named(beir: Path, name: str, content: str | None) -> None:
    (beir / name).unlink()
    (beir / "qrels" / "train.tsv").unlink()
    if content is not None:
        write(beir / name, content)
    with pytest.raises(CorpusError, match="set"):
        datasets.read(beir)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_path_that_is_missing_is_named(tmp_path: Path, format_: str) -> None:
    with pytest.raises(CorpusError, match="nowhere"):
        datasets.read(tmp_path / "nowhere.json", format_)


def test_a_file_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CorpusError, match="UTF-8"):
        datasets.read(tmp_path / "x.json")


def test_a_limit_counts_both_kinds_apart(tmp_path: Path) -> None:
    texts = [(f"Absatz {p}", [ask(f"{p}{n}", "Absatz") for n in range(3)]) for p in range(2)]
    found = datasets.first_questions(datasets.read(write(tmp_path / "x.json", squad(texts))), 2)
    assert [q.question_id for q in found.questions] == ["00", "01", "10", "11"]
    assert list(found.files) == ["a000p0.txt"]


def test_a_limit_of_omos_leaves_out_articles(tmp_path: Path) -> None:
    rows = [QUESTION | {"context": f"Text {n}"} for n in range(3)]
    found = datasets.first_questions(datasets.read(write(tmp_path / "x.jsonl", lines(*rows))), 2)
    assert len(found.questions) == 2
    assert list(found.files.values()) == ["Text 0", "Text 1"]


def test_other_words_for_the_questions(tmp_path: Path) -> None:
    german = datasets.read(write(tmp_path / "de.json", squad([("Text", [ask(1, "Text"), ask(2, "Text")])])))
    other = squad([("Words", [ask(2, "Words") | {"question": "Where?"}])])
    english = datasets.read(write(tmp_path / "en.json", other))
    found = datasets.reworded(german, english)
    assert [q.question for q in found.questions] == ["Frage 1?", "Where?"]
    assert [q.answers for q in found.questions] == [("Text",), ("Text",)]
    assert found.files == german.files
    unknown = datasets.read(write(tmp_path / "x.json", squad([("Text", [ask(7, "Text")])])))
    with pytest.raises(CorpusError, match=r"x\.json"):
        datasets.reworded(german, unknown)
