"""8-bit layers compared with torchao's: `python -m benchmarks.torchao_int8 DATA [--paragraphs 120]`.

Both compute the products with weights in 8-bit integers, with a scale for each token and each output. The
German XQuAD paragraphs below DATA are encoded by each way in turn, piece by piece, on one thread; then the
German questions (in float32 by all) look for theirs. "Exact" computes the products of integers in floats: so
it has the results of a CPU with 8-bit units on one without them, where oneDNN's sums overflow and torch's
products of integers are slow. Needs the package `torchao`; torch.compile needs a C++ compiler.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch

from benchmarks import processor
from qa.embedding import int8, sentence_transformer, threads
from qa.embedding.sentence_transformer import SentenceEncoder

PIECE, WARM = 20, 2  # paragraphs that each way encodes in turn; before they are timed
Prepare = Callable[[Any], None]  # changes the network of an encoder


def float32(network: Any) -> None:
    """Nothing is changed: what qa does on a CPU without bfloat16 units."""


def ours(network: Any) -> None:
    """The layers of `qa.embedding.int8`, whatever the CPU and whether or not they are accurate there."""
    int8._trial(network, list(network.encoder.layer))


def torchao(network: Any) -> None:
    """torchao's dynamic 8 bits for all linear layers, as its documentation says."""
    from torchao.quantization import Int8DynamicActivationInt8WeightConfig, quantize_

    quantize_(network.encoder, Int8DynamicActivationInt8WeightConfig())


def compiled(network: Any) -> None:
    """The same, compiled."""
    torchao(network)
    network.encoder = torch.compile(network.encoder, dynamic=True)


WAYS: dict[str, Prepare] = {
    "float32": float32,
    "ours": ours,
    "ours (exact)": ours,
    "torchao": torchao,
    "torchao (exact)": torchao,
    "torchao (torch.compile)": compiled,
}


def products(name: str) -> AbstractContextManager[None]:
    """Exact ones if the way says so."""
    return exact_products() if "exact" in name else nullcontext()


@contextmanager
def exact_products() -> Iterator[None]:
    """Let products of integers be computed in floats, which hold them."""

    def product(codes: Any, _: float, zero: int, weights: Any, scales: Any, *rest: Any) -> Any:
        return ((codes.float() - zero) @ weights) * scales

    operations = torch.ops.onednn
    with (
        mock.patch.object(torch, "_int_mm", lambda a, b: a.float() @ b.float()),  # torchao's
        mock.patch.object(operations, "qlinear_prepack", lambda weights, _: weights.float().t().contiguous()),
        mock.patch.object(operations, "qlinear_pointwise", product),
    ):
        yield


def encode(encoder: SentenceEncoder, name: str, texts: list[str]) -> Any:
    """The vectors of some passages."""
    bfloat16 = name.startswith("ours")  # they run under autocast, which changes nothing else
    with mock.patch.object(threads, "bfloat16_pays", return_value=bfloat16):
        return np.stack([reading.vector for reading in encoder.read(texts)])


def german(data: Path) -> tuple[list[str], list[tuple[str, int]]]:
    """The paragraphs, and the questions with the numbers of theirs."""
    source = next(iter(sorted(data.rglob("xquad.de.*json"))))
    texts: list[str] = []
    asked: list[tuple[str, int]] = []
    for article in json.loads(source.read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            asked += [(qa["question"], len(texts)) for qa in paragraph["qas"]]
            texts.append(paragraph["context"])
    return texts, asked


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--paragraphs", type=int, default=0, help="so many only, for a trial")
    parser.add_argument("--ways", default=",".join(WAYS))
    args = parser.parse_args()
    torch.set_num_threads(1)
    texts, asked = german(args.data)
    texts = texts[: args.paragraphs or None]
    asked = [(question, number) for question, number in asked if number < len(texts)]
    names = [name for name in args.ways.split(",") if "compile" not in name or shutil.which("g++")]
    encoders: dict[str, SentenceEncoder] = {}
    for name in names:
        encoders[name] = sentence_transformer.load()
        with torch.no_grad(), products(name):
            WAYS[name](encoders[name]._model[0].model)
    vectors: dict[str, list[Any]] = {name: [] for name in names}
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for begin in [-1, *range(0, len(texts), PIECE)]:  # first a little warms up, and compiles
        piece = texts[begin : begin + PIECE] if begin >= 0 else texts[:WARM]
        for name in names:
            began = time.process_time()
            with products(name):
                found = encode(encoders[name], name, piece)
            if begin >= 0:
                seconds[name].append((time.process_time() - began) / len(piece))
                vectors[name].append(found)
    whole = {name: np.concatenate(parts) for name, parts in vectors.items()}
    plain = sentence_transformer.load()
    questions = np.stack([reading.vector for reading in plain.read([q for q, _ in asked], query=True)])
    gold = np.array([number for _, number in asked])
    print(f"{len(texts)} paragraphs, {len(asked)} questions, {processor.load()}\n")
    print("| way | passages a CPU second | ratio | mean cosine to float32 | hit@1 |\n|---|---|---|---|---|")
    base = seconds[names[0]]
    for name in names:
        ratios = [theirs / own for theirs, own in zip(base, seconds[name], strict=True)]
        cosine = float((whole[name] * whole[names[0]]).sum(axis=1).mean())
        hits = int(((questions @ whole[name].T).argmax(axis=1) == gold).sum())
        rate = 1 / statistics.median(seconds[name])
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        print(f"| {name} | {rate:.1f} | {spread} | {cosine:.5f} | {hits} of {len(asked)} |", flush=True)


if __name__ == "__main__":
    main()
