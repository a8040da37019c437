from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standin import StandIn

from qa import generations
from qa.builder import build
from qa.errors import CorpusError, StoreError
from qa.index import Index
from qa.types import Progress

SENTENCES = [
    "Achtzehn Soldaten sind an der Grenze desertiert.",
    "Der Bodensee ist 251 Meter tief und liegt im Süden.",
    "Die Regierung in Seoul bestätigte den Bericht am Mittwoch.",
    "Nach Angaben der Polizei wurde niemand verletzt.",
]


def write(folder: Path, **articles: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in articles.items():
        (folder / f"{name}.txt").write_text(content, encoding="utf-8")
    return folder


def contents(vectors: Path, encoder: StandIn) -> dict[str, bytes]:
    """Everything of the served generation but its name and time."""
    folder, _ = generations.load(vectors)
    parts = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in {".json", ".sqlite"}
    }
    index = Index.open(vectors, encoder=encoder)
    listed = [(a, index.article(a.article_id), index.passages_of(a.article_id)) for a in index.articles()]
    return {**parts, "articles": repr(listed).encode()}


def test_a_build_reports_what_it_did(tmp_path: Path, encoder: StandIn) -> None:
    corpus = write(tmp_path / "c", a=SENTENCES[0], b=SENTENCES[1])
    (corpus / "leer.txt").write_text("")
    report = build(corpus, tmp_path / "v", encoder=encoder)
    assert (report.articles, report.passages, report.embedded, report.reused) == (2, 2, 2, 0)
    assert [skipped.path for skipped in report.skipped] == ["leer.txt"]
    assert report.generation == generations.current(tmp_path / "v")
    assert report.model == "stand-in"


def test_nothing_changed_keeps_the_generation(tmp_path: Path, encoder: StandIn) -> None:
    corpus = write(tmp_path / "c", a=SENTENCES[0])
    first = build(corpus, tmp_path / "v", encoder=encoder)
    again = build(corpus, tmp_path / "v", encoder=encoder)
    assert (again.generation, again.embedded, again.reused) == (first.generation, 0, first.passages)
    fresh = build(corpus, tmp_path / "v", encoder=encoder, fresh=True)
    assert fresh.generation != first.generation
    assert (fresh.embedded, fresh.reused) == (1, 0)


def test_only_what_changed_is_embedded(tmp_path: Path, encoder: StandIn) -> None:
    corpus = write(tmp_path / "c", a=SENTENCES[0], b=SENTENCES[1], c=SENTENCES[2])
    build(corpus, tmp_path / "v", encoder=encoder)
    write(corpus, b=SENTENCES[3])
    (corpus / "c.txt").unlink()
    calls = encoder.calls
    report = build(corpus, tmp_path / "v", encoder=encoder)
    assert encoder.calls - calls == report.embedded == 1
    assert (report.articles, report.reused) == (2, 1)


def test_another_model_embeds_everything(tmp_path: Path, encoder: StandIn) -> None:
    corpus = write(tmp_path / "c", a=SENTENCES[0])
    build(corpus, tmp_path / "v", encoder=encoder)
    other = StandIn()
    other.fingerprint = "another"
    assert build(corpus, tmp_path / "v", encoder=other).embedded == 1


corpora = st.dictionaries(
    st.sampled_from("abcde"), st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4), min_size=1
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=st.lists(corpora, min_size=2, max_size=4))
def test_a_renewed_index_equals_a_fresh_one(
    tmp_path_factory: pytest.TempPathFactory, states: list[dict[str, list[str]]]
) -> None:
    folder, encoder = tmp_path_factory.mktemp("renew"), StandIn()
    for state in states:
        shutil.rmtree(folder / "c", ignore_errors=True)
        write(folder / "c", **{name: "\n\n".join(parts) for name, parts in state.items()})
        build(folder / "c", folder / "v", encoder=encoder)
    build(folder / "c", folder / "fresh", encoder=encoder)
    assert contents(folder / "v", encoder) == contents(folder / "fresh", encoder)


class Interrupted(Exception):
    pass


@pytest.mark.parametrize("stage", ["read", "embed", "write"])
def test_a_build_that_ends_early_leaves_the_served_index(
    tmp_path: Path, encoder: StandIn, stage: str
) -> None:
    corpus = write(tmp_path / "c", a=SENTENCES[0])
    first = build(corpus, tmp_path / "v", encoder=encoder)
    write(corpus, b=SENTENCES[1])

    def stop(progress: Progress) -> None:
        if progress.stage == stage:
            raise Interrupted

    with pytest.raises(Interrupted):
        build(corpus, tmp_path / "v", encoder=encoder, on_progress=stop)
    assert Index.open(tmp_path / "v", encoder=encoder).generation == first.generation
    assert build(corpus, tmp_path / "v", encoder=encoder).articles == 2


def test_progress_reaches_its_total(tmp_path: Path, encoder: StandIn) -> None:
    seen: list[Progress] = []
    corpus = write(tmp_path / "c", **{f"n{i}": f"{SENTENCES[i % 4]} {i}" for i in range(70)})
    build(corpus, tmp_path / "v", encoder=encoder, on_progress=seen.append)
    for stage, total in (("read", 70), ("embed", 70), ("write", 1)):
        steps = [p for p in seen if p.stage == stage]
        assert (steps[-1].done, steps[-1].total) == (total, total)
        assert [p.done for p in steps] == sorted(p.done for p in steps)
    assert len([p for p in seen if p.stage == "embed"]) > 2


@pytest.mark.parametrize("names", [[], ["leer.txt"]])
def test_a_corpus_without_articles_is_an_error_and_changes_nothing(
    tmp_path: Path, encoder: StandIn, names: list[str]
) -> None:
    first = build(write(tmp_path / "c", a=SENTENCES[0]), tmp_path / "v", encoder=encoder)
    empty = tmp_path / "empty"
    empty.mkdir()
    for name in names:
        (empty / name).touch()
    with pytest.raises(CorpusError, match=r"\.txt or \.md"):
        build(empty, tmp_path / "v", encoder=encoder)
    assert generations.current(tmp_path / "v") == first.generation


def test_only_navigation_is_skipped(tmp_path: Path, encoder: StandIn) -> None:
    report = build(
        write(tmp_path / "c", a=SENTENCES[0], nav="|\n\nFoto: Agentur\n"), tmp_path / "v", encoder=encoder
    )
    assert [(s.path, "nothing to quote" in s.reason) for s in report.skipped] == [("nav.txt", True)]


def test_one_build_at_a_time(tmp_path: Path, encoder: StandIn) -> None:
    corpus = write(tmp_path / "c", a=SENTENCES[0])
    (tmp_path / "v").mkdir()
    with FileLock(tmp_path / "v" / ".lock"), pytest.raises(StoreError, match="Another build"):
        build(corpus, tmp_path / "v", encoder=encoder)
    assert build(corpus, tmp_path / "v", encoder=encoder).articles == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path, encoder: StandIn) -> None:
    corpus = write(tmp_path / "c", a=SENTENCES[0])
    (tmp_path / "v").mkdir(mode=0o500)
    with pytest.raises(StoreError, match="--vectors"):
        build(corpus, tmp_path / "v", encoder=encoder)


def test_the_place_of_a_file_cannot_hold_an_index(tmp_path: Path, encoder: StandIn) -> None:
    corpus = write(tmp_path / "c", a=SENTENCES[0])
    (tmp_path / "v").write_text("")
    with pytest.raises(StoreError, match="--vectors"):
        build(corpus, tmp_path / "v", encoder=encoder)
