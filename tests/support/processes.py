"""Run jobs in separate processes that may be killed or run out of space, without waiting for imports.

A server that has imported everything forks a child for each job; run as a script it is that server.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, cast

Job = dict[str, Any]


class Processes:
    """The client: one job at a time."""

    def __enter__(self) -> Processes:
        self._server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.communicate()

    def start(self, **job: Any) -> None:
        """Begin a job: what to `do` ("build", "ask"), `corpus`, `vectors`, `question`, the `user` to run as.

        "ask" goes on until there is a file `stop`. The job is killed before its file operation number
        `at`, or number `behind` counted from the one that gives the new generation its name, or after
        `seconds`. No file of it grows over `limit` bytes.
        """
        assert self._server.stdin
        self._server.stdin.write(json.dumps(job, default=str) + "\n")
        self._server.stdin.flush()

    def ended(self) -> Job:
        """How the job ended: `killed`, or `error` or `result`, and `operations` and `seconds`."""
        assert self._server.stdout
        return cast(Job, json.loads(self._server.stdout.readline()))

    def run(self, **job: Any) -> Job:
        self.start(**job)
        return self.ended()


def _serve() -> None:
    _warm_up()
    for line in sys.stdin:
        job = json.loads(line)
        reader, writer = os.pipe()
        began = time.monotonic()
        child = os.fork()
        if not child:
            _child(job, writer)
        os.close(writer)
        if job.get("seconds"):
            time.sleep(job["seconds"])
            os.kill(child, signal.SIGKILL)
        with open(reader, encoding="utf-8") as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        ended = json.loads(said) if said else {"error": f"status {status}"}
        print(json.dumps({**ended, "killed": killed, "seconds": time.monotonic() - began}), flush=True)


def _warm_up() -> None:
    """Import all that a job needs and fill what is remembered of words, so that children are quick."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "c").mkdir()
        text = "Hafen\n\nIm Hafen von Lindau liegen nach der Zählung alt und neu heute 18 Boote."
        (Path(folder) / "c" / "a.txt").write_text(text, encoding="utf-8")
        job = {
            "corpus": f"{folder}/c",
            "vectors": f"{folder}/v",
            "question": "Wie viele Boote liegen im Hafen?",
        }
        _build(job)
        _ask(job)


def _child(job: Job, writer: int) -> None:
    from qa.errors import QAError

    counted = [0]
    switching: list[int] = []  # what was counted when the new generation got its name

    def count(event: str, args: tuple[object, ...]) -> None:
        if event == "open" or event.startswith(("os.", "shutil.", "sqlite3.", "fcntl.")):
            if event == "os.rename" and ".building-" in str(args[0]) and not switching:
                switching.append(counted[0])
            number = counted[0]
            counted[0] += 1  # before the kill, which is an event itself
            if number == job.get("at") or (switching and number - switching[0] == job.get("behind")):
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    if job.get("limit"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["limit"], job["limit"]))
    if job.get("user"):
        os.setgid(job["user"])
        os.setuid(job["user"])
    said: Job
    try:
        said = {"result": _build(job) if job["do"] == "build" else _ask(job)}
    except QAError as error:
        said = {"error": f"{type(error).__name__}: {error}"}
    except BaseException:  # noqa: BLE001 (a child must not go on as a server)
        said = {"error": traceback.format_exc()}
    os.write(writer, json.dumps({**said, "operations": counted[0]}).encode())
    os._exit(0)


def _build(job: Job) -> str:
    from qa.index.build import build
    from tests.support.standin import StandIn

    return build(job["corpus"], job["vectors"], encoder=StandIn()).generation


def _ask(job: Job) -> list[list[str]]:
    """[generation, quote] of a question that is asked until the file `stop` appears, once at least."""
    from qa.answering.bot import Bot
    from qa.index.search import Index
    from tests.support.standin import StandIn

    found = []
    while True:
        index = Index.open(job["vectors"], encoder=StandIn())
        answer = Bot(index, min_confidence=0).ask(job["question"])
        found.append([index.generation, answer.citations[0].quote])
        if not job.get("stop") or Path(job["stop"]).exists():
            return found


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[2])]
    _serve()
