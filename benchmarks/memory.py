"""Memory of a server that rebuilds again and again: `python -m benchmarks.memory [--builds 100]`.

A service over a copy of `seeds/` with the default model. One line of the corpus changes before each build,
and a question is asked after it. Prints the resident memory of the process, in MB. Linux only.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from qa.service.library import Folders
from qa.service.service import Service

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
SHOWN = (0, 1, 2, 5, 10, 20, 50, 100)
POLL = 0.02  # seconds between two checks of a running build


def resident() -> tuple[int, int]:
    """Memory of this process now and at its highest, in MB."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("utf-8").splitlines())
    return int(status["VmRSS"].split()[0]) // 1024, int(status["VmHWM"].split()[0]) // 1024


def build(service: Service) -> float:
    """Seconds of a build through the service."""
    began = time.perf_counter()
    service.start_build()
    while service.build_state.running:
        time.sleep(POLL)
    if not service.build_state.report:
        raise SystemExit(service.build_state.error or "The build died.")
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--builds", type=int, default=100)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        shutil.copytree(SEEDS, corpus)
        changed = min(corpus.glob("*.md"))
        text = changed.read_text("utf-8")
        vectors = Path(folder) / "vectors"
        first = [sys.executable, "-m", "qa", "build", "--corpus", str(corpus), "--vectors", str(vectors)]
        subprocess.run(first, check=True, stdout=subprocess.DEVNULL)
        service = Service(Folders(corpus, vectors))
        print("| builds | MB | highest MB | seconds of the build |\n|---|---|---|---|", flush=True)
        seconds = 0.0
        for count in range(args.builds + 1):
            if count:
                changed.write_text(f"{text}\nDie {count}. Zeile steht neu hier.\n", encoding="utf-8")
                seconds = build(service)
            service.ask(f"Wie viele Soldaten sind desertiert? {count}")
            if count in SHOWN:
                now, highest = resident()
                print(f"| {count} | {now:,} | {highest:,} | {seconds:.2f} |", flush=True)


if __name__ == "__main__":
    main()
