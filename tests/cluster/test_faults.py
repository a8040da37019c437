"""A database that is frozen, slow, killed or restarted, and builds that are killed.

After each, whole answers or an error that says why, and a whole old or a whole new generation.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa.answering.bot import Bot
from qa.cluster import address as addresses
from qa.cluster import opening
from qa.errors import BrokenIndex, StoreError, Unreachable
from qa.index.build import build
from qa.index.search import Index
from qa.types import BuildReport
from tests.cluster.servers import Postgres
from tests.cluster.test_contract import TEXTS, write
from tests.support.standin import StandIn

QUESTION = "Wie tief ist der See?"
LIMIT = 30  # seconds that anything here may take
# Builds the index of a corpus at an address, slowly, and tells on its output how far it is.
BUILDER = """
import sys, time
from qa.cluster import opening
from qa.index import embed
from qa.index.build import build
from tests.support.standin import StandIn

embed.BATCH, embed.BATCHES = 2, 1000

def show(progress):
    print(progress.stage, progress.done, flush=True)
    time.sleep(0.02)

print(build(sys.argv[1], opening.store(sys.argv[2]), encoder=StandIn(), on_progress=show).generation)
"""


@pytest.fixture
def server(postgres: Postgres) -> Iterator[Postgres]:
    """A server that a test may freeze or kill; it runs before and after."""
    yield postgres
    if postgres.runs:
        postgres.signal(signal.SIGCONT)
    else:
        postgres.start()


@pytest.fixture
def vectors(server: Postgres) -> str:
    """The address of an empty database."""
    return server.new_database()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write(tmp_path / "corpus")


def opened(vectors: str) -> Index:
    return Index(opening.store(vectors).open(), StandIn())


def in_time(call: Callable[[], object]) -> object:
    """The result of a call, which may take as long as two time-outs and some more, for a busy machine."""
    began = time.monotonic()
    try:
        return call()
    finally:
        assert time.monotonic() - began < 2 * addresses.READ + LIMIT


@pytest.mark.cluster
def test_a_frozen_server_fails_the_question_and_comes_back(
    server: Postgres, vectors: str, corpus: Path
) -> None:
    build(corpus, opening.store(vectors), encoder=StandIn())
    index, store = opened(vectors), opening.store(vectors)
    bot, expected = Bot(index), index.search(QUESTION)
    assert store.current()
    server.signal(signal.SIGSTOP)
    try:
        for call in (lambda: index.search("Wer ist der Müller?"), lambda: bot.ask("Wer ist der Müller?")):
            with pytest.raises(Unreachable, match="does not answer"):
                in_time(call)
        with pytest.raises(Unreachable):
            in_time(store.current)
    finally:
        server.signal(signal.SIGCONT)
    assert index.search(QUESTION) == expected
    assert opening.store(vectors).verify() == (index.generation, [])


def test_a_killed_server_fails_the_question_and_comes_back(
    server: Postgres, vectors: str, corpus: Path
) -> None:
    build(corpus, opening.store(vectors), encoder=StandIn())
    index, store = opened(vectors), opening.store(vectors)
    expected = index.search(QUESTION)
    server.kill()
    for call in (lambda: index.search("Wer ist der Müller?"), store.current, lambda: opened(vectors)):
        with pytest.raises(Unreachable):
            in_time(call)
    server.start()
    assert index.search(QUESTION) == expected  # the same reader, over new connections
    assert store.verify() == (index.generation, [])


def test_a_restart_between_two_questions_is_not_noticed(server: Postgres, vectors: str, corpus: Path) -> None:
    build(corpus, opening.store(vectors), encoder=StandIn())
    index = opened(vectors)
    index.search(QUESTION)
    server.stop()
    server.start()
    assert index.search("Wer ist der Müller?")
    assert index.article("see-0.txt").text.startswith(TEXTS["see"][:20])


def test_a_generation_removed_during_a_restart_is_an_error(
    server: Postgres, vectors: str, corpus: Path
) -> None:
    build(corpus, opening.store(vectors), encoder=StandIn())
    index = opened(vectors)
    server.stop()  # and with it the reader's lock
    server.start()
    for number in range(3):
        (corpus / "kran-0.txt").write_text(f"Der Kran ist {number} Jahre alt.", encoding="utf-8")
        build(corpus, opening.store(vectors), encoder=StandIn())
    with pytest.raises(BrokenIndex, match="was removed"):
        index.search("Wer ist der Müller?")
    assert opened(vectors).search(QUESTION)


@pytest.mark.cluster
def test_a_slow_server_is_waited_for_in_bounds(vectors: str, corpus: Path) -> None:
    import psycopg

    build(corpus, opening.store(vectors), encoder=StandIn())
    index = opened(vectors)
    with psycopg.connect(vectors) as other:  # a transaction that holds everything up
        other.execute(f'LOCK TABLE "{index.generation}".passage IN ACCESS EXCLUSIVE MODE')
        with pytest.raises(Unreachable):
            in_time(lambda: index.search(QUESTION))
        other.rollback()
    assert index.search(QUESTION)


@pytest.mark.parametrize("at", [pytest.param("read", marks=pytest.mark.cluster), "embed", "write"])
def test_a_killed_builder_leaves_the_old_generation(vectors: str, corpus: Path, at: str) -> None:
    first = build(corpus, opening.store(vectors), encoder=StandIn()).generation
    write(corpus, copies=12)
    with start_builder(corpus, vectors) as builder:
        assert builder.stdout
        for line in builder.stdout:
            if line.startswith(f"{at} ") and (at == "write" or int(line.split()[1]) > 4):
                break
        builder.kill()
    store = opening.store(vectors)
    assert store.verify() == (store.current(), [])
    assert opened(vectors).search(QUESTION)
    if at != "write":
        assert store.current() == first
    encoder = StandIn()
    report = build_when_free(corpus, vectors, encoder)
    assert store.verify() == (report.generation, [])
    assert report.articles == 48
    if at == "embed":  # what was computed before the kill is not computed again
        assert 0 < encoder.calls < 24
    elif at == "write":
        assert encoder.calls == 0
    assert schemas(vectors) == {row.generation for row in store.listing()}


def start_builder(corpus: Path, vectors: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(corpus), vectors],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def build_when_free(corpus: Path, vectors: str, encoder: StandIn) -> BuildReport:
    """Build as soon as the database has noticed that the other builder is gone."""
    end = time.monotonic() + LIMIT
    while True:
        try:
            return build(corpus, opening.store(vectors), encoder=encoder)
        except StoreError as error:
            if "Another build" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.05)


def schemas(vectors: str) -> set[str]:
    """The schemas of generations, published or not."""
    import psycopg

    with psycopg.connect(vectors) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^[0-9]{8}T'").fetchall()
    return {name for (name,) in found}


def test_a_server_killed_during_a_build_keeps_the_old_generation(
    server: Postgres, vectors: str, corpus: Path
) -> None:
    first = build(corpus, opening.store(vectors), encoder=StandIn()).generation
    write(corpus, copies=12)

    def kill(progress: object) -> None:
        if getattr(progress, "stage", "") == "write":
            server.kill()

    with pytest.raises(Unreachable):
        build(corpus, opening.store(vectors), encoder=StandIn(), on_progress=kill)
    server.start()
    store, encoder = opening.store(vectors), StandIn()
    assert store.verify() == (first, [])
    report = build(corpus, store, encoder=encoder)
    assert encoder.calls == 0  # all was computed before
    assert store.verify() == (report.generation, [])


def test_two_builders_at_once(vectors: str, corpus: Path) -> None:
    ended = list[str]()

    def one() -> None:
        try:
            ended.append(build(corpus, opening.store(vectors), encoder=StandIn()).generation)
        except StoreError as error:
            ended.append(str(error))

    builders = [threading.Thread(target=one) for _ in range(4)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join(LIMIT)
    store = opening.store(vectors)
    built = {name for name in ended if not name.startswith("Another build")}
    assert len(ended) == 4
    assert built == {store.current()}
    assert store.verify() == (store.current(), [])


def test_a_question_to_a_frozen_server_is_a_503(server: Postgres, vectors: str, corpus: Path) -> None:
    from fastapi.testclient import TestClient

    from qa.api.rest import make_api
    from qa.service.library import Folders
    from qa.service.service import Service

    build(corpus, opening.store(vectors), encoder=StandIn())
    backend = Folders(corpus, vectors)
    backend._encoder = StandIn()
    service = Service(backend)
    client = TestClient(make_api(service))
    assert client.post("/ask", json={"question": QUESTION}).status_code == 200
    server.signal(signal.SIGSTOP)
    try:
        answer = client.post("/ask", json={"question": "Wer ist der Müller?"})
        assert answer.status_code == 503
        assert "does not answer" in answer.text
    finally:
        server.signal(signal.SIGCONT)
    assert client.post("/ask", json={"question": QUESTION}).status_code == 200
