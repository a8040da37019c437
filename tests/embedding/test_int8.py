"""Layers in 8-bit integers, compared with the same layers in float32."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.embedding import int8, int8_product

torch = pytest.importorskip("torch")
needs_units = pytest.mark.skipif(
    not int8._has_products(), reason="this machine cannot multiply in 8-bit integers"
)
HEADS, D = 4, 8


def _network(**changes: Any) -> Any:
    """A small network with random weights, some channels of which are large as in trained ones."""
    from transformers import BertConfig, BertModel

    torch.manual_seed(5)
    config = BertConfig(
        **{
            "vocab_size": 90,
            "hidden_size": HEADS * D,
            "num_hidden_layers": 3,
            "num_attention_heads": HEADS,
            "intermediate_size": 96,
            "max_position_embeddings": 128,
            "initializer_range": 0.2,
            **changes,
        }
    )
    network = BertModel(config, add_pooling_layer=False).eval()
    with torch.no_grad():
        for name, weights in network.named_parameters():
            if name.endswith("LayerNorm.weight"):
                weights[3] = 4.0
    return network


@pytest.fixture
def network() -> Iterator[Any]:
    with torch.inference_mode():
        yield _network()


def _tokens(texts: int, length: int) -> Any:
    return torch.randint(1, 90, (texts, length), generator=torch.Generator().manual_seed(length))


def _quick(network: Any, tokens: Any, mask: Any = None) -> Any:
    with torch.autocast("cpu", torch.bfloat16):
        return network(input_ids=tokens, attention_mask=mask).last_hidden_state


def _cosines(found: Any, wanted: Any) -> Any:
    return torch.nn.functional.cosine_similarity(found.float(), wanted.float(), dim=-1)


# ---------------------------------------------------------------- attention


def _softmax_attention(parts: Any, scaling: float, there: Any = None) -> Any:
    """By its definition, in float64."""
    query, key, value = parts.double().permute(2, 0, 3, 1, 4)
    scores = query @ key.transpose(2, 3) * scaling
    if there is not None:
        scores = scores.masked_fill(~there[:, None, None], float("-inf"))
    return (scores.softmax(-1) @ value).transpose(1, 2)


@settings(deadline=None, max_examples=40)
@given(
    texts=st.integers(1, 3),
    length=st.integers(1, 40),
    seed=st.integers(0, 1000),
    shift=st.floats(-20, 20),
    data=st.data(),
)
def test_attention_is_that_of_its_definition(
    texts: int, length: int, seed: int, shift: float, data: st.DataObject
) -> None:
    chance = torch.Generator().manual_seed(seed)
    parts = torch.randn((texts, length, 3, HEADS, D), generator=chance)
    parts[:, :, 1] += shift  # what all keys share has no effect
    ends = [data.draw(st.integers(1, length)) for _ in range(texts)]
    there = torch.arange(length) < torch.tensor(ends)[:, None]
    for mask in (None, there):
        wanted = _softmax_attention(parts, 0.4, mask)
        found = int8.attend(parts.clone(), 0.4, mask)
        assert found.shape == (texts, length, HEADS, D)
        assert found.dtype == torch.float32
        assert found.is_contiguous()
        rows = torch.ones_like(there) if mask is None else mask  # the output of padding does not matter
        assert (found - wanted)[rows].abs().max() < 0.03 * parts[:, :, 2].abs().max()


def test_padding_has_no_say() -> None:
    parts = torch.randn((2, 9, 3, HEADS, D), generator=torch.Generator().manual_seed(1))
    there = torch.arange(9) < torch.tensor([[9], [5]])
    other = parts.clone()
    other[1, 5:] = 30.0
    before, after = (int8.attend(some, 0.4, there) for some in (parts, other))
    assert torch.equal(before[1, :5], after[1, :5])
    assert torch.equal(before[0], after[0])


def test_scores_too_large_for_their_powers_are_computed_otherwise() -> None:
    parts = torch.randn((2, 12, 3, HEADS, D), generator=torch.Generator().manual_seed(2))
    parts[:, :, :2] *= 40
    there = torch.arange(12) < torch.tensor([[12], [7]])
    for mask in (None, there):
        wanted = _softmax_attention(parts, 0.4, mask)
        found = int8.attend(parts.clone(), 0.4, mask)
        rows = torch.ones_like(there) if mask is None else mask
        assert torch.isfinite(found[rows]).all()
        close = ((found - wanted).abs().amax(-1) < 0.1)[rows]
        assert close.float().mean() > 0.9  # bfloat16 may exchange two scores that are near


# ---------------------------------------------------------------- products


@needs_units
@pytest.mark.parametrize("rows", [1, 5, 700])
@pytest.mark.parametrize("smoothed", [False, True])
def test_a_product_is_that_of_its_layers_side_by_side(rows: int, smoothed: bool) -> None:
    torch.manual_seed(3)
    layers = [torch.nn.Linear(48, 20), torch.nn.Linear(48, 12)]
    with torch.inference_mode():
        given = torch.randn(rows, 48)
        given[:, 7] *= 50  # a channel that is large, as in trained networks
        product = int8_product.make_product(layers, largest=given.abs().amax(0) if smoothed else None)
        wanted = torch.cat([layer(given) for layer in layers], dim=1)
        found = product(given.clone())
        off = (found - wanted).norm() / wanted.norm()
        assert off < (0.01 if smoothed else 0.03)
        assert torch.allclose(product(given * 1000), (found - product.bias) * 1000 + product.bias, rtol=1e-3)
        assert torch.equal(product(torch.zeros(2, 48)), product.bias.expand(2, -1))


@needs_units
def test_a_known_floor_makes_use_of_all_levels() -> None:
    torch.manual_seed(4)
    layer = torch.nn.Linear(96, 24)
    with torch.inference_mode():
        given = torch.nn.functional.gelu(4 * torch.randn(300, 96))
        assert given.min() >= int8.GELU_FLOOR
        wanted = layer(given)
        plain, known = (
            (int8_product.make_product([layer], floor=floor)(given) - wanted).norm()
            for floor in (None, int8.GELU_FLOOR)
        )
        assert known < 0.75 * plain
        nothing = torch.full((1, 96), int8.GELU_FLOOR)
        assert torch.isfinite(int8_product.make_product([layer], floor=int8.GELU_FLOOR)(nothing)).all()


# ---------------------------------------------------------------- networks


@needs_units
@pytest.mark.parametrize("length", [1, 7, 100])
def test_a_network_gives_what_it_gives_in_float32(network: Any, length: int) -> None:
    tokens = _tokens(4, length)
    wanted = network(input_ids=tokens).last_hidden_state
    assert int8.quantise(network)
    assert int8.FORWARD in vars(network.encoder.layer[0])  # or the test would compare nothing
    assert torch.equal(network(input_ids=tokens).last_hidden_state, wanted)  # without autocast
    found = _quick(network, tokens)
    assert _cosines(found, wanted).mean() > 0.995
    assert not torch.equal(found, wanted)


@needs_units
def test_a_network_for_short_texts_is_tried_on_such() -> None:
    assert int8.quantise(_network(max_position_embeddings=20))


@needs_units
def test_texts_read_together_are_as_read_alone(network: Any) -> None:
    assert int8.quantise(network)
    tokens, mask = _tokens(3, 60), torch.ones(3, 60, dtype=torch.long)
    mask[1, 33:] = mask[2, 5:] = 0
    together = _quick(network, tokens, mask)
    for row, length in enumerate((60, 33, 5)):
        alone = _quick(network, tokens[row : row + 1, :length])
        assert _cosines(together[row, :length], alone[0]).min() > 0.998


def test_questions_read_meanwhile_have_no_say(network: Any) -> None:
    layers, tokens = list(network.encoder.layer), _tokens(2, 9)

    def question() -> None:
        with torch.inference_mode():  # of this thread alone
            network(input_ids=_tokens(1, 30))

    with int8._largest_inputs(layers) as largest:
        network(input_ids=tokens)
    with int8._largest_inputs(layers) as disturbed:
        network(input_ids=tokens)
        with ThreadPoolExecutor() as other:
            other.submit(question).result()
    assert len(disturbed) == 2 * len(layers)
    assert all(torch.equal(disturbed[linear], largest[linear]) for linear in largest)


@needs_units
def test_a_network_that_8_bits_would_spoil_is_left_alone(
    network: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = _tokens(2, 20)
    before = _quick(network, tokens)
    monkeypatch.setattr(int8_product, "LEVELS", 1)  # less than 2 bits
    assert not int8.quantise(network)
    assert torch.equal(_quick(network, tokens), before)


@needs_units
@pytest.mark.parametrize("error", [RuntimeError, TypeError])
def test_a_torch_with_other_operations_leaves_it_alone(
    network: Any, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def changed(*_: object) -> None:
        raise error

    monkeypatch.setattr(int8_product.Product, "__call__", changed)
    assert not int8.quantise(network)
    assert _quick(network, _tokens(2, 20)).isfinite().all()


def test_other_networks_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(int8, "_has_products", lambda: True)
    assert int8.can_quantise(_network())
    for changes in ({"hidden_act": "relu"}, {"is_decoder": True}, {"attn_implementation": "eager"}):
        assert not int8.can_quantise(_network(**changes)), changes
    network = _network()
    network.config.model_type = "modernbert"
    assert not int8.quantise(network)
    assert not int8.can_quantise(None)
    assert int8.FORWARD not in vars(network.encoder.layer[0])


def test_machines_without_the_units_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True})
    assert not int8.can_quantise(_network())
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_vnni": True})
    monkeypatch.setattr(int8.platform, "machine", lambda: "aarch64")
    assert not int8.can_quantise(_network())
