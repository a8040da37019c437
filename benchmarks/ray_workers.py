"""What Ray costs: `python -m benchmarks.ray_workers DATA [--passages 256] [--rounds 3] [--kills 2]`.

The same passages (XQuAD below DATA, all languages) are read with the default model by the threads of a local
build and by one worker of a Ray cluster on this machine, in turn, one thread each. CPU seconds are those of
all processes: this one, Ray's servers and the worker. Then workers are killed in the middle of a batch, and
what that costs is compared with the same passages undisturbed. Needs the extra `cluster` and Linux.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import processor
from benchmarks.rebuild import paragraphs
from qa.cluster.ray_embedding import LOCAL, ray_readers
from qa.embedding import sentence_transformer
from qa.embedding.base import Encoder, Reading
from qa.index import embed
from qa.index.base import Computed
from qa.index.embed import Readers, ToRead

LENGTH = 700  # characters, as passages have
DEATHS_AT = 3  # the call of a worker that kills it, so that it has done something before


class Mortal:
    """The default model in a worker that dies in the middle of a batch, so many times in all."""

    def __init__(self, notes: Path, deaths: int) -> None:
        self._encoder = sentence_transformer.load()
        self._notes, self._deaths, self._calls = notes, deaths, 0
        self.name, self.fingerprint = self._encoder.name, self._encoder.fingerprint
        self.dimension = self._encoder.dimension

    def prepare(self) -> None:
        self._encoder.prepare()

    def token_count(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.token_count(texts)

    def read(self, texts: Sequence[str], *, query: bool = False) -> list[Reading]:
        self._calls += 1
        if self._calls == DEATHS_AT and len(list(self._notes.iterdir())) < self._deaths:
            self._encoder.read(texts[: len(texts) // 2])
            (self._notes / str(os.getpid())).write_text(str(time.process_time()))
            os.kill(os.getpid(), signal.SIGKILL)
        return self._encoder.read(texts, query=query)


def batches(texts: Sequence[str], encoder: Encoder) -> list[list[ToRead]]:
    """As a build cuts them: longest first, `embed.BATCH` at a time."""
    rows = sorted(range(len(texts)), key=lambda row: -encoder.token_count([texts[row]])[0])
    read = [ToRead(row, texts[row], texts[row], "") for row in rows]
    return [read[begin : begin + embed.BATCH] for begin in range(0, len(read), embed.BATCH)]


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """CPU seconds of all processes, and seconds by the clock."""
    began, used = time.perf_counter(), processor.of_all(os.getpid())
    run()
    return processor.of_all(os.getpid()) - used, time.perf_counter() - began


def everything(read: Readers, work: list[list[ToRead]]) -> dict[int, tuple[bytes, bytes]]:
    """What the readers make of all batches, in a form that can be compared."""
    found: dict[int, Computed] = {}
    for done in read(work):
        found |= done
    return {row: (one.vector.tobytes(), bytes(one.record)) for row, one in found.items()}


def compare(encoder: Encoder, work: list[list[ToRead]], rounds: int) -> None:
    """Print passages a CPU second, locally and on a worker."""
    count = sum(map(len, work))
    rates: dict[str, list[float]] = {"local": [], "Ray": []}
    found: dict[str, dict[int, tuple[bytes, bytes]]] = {}

    def kept(name: str, readers: Any) -> None:
        found[name] = everything(readers, work)

    with embed.local_readers(encoder) as local, ray_readers(LOCAL, encoder, workers=1) as remote:
        start, _ = timed(lambda: everything(remote, work[-1:]))  # loads the model
        for number in range(rounds):
            ways = [("local", local), ("Ray", remote)]
            for name, readers in ways if number % 2 == 0 else reversed(ways):
                cpu, clock = timed(partial(kept, name, readers))
                rates[name].append(count / cpu)
                print(
                    f"{name}: {count / cpu:.1f} passages a CPU second, {count / clock:.1f} a second",
                    flush=True,
                )
    ratio = statistics.median(b / a for a, b in zip(*rates.values(), strict=True))
    print(f"\n{count} passages, {processor.load()}\n\n| | passages a CPU second |\n|---|---|")
    for name, values in rates.items():
        print(f"| {name} | {statistics.median(values):.1f} ({min(values):.1f}–{max(values):.1f}) |")
    print(f"| Ray / local | {ratio:.2f} |")
    print(f"Start of a worker: {start:.1f} CPU s. Records equal: {found['local'] == found['Ray']}\n")


def killed(encoder: Encoder, work: list[list[ToRead]], kills: int) -> None:
    """Print what killed workers cost."""
    used, found = [], []
    for deaths in (0, kills):
        with tempfile.TemporaryDirectory() as notes:
            load = partial(Mortal, Path(notes), deaths)
            with ray_readers(LOCAL, encoder, load, workers=1) as remote:
                everything(remote, work[-1:])
                cpu, clock = timed(lambda: found.append(everything(remote, work)))
            dead = [float(note.read_text()) for note in Path(notes).iterdir()]
            assert len(dead) == deaths
            used.append(cpu + sum(dead))  # of killed workers the system forgets the time
            print(f"{deaths} killed: {used[-1]:.1f} CPU s, {clock:.1f} s", flush=True)
    each = (used[1] - used[0]) / kills
    print(f"\nA killed worker costs {each:.1f} CPU s. Records equal: {found[0] == found[1]}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--passages", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kills", type=int, default=2)
    args = parser.parse_args()
    everything_there = paragraphs(args.data)
    step = max(1, len(everything_there) // args.passages)
    texts = [text[:LENGTH] for text in everything_there[::step][: args.passages]]
    encoder = sentence_transformer.load()
    encoder.prepare()
    work = batches(texts, encoder)
    with ray_readers(LOCAL, encoder):  # one start for all
        if args.rounds:
            compare(encoder, work, args.rounds)
        killed(encoder, work, args.kills)


if __name__ == "__main__":
    main()
