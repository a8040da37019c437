"""`qa ask --phrase`."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from qa.cli import main
from qa.embedding import sentence_transformer
from qa.server.run import Settings
from qa.types import Answer
from qa.types_phrasing import Phrased, Phrasing
from tests.support.llm_server import FakeModel, saying, serving
from tests.support.standin import StandIn

TEXT = (
    "---\ntitle: Der See\nsource: Seeblatt\ndate: 2024-05-01\n---\n"
    "Der Klarsee ist an der tiefsten Stelle 251 Meter tief. Der Fischer Jan Ott fing dort einen Wels."
)
QUESTION = "Wie tief ist der Klarsee?"
DEPTH = "Der Klarsee ist an der tiefsten Stelle 251 Meter tief."
KEY = "sk-geheim-4711"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with an index, no model and no variables."""
    for name in ("QA_CORPUS", "QA_VECTORS", "QA_MODEL", "QA_LLM_URL", "QA_LLM_MODEL", "QA_LLM_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sentence_transformer, "load", lambda *_: StandIn())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "see.md").write_text(TEXT, encoding="utf-8")
    main.main(["build"])
    capsys.readouterr()
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    status = main.main(["ask", QUESTION, "--min-confidence", "0", *args])
    out, err = capsys.readouterr()
    return status, out, err


def phrased(capsys: pytest.CaptureFixture[str], model: FakeModel, *args: str) -> tuple[int, str, str]:
    return run(capsys, "--phrase", "--llm", model.url, "--llm-model", "klein", *args)


def test_sentences_follow_the_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    said = f"{DEPTH} [1] Der Fischer Jan Ott fing dort einen Wels. [1] Der Klarsee ist 300 Meter tief. [1]"
    with serving(saying(said)) as model:
        status, out, err = phrased(capsys, model)
    assert status == 0
    quotes, _, phrasing = out.partition("\n\n")
    assert quotes.startswith(DEPTH)
    assert f"{DEPTH} [1]\n" in phrasing
    assert "Der Fischer Jan Ott fing dort einen Wels. [" in phrasing
    assert "1 Satz weggelassen:\n  ✗ Der Klarsee ist 300 Meter tief. (Eine Zahl" in phrasing
    assert "Language model: klein on this machine" in err


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(saying(f"{DEPTH} [1]")) as model:
        _, out, _ = phrased(capsys, model, "--json")
    answer: dict[str, Any] = json.loads(out)
    assert answer["phrased"]["status"] == "kept"
    assert answer["phrased"]["text"] == f"{DEPTH} [1]"
    assert (answer["phrased"]["model"], answer["phrased"]["host"]) == ("klein", "127.0.0.1")
    assert {"phrase", "total"} <= set(answer["seconds"])


def test_a_summary(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(saying(f"{DEPTH} [1] Der Klarsee ist 300 Meter tief. [1]")) as model:
        named = ("--llm", model.url, "--llm-model", "klein")
        assert main.main(["article", "see.md", "--summary", *named]) == 0
        out, err = capsys.readouterr()
        assert out.lstrip().startswith(f"{DEPTH} [1]\n  [1] Der See (Seeblatt, 2024-05-01, see.md), 0–")
        assert "1 Satz weggelassen:" in out
        assert "on this machine" in err
        main.main(["article", "see.md", "--summary", "--json", *named])
        assert json.loads(capsys.readouterr().out)["phrased"]["text"] == f"{DEPTH} [1]"
        _, out, _ = run(capsys, "--summary", "--json", *named)
    answer = json.loads(out)
    assert answer["phrased"] is None
    assert answer["summary"]["articles"] == ["see.md"]


def test_a_failure_leaves_the_quotes_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(lambda handler: handler.reply(500)) as model:
        status, out, _ = phrased(capsys, model)
    assert status == 0
    assert out.startswith(DEPTH)
    assert "Das Sprachmodell ist gescheitert (500)." in out


@pytest.mark.parametrize("flags", [[], ["--llm", ""]])
def test_without_an_endpoint(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "--phrase", *flags)
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "QA_LLM_URL" in err


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--llm", "kein"], "not valid"),
        (["--llm", "http://127.0.0.1:1/v1"], "QA_LLM_MODEL"),
        (["--llm", "http://192.0.2.1/v1", "--llm-model", "m"], "--llm-insecure"),
    ],
)
def test_an_endpoint_that_cannot_be_used(
    flags: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "--phrase", *flags)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert said in err


def test_the_environment_names_endpoint_model_and_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(saying(f"{DEPTH} [1]")) as model:
        for name, value in (("URL", model.url), ("MODEL", "klein"), ("KEY", KEY)):
            monkeypatch.setenv(f"QA_LLM_{name}", value)
        status, out, err = run(capsys, "--phrase")
        assert status == 0
        assert model.requests[0].headers["Authorization"] == f"Bearer {KEY}"
        assert KEY not in out + err
        found = Settings.from_environment().language_model
        assert found
        assert (found.url, found.model) == (model.url, "klein")
        assert KEY not in repr(Settings.from_environment())


def test_without_the_flag_nobody_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(saying("Ja.")) as model:
        monkeypatch.setenv("QA_LLM_URL", model.url)
        monkeypatch.setenv("QA_LLM_MODEL", "klein")
        _, out, err = run(capsys)
        assert model.requests == []
    assert out.startswith(DEPTH)
    assert "klein" not in out + err


def test_a_refusal_asks_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(saying("Doch.")) as model:
        status = main.main(
            [
                "ask",
                QUESTION,
                "--min-confidence",
                "1",
                "--phrase",
                "--llm",
                model.url,
                "--llm-model",
                "m",
                "--json",
            ]
        )
        out, _ = capsys.readouterr()
        assert status == 0
        assert model.requests == []
    assert json.loads(out)["phrased"] is None


def test_without_a_url_no_connection_is_opened(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    assert run(capsys)[0] == 0
    assert run(capsys, "--phrase")[0] == 1


def test_with_a_url_only_that_address_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: set[Any] = set()
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        asked.add(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    with serving(saying(f"{DEPTH} [1]")) as model:
        phrased(capsys, model)
        port = int(model.url.split(":")[2].removesuffix("/v1"))
    assert asked == {("127.0.0.1", port)}


def test_a_phrasing_as_text() -> None:
    sentences = (
        Phrased("Der See ist tief.", (1, 2), 1.0, kept=True),
        Phrased("Er ist leer.", (), 0.1, kept=False, reason="meaning"),
        Phrased("Er friert zu.", (3,), 0.9, kept=True, hedged="laut Blatt"),
    )
    phrasing = Phrasing("m", "h", "partly", sentences)
    assert phrasing.text == "Der See ist tief. [1][2] Er friert zu. (laut Blatt) [3]"
    assert phrasing.dropped == sentences[1:2]
    assert Answer("?", "answered", "x", 1.0).phrased is None
