"""Compare this project with its alternatives: `make bench`, or `python -m benchmarks.bench [DATA]`.

Each side runs in separate processes, in turn, for three rounds with rotating order; medians count. DATA is
the folder of evaluation datasets, whose XQuAD paragraphs are the texts; without it, texts are generated from
words of `seeds/` and quality is not measured. The table goes to the terminal and into benchmarks/README.md,
the plots into PNGs next to it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.rebuild import paragraphs
from benchmarks.rebuild import write as write_corpus

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SIDES = ("this project", "plain loop", "LangChain", "txtai")
PEERS = ROOT / ".venv-bench" / "bin" / "python"
SIZES = (30, 60, 120)  # articles; the last one counts for the table
CHANGED = 0.01  # share of the articles that change before the rebuild
QUESTIONS = 100  # questions asked one after the other when warm
STEP_SECONDS = 1_800  # seconds within which a step must end
BEGIN, END = "<!-- bench begins -->", "<!-- bench ends -->"
Row = dict[str, Any]


def run(side: str, step: str, index: Path, model: str, *rest: str) -> Row:
    """Run a step of a side in a fresh process; returns its figures and the seconds of the whole process."""
    python = sys.executable if side == SIDES[0] else str(PEERS)
    command = [python, "-m", "benchmarks.side", side, step, str(index), model, *rest]
    began = time.perf_counter()
    ended = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=STEP_SECONDS,
        check=False,
        env=_environment(),
    )
    if ended.returncode:
        raise SystemExit(f"{side}, {step}: {ended.stderr[-2000:]}")
    row: Row = json.loads(ended.stdout.splitlines()[-1])
    return {**row, "process": time.perf_counter() - began}


def _environment() -> dict[str, str]:
    """The same number of threads for all."""
    threads = os.environ.get("OMP_NUM_THREADS") or str(os.cpu_count() or 1)
    quiet = {"TOKENIZERS_PARALLELISM": "true", "HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1"}
    return {**os.environ, "OMP_NUM_THREADS": threads, "PYTHONPATH": str(ROOT), **quiet}


def corpus(folder: Path, data: Path | None, count: int) -> Path:
    """Generate articles of one to three paragraphs."""
    folder.mkdir(parents=True)
    if data:
        write_corpus(folder, paragraphs(data), count)
    else:
        chance = random.Random(1)  # noqa: S311
        words = [w for p in sorted((ROOT / "seeds").glob("*.md")) for w in p.read_text("utf-8").split()]
        made = [" ".join(chance.choices(words, k=110)) for _ in range(2 * count)]
        write_corpus(folder, made, count)
    return folder


def judged(folder: Path, data: Path) -> tuple[Path, list[tuple[str, str]]]:
    """German XQuAD: every other paragraph an article, and the questions with the article that answers."""
    folder.mkdir(parents=True)
    pairs = []
    source = next(path for path in sorted(data.rglob("xquad.de.*json")))
    for a, article in enumerate(json.loads(source.read_text("utf-8"))["data"]):
        for p, paragraph in enumerate(article["paragraphs"][::2]):  # the others are for near misses
            name = f"a{a:03}p{p}.md"
            (folder / name).write_text(f"---\nlanguage: de\n---\n{paragraph['context']}\n", encoding="utf-8")
            pairs += [(qa["question"], name) for qa in paragraph["qas"]]
    return folder, pairs


def measure(work: Path, data: Path | None, rounds: int, model: str) -> dict[str, Row]:
    """All figures, as lists over the rounds, by side."""
    found: dict[str, Row] = {side: {"sizes": {}} for side in SIDES}
    questions = work / "questions.json"
    pairs: list[tuple[str, str]] = []
    if data:
        quality, pairs = judged(work / "judged", data)
        pairs = random.Random(1).sample(pairs, min(QUESTIONS, len(pairs)))  # noqa: S311
    else:
        pairs = [(f"Was steht in Nr. {n}?", "") for n in range(QUESTIONS)]
    questions.write_text(json.dumps(pairs), encoding="utf-8")
    for number in range(rounds):
        order = SIDES[number % len(SIDES) :] + SIDES[: number % len(SIDES)]
        for side in order:
            for size in SIZES if number == 0 else SIZES[-1:]:
                say(f"round {number + 1}, {side}, {size} articles")
                at = work / f"{number}-{side}-{size}".replace(" ", "-")
                articles = corpus(at / "corpus", data, size)
                changed = sorted(path.name for path in articles.iterdir())[:: round(1 / CHANGED)]
                built = run(side, "build", at / "index", model, str(articles), *changed)
                warm = run(side, "warm", at / "index", model, str(questions))
                found[side]["sizes"].setdefault(size, []).append((built, warm))
            opened = run(side, "open", at / "index", model, pairs[0][0])
            found[side].setdefault("open", []).append(opened)
            if data and number == 0:
                say(f"quality, {side}")
                run(side, "build", work / f"quality-{side}", model, str(quality))
                found[side]["quality"] = run(side, "warm", work / f"quality-{side}", model, str(questions))
    return found


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _spread(values: list[float], digits: int) -> str:
    middle, low, high = statistics.median(values), min(values), max(values)
    return (
        f"{middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"
        if len(values) > 1
        else f"{middle:,.{digits}f}"
    )


def _quantile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def table(found: dict[str, Row]) -> str:
    """The figures as a Markdown table: medians with their spread, and the main ratios."""
    lines = [f"| | {' | '.join(SIDES)} |", f"|---|{'---|' * len(SIDES)}"]
    rows: dict[str, list[str]] = {}
    for side in SIDES:
        both = found[side]["sizes"][SIZES[-1]]
        builds, warms = [b for b, _ in both], [w for _, w in both]
        asked = found[side].get("quality") or warms[0]
        cells = {
            "building, passages per second": _spread([b["passages"] / b["build"] for b in builds], 1),
            "building, seconds": _spread([b["build"] for b in builds], 1),
            "rebuild after 1 % changed, seconds": _spread([b["rebuild"] for b in builds], 2),
            "fresh process to first answer, seconds": _spread([o["process"] for o in found[side]["open"]], 1),
            "search warm, p50 ms": _spread([_quantile(w["search"], 0.5) for w in warms], 1),
            "search warm, p95 ms": _spread([_quantile(w["search"], 0.95) for w in warms], 1),
            **{
                f"answer warm, {name} ms": _spread([_quantile(w["answer"], share) for w in warms], 1)
                if warms[0]["answer"]
                else "–"
                for name, share in (("p50", 0.5), ("p95", 0.95))
            },
            "peak memory building, MB": _spread([b["memory"] for b in builds], 0),
            "peak memory asking, MB": _spread([w["memory"] for w in warms], 0),
            "bytes on disk per passage": _spread([b["bytes"] / b["passages"] for b in builds], 0),
            "hit@1, German XQuAD": f"{statistics.mean(asked['hits']):.3f}"
            if "quality" in found[side]
            else "–",
        }
        for name, cell in cells.items():
            rows.setdefault(name, []).append(cell)
    lines += [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]
    return "\n".join([*lines, "", *ratios(found)])


def ratios(found: dict[str, Row]) -> list[str]:
    """Speed-up of this project, round by round, so that a slow moment of the machine affects both sides."""

    def of(side: str, step: str) -> list[float]:
        return [b[step] for b, _ in found[side]["sizes"][SIZES[-1]]]

    own, lines = SIDES[0], []
    for side in SIDES[1:]:
        faster = [theirs / ours for theirs, ours in zip(of(side, "build"), of(own, "build"), strict=True)]
        lines.append(f"- building against {side}: {_spread(faster, 2)} times as fast")
    again = [whole / part for whole, part in zip(of("plain loop", "build"), of(own, "rebuild"), strict=True)]
    lines.append(
        f"- rebuild after 1 % changed against the plain loop from nothing: {_spread(again, 1)} times as fast"
    )
    return lines


def plots(found: dict[str, Row]) -> None:
    """Plot build time and query time by corpus size."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    for name, label, value in (
        ("build", "build, seconds", lambda b, w: b["build"]),
        ("search", "search p50, ms", lambda b, w: _quantile(w["search"], 0.5)),
    ):
        figure, axes = plt.subplots(figsize=(6, 4))
        for side in SIDES:
            points = [
                (size, statistics.median(value(b, w) for b, w in pairs))
                for size, pairs in sorted(found[side]["sizes"].items())
            ]
            axes.plot(*zip(*points, strict=True), marker="o", label=side)
        axes.set(xlabel="articles", ylabel=label, ylim=(0, None))
        axes.grid(alpha=0.3)
        axes.legend()
        figure.tight_layout()
        figure.savefig(HERE / f"{name}.png", dpi=100)
        plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    beside = ROOT.parent / "shared" / "data"
    parser.add_argument("data", type=Path, nargs="?", default=beside if beside.is_dir() else None)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round over few articles, nothing written")
    args = parser.parse_args()
    if args.quick:
        globals().update(SIZES=(20,), QUESTIONS=20)
    from qa.embedding import default_model

    weights = default_model.weights_file()
    if weights is None:
        raise SystemExit("The package with the default model is not installed on this platform.")
    model = str(default_model.unpack(weights))
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), args.data, 1 if args.quick else args.rounds, model)
    report = table(found)
    print(report)
    if args.quick:
        return
    plots(found)
    readme = HERE / "README.md"
    before, _, rest = readme.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    readme.write_text(f"{before}{BEGIN}\n\n{report}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
