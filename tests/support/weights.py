"""A small file of four-bit weights in the format of the default model."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import numpy as np

HIDDEN, LAYERS, HEADS, WIDE, POSITIONS, TYPES = 32, 4, 2, 64, 40, 2
LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,?!:-日本語です"
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁query", "▁passage", "▁der", "▁Hund", "▁bellt", *LETTERS]
NORMALISATION = {"\t": " ", "\u00ad": "", "ﬁ": "fi"}


def tensor_names() -> list[str]:
    parts = ("q", "k", "v", "ao", "fi", "fo", "aln", "oln")
    layers = [f"l{n}.{part}.{end}" for n in range(LAYERS) for part in parts for end in "wb"]
    return ["emb.word", "emb.pos", "emb.type", "emb.ln.w", "emb.ln.b", *layers]


def tensor_bytes(name: str, random: np.random.Generator) -> tuple[int, int, bytes]:
    """dtype, number of weights and bytes of a tensor with small random weights."""
    part = name.split(".")[1]
    four_bit = {
        "word": len(PIECES) * HIDDEN,
        **dict.fromkeys(("q", "k", "v", "ao"), HIDDEN * HIDDEN),
        **dict.fromkeys(("fi", "fo"), HIDDEN * WIDE),
    }
    if part in four_bit and not name.endswith(".b"):
        count = four_bit[part]
        blocks = [np.float16(0.02).tobytes() + random.bytes(16) for _ in range(count // 32)]
        return 1, count, b"".join(blocks)
    count = {"pos": POSITIONS * HIDDEN, "type": TYPES * HIDDEN, "fi": WIDE}.get(part, HIDDEN)
    values = random.normal(1.0 if name.endswith("ln.w") else 0.0, 0.05, count)
    return 0, count, values.astype("<f4").tobytes()


def small_file(
    *,
    magic: bytes = b"E5S1",
    version: int = 1,
    block: int = 32,
    without: str = "",
    poison: str = "",
    pieces: list[str] | None = None,
) -> bytes:
    """A complete model file of a few kilobytes."""
    pieces = PIECES if pieces is None else pieces
    head = magic + struct.pack(
        "<I7ifi", version, HIDDEN, LAYERS, HEADS, WIDE, len(PIECES), POSITIONS, TYPES, 1e-12, block
    )
    encoded = [piece.encode() for piece in pieces]
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4").tobytes()
    scores = np.array([-len(pieces) / 10 + len(piece) for piece in pieces], "<f4").tobytes()
    head += (
        struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, sum(map(len, encoded)))
        + offsets
        + scores
        + b"".join(encoded)
    )
    entries = b"".join(
        struct.pack(f"<IB{len(to)}I", ord(source), len(to), *map(ord, to))
        for source, to in NORMALISATION.items()
    )
    head += struct.pack("<iI", len(NORMALISATION), len(entries)) + entries
    random = np.random.default_rng(7)
    tensors = {name: tensor_bytes(name, random) for name in tensor_names() if name != without}
    if poison:
        kind, count, _ = tensors[poison]
        tensors[poison] = kind, count, np.full(count, np.nan, "<f4").tobytes()
    at = len(head) + 4 + sum(2 + len(name) + 21 for name in tensors)
    directory = struct.pack("<i", len(tensors))
    for name, (kind, count, data) in tensors.items():
        directory += (
            struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, count, at, len(data))
        )
        at += len(data)
    return head + directory + b"".join(data for _, _, data in tensors.values())


def changed_prompts(folder: Path, place: Path, **prompts: str) -> Path:
    """A copy of the model with other prompts."""
    shutil.copytree(folder, place)
    settings_file = place / "config_sentence_transformers.json"
    content = json.loads(settings_file.read_text())
    settings_file.write_text(json.dumps({**content, "prompts": prompts}))
    return place


def no_network(*args: object, **kwargs: object) -> None:
    raise AssertionError("the network was used")
