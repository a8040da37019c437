from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa.answering.bot import Bot
from qa.errors import CorpusError, MissingExtra
from qa.evaluation import datasets, metrics, run
from qa.evaluation.judged import Dataset, JudgedQuestion
from qa.index import build
from qa.index.search import Index
from qa.types import Answer, Article, Citation, Filter, Hit, Passage
from tests.support.standin import StandIn

LAKE = "Der Bodensee ist an der tiefsten Stelle 251 Meter tief. Er liegt am Rand der Alpen."
RIVER = "Die Elbe entspringt im Riesengebirge. Sie mündet bei Cuxhaven in die Nordsee."
TOWER = "Der Turm wurde 1911 gebaut. Auf ihm weht eine Fahne."
SQUAD = Dataset(
    "x.json",
    "squad",
    {"a000p0.txt": LAKE, "a001p0.txt": RIVER, "a002p0.txt": TOWER},
    (
        JudgedQuestion("1", "Wie tief ist der Bodensee?", {"a000p0.txt": 1}, answers=("251 Meter",)),
        JudgedQuestion("2", "Wo entspringt die Elbe?", {"a001p0.txt": 1}, answers=("Riesengebirge",)),
        JudgedQuestion("3", "Wann wurde der Turm gebaut?", {"a002p0.txt": 1}, answers=("1911",)),
        JudgedQuestion("4", "Wie heißt der Kanzler von Österreich?", {}),
    ),
)
OMOS = Dataset(
    "x.jsonl",
    "omos",
    {"c0000.txt": f"{LAKE}\n{RIVER}", "c0001.txt": TOWER, "c0002.txt": "  "},
    (
        JudgedQuestion("1", "Wie tief ist der Bodensee?", {"c0000.txt": 1}, "c0000.txt", lines=(0,)),
        JudgedQuestion("2", "Wie tief ist der Bodensee?", {}, "c0001.txt"),
        JudgedQuestion("3", "Wie tief ist der Bodensee?", {}, "c0002.txt"),
    ),
)


def test_squad(encoder: StandIn) -> None:
    report = run.evaluate(SQUAD, encoder=encoder, min_confidence=0.0)
    assert (report.articles, report.passages, report.questions, report.unanswerable) == (3, 3, 4, 1)
    assert (report.model, report.min_confidence) == ("stand-in", 0.0)
    assert list(report.retrieval) == ["hybrid", "dense", "lexical"]
    assert report.retrieval["lexical"]["hit@1"] == (1, 1, 1, 3)
    for figures in report.retrieval.values():
        assert list(figures) == ["hit@1", "hit@5", "MRR@10", "nDCG@10", "recall@100"]
        assert figures["hit@5"].value == 1  # of three articles
    assert report.answers["citations_exact"].value == 1
    assert [outcome.question.question_id for outcome in report.outcomes] == ["1", "2", "3", "4"]


def test_omos_asks_one_article_and_searches_nothing(encoder: StandIn) -> None:
    report = run.evaluate(OMOS, encoder=encoder, min_confidence=0.0)
    assert report.retrieval == {}
    assert "sentence_F1" in report.answers
    lake, tower, empty = report.outcomes
    assert all(quote in OMOS.files["c0000.txt"] for quote in lake.quotes)
    assert all(quote in TOWER for quote in tower.quotes)
    assert (report.skipped, empty.refused, empty.confidence) == (1, True, 0.0)  # it has no text


def test_beir_judges_the_search_alone(encoder: StandIn) -> None:
    report = run.evaluate(replace(SQUAD, format="beir"), encoder=encoder)
    assert report.retrieval["lexical"]["nDCG@10"].value == 1
    assert (report.answers, report.outcomes) == ({}, ())
    assert run.draw(report, Path("not made")) == []
    assert not Path("not made").exists()


@pytest.mark.parametrize("dataset", [SQUAD, replace(OMOS, questions=OMOS.questions[:2])])
@pytest.mark.parametrize("threshold", [None, 0.0, 0.1, 0.4, 0.7, 1.0])
def test_refusals_are_the_bot_s_own(
    encoder: StandIn, tmp_path: Path, dataset: Dataset, threshold: float | None
) -> None:
    report = run.evaluate(dataset, encoder=encoder, min_confidence=threshold)
    (tmp_path / "corpus").mkdir()
    dataset.write(tmp_path / "corpus")
    build.build(tmp_path / "corpus", tmp_path / "vectors", encoder=encoder)
    index = Index.open(tmp_path / "vectors", encoder=encoder)
    bot = Bot(index, min_confidence=threshold)
    for outcome in report.outcomes:
        where = Filter(article_id=outcome.question.article_id)
        answer = bot.ask(outcome.question.question, where=where)
        assert outcome.refused is (answer.status == "no_answer")
        assert outcome.confidence == pytest.approx(answer.confidence)
        if not outcome.refused:
            assert outcome.quotes == tuple(citation.quote for citation in answer.citations)
    index.close()


# -- retrieval -----------------------------------------------------------------------------------


class Ranked:
    """An index that returns its passages in a fixed order."""

    def __init__(self, articles: list[str]) -> None:
        self.articles = articles
        self.asked: list[int] = []

    def retrieve(self, query: str, *, k: int, mode: str) -> list[Hit]:
        self.asked.append(k)
        return [
            Hit(Passage(article, n, 0, 1, "x"), n + 1, 0.9) for n, article in enumerate(self.articles[:k])
        ]


def found(index: Any, question: JudgedQuestion = SQUAD.questions[0]) -> list[str]:
    return run._articles_found(index, question, "hybrid")


def test_an_article_stands_where_its_best_passage_does() -> None:
    assert found(Ranked(["a", "b", "a", "c", "b"])) == ["a", "b", "c"]


def test_an_article_is_not_found_by_itself() -> None:
    assert found(Ranked(["b", "a", "b", "c"]), replace(SQUAD.questions[0], same_article_id="b")) == ["a", "c"]


def test_a_run_goes_on_until_it_holds_enough_articles() -> None:
    index = Ranked([f"{n // 3}" for n in range(900)])  # three passages each
    assert found(index) == [f"{n}" for n in range(100)]
    assert index.asked == [100, 400]
    assert len(found(Ranked(["a"] * 90 + ["b"]))) == 2  # all there is


# -- citations -----------------------------------------------------------------------------------


class Library:
    def article(self, article_id: str) -> Article:
        if article_id != "a.txt":
            raise CorpusError("There is no such article.")
        return Article("a.txt", "", "Eins. Zwei.")


def test_a_citation_is_exact_where_the_article_reads_so() -> None:
    places = [
        ("a.txt", 0, 5, "Eins."),
        ("a.txt", 1, 6, "Eins."),
        ("b.txt", 0, 5, "Eins."),
        ("a.txt", 6, 11, "zwei."),
    ]
    citations = tuple(Citation(n, a, "", "", "", "", s, e, q, 1.0) for n, (a, s, e, q) in enumerate(places))
    library: Any = Library()
    assert run._exact(library, Answer("?", "answered", "", 1.0, citations)) == 1


# -- shown ---------------------------------------------------------------------------------------


def test_json_holds_every_figure_and_no_nan(encoder: StandIn) -> None:
    report = run.evaluate(SQUAD, encoder=encoder)
    fields = json.loads(json.dumps(report.fields(), allow_nan=False))
    assert set(fields) == {
        "dataset", "format", "model", "min_confidence", "articles", "passages", "skipped", "questions",
        "unanswerable", "build_seconds", "retrieval", "answers",
    }  # fmt: skip
    assert set(fields["retrieval"]["dense"]["hit@1"]) == {"value", "low", "high", "n"}
    assert fields["answers"]["wrongly_refused"]["value"] == report.answers["wrongly_refused"].value


def test_the_table(encoder: StandIn) -> None:
    report = run.evaluate(SQUAD, encoder=encoder)
    figures = {
        "first_quote_has_answer": metrics.Figure(0.8125, 0.75, 0.875, 104),
        "quote_chars": metrics.Figure(123.456),
    }
    shown = run.table(replace(report, answers=figures)).splitlines()
    assert "3 articles (0 skipped), 3 passages, 4 questions, 1 of them without an answer" in shown[1]
    assert "lexical    1.000 [1.000, 1.000]" in "\n".join(shown)
    assert any(
        line.split() == ["first_quote_has_answer", "0.812", "[0.750,", "0.875]", "n=104"] for line in shown
    )
    assert any(line.split() == ["quote_chars", "123.5"] for line in shown)
    headings = next(line for line in shown if line.startswith("retrieval"))
    rows = [line for line in shown if line.startswith(("hybrid", "dense", "lexical"))]
    assert {len(line) for line in rows} == {len(headings)}  # columns stand below each other


def test_curves(encoder: StandIn, tmp_path: Path) -> None:
    report = run.evaluate(SQUAD, encoder=encoder)
    assert [path.name for path in run.draw(report, tmp_path)] == ["risk-coverage.png", "reliability.png"]


def test_without_ir_measures_nothing_is_built(encoder: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(MissingExtra, match="ir_measures is not installed"):
        run.evaluate(SQUAD, encoder=encoder)
    assert encoder.calls == 0
    assert run.evaluate(OMOS, encoder=encoder).answers  # needs none


# -- against the external metric -------------------------------------------------------------------

QA = """
import sys
sys.path[:0] = {paths!r}
from tests.support.standin import StandIn
from qa.cli import main as cli
from qa.embedding import sentence_transformer as encoder
encoder.load = lambda *_: StandIn()
sys.exit(cli.main())
"""


def score(shared: Path, folder: Path, kind: str, file: Path, limit: int) -> dict[str, float]:
    """The figures of the external metric, which calls the command line, with the stand-in model."""
    here = Path(__file__).resolve().parents[1]
    (folder / "qa.py_").write_text(QA.format(paths=[str(here.parent)]), encoding="utf-8")
    command = f"{sys.executable} {folder / 'qa.py_'}"
    call = [sys.executable, str(shared / "score" / "score.py"), kind, str(file), "--limit", str(limit)]
    done = subprocess.run([*call, "--qa", command, "--json"], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "file"), [("squad", "xquad-dev/xquad.de.dev.json"), ("omos", "omos/dev_de.jsonl")]
)
def test_figures_agree_with_the_outside_score(
    shared: Path, tmp_path: Path, encoder: StandIn, kind: str, file: str
) -> None:
    outside = score(shared, tmp_path, kind, shared / "data" / file, 20)
    dataset = datasets.first_questions(datasets.read(shared / "data" / file), 20)
    report = run.evaluate(dataset, encoder=encoder)
    both = [name for name in outside if name in report.answers and "_ms_" not in name]
    assert len(both) >= (7 if kind == "squad" else 5)
    assert {n: report.answers[n].value for n in both} == {n: pytest.approx(outside[n]) for n in both}
    for name in ("hit@1", "hit@5") if report.retrieval else ():
        assert report.retrieval["hybrid"][name].value == pytest.approx(outside[f"search_{name}"])
