"""Many clients at once: `python -m benchmarks.load [--seconds 20]`.

A server over a copy of `seeds/` with the default model, in a separate process, is queried over HTTP on the
loopback address: by 50 clients, by 200, and by 50 while the index is rebuilt continuously. No question is
asked twice. A client that gets 503 with Retry-After waits half a second. Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"
RUNS = ((50, False), (200, False), (50, True))  # clients, and whether the index is rebuilt meanwhile
QUESTIONS = (
    "Wie viele nordkoreanische Soldaten sind desertiert?",
    "Was forderte Roderich Kiesewetter?",
    "Welche Verluste meldet der Geheimdienst?",
    "Was stand im Tagebuch des Soldaten?",
    "Was sagte António Guterres?",
    "Welche Waffen wurden gefunden?",
    "Wie heißt der Bürgermeister von Hamburg?",
)
COLUMNS = (
    *("clients", "200", "503", "errors", "p50, s", "p95, s", "max, s"),
    *("healthz p50, s", "p95, s", "max, s", "builds", "MB"),
)
AGAIN = 0.5  # seconds until a rejected client retries
LOOK = 0.1  # seconds between two requests to /healthz
PATIENCE = 120  # seconds for one answer
POLL = 0.02  # seconds between two checks of a running build
HEADERS = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Seen:
    """Results of the clients of one run, all times in seconds."""

    outcomes: Counter[str] = field(default_factory=Counter)
    answers: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


def ask(port: int, name: str, until: float, seen: Seen) -> None:
    """One client: question after question on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    number = 0
    while time.monotonic() < until:
        number += 1
        question = f"{QUESTIONS[number % len(QUESTIONS)]} {name}-{number}"
        began = time.perf_counter()
        try:
            connection.request("POST", "/api/v1/ask", json.dumps({"question": question}), HEADERS)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            seen.outcomes["error"] += 1
            seen.errors[repr(error)] += 1
            connection.close()
            continue
        if response.status == http.client.OK:
            seen.outcomes["answer"] += 1
            seen.answers.append(time.perf_counter() - began)
        elif response.status == http.client.SERVICE_UNAVAILABLE and response.getheader("Retry-After"):
            seen.outcomes["again"] += 1
            time.sleep(AGAIN)
        else:
            seen.outcomes["error"] += 1
            seen.errors[str(response.status)] += 1
    connection.close()


def look(port: int, until: float, seen: Seen) -> None:
    """Request /healthz regularly."""
    while time.monotonic() < until:
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status != http.client.OK:
                seen.errors["healthz"] += 1
        except (OSError, http.client.HTTPException) as error:
            seen.errors[f"healthz {error!r}"] += 1
        connection.close()
        seen.health.append(time.perf_counter() - began)
        time.sleep(LOOK)


def run(port: int, clients: int, seconds: float) -> Seen:
    """All clients at once for some seconds."""
    seen, until = Seen(), time.monotonic() + seconds
    label = str(time.time_ns())
    threads = [
        threading.Thread(target=ask, args=(port, f"{label}-{client}", until, seen))
        for client in range(clients)
    ]
    threads.append(threading.Thread(target=look, args=(port, until, seen)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def row(label: str, seen: Seen, told: str) -> str:
    """A line of the table."""
    answers, health = sorted(seen.answers) or [float("nan")], sorted(seen.health)
    numbers = [
        *(seen.outcomes[kind] for kind in ("answer", "again")),
        sum(seen.errors.values()),
        *(
            f"{part:.2f}"
            for times in (answers, health)
            for part in (statistics.median(times), times[int(0.95 * (len(times) - 1))], times[-1])
        ),
    ]
    return f"| {label} | {' | '.join(map(str, numbers))} | {told} |"


def serve(corpus: Path, vectors: Path) -> None:
    """The server's process: prints its port, rebuilds between the lines "rebuild" and "rest"."""
    import uvicorn

    import ui
    from qa.server import listening as sockets
    from qa.server.app import make_app
    from qa.service.library import Folders
    from qa.service.service import Service

    service = Service(Folders(corpus, vectors))
    service.served()
    listening = sockets.listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(make_app(service, ui.make_page(service)), log_level="warning"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
    thread.start()
    while not server.started:
        time.sleep(POLL)
    print(listening.getsockname()[1], flush=True)
    rest, rebuilding = threading.Event(), threading.Thread()
    built: list[None] = []

    def rebuild() -> None:
        changed = min(corpus.glob("*.md"))
        text = changed.read_text("utf-8")
        while not rest.is_set():
            changed.write_text(f"{text}\nZeile {time.time_ns()} steht neu hier.\n", encoding="utf-8")
            service.start_build()
            while service.build_state.running:
                time.sleep(POLL)
            if service.build_state.report:
                built.append(None)

    for line in sys.stdin:
        if line.strip() == "rebuild":
            rest.clear()
            rebuilding = threading.Thread(target=rebuild)
            rebuilding.start()
        else:
            rest.set()
            if rebuilding.ident:
                rebuilding.join()
            memory = Path("/proc/self/status").read_text("utf-8").split("VmRSS:")[1].split()[0]
            print(f"{len(built)} | {int(memory) // 1024:,}", flush=True)
    server.should_exit = True
    thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--serve", nargs=2, type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(*args.serve)
        return
    with tempfile.TemporaryDirectory() as folder:
        corpus, vectors = Path(folder) / "corpus", Path(folder) / "vectors"
        shutil.copytree(SEEDS, corpus)
        build = [sys.executable, "-m", "qa", "build", "--corpus", str(corpus), "--vectors", str(vectors)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load", "--serve", corpus, vectors],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert server.stdin
        assert server.stdout
        try:
            port = int(server.stdout.readline())
            run(port, 1, 2)  # what is done once
            print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|", flush=True)
            for clients, rebuilt in RUNS:
                if rebuilt:
                    print("rebuild", file=server.stdin, flush=True)
                seen = run(port, clients, args.seconds)
                print("rest", file=server.stdin, flush=True)
                label = f"{clients}, rebuilding" if rebuilt else str(clients)
                print(row(label, seen, server.stdout.readline().strip()), flush=True)
                for error, count in seen.errors.items():
                    print(f"{count} × {error}", file=sys.stderr)
        finally:
            server.stdin.close()
            server.wait(60)


if __name__ == "__main__":
    main()
