"""Run the layers of a BERT-like network in 8-bit integers where the CPU supports it.

Matrix products use 8-bit integers with one scale per token and per output (dynamic and symmetric: ZeroQuant,
Yao et al. 2022, arXiv 2206.01861). Before that, large channels of the input are folded into the weights
(SmoothQuant, Xiao et al. 2022, arXiv 2211.10438); channels are measured on random tokens, so the result does
not depend on any text. Attention is computed in bfloat16 with centred keys, which leaves the softmax
unchanged and keeps the scores small (SageAttention, Zhang et al. 2024, arXiv 2410.02367).

This is only used under bfloat16 autocast, and only if the result agrees with float32. Knows layers and
products, nothing of texts. For the measured gain see docs/decisions/0013-speed.md.
"""

from __future__ import annotations

import math
import platform
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from qa.embedding.int8_product import BLOCK, make_product

if TYPE_CHECKING:
    import torch


FAMILIES = ("bert", "roberta", "xlm-roberta", "camembert")  # networks with the same layer structure
UNITS = ("avx512_vnni", "amx_int8")  # torch's names of CPU capabilities
PLATFORMS = ("x86_64", "amd64")  # tested here
GELU_FLOOR = -0.17  # its least value is -0.16997
TRIAL = (4, 64)  # texts, and tokens per text, that a network is tested on
SEED = 1
ALIKE = 0.998  # minimum mean cosine to the float32 outputs on them
FORWARD = "forward"  # the layer's computation; set on the instance, it overrides the class's


def can_quantise(network: Any) -> bool:
    """Whether the layers of a Hugging Face network and this machine are supported."""
    config: Any = getattr(network, "config", None)
    supported = (
        getattr(config, "model_type", "") in FAMILIES
        and config.hidden_act == "gelu"
        and not config.is_decoder
        and config._attn_implementation == "sdpa"
        and network.device.type == "cpu"
    )
    return bool(supported) and _has_products()


def _has_products() -> bool:
    """Whether the CPU has 8-bit units and torch has the operations, which are internal to its compiler."""
    import torch

    units = torch.cpu.get_capabilities()
    return (
        platform.machine().lower() in PLATFORMS
        and any(units.get(unit, False) for unit in UNITS)
        and all(hasattr(torch.ops.onednn, name) for name in ("qlinear_prepack", "qlinear_pointwise"))
    )


def quantise(network: Any) -> bool:
    """Quantise the layers of `network` for use under autocast. Returns False and changes nothing if the
    result is not accurate enough.

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
    """Quantise `layers`; returns the mean cosine between the network's outputs before and after, on random
    tokens.
    """
    import torch

    generator = torch.Generator().manual_seed(SEED)
    texts, length = TRIAL[0], min(TRIAL[1], network.config.max_position_embeddings // 2)
    vocabulary = network.get_input_embeddings().num_embeddings
    tokens = torch.randint(vocabulary, (texts, length), generator=generator)
    mask = torch.ones_like(tokens)
    mask[0, length // 2 :] = 0  # padding
    with torch.inference_mode():
        with _largest_inputs(layers) as largest:
            expected = network(input_ids=tokens, attention_mask=mask).last_hidden_state
        for layer in layers:
            setattr(layer, FORWARD, _forward(layer, largest))
        with torch.autocast("cpu", torch.bfloat16):
            outputs = network(input_ids=tokens, attention_mask=mask).last_hidden_state
        cosines = torch.nn.functional.cosine_similarity(outputs.float(), expected, dim=-1)
        return float(cosines[mask > 0].mean())  # NaN if any output is NaN, which fails the check


@contextmanager
def _largest_inputs(layers: Sequence[Any]) -> Iterator[dict[Any, torch.Tensor]]:
    """The largest absolute value of each input channel of the smoothed products, by their first layer."""
    largest: dict[Any, torch.Tensor] = {}
    thread = threading.get_ident()

    def note(linear: Any, inputs: tuple[torch.Tensor]) -> None:
        if threading.get_ident() == thread:  # a question may be encoded meanwhile
            largest[linear] = inputs[0].abs().flatten(0, -2).amax(0)

    entries = [part for layer in layers for part in (layer.attention.self.query, layer.intermediate.dense)]
    handles = [linear.register_forward_pre_hook(note) for linear in entries]
    try:
        yield largest
    finally:
        for handle in handles:
            handle.remove()


def _forward(layer: Any, largest: dict[Any, torch.Tensor]) -> Callable[..., torch.Tensor]:
    """The new computation of a layer: unchanged without autocast, in 8 bits with it."""
    import torch

    plain, attention, out = layer.forward, layer.attention.self, layer.attention.output
    intermediate = layer.intermediate.dense
    project = make_product(
        [attention.query, attention.key, attention.value], largest=largest[attention.query]
    )
    join = make_product([out.dense])
    widen = make_product([intermediate], largest=largest[intermediate])
    narrow = make_product([layer.output.dense], floor=GELU_FLOOR)
    heads, scaling = attention.num_attention_heads, attention.scaling

    def forward(
        hidden: torch.Tensor, attention_mask: torch.Tensor | None = None, *rest: Any, **more: Any
    ) -> Any:
        if not torch.is_autocast_enabled("cpu"):
            return plain(hidden, attention_mask, *rest, **more)
        with torch.autocast("cpu", enabled=False):
            texts, length, width = hidden.shape
            rows = hidden.float().view(-1, width)
            parts = project(rows).view(texts, length, 3, heads, width // heads)
            attended = attend(parts, scaling, None if attention_mask is None else attention_mask[:, 0, 0])
            rows = _norm(join(attended.view(-1, width)).add_(rows), out.LayerNorm)
            blocks = [
                narrow(torch.nn.functional.gelu(widen(block))).add_(block)
                for block in torch.split(rows, BLOCK)
            ]
            return _norm(torch.cat(blocks), layer.output.LayerNorm).view(texts, length, width)

    return forward


def _norm(rows: torch.Tensor, norm: Any) -> torch.Tensor:
    import torch

    return torch.nn.functional.layer_norm(rows, rows.shape[-1:], norm.weight, norm.bias, norm.eps)


def attend(parts: torch.Tensor, scaling: float, mask: torch.Tensor | None = None) -> torch.Tensor:
    """Attention by queries, keys and values, [texts, tokens, 3, heads, d] -> [texts, tokens, heads, d].

    `mask`, [texts, tokens], is False for padding. float32 in and out; `parts` is used up.
    """
    import torch

    texts, length, _, heads, d = parts.shape
    key, value = parts[:, :, 1], parts[:, :, 2]
    # With centred keys the scores of a row have mean 0, so the sum of their exponentials is at least their
    # number. Only overflow matters, and the maximum need not be subtracted first.
    if mask is None:
        counted = parts.new_ones(texts, length, 1, 1)
        key -= key.mean(1, keepdim=True)
    else:
        counted = mask[:, :, None, None].float()
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
        attended = torch.bmm(powers, values).div_(sums)
    else:
        allowed = None if mask is None else mask[:, None, None].expand(-1, heads, length, -1).flatten(0, 1)
        attended = torch.nn.functional.scaled_dot_product_attention(
            queries, keys, values, allowed, scale=math.log(2)
        )
    joined = attended.view(texts, heads, length, d).transpose(1, 2)
    return joined.to(torch.float32, memory_format=torch.contiguous_format)
