from __future__ import annotations

import gc
import math
import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import CorpusError, ShrunkCorpus, StoreError
from qa.index import embed, ivf, verify
from qa.index.build import build
from qa.index.search import Index
from qa.index.snapshot import Snapshot
from qa.storage import generations
from qa.types import Progress
from tests.support.passages import all_passages
from tests.support.standin import StandIn

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
    folder = vectors / generations.current(vectors)
    parts = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in {".json", ".sqlite"}
    }
    index = Index.open(vectors, encoder=encoder)
    listed = [(summary, index.article(summary.article_id)) for summary in index.articles()]
    return {**parts, "articles": repr((listed, all_passages(index))).encode()}


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


class Text(NamedTuple):
    title: str
    language: str
    sentences: list[str]


texts = st.builds(
    Text,
    st.sampled_from(["", "Lage am See", "Deserteure"]),
    st.sampled_from(["", "de", "en"]),
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4),
)
edits = st.one_of(
    st.tuples(st.just("write"), st.sampled_from("abcde"), texts),  # adds an article or edits one
    st.tuples(st.just("title"), st.sampled_from("abcde"), st.sampled_from(["", "Anders", "Lage am See"])),
    st.tuples(st.just("rename"), st.sampled_from("abcde"), st.sampled_from("abcdef")),
    st.tuples(st.just("copy"), st.sampled_from("abcde"), st.sampled_from("abcdef")),
    st.tuples(st.just("delete"), st.sampled_from("abcde"), st.just("")),
)


def edited(corpus: dict[str, Text], kind: str, name: str, what: Text | str) -> dict[str, Text]:
    after = dict(corpus)
    if isinstance(what, Text):
        after[name] = what
    elif name in corpus and kind == "title":
        after[name] = corpus[name]._replace(title=what)
    elif name in corpus and kind != "delete":
        after[what] = corpus[name]
    if kind in {"delete", "rename"} and what != name:
        after.pop(name, None)
    return after


def rewrite(folder: Path, corpus: dict[str, Text]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, (title, language, sentences) in corpus.items():
        fields = {"title": title, "language": language, "source": name}  # copies differ, or they are skipped
        head = "".join(f"{key}: {value}\n" for key, value in fields.items() if value)
        body = "\n\n".join(sentences)
        (folder / f"{name}.md").write_text(f"---\n{head}---\n{body}", encoding="utf-8")


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=texts, steps=st.lists(st.lists(edits, max_size=4), min_size=1, max_size=3))
def test_a_renewed_index_equals_a_fresh_one(
    tmp_path_factory: pytest.TempPathFactory,
    first: Text,
    steps: list[list[tuple[str, str, Text | str]]],
) -> None:
    folder, encoder = tmp_path_factory.mktemp("renew"), StandIn()
    corpus = {"a": first}
    for step in [[], *steps]:
        for edit in step:
            corpus = edited(corpus, *edit) or corpus
        rewrite(folder / "c", corpus)
        report = build(folder / "c", folder / "v", encoder=encoder, force=True)
        assert report.articles == len(corpus)
    build(folder / "c", folder / "fresh", encoder=encoder)
    assert contents(folder / "v", encoder) == contents(folder / "fresh", encoder)
    questions = ["Wie tief ist der Bodensee?", "Soldaten", "Lage"]
    renewed, fresh = (Index.open(folder / name, encoder=encoder) for name in ("v", "fresh"))
    assert [renewed.search(q) for q in questions] == [fresh.search(q) for q in questions]


def test_what_was_moved_is_not_embedded_again(tmp_path: Path, encoder: StandIn) -> None:
    long = "\n\n".join(f"{SENTENCES[n % 4]} Das ist Absatz {n}. {SENTENCES[(n + 1) % 4]}" for n in range(40))
    corpus = write(tmp_path / "c", a=f"---\ntitle: Eins\n---\n{long}", b=SENTENCES[0])
    first = build(corpus, tmp_path / "v", encoder=encoder)
    (corpus / "a.txt").rename(corpus / "z.txt")
    assert build(corpus, tmp_path / "v", encoder=encoder).embedded == 0
    write(corpus, z=f"---\ntitle: Eins\n---\n{long}\n\nNoch ein Satz am Ende der ganzen Sache.")
    report = build(corpus, tmp_path / "v", encoder=encoder)
    assert 0 < report.embedded <= 2 < report.reused
    write(corpus, z=f"---\ntitle: Zwei\n---\n{long}")
    report = build(corpus, tmp_path / "v", encoder=encoder)
    assert report.embedded == first.passages - 1  # the title is part of what is embedded
    assert report.reused == 1


def test_a_removed_article_is_in_no_part(tmp_path: Path, encoder: StandIn) -> None:
    corpus = write(tmp_path / "c", a=SENTENCES[0], b="Der Xylophonspieler übte auf dem Zeppelin.")
    build(corpus, tmp_path / "v", encoder=encoder)
    (corpus / "b.txt").unlink()
    report = build(corpus, tmp_path / "v", encoder=encoder)
    for path in (tmp_path / "v" / report.generation).rglob("*"):
        if path.is_file():
            assert b"ylophon" not in path.read_bytes(), path
    index = Index.open(tmp_path / "v", encoder=encoder)
    assert index.idf(["xylophonspiel"]) == {"xylophonspiel": pytest.approx(math.log(4))}


def test_the_rows_held_at_once_are_few(
    tmp_path: Path, encoder: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.index.embed.WINDOW", 4)
    monkeypatch.setattr("qa.index.embed.BATCH", 3)
    monkeypatch.setattr("qa.index.embed.BATCHES", 1)
    corpus = write(tmp_path / "c", **{f"n{i}": f"{SENTENCES[i % 4]} {i}" for i in range(11)})
    asked: list[int] = []
    read = encoder.read
    monkeypatch.setattr(encoder, "read", lambda texts: (asked.append(len(texts)), read(texts))[1])
    build(corpus, tmp_path / "v", encoder=encoder)
    assert sorted(asked) == [1, 1, 3, 3, 3]  # two whole windows and one of three rows
    monkeypatch.undo()
    build(corpus, tmp_path / "whole", encoder=encoder)
    assert contents(tmp_path / "v", encoder) == contents(tmp_path / "whole", encoder)


def test_an_index_is_let_go_without_the_help_of_the_collector(tmp_path: Path, encoder: StandIn) -> None:
    build(write(tmp_path / "c", a=SENTENCES[0]), tmp_path / "v", encoder=encoder)
    gc.disable()
    try:
        index = Index.open(tmp_path / "v", encoder=encoder)
        index.search("Soldaten")
        for n in range(4):
            build(write(tmp_path / "c", a=f"{SENTENCES[0]} {n}"), tmp_path / "v", encoder=encoder)
        assert index.generation in generations.names(tmp_path / "v")  # four more, and it is kept
        old = index.generation
        del index
        build(tmp_path / "c", tmp_path / "v", encoder=encoder, fresh=True)
        assert old not in generations.names(tmp_path / "v")
    finally:
        gc.enable()


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


def test_the_encoder_is_prepared_where_there_is_much_to_embed(
    tmp_path: Path, encoder: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.index.preparation.MANY", 3)
    corpus = write(tmp_path / "c", a=SENTENCES[0], b=SENTENCES[1])
    build(corpus, tmp_path / "v", encoder=encoder)
    assert encoder.prepared == 0
    build(write(corpus, c=SENTENCES[2]), tmp_path / "v", encoder=encoder, fresh=True)
    assert encoder.prepared == 1
    build(corpus, tmp_path / "v", encoder=encoder)
    assert encoder.prepared == 1


def test_progress_reaches_its_total(tmp_path: Path, encoder: StandIn) -> None:
    seen: list[Progress] = []
    count = embed.BATCHES * embed.BATCH + 6
    corpus = write(tmp_path / "c", **{f"n{i}": f"{SENTENCES[i % 4]} {i}" for i in range(count)})
    build(corpus, tmp_path / "v", encoder=encoder, on_progress=seen.append)
    for stage, total in (("read", count), ("embed", count), ("write", 1)):
        steps = [p for p in seen if p.stage == stage]
        assert (steps[-1].done, steps[-1].total) == (total, total)
        assert [p.done for p in steps] == sorted(p.done for p in steps)
    embedding = [p for p in seen if p.stage == "embed"]
    assert len(embedding) > 2
    assert [p.seconds for p in embedding] == sorted(p.seconds for p in embedding)
    assert embedding[1].rate == pytest.approx(embed.BATCH / embedding[1].seconds)
    assert embedding[1].seconds_left == pytest.approx((count - embed.BATCH) / embedding[1].rate)
    assert (embedding[0].rate, embedding[0].seconds_left, embedding[-1].seconds_left) == (0, None, 0)


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


@pytest.mark.parametrize(
    ("before", "lost", "stops"), [(1, 1, True), (2, 1, False), (3, 1, False), (3, 2, True), (5, 3, True)]
)
@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("emptied", [False, True])
def test_a_build_that_loses_most_articles_stops_before_it_embeds(
    tmp_path: Path, encoder: StandIn, before: int, lost: int, stops: bool, fresh: bool, emptied: bool
) -> None:
    corpus = write(tmp_path / "c", **{f"n{i}": f"{SENTENCES[i % 4]} Nummer {i}." for i in range(before)})
    first = build(corpus, tmp_path / "v", encoder=encoder)
    for number in range(lost):
        path = corpus / f"n{number}.txt"
        path.write_text("") if emptied else path.unlink()  # a file that is skipped is lost as well
    write(corpus, neu="Etwas Neues aus Lindau.")
    calls = encoder.calls
    if not stops:
        assert build(corpus, tmp_path / "v", encoder=encoder, fresh=fresh).articles == before - lost + 1
        return
    with pytest.raises(ShrunkCorpus, match=f"lose {lost} of {before} articles.*--force") as caught:
        build(corpus, tmp_path / "v", encoder=encoder, fresh=fresh)
    assert (caught.value.lost, caught.value.before) == (lost, before)
    assert caught.value.articles == before - lost + 1
    assert encoder.calls == calls
    assert generations.current(tmp_path / "v") == first.generation
    assert [path.name for path in (tmp_path / "v").glob(".building-*")] == []
    report = build(corpus, tmp_path / "v", encoder=encoder, fresh=fresh, force=True)
    assert report.articles == before - lost + 1


def test_a_file_that_is_renamed_or_moved_is_not_lost(tmp_path: Path, encoder: StandIn) -> None:
    corpus = write(tmp_path / "c", a=SENTENCES[0], b=SENTENCES[1])
    (corpus / "rows.jsonl").write_text('{"text": "Der See ist tief."}\n{"text": "Der Wald ist grün."}\n')
    build(corpus, tmp_path / "v", encoder=encoder)
    (corpus / "2024").mkdir()
    for name in ("a.txt", "b.txt", "rows.jsonl"):
        (corpus / name).rename(corpus / "2024" / name)
    report = build(corpus, tmp_path / "v", encoder=encoder)
    assert (report.articles, report.embedded) == (4, 0)
    (corpus / "2024" / "rows.jsonl").write_text('{"text": "Der Wald ist grün."}\n')
    (corpus / "2024" / "a.txt").unlink()
    (corpus / "2024" / "rows.jsonl").rename(corpus / "rows.jsonl")
    with pytest.raises(ShrunkCorpus, match="lose 3 of 4"):
        build(corpus, tmp_path / "v", encoder=encoder)


def test_losses_are_seen_with_another_model_and_in_a_damaged_index(tmp_path: Path, encoder: StandIn) -> None:
    corpus = write(tmp_path / "c", a=SENTENCES[0], b=SENTENCES[1], c=SENTENCES[2])
    report = build(corpus, tmp_path / "v", encoder=encoder)
    (corpus / "a.txt").unlink()
    (corpus / "b.txt").unlink()
    other = StandIn()
    other.fingerprint = "another"
    with pytest.raises(ShrunkCorpus, match="2 of 3"):
        build(corpus, tmp_path / "v", encoder=other)
    (tmp_path / "v" / report.generation / "articles.sqlite").write_bytes(b"")
    with pytest.raises(ShrunkCorpus, match="2 of 3"):
        build(corpus, tmp_path / "v", encoder=encoder)
    (tmp_path / "v" / report.generation / "manifest.json").write_text("")
    assert build(corpus, tmp_path / "v", encoder=encoder).articles == 1


def test_a_folder_in_the_place_of_the_file_current(tmp_path: Path, encoder: StandIn) -> None:
    corpus = write(tmp_path / "c", a=SENTENCES[0])
    build(corpus, tmp_path / "v", encoder=encoder)
    for fresh in (False, True):
        (tmp_path / "v" / "current").unlink()
        (tmp_path / "v" / "current").mkdir()
        report = build(corpus, tmp_path / "v", encoder=encoder, fresh=fresh)
        assert generations.current(tmp_path / "v") == report.generation
    (tmp_path / "v" / "current").unlink()
    (tmp_path / "v" / "current" / "sub").mkdir(parents=True)
    calls = encoder.calls
    for fresh in (False, True):
        with pytest.raises(StoreError, match="current, but there is a folder"):
            build(corpus, tmp_path / "v", encoder=encoder, fresh=fresh)
    assert encoder.calls == calls
    assert (tmp_path / "v" / "current" / "sub").is_dir()


def test_only_navigation_is_skipped(tmp_path: Path, encoder: StandIn) -> None:
    report = build(
        write(tmp_path / "c", a=SENTENCES[0], nav="|\n\nFoto: Agentur\n"), tmp_path / "v", encoder=encoder
    )
    assert [(s.path, "only navigation" in s.reason) for s in report.skipped] == [("nav.txt", True)]


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


def test_a_large_index_groups_its_vectors(
    tmp_path: Path, encoder: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write(tmp_path / "c", **{f"n{i:02}": f"{SENTENCES[i % 4]} Nummer {i}." for i in range(60)})

    def asked() -> list[tuple[str, float]]:
        index = Index.open(tmp_path / "v", encoder=encoder)
        hits = index.search("Nummer 7 tief im Süden", k=5)
        index.close()
        return [(hit.passage.passage_id, round(hit.score, 6)) for hit in hits]

    def grouped() -> bool:
        folder = tmp_path / "v" / generations.current(tmp_path / "v")
        assert verify.verify(tmp_path / "v") == (folder.name, [])
        return (folder / ivf.INDEX).exists()

    build(corpus, tmp_path / "v", encoder=encoder)
    assert not grouped()
    exact = asked()
    monkeypatch.setattr(ivf, "EXACT_UP_TO", 59)
    assert asked() == exact  # of a generation that was written without
    build(corpus, tmp_path / "v", encoder=encoder, fresh=True)
    assert grouped()
    assert asked() == exact  # there are fewer lists than are probed
    write(corpus, n07="Ganz anders.")
    report = build(corpus, tmp_path / "v", encoder=encoder)
    assert (report.embedded, report.reused, grouped()) == (1, 59, True)
    clusters = Snapshot.open(tmp_path / "v").dense.clusters
    assert clusters is not None
    assert (clusters.header.trained, clusters.header.added) == (60, 1)
    (corpus / "n08.txt").unlink()
    build(corpus, tmp_path / "v", encoder=encoder)
    assert not grouped()
