"""What every store of an index promises: hits as in a local one, whole generations, errors that say why."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qa.cluster import opening
from qa.errors import BrokenIndex, CorpusError, NoIndex, ShrunkCorpus, StoreError, Unreachable
from qa.index import copying
from qa.index.base import IndexStore
from qa.index.build import build
from qa.index.search import Index
from qa.types import Filter, Mode, Progress
from tests.support.standin import StandIn

TITLES = {"kran": "Kran", "muehle": "Mühle", "see": "Der See", "wald": "Wald und Moor"}
TEXTS = {
    "kran": "Der Kran am Kai wurde 1931 gebaut. Er hob Kohle aus den Kähnen. Heute rostet er.",
    "muehle": "Die Mühle am Bach mahlt wieder. Der Müller heißt Anton Reck. Mehl gibt es am Samstag.",
    "see": "Der See ist 40 Meter tief. Im Sommer baden dort viele Menschen. Das Wasser ist klar.",
    "wald": "Im Wald stehen Buchen und Eichen. Am Moor brüten Kraniche. Storchennester gibt es keine.",
}
QUESTIONS = (
    "Wie tief ist der See?",
    "Wer ist der Müller?",
    "Wann wurde der Kran gebaut?",
    "Kräne",
    "Storch*",
    '"am Kai"',
    "Mühlle",
    "Gibt es einen Flughafen?",
    "Kran\x00 \ud800",
)
FILTERS = (
    Filter(),
    Filter(source="BLATT 1"),
    Filter(since="2024-01-03", until="2024-01-09"),
    Filter(article_id="see-2.txt"),
    Filter(source="Niemand"),
    Filter(source="Blatt\x00 \ud800"),
)


def write(folder: Path, copies: int = 6) -> Path:
    """A corpus of short articles with outlets and dates."""
    folder.mkdir(exist_ok=True)
    for number in range(copies):
        for name, text in TEXTS.items():
            head = f"title: {TITLES[name]}\nsource: Blatt {number % 3}\ndate: 2024-01-{number + 1:02d}"
            (folder / f"{name}-{number}.txt").write_text(
                f"---\n{head}\n---\n{text} Ausgabe {number}.\n", encoding="utf-8"
            )
    return folder


@dataclass
class Place:
    """An empty place for an index, and how to damage what is in it."""

    vectors: str
    damage: Callable[[str], None]  # of "texts", "passages", "states" or "pointer"

    def store(self) -> IndexStore:
        return opening.store(self.vectors)

    def build(self, corpus: Path, **options: Any) -> str:
        return build(corpus, self.store(), encoder=StandIn(), **options).generation

    def index(self) -> Index:
        return Index(self.store().open(), StandIn())


def _local(tmp_path: Path) -> Place:
    vectors = tmp_path / "vectors"
    parts = {
        "texts": "texts.sqlite",
        "passages": "articles.sqlite",
        "states": "states/records.bin",
        "pointer": "../current",
    }

    def damage(what: str) -> None:
        name = (vectors / "current").read_text()
        (vectors / name / parts[what]).unlink()

    return Place(str(vectors), damage)


def _postgres(address: str, vectors: str = "") -> Place:
    statements = {
        "texts": "DELETE FROM qa.body",
        "passages": 'DROP TABLE "{}".passage',
        "states": "UPDATE qa.computed SET record = set_byte(record, 40, 255 - get_byte(record, 40))",
        "pointer": "DELETE FROM qa.served",
    }

    def damage(what: str) -> None:
        import psycopg

        with psycopg.connect(address, autocommit=True) as connection:
            ((name,),) = connection.execute("SELECT name FROM qa.served").fetchall()
            connection.execute(statements[what].format(name))

    return Place(vectors or address, damage)


STORES = (
    "local",
    "postgres",
    *(pytest.param(name, marks=pytest.mark.cluster) for name in ("milvus", "lite")),
)


def empty(request: pytest.FixtureRequest, folder: Path) -> Place:
    if request.param == "local":
        return _local(folder)
    address = request.getfixturevalue("new_database")()
    if request.param == "postgres":
        return _postgres(address)
    milvus = request.getfixturevalue(f"{request.param}_address")
    return _postgres(address, f"{address}?milvus={milvus}")


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return empty(request, tmp_path)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write(tmp_path / "corpus")


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what every store is compared with; its corpus is beside it."""
    folder = tmp_path_factory.mktemp("compared")
    build(write(folder / "corpus"), folder / "vectors", encoder=StandIn())
    return folder / "vectors"


@pytest.fixture(scope="module")
def local(compared: Path) -> Iterator[Index]:
    index = Index.open(compared, encoder=StandIn())
    yield index
    index.close()


@pytest.fixture(scope="module", params=STORES)
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, compared: Path
) -> Iterator[Index]:
    """An index of the same articles, for tests that only read."""
    place = empty(request, tmp_path_factory.mktemp(str(request.param)))
    place.build(compared.parent / "corpus")
    index = place.index()
    yield index
    index.close()


def test_hits_and_filters_are_those_of_a_local_index(index: Index, local: Index) -> None:
    modes: tuple[Mode, ...] = ("hybrid", "dense", "lexical")
    for question in QUESTIONS:
        for where in FILTERS:
            for mode in modes:
                expected = local.search(question, k=10, mode=mode, where=where)
                assert index.search(question, k=10, mode=mode, where=where) == expected
            assert index.retrieve(question, where=where) == local.retrieve(question, where=where)


def test_documents_are_those_of_a_local_index(index: Index, local: Index) -> None:
    assert index.articles() == local.articles()
    assert index.sources() == local.sources()
    assert index.languages == local.languages
    for query in ("", "Kran", "Blatt 2", "Mühlle", "Storch*", "2024-01-03", "Ausgabe 1", "kran-\x00\ud800"):
        assert index.find_articles(query, offset=1, limit=3) == local.find_articles(query, offset=1, limit=3)
    for summary in local.articles():
        assert index.article(summary.article_id) == local.article(summary.article_id)
    for article_id in ("nirgends.txt", "\x00\ud800"):
        with pytest.raises(CorpusError):
            index.article(article_id)
    passages = [hit.passage for hit in local.search("Kran", k=5)]
    for mine, theirs in zip(index.states(passages), local.states(passages), strict=True):
        assert mine.sentences == theirs.sentences
        assert all((a == b).all() for a, b in zip(mine[:2], theirs[:2], strict=True))
        assert (mine.sentence_vectors == theirs.sentence_vectors).all()


def test_terms_are_those_of_a_local_index(index: Index, local: Index) -> None:
    one, other = index.retrieval, local.retrieval
    terms = ["kran", "muhl", "kraan", "storchennest", "gibtesnicht", "", "stor\x00ch", "\ud800"]
    assert one.idf(terms) == other.idf(terms)
    assert one.near(terms) == other.near(terms)
    for part in ("stor", "an", "ü", "", "zzz", "\x00"):
        assert one.containing(part) == other.containing(part)


def test_without_an_index_there_is_none(place: Place) -> None:
    store = place.store()
    assert store.current() == ""
    assert store.listing() == []
    with pytest.raises(NoIndex):
        store.open()
    with pytest.raises(NoIndex):
        store.served()
    with pytest.raises(StoreError):
        store.rollback()


def test_a_build_takes_over_what_did_not_change(place: Place, corpus: Path) -> None:
    first = place.build(corpus)
    assert place.build(corpus) == first
    (corpus / "kran-0.txt").write_text("Der Kran ist umgezogen.", encoding="utf-8")
    (corpus / "muehle-0.txt").unlink()
    encoder = StandIn()
    report = build(corpus, place.store(), encoder=encoder)
    assert (report.articles, report.embedded) == (23, 1)
    assert encoder.calls == 1
    assert place.store().verify() == (report.generation, [])


def test_a_reader_keeps_the_generation_it_opened(place: Place, corpus: Path) -> None:
    first = place.build(corpus)
    reader = place.index()
    expected = reader.search("Wann wurde der Kran gebaut?")
    for number in range(5):
        (corpus / "kran-0.txt").write_text(f"Der Kran wurde {1900 + number} gebaut.", encoding="utf-8")
        place.build(corpus)
        assert reader.search("Wann wurde der Kran gebaut?") == expected
        assert reader.article("kran-0.txt").text.startswith(TEXTS["kran"][:30])
    assert first in [row.generation for row in place.store().listing()]
    reader.close()
    (corpus / "kran-0.txt").write_text("Der Kran ist weg.", encoding="utf-8")
    last = place.build(corpus)
    listed = place.store().listing()
    assert len(listed) == 3
    assert [row.generation for row in listed if row.current] == [last]
    assert first not in [row.generation for row in listed]
    assert place.store().verify() == (last, [])


def test_readers_see_one_generation_while_it_is_switched(place: Place, corpus: Path) -> None:
    """Every answer comes from one generation: the year and the number of articles go together."""
    expected = {}
    stop, seen, errors = threading.Event(), list[tuple[str, int]](), list[BaseException]()

    def change(year: int) -> None:
        (corpus / "kran-0.txt").write_text(f"Der Kran hat das Baujahr {year}.", encoding="utf-8")
        (corpus / f"neu-{year}.txt").write_text(f"Ein neuer Artikel aus {year}.", encoding="utf-8")
        expected[place.build(corpus)] = year

    def look(index: Index) -> None:
        try:
            (hit, *_) = index.search("Welches Baujahr hat der Kran?", where=Filter("kran-0.txt"))
            seen.append((index.generation, int(hit.passage.text.rstrip(".").split()[-1])))
        finally:
            index.close()

    def read() -> None:
        try:
            while not stop.is_set():
                with suppress(Unreachable):  # a busy machine may take too long
                    look(place.index())
        except BaseException as error:  # reported below
            errors.append(error)
            raise

    change(1901)
    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for year in range(1902, 1906):
        change(year)
    stop.set()
    for reader in readers:
        reader.join(60)
    assert errors == []
    assert seen
    assert all(expected[generation] == year for generation, year in seen)


def test_rollback_serves_the_generation_before(place: Place, corpus: Path) -> None:
    first = place.build(corpus)
    (corpus / "kran-0.txt").write_text("Der Kran ist umgezogen.", encoding="utf-8")
    second = place.build(corpus)
    store = place.store()
    assert store.rollback().generation == first
    assert store.current() == first
    assert place.index().article("kran-0.txt").text.startswith("Der Kran am Kai")
    with pytest.raises(StoreError):
        store.rollback()
    assert store.switch(second).generation == store.current() == second
    with pytest.raises(StoreError, match="no longer exists"):
        store.switch("20000101T000000.000000Z")
    assert store.switch(first).generation == store.current() == first
    assert {row.generation for row in store.listing()} == {first, second}
    (corpus / "kran-0.txt").write_text("Der Kran ist wieder da.", encoding="utf-8")
    assert place.build(corpus) > second


def use(place: Place) -> None:
    """Read what a question reads."""
    index = place.index()
    index.states([hit.passage for hit in index.search("Wie tief ist der See?")])


@pytest.mark.parametrize("what", ["texts", "passages", "states"])
def test_damage_is_an_error_and_never_a_wrong_passage(place: Place, corpus: Path, what: str) -> None:
    place.build(corpus)
    place.damage(what)
    with pytest.raises(BrokenIndex, match=r"qa build --fresh|qa rollback"):
        use(place)
    _, faults = place.store().verify()
    assert faults
    place.build(corpus, fresh=True)
    assert place.store().verify()[1] == []


def test_without_the_pointer_a_rollback_helps(place: Place, corpus: Path) -> None:
    first = place.build(corpus)
    place.damage("pointer")
    with pytest.raises(BrokenIndex, match="qa rollback"):
        place.store().open()
    assert place.store().rollback().generation == first
    assert place.index().generation == first


def test_an_index_is_copied_to_a_folder_and_back(
    place: Place, compared: Path, local: Index, tmp_path: Path
) -> None:
    folder = opening.store(compared)
    there = copying.copy(folder, place.store())
    assert place.store().verify() == (there.manifest.generation, [])
    index = place.index()
    for question in QUESTIONS[:3]:
        assert index.search(question) == local.search(question)
    index.close()
    back = copying.copy(place.store(), opening.store(tmp_path / "back"))
    assert back.checksum == there.checksum
    assert opening.store(tmp_path / "back").verify() == (back.manifest.generation, [])
    encoder = StandIn()
    same = build(compared.parent / "corpus", place.store(), encoder=encoder)
    assert same.generation == there.manifest.generation
    assert encoder.calls == 0


def test_one_build_at_a_time(place: Place, corpus: Path) -> None:
    store = place.store()
    with store.writing():
        with pytest.raises(StoreError, match=r"Another build \(.*process \d+"):
            place.build(corpus)
        with pytest.raises(StoreError, match="Another build"):
            place.build(corpus)
    assert place.build(corpus)


def test_a_build_that_fails_leaves_the_index(place: Place, corpus: Path) -> None:
    first = place.build(corpus)
    (corpus / "kran-0.txt").write_text("Der Kran ist umgezogen.", encoding="utf-8")

    def stop(progress: Progress) -> None:
        if progress.stage == "write":
            raise StoreError("stopped")

    with pytest.raises(StoreError, match="stopped"):
        place.build(corpus, on_progress=stop)
    assert place.store().current() == first
    assert [row.generation for row in place.store().listing()] == [first]
    assert place.store().verify() == (first, [])
    for path in corpus.glob("[km]*.txt"):
        path.unlink()
    (corpus / "see-0.txt").unlink()
    with pytest.raises(ShrunkCorpus):
        place.build(corpus)
    assert place.store().current() == first


def test_a_clock_that_was_set_back_does_not_confuse_the_order(
    place: Place, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime

    from qa.storage import publishing

    first = place.build(corpus)

    class Back(datetime):
        @classmethod
        def now(cls, tz: object = None) -> Back:
            return cls(2001, 2, 3, tzinfo=UTC)

    monkeypatch.setattr(publishing, "datetime", Back)
    (corpus / "kran-0.txt").write_text("Der Kran ist umgezogen.", encoding="utf-8")
    second = place.build(corpus)
    assert second > first
    assert [row.generation for row in place.store().listing()] == [second, first]
    assert place.store().rollback().generation == first
