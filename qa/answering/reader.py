"""The reader: a small trained network that reads a question together with a passage.

It says how likely each sentence answers, and which words of it are the answer. It works on the token states
that an index stores, so no text is encoded for it. Question and passage tokens, each with its best cosine and
exact match on the other side and with a softly aligned state of the other side, go through a few transformer
layers together (Vaswani et al. 2017). NumPy only. Trained by `benchmarks/reader`; `reader.json` beside the
weights has provenance and figures. How its output becomes quotes: see `qa.answering.combining`.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from qa.answering.features import Material, Matrix
from qa.answering.question import Question
from qa.types import Span

WEIGHTS = "reader.safetensors"
MODEL = "intfloat/multilingual-e5-small"
STATE_SIZE = 64  # numbers a token, as an index of the default model stores them
SHARPNESS = 25.0  # of the soft alignment: softmax of this many times the cosine
NEAR_PASSAGE, NEAR_QUESTION = 9, 3  # tokens over which match features are averaged
HEAD_WIDTH = 32  # of an attention head
NORM = 1e-12  # added to the variance in a layer normalisation, as in BERT
FAR = np.float32(-1e4)  # logit of what cannot be
CLAMP = 12.0  # of the log-odds that the spans add to a sentence's logit
MOST_TOKENS = 512  # of a passage that are read
LONGEST_ANSWER = 40  # tokens of an answer span
SURE_SPAN = 0.5  # probability, among all spans of its sentence, below which no answer is marked
QUESTION_SIDE, PASSAGE_SIDE = 1, 2  # rows of the side embedding; 0 is the position that means "none"

Weights = Mapping[str, Matrix]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Extraction:
    """What the reader says of one passage."""

    sentences: Scores  # log-odds that each sentence answers, against "none", [sentences]
    spans: tuple[
        Span | None, ...
    ]  # of each sentence its answer, characters of the passage, if one stands out


def reads(model: str) -> bool:
    """Whether the states of an index built with this model are those that the reader was trained on."""
    return model == MODEL


def read(question: Question, materials: Sequence[Material]) -> list[Extraction]:
    """Read the question with each passage. Call it only where `reads` says so."""
    model = weights()
    own = surface_ids(question.text, question.states.token_spans)
    return [_read(model, question, own, material) for material in materials]


def surface_ids(text: str, spans: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each token's characters, equal for equal words of any case, [tokens]."""
    return np.array(
        [zlib.crc32(text[start:end].casefold().encode()) for start, end in spans.tolist()], np.int64
    )


@cache
def weights() -> Weights:
    """The trained weights, read once a process."""
    from safetensors.numpy import load

    stored = load((resources.files("qa.answering") / WEIGHTS).read_bytes())
    return {name: values.astype(np.float32) for name, values in stored.items()}


def _read(model: Weights, question: Question, ids: NDArray[np.int64], material: Material) -> Extraction:
    states, text = material.states, material.hit.passage.text
    tokens, spans = states.tokens[:MOST_TOKENS], states.token_spans[:MOST_TOKENS]
    count = len(states.sentences)
    if not len(tokens) or not count:
        return Extraction(np.full(count, -np.inf), (None,) * count)
    x = _encoded(model, question.states.tokens, tokens, ids[:, None] == surface_ids(text, spans)[None])
    inside = np.stack([(spans[:, 0] < end) & (spans[:, 1] > start) for start, end in states.sentences])
    return _heads(model, x, len(ids), inside, spans)


def _encoded(model: Weights, question: Matrix, passage: Matrix, same: NDArray[np.bool_]) -> Matrix:
    """States of [none; question; passage] after the last layer, [1 + q + p, width]."""
    cosines = question @ passage.T  # [q, p]
    states = np.concatenate([np.zeros((1, STATE_SIZE), np.float32), question, passage])
    aligned = np.concatenate(
        [
            np.zeros((1, STATE_SIZE), np.float32),
            _softmax(cosines * SHARPNESS) @ passage,
            _softmax(cosines.T * SHARPNESS) @ question,
        ]
    )
    other = np.concatenate([aligned, states * aligned], 1) * np.float32(math.sqrt(STATE_SIZE))
    x = _norm(_linear(states, model, "inward.0"), model, "inward.1") + _linear(other, model, "aligned")
    own = np.concatenate(
        [
            np.zeros((1, 2), np.float32),
            np.stack([cosines.max(1), same.any(1)], 1),
            np.stack([cosines.max(0), same.any(0)], 1),
        ],
        dtype=np.float32,
    )
    first = 1 + len(question)  # row of the passage's first token
    near = np.concatenate([_mean_near(own, NEAR_QUESTION)[:first], _mean_near(own, NEAR_PASSAGE)[first:]])
    matched = np.concatenate([own, near], 1)
    side = [0] + [QUESTION_SIDE] * len(question) + [PASSAGE_SIDE] * len(passage)
    x = x + _linear(matched, model, "matched") + model["side.weight"][side]
    x = x + model["place"] * _sinusoids(len(x), x.shape[1])
    number = 0
    while f"layers.{number}.qkv.weight" in model:
        x = _layer(model, x, f"layers.{number}")
        number += 1
    return x


def _layer(model: Weights, x: Matrix, name: str) -> Matrix:
    """Attention and feed-forward, each added and then normalised, as in BERT."""
    length, width = x.shape
    heads = width // HEAD_WIDTH
    q, k, v = _linear(x, model, f"{name}.qkv").reshape(length, 3, heads, HEAD_WIDTH).transpose(1, 2, 0, 3)
    near = _softmax(q @ k.transpose(0, 2, 1) * np.float32(HEAD_WIDTH**-0.5))
    attended = (near @ v).transpose(1, 0, 2).reshape(length, width)
    x = _norm(x + _linear(attended, model, f"{name}.out"), model, f"{name}.norm1")
    inner = _gelu(_linear(x, model, f"{name}.wide"))
    return _norm(x + _linear(inner, model, f"{name}.narrow"), model, f"{name}.norm2")


def _heads(
    model: Weights, x: Matrix, asked: int, inside: NDArray[np.bool_], spans: NDArray[np.int64]
) -> Extraction:
    """Log-odds and answer spans of the sentences; `inside` [sentences, tokens] says which tokens are theirs.

    A sentence's log-odds are the mean of its own logit and of its span's log-odds against "none": they err
    apart.
    """
    told = x[1 + asked :]
    none = _linear(x[:1], model, "head.none")[0]  # [2]
    covered: NDArray[np.bool_] = np.asarray(inside.any(0))
    ends = np.where(covered[:, None], _linear(told, model, "head.span"), FAR)  # [p, 2]
    by_sentence = np.where(inside[:, :, None], ends[None], FAR)  # [s, p, 2]
    odds = _logsumexp(by_sentence) - none  # [s, 2], of first and last token
    size = inside.sum(1, keepdims=True)
    mean = (inside @ told) / np.maximum(size, 1)
    whole = np.concatenate([mean, np.broadcast_to(x[:1], mean.shape)], 1).astype(np.float32)
    said = _linear(_gelu(_linear(whole, model, "head.sentence1")), model, "head.sentence2")[:, 0]
    bias, weight = model["head.scale"]
    logit = said + bias + weight * np.clip(odds[:, 0], -CLAMP, CLAMP)
    both = np.where(size[:, 0] > 0, (logit + odds.mean(1)) / 2, -np.inf)
    found = tuple(_best_span(ends, np.flatnonzero(own), spans) for own in inside)
    return Extraction(both.astype(np.float64), found)


def _best_span(ends: Matrix, own: NDArray[np.int64], spans: NDArray[np.int64]) -> Span | None:
    """Characters from the first to the last token of a sentence's answer; None where no span stands out."""
    if not len(own):
        return None
    sums = ends[own, 0][:, None] + ends[own, 1][None]
    apart = np.arange(len(own))[None] - np.arange(len(own))[:, None]
    sums = np.where((apart >= 0) & (apart < LONGEST_ANSWER), sums, -np.inf)
    first, last = np.unravel_index(int(sums.argmax()), sums.shape)
    if np.exp(sums - sums.max()).sum() * SURE_SPAN > 1:
        return None
    return Span(int(spans[own[first], 0]), int(spans[own[last], 1]))


def _linear(x: Matrix, model: Weights, name: str) -> Matrix:
    out: Matrix = x @ model[f"{name}.weight"].T + model[f"{name}.bias"]
    return out


def _norm(x: Matrix, model: Weights, name: str) -> Matrix:
    centred = x - x.mean(-1, keepdims=True)
    scale = np.sqrt((centred * centred).mean(-1, keepdims=True) + np.float32(NORM))
    out: Matrix = centred / scale * model[f"{name}.weight"] + model[f"{name}.bias"]
    return out


def _softmax(x: Matrix) -> Matrix:
    raised = np.exp(x - x.max(-1, keepdims=True))
    out: Matrix = raised / raised.sum(-1, keepdims=True)
    return out


def _logsumexp(x: Matrix) -> Matrix:
    """Over the second axis."""
    top = x.max(1, keepdims=True)
    out: Matrix = np.log(np.exp(x - top).sum(1)) + top[:, 0]
    return out


def _gelu(x: Matrix) -> Matrix:
    """x Φ(x), Hendrycks & Gimpel 2016; erf by Abramowitz & Stegun 7.1.26, to 1.5e-7."""
    size = np.abs(x) * np.float32(math.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * size)
    series = np.float32(1.061405429) * t - np.float32(1.453152027)
    for term in (1.421413741, -0.284496736, 0.254829592):
        series = series * t + np.float32(term)
    erf = np.sign(x) * (1 - series * t * np.exp(-size * size))
    out: Matrix = x * (1 + erf) / 2
    return out


def _mean_near(x: Matrix, size: int) -> Matrix:
    """The mean over `size` neighbours of each row, fewer at the ends."""
    total = np.concatenate([np.zeros((1, x.shape[1]), np.float64), np.cumsum(x, 0, dtype=np.float64)])
    at = np.arange(len(x))
    first, last = np.maximum(at - size // 2, 0), np.minimum(at + size // 2 + 1, len(x))
    out: Matrix = ((total[last] - total[first]) / (last - first)[:, None]).astype(np.float32)
    return out


@cache
def _sinusoids(positions: int, width: int) -> Matrix:
    """Vaswani et al. 2017, section 3.5: [positions, width]."""
    rate = np.exp(np.arange(0, width, 2) * (-math.log(10_000.0) / width))
    angle = np.arange(positions)[:, None] * rate
    return np.stack([np.sin(angle), np.cos(angle)], -1).reshape(positions, width).astype(np.float32)
