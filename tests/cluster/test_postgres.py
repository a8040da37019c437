"""The index in PostgreSQL, where it is not as every other store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import stores
from qa.cli.main import main
from qa.cluster import opening
from qa.embedding import sentence_transformer
from qa.errors import StoreError
from qa.index.build import build
from qa.index.search import Index
from qa.types import Filter
from tests.cluster.test_contract import write
from tests.support.standin import StandIn

psycopg = pytest.importorskip("psycopg", reason="the extra `cluster` is not installed: run `make cluster`")


@pytest.fixture
def vectors(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write(tmp_path / "corpus")


def count(vectors: str, table: str) -> int:
    with psycopg.connect(vectors) as connection:
        ((rows,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608 (constant)
    return int(rows)


def test_a_large_generation_is_searched_by_a_graph(
    vectors: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write(tmp_path / "corpus", copies=28)
    monkeypatch.setattr("qa.cluster.target.EXACT_UP_TO", 10)
    monkeypatch.setattr("qa.cluster.retrieval.EXACT_UP_TO", 10)
    build(corpus, opening.store(vectors), encoder=StandIn())
    build(corpus, tmp_path / "v", encoder=StandIn())
    local, index = (
        Index.open(tmp_path / "v", encoder=StandIn()),
        Index(opening.store(vectors).open(), StandIn()),
    )
    for question in ("Wie tief ist der See?", "Wer ist der Müller?"):
        for where in (Filter(), Filter(source="Blatt 1"), Filter(since="2024-01-20"), Filter("see-2.txt")):
            assert index.search(question, where=where) == local.search(question, where=where)
    with psycopg.connect(vectors) as connection:
        connection.execute(f'SET search_path = "{index.generation}", public')
        connection.execute("SET enable_seqscan = off")
        query = 'SELECT "row" FROM candidate d ORDER BY d.vector <#> %s::real[]::halfvec LIMIT 5'
        plan = connection.execute(f"EXPLAIN {query}", [[0.5] * 64]).fetchall()
        query = (
            "SELECT FROM candidate d JOIN article a ON a.number = d.article WHERE a.article_id = 'see-2.txt'"
        )
        narrow = connection.execute(f"EXPLAIN {query}").fetchall()
    assert "candidate_vector_idx" in str(plan)
    assert "candidate_article_idx" in str(narrow)


def test_what_no_generation_refers_to_is_removed(vectors: str, corpus: Path) -> None:
    for number in range(6):
        (corpus / "kran-0.txt").write_text(f"Der Kran ist {number} Jahre alt.", encoding="utf-8")
        build(corpus, opening.store(vectors), encoder=StandIn())
    assert count(vectors, "qa.generation") == 3
    assert count(vectors, "qa.body") == count(vectors, "qa.computed") == 23 + 3


def test_a_database_without_pgvector_or_rights_says_so(vectors: str, corpus: Path) -> None:
    with psycopg.connect(vectors, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS reader")
        connection.execute("CREATE ROLE reader LOGIN")
    with pytest.raises(StoreError, match="does not allow that"):
        build(corpus, opening.store(vectors.replace("qa@", "reader@")), encoder=StandIn())
    with pytest.raises(StoreError, match="refuses the connection"):
        opening.store(vectors.replace("qa@", "nobody-here@")).current()
    with pytest.raises(StoreError, match="refuses the connection"):
        opening.store(f"{vectors}-elsewhere").current()


def test_commands_take_an_address(
    vectors: str,
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sentence_transformer, "load", lambda name="": StandIn())

    def run(*arguments: str, status: int = 0) -> str:
        assert main([*arguments, "--vectors", vectors]) == status
        return capsys.readouterr().out

    run("build", "--corpus", str(corpus))
    (corpus / "kran-0.txt").write_text("Der Kran ist umgezogen.", encoding="utf-8")
    run("build", "--corpus", str(corpus))
    assert "intact" in run("verify")
    assert run("status").count("generation") == 2
    assert "40 Meter" in run("ask", "Wie tief ist der See?")
    assert json.loads(run("search", "See", "--json", "-k", "1"))
    assert run("article", "kran-0.txt").strip() == "Der Kran ist umgezogen."
    run("rollback")
    assert run("article", "kran-0.txt").startswith("Der Kran am Kai")
    assert main(["copy", vectors, str(tmp_path / "folder")]) == 0
    assert main(["verify", "--vectors", str(tmp_path / "folder")]) == 0


@pytest.mark.cluster
@pytest.mark.slow
def test_lists_are_those_of_a_local_index_on_xquad(vectors: str, shared: Path, tmp_path: Path) -> None:
    """All 632 questions with the default model: the same first hits, lists of ten and filtered lists."""
    files, asked = stores.read(shared / "data" / "xquad-dev" / "xquad.de.dev.json")
    encoder = stores.Remembering(sentence_transformer.load(sentence_transformer.DEFAULT_MODEL))
    (tmp_path / "corpus").mkdir()
    for name, text in files.items():
        (tmp_path / "corpus" / name).write_text(text, encoding="utf-8")
    build(tmp_path / "corpus", tmp_path / "v", encoder=encoder)
    build(tmp_path / "corpus", opening.store(vectors), encoder=encoder)
    local, index = Index.open(tmp_path / "v", encoder=encoder), Index(opening.store(vectors).open(), encoder)
    assert len(asked) == 632
    for mode in stores.MODES:
        assert stores.firsts(index, asked, mode)[:2] == stores.firsts(local, asked, mode)[:2]
    assert stores.filtered(index, asked) == stores.filtered(local, asked)
