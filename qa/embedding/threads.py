"""How the encoder uses the processor: bfloat16, and threads for passages, questions and NumPy.

Nothing here changes what is computed beyond the rounding of bfloat16, and what each part gains was measured
(docs/decisions/0013-speed.md).
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


BFLOAT16_UNITS = ("avx512_bf16", "amx_bf16", "bf16")  # as torch names what a CPU can do
TRIES = 4  # products timed, some 20 ms each
MAX_THREADS = 8  # passages read at the same time; beyond that Python itself is what they wait for
# Held while PyTorch's setting for threads to come is changed for a moment, to set that of one thread.
_SETTING = Lock()


@cache
def bfloat16_pays() -> bool:
    """Whether the CPU has units for bfloat16 and is faster with them than in float32, as timed once."""
    import torch

    capabilities = torch.cpu.get_capabilities()
    if not any(capabilities.get(unit, False) for unit in BFLOAT16_UNITS):
        return False  # there autocast is slower, and so would be finding out
    rows, weights = torch.ones(1024, 384), torch.ones(1536, 384)
    return _seconds(rows.bfloat16(), weights.bfloat16()) < _seconds(rows, weights)


def _seconds(rows: torch.Tensor, weights: torch.Tensor) -> float:
    """The least time of a product of a few, so that a busy moment of the machine does not decide."""
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
    """Threads that read passages side by side, each of which computes on its share of the cores.

    Many of the products are too small to be worth dividing. Leaving the context gives up what has not begun.
    """
    torch = sys.modules.get("torch")
    with _SETTING:
        total = torch.get_num_threads() if torch else 1
    count = min(total, MAX_THREADS)
    started = Barrier(count + 1)

    def begin() -> None:
        if torch:
            torch.get_num_threads()  # makes torch set up this thread, as it would later on, undoing …
            torch.set_num_threads(total // count)  # … what is set here for this thread
        started.wait()

    pool = ThreadPoolExecutor(count, thread_name_prefix="passages", initializer=begin)
    try:
        with _SETTING:
            for _ in range(count):
                pool.submit(int)
            started.wait()
            if torch:
                torch.set_num_threads(total)  # for threads to come; set above, it would hold for them too
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def question_threads() -> ThreadPoolExecutor:
    """Threads that read questions, each of which computes alone; they begin when they are needed.

    A question is short: dividing its products gains next to nothing, and where other programs use the cores,
    the threads of a product wait for the slowest of them, hundreds of times for one question.
    """
    return ThreadPoolExecutor(thread_name_prefix="question", initializer=_compute_alone)


def _compute_alone() -> None:
    """Let the calling thread compute on one thread, and all threads to come on as many as before."""
    import torch

    with _SETTING:
        total = torch.get_num_threads()
        torch.set_num_threads(1)  # of this thread, and of those to come …
        restoring = Thread(target=torch.set_num_threads, args=(total,))  # … unless another thread says so
        restoring.start()
        restoring.join()


@cache
def limit_numpy_threads() -> None:
    """Keep the products of NumPy on one thread from now on.

    They are small when a question is answered, and the threads that OpenBLAS starts for them stay awake for
    a while and take the cores from the model: one search in twenty then took three times as long.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")
