"""A product of rows and the weights of linear layers in 8-bit integers, with a scale for each row and output.

Knows matrices; nothing of networks or texts. `qa.embedding.int8` says where it comes from and uses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


LEVELS = 127  # of a sign
SMOOTHING = 0.5  # how much of the large channels moves into the weights; 0.7 was no better
BLOCK = 256  # number of tokens whose widest rows fit into a core's cache
LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Product:
    """Linear layers with the same input, concatenated, in 8 bits."""

    weights: torch.Tensor  # as oneDNN lays them out
    scales: torch.Tensor  # [out]
    zeros: torch.Tensor  # [out]
    bias: torch.Tensor  # [out]
    smoothing: torch.Tensor | None  # [in], factor for the input rows
    floor: float | None  # lower bound of the input; without one, the codes are centred on 0

    def __call__(self, rows: torch.Tensor) -> torch.Tensor:
        """[n, in] -> [n, out], float32."""
        import torch

        rows = rows if self.smoothing is None else rows * self.smoothing
        if self.floor is None:
            most = torch.maximum(rows.amax(1, keepdim=True), rows.amin(1, keepdim=True).neg_())
            step, zero = most.clamp_min_(LEAST).div_(LEVELS), LEVELS + 1
            whole = torch.mul(rows, 1 / step)
        else:
            step, zero = (rows.amax(1, keepdim=True) - self.floor).div_(2 * LEVELS + 1), 0
            whole = torch.sub(rows, self.floor).mul_(1 / step).sub_(LEVELS + 1)
        # to signed 8 bits and then to unsigned: torch is slow at the direct conversion
        without_sign = whole.round_().to(torch.int8).view(torch.uint8).bitwise_xor_(LEVELS + 1)
        products: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
            *(without_sign, 1.0, zero, self.weights, self.scales, self.zeros),
            *(None, 1.0, 0, torch.float32, "none", [], ""),  # no bias yet, and no post-operation
        )
        return torch.addcmul(self.bias, products, step)


def make_product(
    linears: Sequence[Any], *, largest: torch.Tensor | None = None, floor: float | None = None
) -> Product:
    """`largest`: maximum of each input channel, if they are to be smoothed; `floor`: lower bound of the
    input, if known.
    """
    import torch

    weights = torch.cat([linear.weight.detach().float() for linear in linears])
    bias = torch.cat([linear.bias.detach().float() for linear in linears])
    smoothing = None
    if largest is not None:
        inputs, outputs = largest.clamp_min(LEAST), weights.abs().amax(0).clamp_min(LEAST)
        smoothing = outputs ** (1 - SMOOTHING) / inputs**SMOOTHING
        weights = weights / smoothing
    scales = weights.abs().amax(1).clamp_min(LEAST) / LEVELS
    whole = (weights / scales[:, None]).round()
    if floor is not None:
        bias = bias + floor * scales * whole.sum(1)
    return Product(
        torch.ops.onednn.qlinear_prepack(whole.to(torch.int8), [BLOCK, whole.shape[1]]),
        scales,
        torch.zeros(len(whole), dtype=torch.int64),
        bias,
        smoothing,
        floor,
    )
