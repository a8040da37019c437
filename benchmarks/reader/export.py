"""Put a checkpoint's weights where the package reads them: `python -m benchmarks.reader.export CHECKPOINT`.

Writes qa/answering/reader.safetensors (float16) and reader.json beside it with the plan of the training,
how far it got, and a checksum. Only the small reader can be exported.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save

from benchmarks.reader.project import READER_WEIGHTS, whole_file
from benchmarks.reader.train import load_reader, trained


def exported(tensors: Mapping[str, torch.Tensor]) -> bytes:
    """The weights as safetensors in float16."""
    return save({name: tensor.half().contiguous() for name, tensor in sorted(tensors.items())})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--target", type=Path, default=READER_WEIGHTS)
    args = parser.parse_args()
    plan, reader, progress = load_reader(args.checkpoint)
    if plan.kind != "small":
        parser.error("Only the small reader runs on stored states; give one of its checkpoints.")
    content = exported(trained(reader))
    about = {
        "training": asdict(plan),
        "progress": asdict(progress),
        "parameters": sum(tensor.numel() for tensor in trained(reader).values()),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    with whole_file(args.target) as draft:
        draft.write_bytes(content)
    with whole_file(args.target.with_suffix(".json")) as draft:
        draft.write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{args.target}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
