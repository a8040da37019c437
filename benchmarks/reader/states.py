"""Token states as an index stores them, read once and kept in the cache folder.

`python -m benchmarks.reader.states [SET …] [--passages N]`. Only the layers below the stored one are
run. A set that is there is left alone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.reader import data
from benchmarks.reader.project import (
    PROMPTS,
    STATE_LAYER,
    Span,
    cache_folder,
    model_folder,
    stored_states,
    whole_file,
)
from benchmarks.reader.tokens import Tokenizer, Tokens, kept_tokens
from benchmarks.reader.windows import StateMaker

BATCH_TOKENS = 1024
MAX_TOKENS = 512
SHOWN = 20  # batches between two lines of progress

Row = tuple[Tokens, NDArray[np.int8]]


class LowerLayers:
    """The default model up to the layer whose token states are stored."""

    def __init__(self) -> None:
        import torch
        from transformers import AutoModel

        folder = model_folder()
        self._torch: Any = torch
        self._tokenizer = Tokenizer(folder)
        self._model: Any = AutoModel.from_pretrained(folder, attn_implementation="sdpa").eval()
        layers = self._model.encoder.layer
        self._model.encoder.layer = layers[: len(layers) + 1 + STATE_LAYER]

    def read(self, texts: Sequence[str], before: Sequence[str], *, progress: bool = False) -> list[Row]:
        """Tokens and stored states of each text, read behind its prompt and title."""
        whole = [head + text for head, text in zip(before, texts, strict=True)]
        encodings = self._tokenizer.encode(whole, MAX_TOKENS)
        order = sorted(range(len(texts)), key=lambda n: -len(encodings[n].ids))
        found: dict[int, Row] = {}
        begin = batches = 0
        clock = time.process_time()
        while begin < len(order):
            width = len(encodings[order[begin]].ids)
            some = order[begin : begin + max(1, BATCH_TOKENS // width)]
            begin, batches = begin + len(some), batches + 1
            rows = self._states([encodings[n].ids for n in some], width)
            for n, states in zip(some, rows, strict=True):
                kept, spans = kept_tokens(texts[n], len(before[n]), encodings[n])
                ids = np.array(encodings[n].ids, np.int64)[kept]
                tokens = Tokens(ids, np.array(spans, np.int64).reshape(-1, 2))
                found[n] = tokens, stored_states(states[kept], [Span(*span) for span in spans])
            if progress and batches % SHOWN == 0:
                print(f"{begin} of {len(order)}, {time.process_time() - clock:.0f} CPU s", flush=True)
        return [found[n] for n in range(len(texts))]

    def _states(self, ids: Sequence[Sequence[int]], width: int) -> NDArray[np.float32]:
        torch = self._torch
        padded = torch.full((len(ids), width), self._tokenizer.pad)
        real = torch.zeros((len(ids), width), dtype=torch.long)
        for row, one in enumerate(ids):
            padded[row, : len(one)], real[row, : len(one)] = torch.tensor(one), 1
        with torch.inference_mode():
            hidden = self._model(input_ids=padded, attention_mask=real).last_hidden_state
            unit: NDArray[np.float32] = torch.nn.functional.normalize(hidden, dim=-1).numpy()
        return unit


def passage_key(passage: data.PassageText) -> str:
    """What a passage's states are found by: its title and text, as they were read."""
    return f"{passage.title}\n{passage.text}"


def read_set(prepared: data.Prepared, most: int, model: LowerLayers) -> dict[str, NDArray[Any]]:
    """The arrays of a set: states of questions and of the passages of its first windows."""
    passages = _chosen(prepared, most)
    asked = {w.question for w in prepared.windows if w.passage in passages}
    return pack(
        [prepared.questions[n].text for n in sorted(asked)],
        [prepared.passages[n] for n in sorted(passages)],
        model,
    )


def pack(
    questions: Sequence[str], texts: Sequence[data.PassageText], model: LowerLayers
) -> dict[str, NDArray[Any]]:
    """The states of questions and passages as arrays of one file."""
    heads = [PROMPTS["passage"] + (f"{one.title}\n" if one.title else "") for one in texts]
    rows = model.read(questions, [PROMPTS["query"]] * len(questions))
    rows += model.read([one.text for one in texts], heads, progress=True)
    keys = [f"question/{text}" for text in questions] + [f"passage/{passage_key(one)}" for one in texts]
    return {
        "keys": np.array(keys, object).astype(str),
        "ends": np.cumsum([len(tokens.ids) for tokens, _ in rows]),
        "ids": np.concatenate([tokens.ids for tokens, _ in rows]).astype(np.int32),
        "spans": np.concatenate([tokens.spans for tokens, _ in rows]).astype(np.int32),
        "states": np.concatenate([states for _, states in rows]),
    }


def _chosen(prepared: data.Prepared, most: int) -> set[int]:
    """Numbers of at most about `most` passages: those with the most windows, by whole articles."""
    by_article: dict[str, set[int]] = {}
    held: list[str] = []
    for window in prepared.windows:
        article = prepared.questions[window.question].article
        by_article.setdefault(article, set()).add(window.passage)
        if prepared.questions[window.question].fold == 0 and article not in held:
            held.append(article)
    chosen: set[int] = set()
    for article in [*held, *(one for one in by_article if one not in held)]:
        if len(chosen) >= most:
            break
        chosen |= by_article[article]
    return chosen


@dataclass(frozen=True, slots=True)
class Stored:
    """The states in the cache folder, by text."""

    rows: dict[str, Row]

    def __call__(self, what: str, text: str) -> tuple[Tokens, NDArray[np.float32]]:
        tokens, states = self.rows[f"{what}/{text}"]
        numbers = states.astype(np.float32)
        return tokens, numbers / np.maximum(np.linalg.norm(numbers, axis=1, keepdims=True), 1e-9)


_LOADED: dict[Path, Stored] = {}


def stored(cache: Path) -> Stored:
    """All states in the cache folder; read once a process."""
    if cache not in _LOADED:
        rows: dict[str, Row] = {}
        for path in sorted((cache / "states").glob("*.npz")):
            with np.load(path, allow_pickle=False) as file:
                fields = {name: file[name] for name in file.files}
            begin = 0
            for key, end in zip(fields["keys"].tolist(), fields["ends"].tolist(), strict=True):
                tokens = Tokens(fields["ids"][begin:end].astype(np.int64), fields["spans"][begin:end])
                rows[key] = tokens, fields["states"][begin:end]
                begin = end
        _LOADED[cache] = Stored(rows)
    return _LOADED[cache]


def maker(cache: Path, coarse: float = 0.0) -> StateMaker:
    return StateMaker(stored(cache), coarse=coarse)


def known(cache: Path, sets: Sequence[data.Prepared]) -> Callable[[str, data.Window], bool]:
    """Whether the states of a window's question and passage are in the cache."""
    rows = stored(cache).rows
    by_name = {one.name: one for one in sets}

    def keep(name: str, window: data.Window) -> bool:
        one = by_name[name]
        question, passage = one.questions[window.question], one.passages[window.passage]
        return f"question/{question.text}" in rows and f"passage/{passage_key(passage)}" in rows

    return keep


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sets", nargs="*", help="names of sets; all without")
    parser.add_argument("--cache", type=Path, default=cache_folder())
    parser.add_argument("--passages", type=int, default=1_000_000, help="of each set, about, at most")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = LowerLayers()
    names = args.sets or sorted(path.stem for path in (args.cache / "prepared").glob("*.json"))
    for name in names:
        target = args.cache / "states" / f"{name}.npz"
        if target.exists():
            continue
        began = time.process_time()
        fields = read_set(data.load(args.cache / "prepared" / f"{name}.json"), args.passages, model)
        with whole_file(target) as draft, draft.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **fields)
        print(f"{name}: {len(fields['ends'])} texts, {len(fields['ids'])} tokens,", end=" ")
        print(f"{time.process_time() - began:.0f} CPU s", flush=True)


if __name__ == "__main__":
    main()
