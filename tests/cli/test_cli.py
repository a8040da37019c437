from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from qa.cli import ask, main
from qa.corpus import stamps
from qa.embedding import sentence_transformer
from qa.service import watching
from qa.types import Answer, Citation, Skipped
from tests.support.standin import StandIn

DOCS = Path(__file__).resolve().parents[2] / "docs"
ARTICLES = {
    "deserteure.md": "---\ntitle: Deserteure\nsource: Blatt\ndate: 2024-10-16\n---\n"
    "Achtzehn Soldaten sind an der Grenze desertiert. Der Himmel war grau.\n",
    "bodensee.txt": "Der Bodensee\n\nDer Bodensee ist an der tiefsten Stelle 251 Meter tief.\n",
}
HIT = {
    "passage_id",
    "article_id",
    "start",
    "end",
    "text",
    "rank",
    "score",
    "dense_rank",
    "lexical_rank",
}
ANSWER = {"id", "question", "status", "text", "confidence", "citations", "hits", "seconds"} | {
    "searched",
    "understood",
    "refers_to",
    "explanation",
    "missing",
    "figures",
    "phrased",
}
CITATION = {
    "copy_of",
    "speaker",
    "page",
    "answer_start",
    "answer_end",
    "label",
    "article_id",
    "title",
    "source",
    "date",
    "url",
    "start",
    "end",
    "quote",
    "score",
}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own with a corpus, and no model."""
    for name in ("QA_CORPUS", "QA_VECTORS", "QA_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sentence_transformer, "load", lambda *_: StandIn())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    for name, content in ARTICLES.items():
        (tmp_path / "seeds" / name).write_text(content, encoding="utf-8")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    status = main.main(args)
    out, err = capsys.readouterr()
    return status, out, err


def rows(capsys: pytest.CaptureFixture[str], *args: str) -> list[dict[str, Any]]:
    status, out, err = run(capsys, *args, "--json")
    assert (status, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def built(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (report,) = rows(capsys, "build")
    return report


def test_a_watching_build_goes_on_after_an_error(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looks = iter(["a", "b", "c"])

    def state(corpus: Path) -> str:
        look = next(looks, "")
        if look == "b":
            (place / "seeds").rename(place / "weg")
        elif look == "c":
            (place / "weg").rename(place / "seeds")
        elif not look:
            raise KeyboardInterrupt
        return look

    monkeypatch.setattr(stamps, "state_of", state)
    monkeypatch.setattr(watching.Watcher, "__init__", watcher_without_pauses)
    assert main.main(["build", "--watch", "--json"]) == 130
    told = capsys.readouterr()
    assert [json.loads(line)["articles"] for line in told.out.splitlines()] == [2, 2]
    assert "seeds is not a folder" in told.err
    assert "next try" in told.err


made_watcher = watching.Watcher.__init__


def watcher_without_pauses(self: Any, *args: Any) -> None:
    made_watcher(self, *args, poll=0, settled=0)


def test_build_as_json(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "seeds" / "leer.txt").touch()
    (report,) = rows(capsys, "build")
    assert set(report) == {
        "generation", "articles", "passages", "embedded", "reused", "skipped", "seconds", "model",
        "notes",
    }  # fmt: skip
    assert (report["articles"], report["embedded"]) == (2, report["passages"])
    ((path, reason),) = (skipped.values() for skipped in report["skipped"])
    assert path == "leer.txt"
    assert reason


def test_build_with_text_recognition(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "seeds" / "leer.txt").touch()
    reason = "The text of the PDF could not be recognised. Do it yourself."
    monkeypatch.setattr("qa.corpus.ocr.recognise", lambda *_: [Skipped("leer.txt", reason)])
    (report,) = rows(capsys, "build", "--ocr")
    assert report["skipped"] == [{"path": "leer.txt", "reason": reason}]


def test_build_for_people(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "seeds" / "leer.txt").touch()
    status, out, err = run(capsys, "build")
    assert status == 0
    assert out.startswith("2 articles, ")
    assert err.startswith("skipped leer.txt: ")
    assert len(err.splitlines()) == 1  # no progress in a pipe


def test_search(built: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = rows(capsys, "search", "Wie tief ist der Bodensee?", "-k", "1")
    (hit,) = found["hits"]
    assert set(hit) >= HIT
    assert hit["passage_id"] == "bodensee.txt#0"
    _, out, _ = run(capsys, "search", "Bodensee", "--mode", "lexical")
    assert "bodensee.txt#0" in out


def test_ask(built: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    (answer,) = rows(capsys, "ask", "Wie tief ist der Bodensee?", "--min-confidence", "0")
    assert set(answer) == ANSWER
    assert answer["id"] is None
    assert set(answer["citations"][0]) == CITATION
    assert set(answer["hits"][0]) >= HIT
    _, out, err = run(capsys, "ask", "Wie tief ist der Bodensee?", "--min-confidence", "0")
    assert "251 Meter tief. [1]" in out
    assert "[1] Der Bodensee (bodensee.txt)" in out
    assert "%" in err


class Terminal(StringIO):
    """Standard output as a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_the_answer_in_bold_and_what_is_missing_first(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    quotes = ("Der Turm ist 52 Meter hoch.", "Er hat 52 Stufen.")
    citations = tuple(
        Citation(n, "turm.txt", "Der Turm", "", "", "", 0, len(quote), quote, 0.9, None, *span)
        for n, (quote, span) in enumerate(zip(quotes, [(13, 21), (7, 9)], strict=True), 1)
    )
    text = f"{quotes[0]} [1]\n\n{quotes[1]} [2]"
    answer = Answer(
        "Wie hoch ist der Turm?", "answered", text, 0.9, citations, seconds={"total": 0.1}, missing=("2019",)
    )
    missing = "Zu 2019 steht in diesen Zitaten nichts.\n"
    ask._print_answer(answer, explain=False)
    assert capsys.readouterr().out.startswith(f"{missing}{text}\n")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    ask._print_answer(answer, explain=False)
    bold = "Der Turm ist \x1b[1m52 Meter\x1b[22m hoch. [1]\n\nEr hat \x1b[1m52\x1b[22m Stufen. [2]"
    assert terminal.getvalue().startswith(f"{missing}{bold}\n")
    refused = replace(answer, status="no_answer", text="Nein.", citations=())
    ask._print_answer(refused, explain=False)
    assert "\nZu 2019 wurde nichts gefunden.\nNein.\n" in terminal.getvalue()


def test_a_refusal_has_no_citations_but_hits(
    built: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    (answer,) = rows(capsys, "ask", "Wer war es?", "--min-confidence", "1")
    assert (answer["status"], answer["citations"]) == ("no_answer", [])
    assert answer["hits"]
    _, out, _ = run(capsys, "ask", "Wer war es?", "--min-confidence", "1")
    assert "~ " in out


def test_filters(built: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    for flags in (["--source", "blatt"], ["--article", "deserteure.md"], ["--since", "2024-10-16"]):
        (answer,) = rows(capsys, "ask", "Bodensee", *flags)
        assert {hit["article_id"] for hit in answer["hits"]} == {"deserteure.md"}
    (answer,) = rows(capsys, "ask", "Bodensee", "--until", "2024-10-15")
    assert answer["hits"] == []


def test_input_of_many_questions(
    built: dict[str, Any], place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = [{"role": "user", "content": "Bodensee?"}, {"role": "assistant", "content": "Tief. [1]"}]
    asked = [
        {"id": "x", "question": "Wie tief ist der Bodensee?"},
        {"id": 7, "question": "Wer desertierte?", "article_id": "bodensee.txt"},
        {"id": "z", "question": "Und wo?", "history": history},
    ]
    (place / "q.jsonl").write_text("\n".join(map(json.dumps, asked)) + "\n\n", encoding="utf-8")
    answers = rows(capsys, "ask", "--input", "q.jsonl")
    assert [answer["id"] for answer in answers] == ["x", 7, "z"]
    assert {hit["article_id"] for hit in answers[1]["hits"]} == {"bodensee.txt"}
    assert [found["id"] for found in rows(capsys, "search", "--input", "q.jsonl")] == ["x", 7, "z"]


def test_a_follow_up_says_what_was_searched_for_and_why(
    built: dict[str, Any], place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = [{"role": "user", "content": "Wer ist an der Grenze desertiert?"}]
    line = json.dumps({"id": 1, "question": "Und wie viele Panzer davon?", "history": history})
    (place / "q.jsonl").write_text(line, encoding="utf-8")
    (answer,) = rows(capsys, "ask", "--input", "q.jsonl")
    assert answer["searched"] == "Und wie viele Panzer davon? Grenze desertiert"
    assert set(answer["explanation"]) == {"covered", "near", "missing", "parts"}
    assert {"name", "log_odds"} == set(answer["explanation"]["parts"][0])
    _, out, _ = run(capsys, "ask", "--input", "q.jsonl", "--min-confidence", "1", "--explain")
    assert out.startswith("Bezogen auf „Wer ist an der Grenze desertiert?“\n")
    assert "  Nicht gefunden: Panzer\n" in out
    assert "  Dort nicht gefunden: Panzer\n" in out
    _, out, _ = run(capsys, "ask", "Wie tief ist der Bodensee?", "--min-confidence", "0")
    assert "Bezogen auf" not in out
    assert "Verstanden als" not in out
    assert "Im Zitat" not in out
    _, out, _ = run(capsys, "ask", "How deep is the Bodensee?", "--min-confidence", "0", "--explain")
    assert "  In the quote: Bodensee\n" in out


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[1]",
        '{"id": 1}',
        '{"question": 1}',
        '{"question": "x", "history": [1]}',
        '{"question": "x", "history": [{"role": "system", "content": "x"}]}',
        '{"question": "x", "article_id": 3}',
    ],
)
def test_a_bad_line_is_named(
    built: dict[str, Any], place: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    (place / "q.jsonl").write_text('{"question": "Bodensee"}\n' + line, encoding="utf-8")
    status, out, err = run(capsys, "ask", "--input", "q.jsonl", "--json")
    assert status == 1
    assert len(out.splitlines()) == 1  # what could be answered was
    assert err.startswith("qa: Line 2 of q.jsonl")
    assert len(err.splitlines()) == 1


def test_article(built: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    (article,) = rows(capsys, "article", "deserteure.md")
    assert set(article) == {"article_id", "title", "text", "source", "url", "date", "language", "sha256"}
    assert (article["title"], article["date"]) == ("Deserteure", "2024-10-16")
    _, out, _ = run(capsys, "article", "deserteure.md")
    assert out.rstrip("\n") == article["text"].rstrip("\n")


def test_status(built: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    (status,) = rows(capsys, "status")
    assert status["generation"] == built["generation"]
    assert status["bytes"] > 0
    _, out, _ = run(capsys, "status")
    assert built["generation"] in out


def test_generations_are_listed_and_gone_back_to(
    built: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    (newer,) = rows(capsys, "build", "--fresh")
    (status,) = rows(capsys, "status")
    assert status["current"] == newer["generation"]
    assert [(g["generation"], g["current"]) for g in status["generations"]] == [
        (newer["generation"], True),
        (built["generation"], False),
    ]
    assert set(status["generations"][0]) == {
        "generation", "built", "model", "articles", "passages", "bytes", "current",
    }  # fmt: skip
    (back,) = rows(capsys, "rollback")
    assert back["generation"] == built["generation"]
    assert rows(capsys, "status")[0]["current"] == built["generation"]
    assert rows(capsys, "search", "Bodensee")
    _, out, _ = run(capsys, "status")
    assert [line[0] for line in out.splitlines()] == [" ", "*"]
    status_, out, err = run(capsys, "rollback")
    assert (status_, out) == (1, "")
    assert "no earlier generation" in err


def test_verify_says_what_is_wrong(
    built: dict[str, Any], place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rows(capsys, "verify") == [{"generation": built["generation"], "whole": True, "faults": []}]
    assert "is intact" in run(capsys, "verify")[1]
    for name in ("texts.sqlite", "states/records.bin"):
        path = place / "vectors" / built["generation"] / name
        path.write_bytes(path.read_bytes()[:-1])
    status, out, err = run(capsys, "verify")
    assert status == 1
    assert [line.split(":")[0] for line in out.splitlines()] == ["states/records.bin", "texts.sqlite"]
    assert err.startswith("qa: ")
    assert "2 faults" in err
    assert "qa rollback" in err
    assert len(err.splitlines()) == 1
    status, out, _ = run(capsys, "verify", "--json")
    assert (status, len(json.loads(out)["faults"]), json.loads(out)["whole"]) == (1, 2, False)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["search", "x"], "qa build"),
        (["ask", "x"], "qa build"),
        (["article", "x"], "qa build"),
        (["status"], "qa build"),
        (["verify"], "qa build"),
        (["rollback"], "qa build"),
        (["build", "--corpus", "nowhere"], "nowhere"),
        (["evaluate", "nowhere.json"], "nowhere.json"),
        (["evaluate", "seeds/bodensee.txt"], "--format"),
        (["ask", "--input", "nowhere.jsonl"], "qa build"),
    ],
)
def test_an_error_is_one_line(capsys: pytest.CaptureFixture[str], args: list[str], says: str) -> None:
    status, out, err = run(capsys, *args)
    assert (status, out) == (1, "")
    assert err.startswith("qa: ")
    assert says in err
    assert len(err.splitlines()) == 1


def test_an_input_that_is_missing_is_named(built: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "ask", "--input", "nowhere.jsonl")
    assert status == 1
    assert "nowhere.jsonl" in err


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["unknown"],
        ["ask"],
        ["ask", "x", "--input", "y"],
        ["ask", "x", "--since", "gestern"],
        ["ask", "x", "--min-confidence", "2"],
        ["search", "x", "-k", "0"],
        ["search", "x", "--mode", "magic"],
        ["evaluate"],
        ["evaluate", "x", "--format", "trec"],
        ["evaluate", "x", "--limit", "0"],
    ],
)
def test_wrong_usage_is_2(args: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main.main(args)
    assert exit_.value.code == 2


JUDGED = {
    "data": [
        {
            "paragraphs": [
                {
                    "context": "Der Bodensee ist an der tiefsten Stelle 251 Meter tief.",
                    "qas": [{"id": "1", "question": "Wie tief ist er?", "answers": [{"text": "251 Meter"}]}],
                },
                {"context": "Er liegt an den Alpen.", "qas": [{"id": "2", "question": "Wo?", "answers": []}]},
            ]
        }
    ]
}


def test_evaluate(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "set.json").write_text(json.dumps(JUDGED), encoding="utf-8")
    (report,) = rows(capsys, "evaluate", "set.json", "--min-confidence", "0")
    assert (report["format"], report["questions"], report["min_confidence"]) == ("squad", 2, 0)
    assert report["retrieval"]["lexical"]["hit@1"]["value"] == 1
    assert report["answers"]["any_quote_has_answer"]["value"] == 1
    assert not (place / "vectors").exists()  # the index of the corpus is another
    (place / "set.txt").write_text(json.dumps(JUDGED), encoding="utf-8")
    status, out, err = run(capsys, "evaluate", "set.txt", "--format", "squad", "--plots", "pictures")
    assert status == 0
    assert "set.txt (squad)" in out
    assert "wrongly_refused" in out
    assert len(err.splitlines()) == len(list((place / "pictures").glob("*.png"))) == 2


def test_evaluate_some_questions_in_other_words(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "de.json").write_text(json.dumps(JUDGED), encoding="utf-8")
    english = json.dumps(JUDGED).replace("Wie tief ist er?", "Lindau?")
    (place / "en.json").write_text(english, encoding="utf-8")
    (report,) = rows(capsys, "evaluate", "de.json", "--questions", "en.json", "--limit", "1")
    assert report["questions"] == 2  # one of each kind
    assert report["retrieval"]["lexical"]["hit@1"]["value"] == 0  # no such word there


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("qa.index.build.build", interrupt)
    status, _, err = run(capsys, "build")
    assert status == 130
    assert "unchanged" in err


def test_the_environment_gives_defaults(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "seeds").rename(place / "other")
    monkeypatch.setenv("QA_CORPUS", "other")
    monkeypatch.setenv("QA_VECTORS", "elsewhere")
    rows(capsys, "build")
    assert (place / "elsewhere" / "current").exists()


def commands() -> list[str]:
    text = subprocess.run([sys.executable, "-m", "qa", "--help"], capture_output=True, text=True, check=True)
    return re.findall(r"^    (\w+) ", text.stdout, flags=re.MULTILINE)


def flags(command: str) -> set[str]:
    text = subprocess.run(
        [sys.executable, "-m", "qa", command, "--help"], capture_output=True, text=True, check=True
    )
    return set(re.findall(r"--[a-z-]+", text.stdout)) - {"--help"}


def test_every_command_and_variable_is_documented() -> None:
    text = (DOCS / "commands.md").read_text("utf-8")
    source = "".join(path.read_text("utf-8") for path in Path(main.__file__).parent.glob("*.py"))
    assert len(commands()) >= 6
    for command in commands():
        assert f"qa {command}" in text
    for variable in re.findall(r"QA_[A-Z_]+", source):
        assert f"`{variable}`" in text


def test_a_build_that_loses_most_articles_is_forced(
    place: Path, built: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (place / "seeds").iterdir():
        path.unlink()
    (place / "seeds" / "neu.txt").write_text("Der Leuchtturm wird im Mai rot gestrichen.")
    for flags in ([], ["--fresh"]):
        status, _, err = run(capsys, "build", *flags)
        assert (status, "lose 2 of 2 articles" in err, "--force" in err) == (1, True, True)
    (report,) = rows(capsys, "build", "--force")
    assert report["articles"] == 1


def test_a_folder_in_the_place_of_the_file_current(
    place: Path, built: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "vectors" / "current").unlink()
    (place / "vectors" / "current" / "sub").mkdir(parents=True)
    for command in ("status", "rollback", "build", "verify"):
        status, _, err = run(capsys, command)
        assert (status, err.count("\n"), err.startswith("qa: ")) == (1, 1, True)


def test_every_flag_is_documented() -> None:
    """Those of `serve` have a table of their own, which another test compares."""
    text = (DOCS / "commands.md").read_text("utf-8")
    for command in set(commands()) - {"serve"}:
        for flag in flags(command):
            assert re.search(rf"{flag}(?![\w-])", text), f"{command} {flag}"


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("name", ["out.jsonl", "out.csv"])
@pytest.mark.parametrize("against", [(), ("--corpus", "seeds")])
def test_an_export_is_checked_against_index_and_folder(
    place: Path, name: str, against: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "ask", "Wie viele Soldaten sind desertiert?", "--min-confidence", "0", "--export", name)
    status, out, err = run(capsys, "check", name, *against)
    assert (status, err) == (0, "")
    assert re.fullmatch(r"all \d+ rows hold\n", out)
    article = place / "seeds" / "deserteure.md"
    article.write_text(article.read_text("utf-8").replace("Achtzehn", "Siebzehn"), "utf-8")
    run(capsys, "build")
    status, out, err = run(capsys, "check", name, *against, "--json")
    (report,) = map(json.loads, out.splitlines())
    assert status == 1
    assert "rows no longer hold" in err
    assert report["holding"] < report["rows"]
    assert {fault["article_id"] for fault in report["faults"]} == {"deserteure.md"}


@pytest.mark.usefixtures("built")
def test_an_export_to_read_holds_all_questions(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("Wie viele Soldaten sind desertiert?", "Wo steht der Turm von Selmstedt?")
    lines = "".join(json.dumps({"question": question}) + "\n" for question in asked)
    (place / "asked.jsonl").write_text(lines, "utf-8")
    for name in ("out.md", "out.docx"):
        assert run(capsys, "ask", "--input", "asked.jsonl", "--timeline", "--export", name)[0] == 0
    text = (place / "out.md").read_text("utf-8")
    assert re.findall(r"^## (.*)", text, re.M) == list(asked)
    assert (place / "out.docx").read_bytes()[:2] == b"PK"


@pytest.mark.usefixtures("built")
def test_the_lines_of_ask_can_be_checked(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "ask", "Wie viele Soldaten sind desertiert?", "--min-confidence", "0", "--json")
    (place / "said.jsonl").write_text(out, "utf-8")
    assert run(capsys, "check", "said.jsonl")[0] == 0


@pytest.mark.usefixtures("built")
def test_a_bad_export_is_one_line_of_error(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "bad.jsonl").write_text("{", "utf-8")
    assert run(capsys, "check", "bad.jsonl")[::2] == (
        1,
        "qa: The file is not valid JSON. Give an export as JSON lines or CSV.\n",
    )
    assert run(capsys, "check", "none.jsonl")[0] == 1
    with pytest.raises(SystemExit):
        run(capsys, "ask", "Was?", "--export", "out.xls")


def test_a_timeline_is_listed_and_printed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    article = "Der Turm wurde im Mai 2021 gebaut. Am 3. April fiel er um, gebaut war er aus Holz."
    (place / "seeds" / "turm.txt").write_text(article, "utf-8")
    run(capsys, "build")
    asked = (
        "ask",
        "Woraus war der Turm gebaut, der umfiel?",
        "--min-confidence",
        "0",
        "--article",
        "turm.txt",
    )
    (answer,) = rows(capsys, *asked, "--timeline")
    assert [(one["value"], one["since"]) for one in answer["timeline"]] == [
        ("2021-05", "2021-05-01"),
        ("XXXX-04-03", ""),
    ]
    out = run(capsys, *asked, "--timeline")[1]
    assert "Zeitverlauf:" in out
    assert "3. April (Jahr nicht genannt)" in out
    assert "timeline" not in rows(capsys, *asked)[0]
