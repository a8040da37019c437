"""How batches are given to the workers of a Ray cluster, without Ray."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from qa.cluster.ray_embedding import LOCAL, TRIES, _connect, _Pool
from qa.errors import StoreError
from qa.index.embed import ToRead
from tests.support.standin import StandIn

BATCHES = [[ToRead(row, f"Satz {row}.", f"Satz {row}.", "de")] for row in range(5)]


class RayError(Exception):
    pass


class RayTaskError(RayError):
    pass


@dataclass(eq=False)
class Reference:
    done: bool
    value: object = None


@dataclass
class Method:
    call: Callable[..., Reference]

    def remote(self, *arguments: Any) -> Reference:
        return self.call(*arguments)


@dataclass
class Ray:
    """As much of Ray as the pool needs. Its cluster has room for some workers; others wait for ever."""

    room: int
    deaths: int = 0  # batches whose worker dies
    killed: list[object] = field(default_factory=list)
    exceptions: Any = None

    def __post_init__(self) -> None:
        self.exceptions = self

    RayError, RayTaskError = RayError, RayTaskError

    def remote(self, **options: object) -> Callable[[type], Ray._Kind]:
        return lambda worker: Ray._Kind(self)

    @dataclass
    class _Kind:
        ray: Ray

        def remote(self, load: object) -> Ray._Worker:
            self.ray.room -= 1
            return Ray._Worker(self.ray, started=self.ray.room >= 0)

    class _Worker:
        def __init__(self, ray: Ray, *, started: bool) -> None:
            self._ray, self._started = ray, started
            self.compute = Method(self._compute)
            self.__ray_ready__ = Method(lambda: Reference(started))

        def _compute(self, fingerprint: str, batch: list[ToRead]) -> Reference:
            dies = self._started and self._ray.deaths > 0
            self._ray.deaths -= dies
            value = RayError() if dies else {one.row: None for one in batch}
            return Reference(self._started, value)

    def wait(
        self, references: list[Reference], num_returns: int = 1, timeout: float = 0
    ) -> tuple[list[Reference], list[Reference]]:
        done = [one for one in references if one.done][:num_returns]
        return done, [one for one in references if one not in done]

    def get(self, reference: Reference) -> object:
        if isinstance(reference.value, Exception):
            raise reference.value
        return reference.value

    def kill(self, worker: object) -> None:
        self.killed.append(worker)


def rows(ray: Ray, workers: int) -> list[int]:
    """The rows that come back for all batches."""
    pool = _Pool(ray, StandIn, StandIn(), workers)
    return sorted(row for computed in pool(BATCHES) for row in computed)


def test_every_batch_is_read_once() -> None:
    assert rows(Ray(room=3), 3) == [0, 1, 2, 3, 4]


def test_an_idle_worker_takes_the_batch_of_one_that_does_not_start() -> None:
    ray = Ray(room=1)
    assert rows(ray, 3) == [0, 1, 2, 3, 4]
    assert len(ray.killed) == 2


def test_the_batch_of_a_dead_worker_is_read_by_another() -> None:
    assert rows(Ray(room=5, deaths=3), 2) == [0, 1, 2, 3, 4]


def test_a_batch_that_kills_every_worker_ends_the_build() -> None:
    with pytest.raises(StoreError, match=f"{TRIES} workers"):
        rows(Ray(room=99, deaths=99), 1)


def test_a_cluster_that_never_answers_ends_the_build() -> None:
    with pytest.raises(StoreError, match="no result"):
        rows(Ray(room=0), 2)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (Exception("The current node timed out during startup."), StoreError),
        (RuntimeError("no cluster"), StoreError),
        (KeyError("a defect"), KeyError),
    ],
)
def test_what_goes_wrong_at_the_start_is_an_error_in_our_words(
    raised: Exception, expected: type[Exception]
) -> None:
    def init(*_: object, **__: object) -> None:
        raise raised

    with pytest.raises(expected) as told:
        _connect(SimpleNamespace(init=init), LOCAL)
    assert expected is KeyError or "Ray" in str(told.value)
