"""What an index of many passages costs beyond one machine: `python -m benchmarks.cluster_simulation`.

A simulation from measured costs, not a measurement: how long readers wait for so many cores, how many bytes
there are to keep, and how many core hours a build takes. Questions arrive from readers who think between an
answer and the next question; each takes a core for a while, and waits for the servers without one. It needs
neither servers nor a model, and gives the same figures every time.
"""

from __future__ import annotations

import argparse
import heapq
import random
import statistics
from typing import NamedTuple

PASSAGES, READERS = 50_000_000, 200
THINKING = (30.0, 10.0, 5.0)  # mean seconds between an answer and the next question
CORES = (1, 2, 4)
# Measured on two cores, one thread a question (docs/decisions/0039-milvus-and-ray.md).
CPU = 0.039  # seconds of a core
SERVERS = 0.020  # seconds for ten calls to PostgreSQL and Milvus; 2 to 3.5 ms the slowest of them
SPREAD = 0.5  # standard deviation of the logarithm of both: long questions, cold pages
BUILD = 20.0  # passages a CPU second
QUESTIONS = 40_000  # simulated
SEED = 7
BYTES = {  # of a passage in servers, which keep whole floats (288 newspaper articles, 1,402 passages)
    "token states": 4_488,
    "sentence vectors": 965,
    "positions of tokens and sentences": 315,
    "vector": 1_536,
    "texts and metadata": 946,
    "terms": 583,
}
GRAPH = 2 * 16 * 4  # bytes of a row's links (HNSW, M = 16)
SPARSE = 8 * 45  # bytes of a row's terms in Milvus: 45 different ones, a number and a weight each
GIB = 2**30


class Waiting(NamedTuple):
    """How long answers took, in seconds, and how busy the cores were."""

    median: float
    p95: float
    busy: float


def simulate(readers: int, cores: int, thinking: float, questions: int = QUESTIONS) -> Waiting:
    """Readers who ask, wait and think, served by so many cores in the order of their questions."""
    chance = random.Random(SEED)  # noqa: S311
    asking = [(chance.expovariate(1 / thinking), reader) for reader in range(readers)]
    heapq.heapify(asking)
    free = [0.0] * cores  # when each core has nothing to do
    waited, used, end = [], 0.0, 0.0
    for _ in range(questions):
        asked, reader = heapq.heappop(asking)
        cpu = CPU * chance.lognormvariate(0, SPREAD)
        begun = max(asked, heapq.heappop(free))
        heapq.heappush(free, begun + cpu)
        answered = begun + cpu + SERVERS * chance.lognormvariate(0, SPREAD)
        heapq.heappush(asking, (answered + chance.expovariate(1 / thinking), reader))
        waited.append(answered - asked)
        used, end = used + cpu, max(end, answered)
    waited.sort()
    return Waiting(statistics.median(waited), waited[int(0.95 * len(waited))], used / (cores * end))


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=PASSAGES)
    parser.add_argument("--readers", type=int, default=READERS)
    args = parser.parse_args()
    print(f"{args.readers} readers\n\n| a question every | cores | p50, s | p95, s | busy |")
    print("|---|---|---|---|---|")
    for thinking in THINKING:
        for cores in CORES:
            found = simulate(args.readers, cores, thinking)
            print(f"| {thinking:.0f} s | {cores} | {found.median:.2f} | {found.p95:.2f} | {found.busy:.0%} |")
    print(f"\n{args.passages:,} passages\n\n| | bytes a passage | GiB |\n|---|---|---|")
    for name, size in BYTES.items():
        print(f"| {name} | {size:,} | {size * args.passages / GIB:,.0f} |")
    disk, memory = sum(BYTES.values()), BYTES["vector"] + GRAPH + SPARSE
    print(f"| **on disk** | {disk:,} | {disk * args.passages / GIB:,.0f} |")
    print(f"| **in the memory of Milvus** | {memory:,} | {memory * args.passages / GIB:,.0f} |")
    print(f"\nA build from nothing: {args.passages / BUILD / 3600:,.0f} core hours")


if __name__ == "__main__":
    main()
