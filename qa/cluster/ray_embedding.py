"""Embed the passages of a build on the workers of a Ray cluster.

Each worker loads the model once. The build hands it one batch after the other and stores what comes back, so
a build that is killed continues where it was. A batch whose worker or machine dies is given to another one.
"""

from __future__ import annotations

import os
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from qa.cluster.address import CONNECT
from qa.cluster.extra import optional
from qa.embedding import sentence_transformer
from qa.embedding.base import Encoder
from qa.errors import EncoderError, StoreError
from qa.index import embed
from qa.index.base import Computed
from qa.index.embed import Readers, ToRead

LOCAL = "local"  # in place of an address: workers on this machine only
TRIES = 4  # of a batch, each with another worker
PATIENCE = 600.0  # seconds without any result; loading the model is part of the first one


@contextmanager
def ray_readers(
    address: str, encoder: Encoder, load: Callable[[], Encoder] | None = None, workers: int = 0
) -> Iterator[Readers]:
    """Read passages on a Ray cluster at `address`, or on this machine for `LOCAL`.

    `load` loads the model on a worker, by default the one with the encoder's name; it must have the encoder's
    fingerprint. As many `workers` as the cluster has CPUs are started unless it says otherwise. Raises
    StoreError where the cluster does not answer or keeps losing its workers, and EncoderError. A process that
    is connected to Ray already stays so, whatever the address.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # it would report to its makers
    ray = optional("ray")
    connected = ray.is_initialized()
    if not connected:
        _connect(ray, address)
    try:
        count = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        yield _Pool(ray, load or partial(sentence_transformer.load, encoder.name), encoder, count)
    finally:
        if not connected:
            ray.shutdown()


def _connect(ray: Any, address: str) -> None:
    # Ray runs the code of everybody who reaches it, and listens on all addresses: it cannot be bound to
    # this machine alone. A cluster that it starts itself asks for a token, which it keeps in ~/.ray.
    own = {"include_dashboard": False} if address == LOCAL else {}
    try:
        if address != LOCAL:  # Ray itself would try for minutes
            parts = urlsplit(address if "://" in address else f"//{address}")
            socket.create_connection((parts.hostname, parts.port), CONNECT).close()
        ray.init(address, log_to_driver=False, configure_logging=False, **own)
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"Ray ({address}) cannot be reached. Check the address and the cluster.") from error
    except Exception as error:
        if type(error) is not Exception:  # the class that Ray raises where its servers take too long to start
            raise
        raise StoreError(
            "Ray did not start in time. The served index is unchanged; run `qa build` again when the machine "
            "is less busy."
        ) from error


class _Worker:
    """Runs on a machine of the cluster."""

    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._encoder = load()
        self._encoder.prepare()

    def compute(self, fingerprint: str, batch: list[ToRead]) -> dict[int, Computed]:
        if self._encoder.fingerprint != fingerprint:
            raise EncoderError(
                "A worker of the Ray cluster has a different version of the model. Install the same versions "
                "on all machines."
            )
        return embed.computed(self._encoder, batch)


class _Running(NamedTuple):
    """A batch that a worker has."""

    worker: Any
    batch: list[ToRead]
    tries: int
    ready: Any  # the reference that tells when a new worker has started


class _Pool:
    """The workers of a build; they stay for all of it, or until they die."""

    def __init__(self, ray: Any, load: Callable[[], Encoder], encoder: Encoder, count: int) -> None:
        self._ray = ray
        self._kind = ray.remote(num_cpus=1, max_restarts=0)(_Worker)
        self._load = load
        self._fingerprint = encoder.fingerprint
        self._count = count
        self._idle: list[Any] = []

    def __call__(self, batches: Iterable[list[ToRead]]) -> Iterator[dict[int, Computed]]:
        """What the workers make of each batch, as it comes."""
        coming, again = iter(batches), deque[tuple[list[ToRead], int]]()
        running: dict[Any, _Running] = {}
        more = True
        while True:
            while len(running) < self._count and (more or again):
                if again:
                    batch, tries = again.popleft()
                elif next_batch := next(coming, None):
                    batch, tries = next_batch, 1
                else:
                    more = False
                    continue
                reference, started = self._begin(batch, tries)
                running[reference] = started
            if not running:
                return
            if self._idle and (waiting := self._not_started(running)):
                late = running.pop(waiting)  # for lack of a machine, or as it loads the model
                self._ray.kill(late.worker)
                again.append((late.batch, late.tries))
                continue
            done, _ = self._ray.wait(list(running), num_returns=1, timeout=PATIENCE)
            if not done:
                raise StoreError(
                    "The Ray cluster gave no result for ten minutes. Check its machines; the next build "
                    "continues with what is there."
                )
            ended = running.pop(done[0])
            computed = self._result(done[0])
            if computed is not None:
                self._idle.append(ended.worker)
                yield computed
            elif ended.tries < TRIES:  # the worker is dead, and its batch is for another one
                again.append((ended.batch, ended.tries + 1))
            else:
                raise StoreError(
                    f"{TRIES} workers of the Ray cluster died on the same passages. Check their memory; the "
                    "next build continues with what is there."
                )

    def _begin(self, batch: list[ToRead], tries: int) -> tuple[Any, _Running]:
        """Give a batch to an idle worker, or to a new one; the reference to its result."""
        ready = None
        if self._idle:
            worker = self._idle.pop()
        else:
            worker = self._kind.remote(self._load)
            ready = worker.__ray_ready__.remote()
        reference = worker.compute.remote(self._fingerprint, batch)
        return reference, _Running(worker, batch, tries, ready)

    def _not_started(self, running: dict[Any, _Running]) -> Any:
        """The reference of a batch whose worker has not started; None if all have."""
        for reference, one in running.items():
            if one.ready is not None and not self._ray.wait([one.ready], timeout=0)[0]:
                return reference
        return None

    def _result(self, reference: Any) -> dict[int, Computed] | None:
        """What a worker returned; None if it died."""
        exceptions = self._ray.exceptions
        try:
            computed: dict[int, Computed] = self._ray.get(reference)
        except exceptions.RayTaskError as error:  # raised by our code on the worker
            raise error.cause from error
        except exceptions.RayError:
            return None
        return computed
