"""Two replicas on one index in PostgreSQL: `python -m benchmarks.replicas FILE [--questions 80]`.

FILE is in SQuAD format, as XQuAD. 200 askers over REST think between an answer and the next question, and no
question is asked twice; who is told that the server is busy asks again after the time that it names, and the
answer's time counts from the first try. One replica on a folder is the baseline, with the same questions. The
replicas are behind one address (`benchmarks.sticky_proxy`); at the end one is killed in the middle. What
`benchmarks.cluster_simulation` predicts is computed from the time of a question without others in the queue.
On a machine that is slower than the simulated one, or that others use, thinking takes as much longer as a
question does, so that the replicas are as busy as there. All times are divided by that factor in the end.
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
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import cluster_simulation, processor, stores
from benchmarks.sticky_proxy import HOST, StickyProxy
from tests.cluster.servers import Postgres, free_port

ASKERS, ARTICLES = 200, 30
THINKING = (30.0, 10.0)  # mean seconds between an answer and the next question
KILLED = 10.0  # the same, while a replica is killed
ALONE = 20  # questions that measure the time without a queue
PATIENCE = 120.0  # seconds for one answer
STARTED = 600.0  # seconds that a server may take to start
COLUMNS = (
    *("", "answers", "busy", "failures", "p50 / p95, s", "predicted"),
    *("CPU ms: replicas + store", "load"),
)
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


def row(
    label: str, seen: Seen, cpu: list[float], factor: float, predicted: cluster_simulation.Waiting | None
) -> None:
    """Print a row of the table; times are divided by the factor."""
    times = [seconds / factor for seconds in sorted(seen.answers)] or [float("nan")]
    count = max(1, len(seen.answers))
    columns = (
        label,
        f"{len(seen.answers)}",
        f"{seen.busy}",
        ", ".join(f"{n} × {what}" for what, n in seen.failures.items()) or "0",
        f"{statistics.median(times):.2f} / {times[int(0.95 * (len(times) - 1))]:.2f}",
        f"{predicted.median:.2f} / {predicted.p95:.2f}" if predicted else "–",
        " + ".join(f"{1000 * seconds / count:.0f}" for seconds in cpu),
        f"{os.getloadavg()[0]:.0f}",
    )
    print(f"| {' | '.join(columns)} |", flush=True)


async def measured(place: Place, asking: Awaitable[Seen]) -> tuple[Seen, list[float]]:
    """What the askers saw, and CPU seconds of the replicas and of the store."""
    before = place.cpu()
    seen = await asking
    return seen, [now - then for now, then in zip(place.cpu(), before, strict=True)]


async def compare(places: dict[Place, tuple[int, ...]], questions: list[str], count: int) -> None:
    """Print the table; `places` with the ports of their replicas, of the last of which one is killed."""
    supplies = {place: (f"{q} Nr. {n}" for n, q in enumerate(itertools.cycle(questions))) for place in places}
    single = {place: await alone(place, ports, supplies[place]) for place, ports in places.items()}
    factor = max(1.0, next(iter(single.values())) / cluster_simulation.CPU)
    for place, took in single.items():
        print(f"{place.name}: {took:.3f} s for a question without a queue")
    print(f"All times below are divided by {factor:.1f}\n\n| {' | '.join(COLUMNS)} |\n{'|---' * 8}|")
    for thinking in THINKING:
        for place, ports in places.items():
            seconds = count * thinking * factor / ASKERS
            asking = crowd(place, thinking * factor, seconds, supplies[place], None)
            cluster_simulation.CPU, cluster_simulation.SERVERS = single[place] / factor, 0.0
            predicted = cluster_simulation.simulate(ASKERS // len(ports), 1, thinking)
            label = f"{place.name}, a question every {thinking:.0f} s"
            row(label, *await measured(place, asking), factor, predicted)
    for place, supply in supplies.items():
        row(f"{place.name}, all at once", *await measured(place, burst(place, supply)), factor, None)

    def kill() -> None:
        os.kill(place.replicas[0], signal.SIGKILL)

    seconds = count * KILLED * factor / ASKERS
    asking = crowd(place, KILLED * factor, seconds, supply, kill)
    label = f"{place.name}, a question every {KILLED:.0f} s, one killed"
    row(label, *await measured(place, asking), factor, None)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--questions", type=int, default=80, help="of each run, about")
    args = parser.parse_args()
    files, asked = stores.read(args.file)
    names = set(list(files)[:ARTICLES])
    questions = [one.question for one in asked if one.article_id in names]
    postgres, replicas = Postgres.new(), []
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
            asyncio.run(together(replicas, postgres, questions, args.questions))
    finally:
        for process, _ in replicas:
            process.kill()
            process.wait()
        postgres.remove()


async def together(
    replicas: list[tuple[subprocess.Popen[bytes], int]],
    postgres: Postgres,
    questions: list[str],
    count: int,
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
    await compare(places, questions, count)
    proxy.stop()


if __name__ == "__main__":
    main()
