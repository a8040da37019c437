"""Lets the layers of a BERT-like network compute in 8-bit integers, where the CPU is fastest with them.

A product of matrices takes its rows and its weights as 8-bit integers with a scale for each token and for
each output (dynamic and symmetric: ZeroQuant, Yao et al. 2022, arXiv 2206.01861). Before that, what is large
in some channels of the rows goes into the weights (SmoothQuant, Xiao et al. 2022, arXiv 2211.10438); channels
are measured on random tokens, so that no text has a say in it. Attention is computed in bfloat16 with centred
keys, which leaves the softmax as it is and its scores small (SageAttention, Zhang et al. 2024, arXiv
2410.02367).

All of it is used under bfloat16 autocast only, and only if it gives what float32 gives. This module knows
layers and products; it knows nothing of texts. What it gains was measured (docs/decisions/0013-speed.md).
"""

from __future__ import annotations

import math
import platform
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


FAMILIES = ("bert", "roberta", "xlm-roberta", "camembert")  # whose layers are built alike
UNITS = ("avx512_vnni", "amx_int8")  # as torch names what a CPU can do
PLATFORMS = ("x86_64", "amd64")  # where it was tried
LEVELS = 127  # of a sign
GELU_FLOOR = -0.17  # its least value is -0.16997
SMOOTHING = 0.5  # how much of what is large goes into the weights; 0.7 was no better
BLOCK = 256  # tokens whose widest rows fit into a core's cache
TRIAL = (4, 64)  # texts and tokens of a text that a network is tried on
SEED = 1
ALIKE = 0.998  # mean cosine of the outputs on them to those in float32, for a network to be taken
LEAST = 1e-12
FORWARD = "forward"  # what a layer computes; where set, it goes before that of the class


def can_quantise(network: Any) -> bool:
    """Whether the layers of a Hugging Face network are of a kind, and on a machine, that is known here."""
    config: Any = getattr(network, "config", None)
    known = (
        getattr(config, "model_type", "") in FAMILIES
        and config.hidden_act == "gelu"
        and not config.is_decoder
        and config._attn_implementation == "sdpa"
        and network.device.type == "cpu"
    )
    return bool(known) and _has_products()


def _has_products() -> bool:
    """Whether the CPU has units for them, and torch the operations, which it keeps for its own compiler."""
    import torch

    units = torch.cpu.get_capabilities()
    return (
        platform.machine().lower() in PLATFORMS
        and any(units.get(unit, False) for unit in UNITS)
        and all(hasattr(torch.ops.onednn, name) for name in ("qlinear_prepack", "qlinear_pointwise"))
    )


def quantise(network: Any) -> bool:
    """Let the layers of `network` compute in 8 bits under autocast; False, and as before, if that is worse.

    Takes 0.3 s for the default model on two cores.
    """
    if not can_quantise(network):
        return False
    layers = list(network.encoder.layer)
    try:
        good = _trial(network, layers) >= ALIKE
    except (RuntimeError, TypeError):  # torch does not promise to leave these operations as they are
        good = False
    if not good:
        for layer in layers:
            vars(layer).pop(FORWARD, None)
    return good


def _trial(network: Any, layers: Sequence[Any]) -> float:
    """Quantise `layers`; the mean cosine of the network's outputs for random tokens to those before."""
    import torch

    chance = torch.Generator().manual_seed(SEED)
    texts, length = TRIAL[0], min(TRIAL[1], network.config.max_position_embeddings // 2)
    known = network.get_input_embeddings().num_embeddings
    tokens = torch.randint(known, (texts, length), generator=chance)
    there = torch.ones_like(tokens)
    there[0, length // 2 :] = 0  # padding
    with torch.inference_mode():
        with _largest(layers) as largest:
            wanted = network(input_ids=tokens, attention_mask=there).last_hidden_state
        for layer in layers:
            setattr(layer, FORWARD, _forward(layer, largest))
        with torch.autocast("cpu", torch.bfloat16):
            found = network(input_ids=tokens, attention_mask=there).last_hidden_state
        alike = torch.nn.functional.cosine_similarity(found.float(), wanted, dim=-1)
        return float(alike[there > 0].mean())  # no number, if one is none, and that is not good enough


@contextmanager
def _largest(layers: Sequence[Any]) -> Iterator[dict[Any, torch.Tensor]]:
    """The largest absolute value of each channel that enters the smoothed products, by their first layer."""
    found: dict[Any, torch.Tensor] = {}
    own = threading.get_ident()

    def note(linear: Any, given: tuple[torch.Tensor]) -> None:
        if threading.get_ident() == own:  # a question may be read meanwhile
            found[linear] = given[0].abs().flatten(0, -2).amax(0)

    entries = [part for layer in layers for part in (layer.attention.self.query, layer.intermediate.dense)]
    handles = [linear.register_forward_pre_hook(note) for linear in entries]
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()


@dataclass(frozen=True, slots=True)
class _Product:
    """Linear layers of the same input, side by side, in 8 bits."""

    weights: torch.Tensor  # as oneDNN lays them out
    scales: torch.Tensor  # [out]
    zeros: torch.Tensor  # [out]
    bias: torch.Tensor  # [out]
    smoothing: torch.Tensor | None  # [in], what rows are multiplied with
    floor: float | None  # below which no number of a row is; where there is none, 0 stands in the middle

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
        # into 8 bits with a sign and from there to 8 without: torch is slow at the direct way
        without_sign = whole.round_().to(torch.int8).view(torch.uint8).bitwise_xor_(LEVELS + 1)
        found: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
            *(without_sign, 1.0, zero, self.weights, self.scales, self.zeros),
            *(None, 1.0, 0, torch.float32, "none", [], ""),  # no bias yet, and nothing to be done after
        )
        return torch.addcmul(self.bias, found, step)


def _product(
    linears: Sequence[Any], *, largest: torch.Tensor | None = None, floor: float | None = None
) -> _Product:
    """`largest`: of each channel that comes in, if they are to be smoothed; `floor`: of all, if known."""
    import torch

    weights = torch.cat([linear.weight.detach().float() for linear in linears])
    bias = torch.cat([linear.bias.detach().float() for linear in linears])
    smoothing = None
    if largest is not None:
        there, here = largest.clamp_min(LEAST), weights.abs().amax(0).clamp_min(LEAST)
        smoothing = here ** (1 - SMOOTHING) / there**SMOOTHING
        weights = weights / smoothing
    scales = weights.abs().amax(1).clamp_min(LEAST) / LEVELS
    whole = (weights / scales[:, None]).round()
    if floor is not None:
        bias = bias + floor * scales * whole.sum(1)
    return _Product(
        torch.ops.onednn.qlinear_prepack(whole.to(torch.int8), [BLOCK, whole.shape[1]]),
        scales,
        torch.zeros(len(whole), dtype=torch.int64),
        bias,
        smoothing,
        floor,
    )


def _forward(layer: Any, largest: dict[Any, torch.Tensor]) -> Callable[..., torch.Tensor]:
    """What a layer computes from now on: as before without autocast, in 8 bits with it."""
    import torch

    plain, own, out = layer.forward, layer.attention.self, layer.attention.output
    into = layer.intermediate.dense
    read = _product([own.query, own.key, own.value], largest=largest[own.query])
    join = _product([out.dense])
    widen, narrow = _product([into], largest=largest[into]), _product([layer.output.dense], floor=GELU_FLOOR)
    heads, scaling = own.num_attention_heads, own.scaling

    def forward(
        hidden: torch.Tensor, attention_mask: torch.Tensor | None = None, *rest: Any, **more: Any
    ) -> Any:
        if not torch.is_autocast_enabled("cpu"):
            return plain(hidden, attention_mask, *rest, **more)
        with torch.autocast("cpu", enabled=False):
            texts, length, width = hidden.shape
            rows = hidden.float().view(-1, width)
            parts = read(rows).view(texts, length, 3, heads, width // heads)
            seen = attend(parts, scaling, None if attention_mask is None else attention_mask[:, 0, 0])
            rows = _norm(join(seen.view(-1, width)).add_(rows), out.LayerNorm)
            blocks = [
                narrow(torch.nn.functional.gelu(widen(block))).add_(block)
                for block in torch.split(rows, BLOCK)
            ]
            return _norm(torch.cat(blocks), layer.output.LayerNorm).view(texts, length, width)

    return forward


def _norm(rows: torch.Tensor, norm: Any) -> torch.Tensor:
    import torch

    return torch.nn.functional.layer_norm(rows, rows.shape[-1:], norm.weight, norm.bias, norm.eps)


def attend(parts: torch.Tensor, scaling: float, there: torch.Tensor | None = None) -> torch.Tensor:
    """Attention by queries, keys and values, [texts, tokens, 3, heads, d] -> [texts, tokens, heads, d].

    `there`, [texts, tokens], is False for padding. float32 in and out; `parts` is used up.
    """
    import torch

    texts, length, _, heads, d = parts.shape
    key, value = parts[:, :, 1], parts[:, :, 2]
    # With centred keys the scores of a row have the mean 0: the sum of their powers is at least their number,
    # so only too large ones are to be feared, and no largest one need be found and taken off first.
    if there is None:
        counted = parts.new_ones(texts, length, 1, 1)
        key -= key.mean(1, keepdim=True)
    else:
        counted = there[:, :, None, None].float()
        key -= (key * counted).sum(1, keepdim=True) / counted.sum(1, keepdim=True)
        key *= counted
        value *= counted
    key *= scaling / math.log(2)
    halves = parts.new_empty((3, texts, heads, length, d), dtype=torch.bfloat16)
    queries, keys, values = halves.copy_(parts.permute(2, 0, 3, 1, 4)).view(3, texts * heads, length, d)
    powers = torch.bmm(queries, keys.transpose(1, 2)).exp2_()
    ones = counted.bfloat16().view(texts, 1, length, 1).expand(-1, heads, -1, -1).reshape(-1, length, 1)
    sums = torch.bmm(powers, ones)
    if torch.isfinite(sums).all():
        found = torch.bmm(powers, values).div_(sums)
    else:
        mask = None if there is None else there[:, None, None].expand(-1, heads, length, -1).flatten(0, 1)
        found = torch.nn.functional.scaled_dot_product_attention(
            queries, keys, values, mask, scale=math.log(2)
        )
    joined = found.view(texts, heads, length, d).transpose(1, 2)
    return joined.to(torch.float32, memory_format=torch.contiguous_format)
