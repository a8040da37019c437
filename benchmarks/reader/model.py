"""The two readers: a small one on stored token states, and a cross-encoder that starts from e5's weights.

Both read a window in one row of positions. Position 0 stands for "no answer"; every token of the
passage gets a logit for the first and the last token of the answer, every sentence one logit that it
answers: a learned function of the mean of its tokens, plus the log-odds of its first tokens against
position 0. Match features (best cosine with the other side, the same token there, and their means
over neighbours) make it learn within minutes; without them it stays near chance (decision 23).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.reader.data import ANSWER_KINDS
from benchmarks.reader.project import STATE_SIZE
from benchmarks.reader.windows import PASSAGE, QUESTION, Batch

MATCHES = 4  # match features of a token
NEAR_PASSAGE, NEAR_QUESTION = 9, 3  # tokens over which they are averaged
SHARPNESS = 25.0  # of the soft alignment: softmax of this many times the cosine
FAR = -1e4  # logit of what cannot be
CLAMP = 12.0  # of the log-odds that the spans add to a sentence's logit


class Logits(NamedTuple):
    """What a reader says of a batch."""

    span: Tensor  # [B, T, 2], FAR outside the passage and position 0
    sentence: Tensor  # [B, S]
    kind: Tensor  # [B, kinds]


@dataclass(frozen=True, slots=True)
class Size:
    """The size of the transformer."""

    width: int
    layers: int
    heads: int
    inner: int
    dropout: float = 0.0


class Layer(nn.Module):
    """A transformer layer as BERT's: attention and feed-forward, each added and then normalised."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.heads, self.dropout = size.heads, size.dropout
        self.qkv = nn.Linear(size.width, 3 * size.width)
        self.out = nn.Linear(size.width, size.width)
        self.norm1 = nn.LayerNorm(size.width, eps=1e-12)
        self.wide = nn.Linear(size.width, size.inner)
        self.narrow = nn.Linear(size.inner, size.width)
        self.norm2 = nn.LayerNorm(size.width, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """`x` [B, T, width], `mask` [B, 1, 1, T], False at padding."""
        batch, length, width = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v, mask).transpose(1, 2).reshape(x.shape)
        x = self.norm1(x + F.dropout(self.out(attended), self.dropout, self.training))
        inner = self.narrow(F.gelu(self.wide(x)))
        out: Tensor = self.norm2(x + F.dropout(inner, self.dropout, self.training))
        return out


class Matches(NamedTuple):
    """How the tokens of a batch agree with those of the other side."""

    features: Tensor  # [B, T, MATCHES]
    cosines: Tensor  # [B, T, T], -1 but between question and passage


def matches(vectors: Tensor, batch: Batch) -> Matches:
    """Match features from vectors [B, T, d] of the tokens, of any length."""
    unit = F.normalize(vectors, dim=-1)
    question, passage = batch.side == QUESTION, batch.side == PASSAGE
    across = (question[:, :, None] & passage[:, None, :]) | (passage[:, :, None] & question[:, None, :])
    cosines = (unit @ unit.transpose(1, 2)).masked_fill(~across, -1.0)
    same = ((batch.ids[:, :, None] == batch.ids[:, None, :]) & across).any(2)
    sided = (question | passage).float()
    own = torch.stack([cosines.amax(2) * sided, same.float()], -1)
    near = torch.where(passage[..., None], _mean(own, NEAR_PASSAGE), _mean(own, NEAR_QUESTION))
    return Matches(torch.cat([own, near], -1), cosines)


def _mean(x: Tensor, size: int) -> Tensor:
    """The mean over the neighbours of each position, [B, T, d]."""
    flat = F.avg_pool1d(x.transpose(1, 2), size, 1, size // 2, count_include_pad=False)
    return flat.transpose(1, 2)


class Head(nn.Module):
    """From the last layer's states to logits."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.span, self.none = nn.Linear(width, 2), nn.Linear(width, 2)
        self.sentence1, self.sentence2 = nn.Linear(2 * width, width), nn.Linear(width, 1)
        self.kind = nn.Linear(width, len(ANSWER_KINDS))
        self.scale = nn.Parameter(torch.tensor([-2.0, 0.3]))  # bias, and weight of the span's log-odds
        for layer in (self.span, self.none, self.kind):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor, batch: Batch) -> Logits:
        passage = batch.side == PASSAGE
        tokens = self.span(x).masked_fill(~(passage & (batch.sentence >= 0))[..., None], FAR)
        span = torch.cat([self.none(x[:, :1]), tokens[:, 1:]], 1)
        member = F.one_hot(batch.sentence.clamp(min=0), batch.labels.shape[1]).float()
        member = member * (batch.sentence >= 0)[..., None]  # [B, T, S]
        mean = member.transpose(1, 2) @ x / member.sum(1).clamp(min=1)[..., None]
        odds = torch.logsumexp(span[:, :, :1] + FAR * (1 - member), 1) - span[:, :1, 0]
        whole = torch.cat([mean, x[:, :1].expand(-1, mean.shape[1], -1)], -1)
        said = self.sentence2(F.gelu(self.sentence1(whole)))[..., 0]
        sentence = said + self.scale[0] + self.scale[1] * odds.clamp(-CLAMP, CLAMP)
        return Logits(span, sentence, self.kind(_question_mean(x, batch)))


def _question_mean(x: Tensor, batch: Batch) -> Tensor:
    question = (batch.side == QUESTION).float()[..., None]
    return (x * question).sum(1) / question.sum(1).clamp(min=1)


class Reader(nn.Module):
    """What both readers have in common."""

    frozen: tuple[str, ...] = ()  # beginnings of the names of parameters that are not trained or saved
    pretrained: tuple[str, ...] = ()  # and of those that start from trained weights: a lower learning rate

    def forward(self, batch: Batch) -> Logits:
        """The logits of a batch."""
        raise NotImplementedError


class Interaction(Reader):
    """The small reader on stored states: soft alignment and a few layers over both sides."""

    def __init__(self, size: Size, *, state: int = STATE_SIZE, positions: int = 1024) -> None:
        super().__init__()
        width = size.width
        self.inward = nn.Sequential(nn.Linear(state, width), nn.LayerNorm(width))
        self.aligned = nn.Linear(2 * state, width)
        self.matched = nn.Linear(MATCHES, width)
        self.side = nn.Embedding(3, width)
        self.place = nn.Parameter(torch.tensor(0.1))
        self.layers = nn.ModuleList([Layer(size) for _ in range(size.layers)])
        self.head = Head(width)
        self.register_buffer("sinusoids", sinusoids(positions, width), persistent=False)
        nn.init.normal_(self.matched.weight, std=0.3)
        nn.init.normal_(self.side.weight, std=0.1)

    def forward(self, batch: Batch) -> Logits:
        states = batch.states
        assert states is not None, "the small reader reads token states"
        found = matches(states, batch)
        weights = torch.softmax(found.cosines * SHARPNESS, 2) * (batch.side > 0)[..., None]
        other = weights @ states
        x = self.inward(states) + self.aligned(
            torch.cat([other, states * other], -1) * math.sqrt(states.shape[2])
        )
        x = x + self.matched(found.features) + self.side(batch.side)
        x = x + self.place * self.sinusoids[: x.shape[1]]  # type: ignore[index]
        for layer in self.layers:
            x = layer(x, batch.real[:, None, None, :])
        logits: Logits = self.head(x, batch)
        return logits


def sinusoids(positions: int, width: int) -> Tensor:
    """Vaswani et al. 2017, section 3.5: [positions, width]."""
    rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000.0) / width))
    angle = torch.arange(positions)[:, None] * rate
    return torch.stack([angle.sin(), angle.cos()], -1).reshape(positions, width)


class Embeddings(nn.Module):
    """BERT's embeddings, frozen."""

    def __init__(self, vocabulary: int, positions: int, width: int) -> None:
        super().__init__()
        self.word = nn.Embedding(vocabulary, width)
        self.position = nn.Embedding(positions, width)
        self.kind = nn.Parameter(torch.zeros(width))
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.requires_grad_(False)

    def forward(self, ids: Tensor, places: Tensor | None = None) -> Tensor:
        """`ids` and `places` [B, T]; without places, 0, 1, 2 …"""
        at = self.position.weight[: ids.shape[1]] if places is None else self.position(places)
        whole = self.word(ids) + at + self.kind
        out: Tensor = self.norm(whole)
        return out


class Cross(Reader):
    """All layers of e5 over question and passage, the lower ones over each by itself.

    The lower `apart` layers stay as they are and read `<s> question </s>` and `<s> title passage </s>` each
    for itself, as e5 was trained to; the upper ones are trained and read both in one row, with match features
    added where they begin (after DeFormer, Cao et al. 2020). With `apart` 0 it is a plain cross-encoder.
    """

    pretrained = ("layers.",)

    def __init__(self, size: Size, vocabulary: int, positions: int, *, apart: int = 0) -> None:
        super().__init__()
        self.apart = apart
        self.frozen = ("embeddings.", *(f"layers.{n}." for n in range(apart)))
        self.embeddings = Embeddings(vocabulary, positions, size.width)
        self.matched = nn.Linear(MATCHES, size.width)
        self.side = nn.Embedding(3, size.width)
        self.layers = nn.ModuleList([Layer(size) for _ in range(size.layers)])
        self.layers[:apart].requires_grad_(False)
        self.head = Head(size.width)
        nn.init.normal_(self.matched.weight, std=0.05)
        nn.init.zeros_(self.matched.bias)
        nn.init.normal_(self.side.weight, std=0.02)

    def forward(self, batch: Batch) -> Logits:
        x = self.lower(batch)
        found = matches(x if self.apart else self.embeddings.word(batch.ids), batch)
        x = x + self.matched(found.features) + self.side(batch.side)
        for layer in self.layers[self.apart :]:
            x = layer(x, batch.real[:, None, None, :])
        logits: Logits = self.head(x, batch)
        return logits

    def lower(self, batch: Batch) -> Tensor:
        """The states below the layers that read question and passage together, [B, T, width]."""
        if not self.apart:
            embedded: Tensor = self.embeddings(batch.ids)
            return embedded
        with torch.no_grad():
            part = (
                (batch.ids == batch.ids[:, :1]).cumsum(1).clamp(max=2)
            )  # 1: the question's, 2: the passage's
            own = batch.real[:, None, :] & (part[:, :, None] == part[:, None, :])
            places = torch.arange(part.shape[1]).expand_as(part)
            begin = torch.where(part > 1, (part == 1).sum(1, keepdim=True), 0)
            x: Tensor = self.embeddings(batch.ids, places - begin)
            for layer in self.layers[: self.apart]:
                x = layer(x, own[:, None])
        return x


def cross_from_e5(folder: Path, *, dropout: float = 0.0, apart: int = 0) -> Cross:
    """A cross-encoder whose embeddings and layers are those of the model in `folder`."""
    import json

    from safetensors.torch import load_file

    config = json.loads((folder / "config.json").read_text("utf-8"))
    size = Size(
        config["hidden_size"],
        config["num_hidden_layers"],
        config["num_attention_heads"],
        config["intermediate_size"],
        dropout,
    )
    reader = Cross(size, config["vocab_size"], config["max_position_embeddings"], apart=apart)
    weights = load_file(folder / "model.safetensors")
    found = {name.removeprefix("bert."): tensor.float() for name, tensor in weights.items()}
    reader.load_state_dict(_renamed(found, size.layers), strict=False)
    return reader


def _renamed(weights: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """BERT's weights under this module's names."""
    out = {
        "embeddings.word.weight": weights["embeddings.word_embeddings.weight"],
        "embeddings.position.weight": weights["embeddings.position_embeddings.weight"],
        "embeddings.kind": weights["embeddings.token_type_embeddings.weight"][0],
        "embeddings.norm.weight": weights["embeddings.LayerNorm.weight"],
        "embeddings.norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    ours = {
        "out": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "wide": "intermediate.dense",
        "narrow": "output.dense",
        "norm2": "output.LayerNorm",
    }
    for number in range(layers):
        theirs = f"encoder.layer.{number}."
        for part in ("weight", "bias"):
            qkv = [weights[f"{theirs}attention.self.{name}.{part}"] for name in ("query", "key", "value")]
            out[f"layers.{number}.qkv.{part}"] = torch.cat(qkv)
            for own, name in ours.items():
                out[f"layers.{number}.{own}.{part}"] = weights[f"{theirs}{name}.{part}"]
    return out


class Losses(NamedTuple):
    """The parts of the loss, each a mean over the windows."""

    span: Tensor
    sentence: Tensor
    kind: Tensor


def losses(logits: Logits, batch: Batch) -> Losses:
    """Cross-entropy of the span's ends, binary cross-entropy of the sentences, cross-entropy of the kind."""
    span = sum(F.cross_entropy(logits.span[:, :, end], batch.span[:, end]) for end in (0, 1)) / 2
    each = F.binary_cross_entropy_with_logits(logits.sentence, batch.labels, reduction="none")
    sentence = (each * batch.known).sum() / len(batch)
    known = batch.kind >= 0
    kind = F.cross_entropy(logits.kind[known], batch.kind[known]) if known.any() else logits.kind.sum() * 0
    return Losses(torch.as_tensor(span), sentence, kind)
