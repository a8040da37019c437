"""Train a reader; resumable: `python -m benchmarks.reader.train RUN --kind cross|small [--resume]`.

RUN is a folder of checkpoints below the cache folder. The learning rate warms up, stays, and falls in
the last `--cool` windows before `--windows`; the checkpoint before that is kept as `stable.pt`, from
which a longer run goes on. Time is counted in CPU seconds of this process, one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from benchmarks.reader import data, model, states
from benchmarks.reader.project import cache_folder, model_folder, whole_file
from benchmarks.reader.score import Score, score
from benchmarks.reader.tokens import Tokenizer
from benchmarks.reader.windows import Batch, CrossMaker, Drawn, Example, Maker, Stream, collate

KIND_WEIGHT = 0.1  # of the auxiliary loss
GROUP_WEIGHT = 1.0  # of the loss over a question's passages, where there are several
CLIP = 1.0  # norm of the gradients
BETAS = (0.9, 0.98)
DECAY = 0.01
LAST_RATE = 0.03  # of the learning rate, at the end of the cooling
SHOWN = 20  # steps whose losses are averaged in the log
HELD_WINDOWS = (60, 40)  # of each held-out set that answer, and that do not, scored during training
HELD_SETS = ("squadshifts_wikipedia", "norquad_news", "xquad_de")


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides what a run learns. Kept in its checkpoints; a resumed run takes it from there."""

    kind: str
    seed: int
    fold: int  # of XQuAD that is held out, -1: none
    width: int
    layers: int
    dropout: float
    rate: float  # of new parameters
    base_rate: float  # of pretrained ones
    tokens: int
    crop: int
    warm: int
    sets: tuple[str, ...]  # names of the prepared sets it draws from
    group: int = 1  # windows of one question, weighed against each other
    apart: int = 0  # lower layers of a cross-encoder that stay as they are
    coarse: float = 0.0  # share of windows whose passage is read from 4 bits a number (small)


@dataclass(slots=True)
class Progress:
    """Where a run stands."""

    pool: int = 0
    batch: int = 0
    windows: int = 0
    tokens: int = 0
    steps: int = 0
    seconds: float = 0.0  # of CPU, scoring left out


class Run:
    """A reader in training with its optimizer and its place in the stream."""

    def __init__(self, plan: Plan, reader: model.Reader, stream: Stream) -> None:
        self.plan, self.reader, self.stream = plan, reader, stream
        self.progress = Progress()
        named = [(name, p) for name, p in reader.named_parameters() if p.requires_grad]
        base = [p for name, p in named if name.startswith(reader.pretrained or ("\0",))]
        new = [p for name, p in named if not name.startswith(reader.pretrained or ("\0",))]
        self._rates = [plan.base_rate, plan.rate]
        self.optimizer = torch.optim.AdamW(
            [{"params": base}, {"params": new}], lr=plan.rate, betas=BETAS, weight_decay=DECAY, fused=True
        )

    def steps(self, until: int, cool: int) -> Iterator[model.Losses]:
        """Train on batch after batch until `until` windows are done; the losses of each."""
        self.reader.train()
        at = self.progress
        for pool, number, examples in self.stream.batches(at.pool, at.batch):
            if at.windows >= until:
                return
            began = time.process_time()
            found = self._step(collate(examples), rate(at.windows, self.plan.warm, until, cool))
            at.pool, at.batch = pool, number
            at.windows += len(examples)
            at.tokens += sum(len(example.ids) for example in examples)
            at.steps += 1
            at.seconds += time.process_time() - began
            yield found

    def _step(self, batch: Batch, share: float) -> model.Losses:
        for group, full in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = full * share
        found = model.losses(self.reader(batch), batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss = found.span + found.sentence + KIND_WEIGHT * found.kind
        if self.plan.group > 1:
            loss = loss + GROUP_WEIGHT * found.group
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.reader.parameters(), CLIP)
        self.optimizer.step()
        return model.Losses(*(part.detach() for part in found))

    def save(self, path: Path) -> None:
        """Write all that is needed to go on, whole or not at all."""
        content = {
            "plan": asdict(self.plan),
            "progress": asdict(self.progress),
            "reader": trained(self.reader),
            "optimizer": self.optimizer.state_dict(),
            "random": torch.get_rng_state(),
        }
        with whole_file(path) as draft:
            torch.save(content, draft)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint of the same plan."""
        content = torch.load(path, weights_only=True)
        self.reader.load_state_dict(content["reader"], strict=False)
        self.optimizer.load_state_dict(content["optimizer"])
        self.progress = Progress(**content["progress"])
        torch.set_rng_state(content["random"])


def trained(reader: model.Reader) -> dict[str, torch.Tensor]:
    """The parameters that training changes, by name."""
    frozen = reader.frozen or ("\0",)
    return {name: t for name, t in reader.state_dict().items() if not name.startswith(frozen)}


def rate(windows: int, warm: int, until: int, cool: int) -> float:
    """The share of the learning rate: linear warm-up, constant, linear fall in the last `cool` windows."""
    share = min(1.0, (windows + 1) / warm) if warm else 1.0
    left = until - windows
    return share * max(LAST_RATE, left / cool) if cool and left < cool else share


def reader_of(plan: Plan) -> model.Reader:
    """A reader of the plan's kind and size with its first weights."""
    if plan.kind == "cross":
        return model.cross_from_e5(model_folder(), dropout=plan.dropout, apart=plan.apart)
    size = model.Size(plan.width, plan.layers, plan.width // 32, 3 * plan.width, plan.dropout)
    return model.Interaction(size)


def load_reader(path: Path) -> tuple[Plan, model.Reader, Progress]:
    """The reader of a checkpoint, ready to read."""
    content: dict[str, Any] = torch.load(path, weights_only=True)
    plan = Plan(**content["plan"])
    reader = reader_of(plan)
    reader.load_state_dict(content["reader"], strict=False)
    return plan, reader.eval(), Progress(**content["progress"])


def maker_of(plan: Plan, cache: Path, crop: int, coarse: float = 0.0) -> Maker:
    if plan.kind == "cross":
        return CrossMaker(Tokenizer(model_folder()), crop=crop, prompts=plan.apart > 0)
    return states.maker(cache, coarse)


def held_out(sets: Sequence[data.Prepared], fold: int) -> dict[str, list[Drawn]]:
    """Of each set that is scored during training: windows that answer, and that do not."""
    found: dict[str, list[Drawn]] = {}
    for one in sets:
        wanted = fold if one.name.startswith("xquad") else 0
        if one.name not in HELD_SETS or wanted < 0:
            continue
        held = [w for w in one.windows if one.questions[w.question].fold == wanted]
        answered = [w for w in held if w.source == "answer"][:: max(1, len(held) // 400)]
        alike = [w for w in held if w.source == "neighbour"][:: max(1, len(held) // 200)]
        chosen = answered[: HELD_WINDOWS[0]] + alike[: HELD_WINDOWS[1]]
        found[one.name] = [(one.questions[w.question], one.passages[w.passage], w) for w in chosen]
    return found


class Log:
    """The learning curve: JSON lines in the run's folder, and the same on the screen."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "log.jsonl"
        self._recent: deque[model.Losses] = deque(maxlen=SHOWN)

    def step(self, progress: Progress, found: model.Losses) -> None:
        self._recent.append(found)
        if progress.steps % SHOWN == 0:
            means = (float(sum(parts)) / len(parts) for parts in zip(*self._recent, strict=True))
            self.write(progress, **dict(zip(model.Losses._fields, means, strict=True)))

    def scored(self, progress: Progress, name: str, found: Score) -> None:
        self.write(progress, held_out=name, **asdict(found))

    def write(self, progress: Progress, **fields: Any) -> None:
        where = {"windows": progress.windows, "steps": progress.steps, "cpu_seconds": round(progress.seconds)}
        rounded = {
            key: round(value, 4) if isinstance(value, float) else value for key, value in fields.items()
        }
        line = json.dumps(where | rounded)
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")
        print(line, flush=True)


def train(run: Run, folder: Path, args: argparse.Namespace, held: dict[str, list[Example]]) -> None:
    """Train, save now and then, score the held-out windows. Where it is told to stop, it saves and ends."""
    log, stop = Log(folder), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    saved, stable = run.progress.seconds, _cooling(run, args)
    next_score = run.progress.windows + args.score_every
    for found in run.steps(args.windows, args.cool):
        log.step(run.progress, found)
        if not stable and _cooling(run, args):
            run.save(folder / "stable.pt")
            stable = True
        if stop.is_set():
            break
        if run.progress.seconds - saved > args.save_every:
            run.save(folder / "latest.pt")
            saved = run.progress.seconds
        if run.progress.windows >= next_score:
            _score_all(run, log, held)
            next_score += args.score_every
    run.save(folder / "latest.pt")
    if not stop.is_set():
        _score_all(run, log, held)


def _cooling(run: Run, args: argparse.Namespace) -> bool:
    return bool(args.cool) and run.progress.windows >= args.windows - args.cool


def _score_all(run: Run, log: Log, held: dict[str, list[Example]]) -> None:
    for name, examples in held.items():
        log.scored(run.progress, name, score(run.reader, examples))
    run.reader.train()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("run", help="name of the run")
    parser.add_argument("--kind", choices=("small", "cross"), default="small")
    parser.add_argument("--cache", type=Path, default=cache_folder())
    parser.add_argument("--resume", action="store_true", help="go on from the run's latest checkpoint")
    parser.add_argument("--from-checkpoint", type=Path, help="go on from this one, under another name")
    parser.add_argument("--sets", nargs="*", help="names of prepared sets; all that are there without")
    parser.add_argument("--windows", type=int, default=100_000, help="windows at which the run ends")
    parser.add_argument("--cool", type=int, default=0, help="windows before the end with a falling rate")
    parser.add_argument("--warm", type=int, default=600, help="windows with a rising rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fold", type=int, default=0, help="fold of XQuAD's articles held out, -1 for none")
    parser.add_argument("--width", type=int, default=128, help="of the small reader")
    parser.add_argument("--layers", type=int, default=2, help="of the small reader")
    parser.add_argument("--group", type=int, default=1, help="windows of a question, weighed together")
    parser.add_argument("--apart", type=int, default=6, help="lower layers that stay as they are (cross)")
    parser.add_argument("--coarse", type=float, default=0.0, help="share of windows in 4 bits (small)")
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--rate", type=float, default=1e-3, help="learning rate of new parameters")
    parser.add_argument("--base-rate", type=float, default=1e-4, help="and of pretrained ones")
    parser.add_argument("--tokens", type=int, default=1600, help="padded tokens of a batch")
    parser.add_argument(
        "--crop", type=int, default=96, help="tokens of a passage in training; 0: all (cross)"
    )
    parser.add_argument("--score-every", type=int, default=2000, help="windows")
    parser.add_argument("--save-every", type=float, default=60.0, help="CPU seconds")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    folder = args.cache / "runs" / args.run
    start = args.from_checkpoint or (folder / "latest.pt" if args.resume else None)
    if start is None and (folder / "latest.pt").exists():
        parser.error(f"{folder} holds a run; give --resume or another name.")
    plan = Plan(**torch.load(start, weights_only=True)["plan"]) if start else _plan(args)
    sets = [data.load(args.cache / "prepared" / f"{name}.json") for name in plan.sets]
    keep = states.known(args.cache, sets) if plan.kind == "small" else None
    stream = Stream(
        sets,
        maker_of(plan, args.cache, plan.crop, plan.coarse),
        seed=plan.seed,
        fold=plan.fold,
        tokens=plan.tokens,
        group=plan.group,
        keep=keep,
    )
    run = Run(plan, reader_of(plan), stream)
    if start:
        run.load(start)
    maker = maker_of(plan, args.cache, 0)
    held = {}
    for name, chosen in held_out(sets, plan.fold).items():
        there = [drawn for drawn in chosen if keep is None or keep(name, drawn[2])]
        held[name] = maker(there, [None] * len(there))
    train(run, folder, args, held)


def _plan(args: argparse.Namespace) -> Plan:
    return Plan(
        args.kind,
        args.seed,
        args.fold,
        args.width,
        args.layers,
        args.dropout,
        args.rate,
        args.base_rate,
        args.tokens,
        args.crop if args.kind == "cross" else 0,
        args.warm,
        tuple(args.sets or sorted(path.stem for path in (args.cache / "prepared").glob("*.json"))),
        args.group,
        args.apart if args.kind == "cross" else 0,
        args.coarse if args.kind == "small" else 0.0,
    )


if __name__ == "__main__":
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    main()
