"""How the encoder's arithmetic is laid on the machine: bfloat16, packed weights, threads.

Nothing here changes what is computed beyond the rounding of bfloat16, and what each part gains was measured
(DECISIONS.md, "Speed, measured beside others").
"""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Barrier
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

BFLOAT16_UNITS = ("avx512_bf16", "amx_bf16", "bf16")  # as torch names what a CPU can do
TRIES = 4  # products timed, some 20 ms each
READERS = 8  # passages read at the same time; beyond that Python itself is what they wait for
PACKED_ON = ("x86_64", "amd64")  # where packing was tried
FORWARD = "forward"  # what a layer computes; where set, it goes before that of the class
ROWS = 512  # tokens for which the weights are laid out; other numbers work too


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

    taken = []
    with torch.inference_mode():
        for _ in range(TRIES):
            began = time.perf_counter()
            torch.nn.functional.linear(rows, weights)
            taken.append(time.perf_counter() - began)
    return min(taken)


def pack(network: torch.nn.Module) -> None:
    """Give all linear layers of a network in main memory a second, bfloat16 copy of their weights.

    The copy is laid out once as the CPU's product wants it, which it otherwise is for each batch. It is
    used under bfloat16 autocast only; without that the layers compute as before.
    """
    import torch

    if not _can_pack():
        return
    for layer in network.modules():
        if type(layer) is torch.nn.Linear and layer.weight.device.type == "cpu":
            setattr(layer, FORWARD, _packed(layer))


def _can_pack() -> bool:
    """Whether this torch has the operations, which it keeps for its own compiler, and they work here."""
    import torch

    names = ("_is_mkldnn_bf16_supported", "_reorder_linear_weight", "_linear_pointwise")
    there = platform.machine().lower() in PACKED_ON and all(hasattr(torch.ops.mkldnn, name) for name in names)
    return there and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _packed(layer: torch.nn.Linear) -> Callable[[torch.Tensor], torch.Tensor]:
    import torch

    plain, product = layer.forward, torch.ops.mkldnn._linear_pointwise
    with torch.inference_mode():
        bias = None if layer.bias is None else layer.bias.detach().bfloat16()
        weight = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach().bfloat16(), ROWS)

    def forward(rows: torch.Tensor) -> torch.Tensor:
        if not torch.is_autocast_enabled("cpu"):
            return plain(rows)
        found: torch.Tensor = product(rows.bfloat16(), weight, bias, "none", [], "")
        return found

    return forward


@contextmanager
def readers() -> Iterator[ThreadPoolExecutor]:
    """Threads that read passages side by side, each of which computes on its share of the cores.

    Many of the products are too small to be worth dividing. Leaving the context gives up what has not begun.
    """
    torch = sys.modules.get("torch")
    total = torch.get_num_threads() if torch else 1
    count = min(total, READERS)
    begun = Barrier(count + 1)

    def begin() -> None:
        if torch:
            torch.get_num_threads()  # makes torch set up this thread, as it would later on, undoing …
            torch.set_num_threads(total // count)  # … what is set here for this thread
        begun.wait()

    pool = ThreadPoolExecutor(count, thread_name_prefix="reader", initializer=begin)
    try:
        for _ in range(count):
            pool.submit(int)
        begun.wait()
        if torch:
            torch.set_num_threads(total)  # for threads to come; set above, it would hold for them too
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@cache
def calm_numpy() -> None:
    """Keep the products of NumPy on one thread from now on.

    They are small when a question is answered, and the threads that OpenBLAS starts for them stay awake for
    a while and take the cores from the model: one search in twenty then took three times as long.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")
