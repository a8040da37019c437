"""CPU seconds of processes: times by the clock mean little on a machine that others use, too. Linux only."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def of(pid: int) -> float:
    """CPU seconds of a process and of its children that have ended; 0 if it has ended, too."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS  # user, system, and both of the children waited for


def tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text("utf-8").split()]
    except OSError:
        children = []
    return [pid, *(found for child in children for found in tree(child))]


def of_all(*pids: int) -> float:
    """CPU seconds of processes and of all that descend from them."""
    return sum(of(one) for pid in pids for one in tree(pid))


def load() -> str:
    """The load of the machine, for the record."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
