"""An index must never be lost or answer with a wrong passage.

Builds are killed, starved of disk space and raced by readers, and files are damaged, swapped and removed.
After each of these, questions are answered from one intact generation, or a BrokenIndex says what to do.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qa.answering.bot import Bot
from qa.embedding import sentence_transformer
from qa.errors import BrokenIndex
from qa.index import build, last_build
from qa.index.search import Index
from qa.service.library import Folders
from qa.service.service import Service
from qa.storage import generations, manifest, publishing
from tests.support.passages import passages_of
from tests.support.processes import Processes
from tests.support.standin import StandIn

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no fork, and no such limits")

ARTICLES = 40
PLACES = "Bregenz Lindau Konstanz Romanshorn Meersburg Friedrichshafen Rorschach Bodman".split()
QUESTION = "Wie viele Boote liegen im Hafen 7?"
KILLS_AT_OPERATIONS = 8  # spread over the whole build …
KILLS_AT_THE_SWITCH = 6  # … at each operation from the renaming of the new generation on …
KILLS_AT_TIMES = 4  # … and at any time, also within an operation
FILE_LIMITS = 6
KEPT = {".lock", ".lock.json", last_build.FILE, last_build.COUNT}  # hidden files of a vectors folder
NOBODY = 65534
PAGE = resource.getpagesize()


def corpus(folder: Path, version: str, count: int = ARTICLES) -> Path:
    """Articles of which each says in its one sentence of which version it is."""
    folder.mkdir()
    for number in range(count):
        place = PLACES[number % len(PLACES)]
        sentence = (
            f"Im Hafen {number} von {place} liegen nach der Zählung {version} heute {number + 3} Boote."
        )
        (folder / f"hafen{number:03}.txt").write_text(f"Hafen {number}\n\n{sentence}\n", encoding="utf-8")
    return folder


def whole(vectors: Path, count: int = ARTICLES) -> str:
    """The version that the served index is of, all of it."""
    index = Index.open(vectors, encoder=StandIn())
    answer = Bot(index, min_confidence=0).ask(QUESTION)
    version = answer.citations[0].quote.split("Zählung ")[1].split()[0]
    assert len(index.articles()) == count
    for summary in index.articles():
        article = index.article(summary.article_id)
        assert f"Zählung {version} heute" in article.text
        for passage in passages_of(index, summary.article_id):
            assert article.text[passage.start : passage.end] == passage.text
            assert index.states([passage])[0].sentences
    hits = index.search(QUESTION, k=20)
    assert hits[0].passage.article_id == "hafen007.txt"
    assert all(version in hit.passage.text for hit in hits)
    index.close()
    return version


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    with Processes() as running:
        yield running


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("corpora")
    return {version: corpus(folder / version, version) for version in ("alt", "neu")}


def other(version: str) -> str:
    return {"alt": "neu", "neu": "alt"}[version]


def test_a_build_that_is_killed_at_any_moment(
    processes: Processes, corpora: dict[str, Path], tmp_path: Path
) -> None:
    vectors = tmp_path / "v"
    processes.run(do="build", corpus=corpora["alt"], vectors=vectors)
    full = processes.run(do="build", corpus=corpora["neu"], vectors=vectors)
    last = full["operations"]
    moments: list[dict[str, float]] = [
        *({"at": last * n // KILLS_AT_OPERATIONS} for n in range(KILLS_AT_OPERATIONS)),
        *({"behind": n} for n in range(KILLS_AT_THE_SWITCH)),
        *({"seconds": full["seconds"] * (n + 1) / (KILLS_AT_TIMES + 1)} for n in range(KILLS_AT_TIMES)),
    ]
    served, killed, switched = whole(vectors), 0, 0
    for moment in moments:
        ended = processes.run(do="build", corpus=corpora[other(served)], vectors=vectors, **moment)
        assert ended["killed"] or "seconds" in moment, moment  # by the clock it may be over before
        killed += ended["killed"]
        assert ended["killed"] or "result" in ended, ended
        now = whole(vectors)
        switched += now != served
        served = now
    print(f"{killed} of {len(moments)} builds were killed, {switched} switched")
    assert 0 < switched < killed  # some died before the switch, some behind it
    assert "result" in processes.run(do="build", corpus=corpora[other(served)], vectors=vectors)
    assert whole(vectors) == other(served)
    assert not [path.name for path in vectors.glob(".*") if path.name not in KEPT]
    assert len(generations.names(vectors)) <= publishing.KEEP


def test_the_first_build_killed(processes: Processes, corpora: dict[str, Path], tmp_path: Path) -> None:
    last = processes.run(do="build", corpus=corpora["alt"], vectors=tmp_path / "x")["operations"]
    moments = [{"at": 1}, {"at": last // 2}, *({"behind": n} for n in range(7))]
    for number, moment in enumerate(moments):
        vectors = tmp_path / str(number)
        assert processes.run(do="build", corpus=corpora["alt"], vectors=vectors, **moment)["killed"]
        if (vectors / "current").exists():
            assert whole(vectors) == "alt"
        else:
            with pytest.raises(BrokenIndex, match="qa build"):
                whole(vectors)
        assert "result" in processes.run(do="build", corpus=corpora["alt"], vectors=vectors)
        assert whole(vectors) == "alt"


def test_no_file_may_grow(processes: Processes, corpora: dict[str, Path], tmp_path: Path) -> None:
    vectors = tmp_path / "v"
    processes.run(do="build", corpus=corpora["alt"], vectors=vectors)
    largest = max(part.bytes for part in generations.served(vectors).parts.values())
    for n in range(FILE_LIMITS):
        limit = max(16, (largest - 1) * n // (FILE_LIMITS - 1))
        ended = processes.run(do="build", corpus=corpora["neu"], vectors=vectors, limit=limit)
        assert "StoreError" in ended["error"], (limit, ended)
        assert whole(vectors) == "alt"
        assert not list(vectors.glob(".building*"))


@contextmanager
def small_disk(megabytes: float) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder = Path(tempfile.mkdtemp())
    size = f"size={int(megabytes * 1024)}k"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], capture_output=True, check=False
    )
    try:
        if mounted.returncode:
            pytest.skip("a small disk cannot be mounted here")
        yield folder
    finally:
        subprocess.run(["umount", folder], capture_output=True, check=False)
        folder.rmdir()


def occupied(folder: Path) -> int:
    """The bytes that the files of a folder take on a tmpfs: whole pages."""
    sizes = (path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return sum(-(-size // PAGE) * PAGE for size in sizes)


def test_a_full_disk(processes: Processes, corpora: dict[str, Path], tmp_path: Path) -> None:
    processes.run(do="build", corpus=corpora["alt"], vectors=tmp_path / "v")
    for name in (last_build.FILE, last_build.COUNT):
        (tmp_path / "v" / name).unlink()
    one = occupied(tmp_path / "v") / 2**20
    for share in (0.1, 0.4, 0.7, 0.9):
        with small_disk(one * (1.1 + share)) as disk:
            shutil.copytree(tmp_path / "v", disk / "v")
            ended = processes.run(do="build", corpus=corpora["neu"], vectors=disk / "v")
            assert "StoreError" in ended["error"], (share, ended)
            assert whole(disk / "v") == "alt"


def test_a_folder_that_cannot_be_written_answers_all_the_same(
    processes: Processes, corpora: dict[str, Path]
) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        vectors = folder / "v"
        generation = processes.run(do="build", corpus=corpora["alt"], vectors=vectors)["result"]
        shutil.copytree(corpora["neu"], folder / "c")
        for path in (vectors, *vectors.rglob("*"), folder):
            path.chmod(0o555 if path.is_dir() else 0o444)
        user = NOBODY if os.geteuid() == 0 else 0
        asked = processes.run(do="ask", vectors=vectors, question=QUESTION, user=user)
        ((found, quote),) = asked["result"]
        assert found == generation
        assert "Zählung alt" in quote
        ended = processes.run(do="build", corpus=folder / "c", vectors=vectors, user=user)
        assert "StoreError" in ended["error"]
        assert "--vectors" in ended["error"]
    finally:
        for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
            path.chmod(0o755)
        shutil.rmtree(folder)


# -- damage

SMALL = 12  # articles
QUESTIONS = ["Wie viele Boote liegen im Hafen 7?", "Romanshorn", "Welche Zählung?"]


def observed(vectors: Path) -> Iterator[object]:
    """Everything that an index says, piece by piece."""
    index = Index.open(vectors, encoder=StandIn())
    bot = Bot(index, min_confidence=0)
    for question in QUESTIONS:
        yield index.search(question)
        yield index.search(question, mode="lexical")
        answer = bot.ask(question)
        yield answer.text, answer.confidence, answer.citations, answer.hits
    for summary in index.articles():
        yield index.article(summary.article_id)
        yield passages_of(index, summary.article_id)
    index.close()


def checked(vectors: Path, expected: list[list[object]]) -> bool:
    """Whether the damage was noticed; all answers before that must come from one of the generations."""
    said: list[object] = []
    try:
        said.extend(observed(vectors))
    except BrokenIndex as error:
        noticed = "Run `qa " in str(error)
        assert noticed
    else:
        noticed = False
    assert any(one[: len(said)] == said for one in expected)
    return noticed


@pytest.fixture(params=["small", "large"])
def two(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, list[list[object]]]:
    """A folder with two generations and what each of them says; a large one is checked where it is read."""
    if request.param == "large":
        monkeypatch.setattr(generations, "WHOLE_BYTES", 0)
        monkeypatch.setattr(manifest, "BLOCK", 64)
    vectors, said = tmp_path / "v", []
    for version in ("alt", "neu"):
        build.build(corpus(tmp_path / version, version, SMALL), vectors, encoder=StandIn())
        said.append(list(observed(vectors)))
    assert said[0] != said[1]
    return vectors, said


def part_paths(vectors: Path) -> list[Path]:
    generation = vectors / generations.current(vectors)
    return sorted(path for path in generation.rglob("*") if path.is_file())


def test_a_flipped_bit_anywhere(two: tuple[Path, list[list[object]]]) -> None:
    vectors, said = two
    tried = noticed = 0
    for path in [*part_paths(vectors), vectors / "current"]:
        data = path.read_bytes()
        for n in range(12):
            at = (len(data) - 1) * n // 11
            path.write_bytes(data[:at] + bytes([data[at] ^ 1 << n % 8]) + data[at + 1 :])
            tried += 1
            noticed += checked(vectors, said[1:])
        path.write_bytes(data)
    print(f"{noticed} of {tried} flipped bits were noticed, the others changed nothing")
    assert noticed > tried / 2
    assert not checked(vectors, said[1:])


@pytest.mark.parametrize("harm", ["half", "short", "empty", "remove", "longer", "folder"])
def test_a_file_that_is_not_whole(two: tuple[Path, list[list[object]]], harm: str) -> None:
    vectors, said = two
    for path in part_paths(vectors):
        data = path.read_bytes()
        path.unlink()
        if harm == "folder":
            path.mkdir()
        elif harm != "remove":
            path.write_bytes(
                {"half": data[: len(data) // 2], "short": data[:-1], "empty": b"", "longer": data + b"\0"}[
                    harm
                ]
            )
        assert checked(vectors, said[1:]), path
        if harm == "folder":
            path.rmdir()
        path.write_bytes(data)
    assert not checked(vectors, said[1:])


def test_parts_of_another_generation(two: tuple[Path, list[list[object]]]) -> None:
    vectors, said = two
    old = vectors / generations.names(vectors)[1]
    for path in part_paths(vectors):
        data = path.read_bytes()
        stranger = (old / path.relative_to(vectors / generations.current(vectors))).read_bytes()
        path.write_bytes(stranger)
        assert checked(vectors, said[1:]) or stranger == data, path
        path.write_bytes(data)
    for path in part_paths(vectors):
        if path.suffix == ".sqlite":  # both of them, which fit each other
            path.write_bytes((old / path.name).read_bytes())
    assert checked(vectors, said[1:])


@pytest.mark.parametrize("content", [None, "", "nowhere", "../v", "."])
def test_current_leads_nowhere(two: tuple[Path, list[list[object]]], content: str | None) -> None:
    vectors, said = two
    (vectors / "current").unlink()
    if content is not None:
        (vectors / "current").write_text(content)
    assert checked(vectors, said)
    publishing.rollback(vectors)
    assert not checked(vectors, said)


def test_damage_is_mended_by_what_the_message_says(
    two: tuple[Path, list[list[object]]], tmp_path: Path
) -> None:
    vectors, said = two
    first = vectors / generations.current(vectors)
    for name in [path.relative_to(first) for path in part_paths(vectors)]:
        path = vectors / generations.current(vectors) / name
        path.write_bytes(path.read_bytes()[:-1])
        assert checked(vectors, said[1:])
        build.build(tmp_path / "neu", vectors, encoder=StandIn(), fresh=True)
        assert not checked(vectors, said[1:])


def test_damage_is_not_taken_over_by_the_next_build(
    two: tuple[Path, list[list[object]]], tmp_path: Path
) -> None:
    vectors, _ = two
    (tmp_path / "neu" / "zusatz.txt").write_text("Ein Zusatz zur Zählung neu.", encoding="utf-8")
    build.build(tmp_path / "neu", tmp_path / "fresh", encoder=StandIn())
    expected = list(observed(tmp_path / "fresh"))
    for path in part_paths(vectors):
        copy = tmp_path / "copy"
        shutil.copytree(vectors, copy)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 255
        (copy / path.relative_to(vectors)).write_bytes(data)
        build.build(tmp_path / "neu", copy, encoder=StandIn())
        assert list(observed(copy)) == expected, path
        shutil.rmtree(copy)


# -- readers while builds switch

SWITCHES = 10
LONG = 60  # seconds after which a test gives up


def test_nobody_notices_a_switch(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentence_transformer, "load", lambda *_: StandIn())
    vectors, stop = tmp_path / "v", tmp_path / "stop"
    folders = {version: corpus(tmp_path / version, version, SMALL) for version in ("alt", "neu")}
    versions = {build.build(folders["alt"], vectors, encoder=StandIn()).generation: "alt"}
    service = Service(Folders(folders["alt"], vectors))
    heard: list[tuple[str, str]] = []
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            while not stop.exists():
                answer, served = service.ask(QUESTION)
                (hit, *_) = answer.hits
                article = served.index.article(hit.passage.article_id)
                assert article.text[hit.passage.start : hit.passage.end] == hit.passage.text
                heard.append((served.index.generation, hit.passage.text))
        except BaseException as error:  # noqa: BLE001 (handed on to the test)
            failures.append(error)

    def look() -> None:
        try:
            while not stop.exists():
                index = Index.open(vectors, encoder=StandIn())
                heard.append((index.generation, index.search(QUESTION)[0].passage.text))
                assert len(index.articles()) == SMALL
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=what) for what in (ask, ask, look, look)]
    processes.start(do="ask", vectors=vectors, question=QUESTION, stop=stop)
    for thread in threads:
        thread.start()
    try:
        for n in range(SWITCHES):
            version = ("neu", "alt")[n % 2]
            generation = build.build(folders[version], vectors, encoder=StandIn()).generation
            versions[generation] = version
            deadline = time.monotonic() + LONG
            while not failures and all(name != generation for name, _ in list(heard)):
                assert time.monotonic() < deadline, "nobody noticed the new generation"
                time.sleep(0.01)
    finally:
        stop.touch()
        for thread in threads:
            thread.join()
        elsewhere = processes.ended()
    assert not failures
    assert "result" in elsewhere, elsewhere
    heard += [(generation, quote) for generation, quote in elsewhere["result"]]
    assert {generation for generation, _ in heard} >= set(list(versions)[1:])
    for generation, text in heard:
        assert f"Zählung {versions[generation]} heute" in text
    _, served = service.ask(QUESTION)
    assert served.index.generation == generations.current(vectors)
