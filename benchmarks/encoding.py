"""Compare ways to encode passages: `python -m benchmarks.encoding DATA [--rounds 3]`.

Each way encodes the same passages (XQuAD in all languages below DATA), in turn, for several rounds; a ratio
is passages per second relative to sentence-transformers with its defaults in the same round. Each is also
evaluated on German XQuAD: hit@1 of dense search alone. With the Python of `.venv-bench`, onnxruntime is
included.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import os
import shutil
import statistics
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rebuild import paragraphs
from qa.embedding import default_model, model_folder, sentence_transformer
from qa.embedding import threads as compute
from qa.index import embed

Read = Callable[[list[str]], Any]


def ours(
    model: sentence_transformer.SentenceEncoder,
    *,
    tokens: int = 1024,
    bfloat16: bool = True,
    threads: int | None = None,
) -> Read:
    """Like the project, but one batch after the other: batches by length, filled by tokens."""
    import torch

    def read(texts: list[str]) -> Any:
        sentence_transformer.BATCH_TOKENS = tokens
        compute.bfloat16_pays = lambda: bfloat16  # type: ignore[assignment]
        before = torch.get_num_threads()
        torch.set_num_threads(threads or before)
        try:
            return np.stack([reading.vector for reading in model.read(texts)])
        finally:
            torch.set_num_threads(before)

    return read


def side_by_side(model: sentence_transformer.SentenceEncoder, *, pinned: bool = False) -> Read:
    """Like a build: threads that encode some passages each, with `pinned` one core each."""
    place, cores = threading.local(), itertools.count()

    def some(texts: list[str]) -> list[Any]:
        if pinned and not hasattr(place, "core"):
            place.core = next(cores) % (os.cpu_count() or 1)
            os.sched_setaffinity(0, {place.core})  # of this thread alone
        return [reading.vector for reading in model.read(texts)]

    def read(texts: list[str]) -> Any:
        sentence_transformer.BATCH_TOKENS = 1024
        compute.bfloat16_pays = lambda: True  # type: ignore[assignment]
        order = np.argsort([-count for count in model.token_count(texts)], kind="stable").tolist()
        batches = [
            [texts[index] for index in order[begin : begin + embed.BATCH]]
            for begin in range(0, len(order), embed.BATCH)
        ]
        with compute.passage_threads() as readers:
            vectors = np.stack([vector for found in readers.map(some, batches) for vector in found])
        return vectors[np.argsort(order)]

    return read


def whole() -> sentence_transformer.SentenceEncoder:
    """The encoder with its original weights and torch's own attention."""
    model = sentence_transformer.load()
    model._prepared = True  # as if that had been done
    return model


def fixed(model: Any, *, bfloat16: bool) -> Read:
    """sentence-transformers with its defaults: 32 texts a batch."""
    import torch

    def read(texts: list[str]) -> Any:
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            return model.encode(texts, prompt_name="passage", normalize_embeddings=True)

    return read


def by_onnx(folder: str, *, int8: bool) -> Read:
    """onnxruntime over the same weights, in float32 or with the 8 bits of its own dynamic quantisation."""
    import onnxruntime
    import torch
    from onnxruntime.quantization import quantize_dynamic
    from transformers import AutoModel

    judge, prompt = whole(), model_folder.PROMPTS["passage"]
    network = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    with tempfile.TemporaryDirectory() as place:
        file, small = f"{place}/model.onnx", f"{place}/int8.onnx"
        example = torch.ones(2, 9, dtype=torch.long)
        free = {name: {0: "texts", 1: "tokens"} for name in ("input_ids", "attention_mask", "states")}
        torch.onnx.export(
            _last_states(network),
            (example, example),
            file,
            input_names=["input_ids", "attention_mask"],
            output_names=["states"],
            dynamic_axes=free,
            dynamo=False,
        )
        if int8:
            quantize_dynamic(file, small, per_channel=True)
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = torch.get_num_threads()
        session = onnxruntime.InferenceSession(
            small if int8 else file, settings, providers=["CPUExecutionProvider"]
        )

    def read(texts: list[str]) -> Any:
        sentence_transformer.BATCH_TOKENS = 1024
        vectors = np.empty((len(texts), judge.dimension), np.float32)
        for batch in judge._batches(texts):
            features, _ = judge._features([texts[index] for index in batch], prompt)
            given = {name: features[name].numpy() for name in ("input_ids", "attention_mask")}
            (states,) = session.run(["states"], given)
            there = given["attention_mask"][..., None]
            means = (states * there).sum(axis=1) / there.sum(axis=1)
            vectors[batch] = means / np.linalg.norm(means, axis=1, keepdims=True)
        return vectors

    return read


def _last_states(network: Any) -> Any:
    """The network with only its last states as output."""
    import torch

    class States(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.network(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    return States().eval()


def ways(folder: str) -> dict[str, Read]:
    """All ways by name; the first is the baseline."""
    import torch
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(folder, prompts=model_folder.PROMPTS)
    bare, quick = whole(), sentence_transformer.load()
    quick.prepare()
    found = {
        "sentence-transformers, float32": fixed(plain, bfloat16=False),
        "the same in bfloat16": fixed(plain, bfloat16=True),
        "batches by tokens, float32": ours(bare, bfloat16=False),
        "batches by tokens, bfloat16, one thread": ours(bare, threads=1),
        **{
            f"batches of {tokens} tokens, bfloat16": ours(bare, tokens=tokens)
            for tokens in (512, 1024, 2048, 4096, 8192)
        },
        "batches of 1024 tokens, bfloat16, in parallel": side_by_side(bare),
        "batches of 1024 tokens, 8 bits per token": ours(quick),
        "the same, in parallel: as qa builds": side_by_side(quick),
        "the same, each thread pinned to a core": side_by_side(quick, pinned=True),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        small = SentenceTransformer(folder, prompts=model_folder.PROMPTS)
        small[0].model = torch.ao.quantization.quantize_dynamic(  # type: ignore[no-untyped-call]
            small[0].model, {torch.nn.Linear}, dtype=torch.qint8
        )
        found["int8 weights (torch, dynamic), batches of 32"] = fixed(small, bfloat16=False)
    if shutil.which("g++"):  # torch.compile writes C++
        compiled = whole()
        layers: Any = compiled._model[0]
        layers.model = torch.compile(layers.model, dynamic=True)
        found["batches of 1024 tokens, bfloat16, torch.compile"] = ours(compiled)
    if importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("onnx"):
        found["onnxruntime, float32, batches of 1024 tokens"] = by_onnx(folder, int8=False)
        found["onnxruntime, its own dynamic int8, batches of 1024 tokens"] = by_onnx(folder, int8=True)
    return found


def hit_at_1(read: Read, model: sentence_transformer.SentenceEncoder, data: Path) -> float:
    """Share of the German XQuAD questions whose paragraph is ranked first."""
    source = next(iter(sorted(data.rglob("xquad.de.*json"))))
    texts: list[str] = []
    questions: list[str] = []
    gold: list[int] = []
    for article in json.loads(source.read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            questions += [qa["question"] for qa in paragraph["qas"]]
            gold += [len(texts)] * len(paragraph["qas"])
            texts.append(paragraph["context"])
    rows = np.asarray(read(texts), np.float32)
    asked = np.stack([reading.vector for reading in model.read(questions, query=True)])
    return float(np.mean((asked @ rows.T).argmax(axis=1) == np.array(gold)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--passages", type=int, default=150)
    args = parser.parse_args()
    weights = default_model.weights_file()
    assert weights is not None, "the package with the default model is not installed"
    texts = paragraphs(args.data)[:: max(1, len(paragraphs(args.data)) // args.passages)]
    taken: dict[str, list[float]] = {}
    all_ways = ways(str(default_model.unpack(weights)))
    for read in all_ways.values():
        read(texts[:40])  # warms up, and compiles
    for _ in range(args.rounds):
        for name, read in all_ways.items():
            began = time.perf_counter()
            read(texts)
            taken.setdefault(name, []).append(time.perf_counter() - began)
    base, *_ = taken.values()
    judge = sentence_transformer.load()
    judge.prepare()
    print(f"{len(texts)} passages\n\n| way | passages per second | ratio | hit@1 dense |\n|---|---|---|---|")
    for name, seconds in taken.items():
        ratios = [theirs / own for theirs, own in zip(base, seconds, strict=True)]
        middle = statistics.median(ratios)
        hit = hit_at_1(all_ways[name], judge, args.data)
        rate = len(texts) / statistics.median(seconds)
        spread = f"{middle:.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        print(f"| {name} | {rate:.1f} | {spread} | {hit:.3f} |", flush=True)


if __name__ == "__main__":
    main()
