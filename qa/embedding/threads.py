"""How the encoder uses the processor: bfloat16, and threads for passages, questions and NumPy.

Nothing here changes results beyond bfloat16 rounding. For the measured gains see
docs/decisions/0013-speed.md.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Barrier, Lock, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


BFLOAT16_UNITS = ("avx512_bf16", "amx_bf16", "bf16")  # torch's names of CPU capabilities
TRIES = 4  # products timed, about 20 ms each
MAX_THREADS = 8  # passages encoded in parallel; beyond that Python is the bottleneck
# Held while PyTorch's default for new threads is changed temporarily to set that of one thread.
_SETTING = Lock()


@cache
def bfloat16_pays() -> bool:
    """Whether bfloat16 is faster than float32 on this CPU, measured once."""
    import torch

    capabilities = torch.cpu.get_capabilities()
    if not any(capabilities.get(unit, False) for unit in BFLOAT16_UNITS):
        return False  # autocast is slower there, and so is measuring it
    rows, weights = torch.ones(1024, 384), torch.ones(1536, 384)
    return _seconds(rows.bfloat16(), weights.bfloat16()) < _seconds(rows, weights)


def _seconds(rows: torch.Tensor, weights: torch.Tensor) -> float:
    """The minimum time of several products, so that a busy moment does not decide."""
    import torch

    seconds = []
    with torch.inference_mode():
        for _ in range(TRIES):
            began = time.perf_counter()
            torch.nn.functional.linear(rows, weights)
            seconds.append(time.perf_counter() - began)
    return min(seconds)


@contextmanager
def passage_threads() -> Iterator[ThreadPoolExecutor]:
    """A thread pool that encodes passages in parallel, each thread on its share of the cores.

    Many products are too small to be split. Leaving the context cancels what has not started.
    """
    torch = sys.modules.get("torch")
    with _SETTING:
        total = torch.get_num_threads() if torch else 1
    count = min(total, MAX_THREADS)
    started = Barrier(count + 1)

    def begin() -> None:
        if torch:
            torch.get_num_threads()  # makes torch initialise this thread now, because it would later undo …
            torch.set_num_threads(total // count)  # … the setting made here
        started.wait()

    pool = ThreadPoolExecutor(count, thread_name_prefix="passages", initializer=begin)
    try:
        with _SETTING:
            for _ in range(count):
                pool.submit(int)
            started.wait()
            if torch:
                # for new threads; otherwise the setting above would apply to them too
                torch.set_num_threads(total)
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def question_threads() -> ThreadPoolExecutor:
    """A thread pool that encodes questions, one core per thread, started on demand.

    A question is short: splitting its products gains almost nothing, and if other programs use the cores, the
    threads of a product wait for the slowest one, hundreds of times per question.
    """
    return ThreadPoolExecutor(thread_name_prefix="question", initializer=_compute_alone)


def _compute_alone() -> None:
    """Limit the calling thread to one compute thread and leave the default for new threads unchanged."""
    import torch

    with _SETTING:
        total = torch.get_num_threads()
        torch.set_num_threads(1)  # of this thread, and of new ones …
        restoring = Thread(target=torch.set_num_threads, args=(total,))  # … unless another thread sets it
        restoring.start()
        restoring.join()


@cache
def limit_numpy_threads() -> None:
    """Limit NumPy to one thread from now on.

    Its matrix products are small when a question is answered, and OpenBLAS threads keep spinning afterwards
    and slow the model down: one search in twenty took three times as long.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")
