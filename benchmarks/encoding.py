"""What makes the reading of passages fast: `python -m benchmarks.encoding DATA [--rounds 3]`.

Every way reads the same passages (XQuAD in all languages below DATA), in turn, round after round; a ratio is
that of passages a second to sentence-transformers with its defaults in the same round. Each is also held
against German XQuAD: hit@1 of the dense side alone.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rebuild import paragraphs
from qa import checkpoint, compute, encoder

Read = Callable[[list[str]], Any]


def ours(model: encoder.SentenceEncoder, *, tokens: int, bfloat16: bool) -> Read:
    """As the project reads: batches by length, filled by tokens."""

    def read(texts: list[str]) -> Any:
        encoder.BATCH_TOKENS = tokens
        compute.bfloat16_pays = lambda: bfloat16
        return np.stack([reading.vector for reading in model.read(texts)])

    return read


def fixed(model: Any, *, bfloat16: bool) -> Read:
    """sentence-transformers with its defaults: 32 texts a batch."""
    import torch

    def read(texts: list[str]) -> Any:
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            return model.encode(texts, prompt_name="passage", normalize_embeddings=True)

    return read


def ways(folder: str) -> dict[str, Read]:
    """All ways by name; the first is what the others are compared with."""
    import torch
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(folder, prompts=checkpoint.PROMPTS)
    model = encoder.load()
    found = {
        "sentence-transformers, float32": fixed(plain, bfloat16=False),
        "the same in bfloat16": fixed(plain, bfloat16=True),
        "batches by tokens, float32": ours(model, tokens=2048, bfloat16=False),
        **{
            f"batches of {tokens} tokens, bfloat16": ours(model, tokens=tokens, bfloat16=True)
            for tokens in (512, 1024, 2048, 4096, 8192)
        },
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        small = SentenceTransformer(folder, prompts=checkpoint.PROMPTS)
        small[0].model = torch.ao.quantization.quantize_dynamic(
            small[0].model, {torch.nn.Linear}, dtype=torch.qint8
        )
        found["int8 weights (torch, dynamic), batches of 32"] = fixed(small, bfloat16=False)
    compiled = SentenceTransformer(folder, prompts=checkpoint.PROMPTS)
    compiled[0].model = torch.compile(compiled[0].model, dynamic=True)
    found["torch.compile, bfloat16, batches of 32"] = fixed(compiled, bfloat16=True)
    return found


def hit_at_1(read: Read, model: encoder.SentenceEncoder, data: Path) -> float:
    """Share of German XQuAD's questions whose paragraph is the nearest one."""
    source = next(iter(sorted(data.rglob("xquad.de.*json"))))
    texts, questions, gold = [], [], []
    for article in json.loads(source.read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            questions += [qa["question"] for qa in paragraph["qas"]]
            gold += [len(texts)] * len(paragraph["qas"])
            texts.append(paragraph["context"])
    rows = np.asarray(read(texts), np.float32)
    asked = model.queries(questions)
    return float(np.mean((asked @ rows.T).argmax(axis=1) == np.array(gold)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--passages", type=int, default=150)
    args = parser.parse_args()
    carrier = checkpoint.carrier()
    assert carrier is not None, "the carrier of the default model is not installed"
    texts = paragraphs(args.data)[:: max(1, len(paragraphs(args.data)) // args.passages)]
    taken: dict[str, list[float]] = {}
    all_ways = ways(str(checkpoint.unpack(carrier)))
    for name, read in list(all_ways.items()):
        try:
            read(texts[:40])  # warms up, and compiles
        except Exception as error:  # noqa: BLE001 (a way that does not work here is a result too)
            print(f"{name}: does not work here ({type(error).__name__})", flush=True)
            del all_ways[name]
    for _ in range(args.rounds):
        for name, read in all_ways.items():
            began = time.perf_counter()
            read(texts)
            taken.setdefault(name, []).append(time.perf_counter() - began)
    base, *_ = taken.values()
    judge = encoder.load()
    print(f"{len(texts)} passages\n\n| way | passages a second | ratio | hit@1 dense |\n|---|---|---|---|")
    for name, seconds in taken.items():
        ratios = [theirs / own for theirs, own in zip(base, seconds, strict=True)]
        middle = statistics.median(ratios)
        hit = hit_at_1(all_ways[name], judge, args.data)
        rate = len(texts) / statistics.median(seconds)
        spread = f"{middle:.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        print(f"| {name} | {rate:.1f} | {spread} | {hit:.3f} |", flush=True)


if __name__ == "__main__":
    main()
