"""A machine of a Ray cluster that is lost during a build, and a build that is killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from qa.cluster import opening
from qa.cluster.ray_embedding import ray_readers
from qa.embedding.base import Reading
from qa.index.build import build
from qa.types import Progress
from tests.cluster.test_contract import write
from tests.cluster.test_faults import build_when_free
from tests.cluster.test_ray_embedding import marks, stored
from tests.support.standin import StandIn

pytestmark = marks
LIMIT = 300  # seconds that a worker may take to start
BUILDER = """
import sys
from functools import partial
from qa.cluster import opening
from qa.cluster.ray_embedding import ray_readers
from qa.index import embed
from qa.index.build import build
from tests.support.standin import StandIn

embed.BATCH, embed.BATCHES = 2, 1000
readers = partial(ray_readers, sys.argv[3], load=StandIn, workers=1)

def show(progress):
    print(progress.stage, progress.done, flush=True)

build(sys.argv[1], opening.store(sys.argv[2]), encoder=StandIn(), on_progress=show, readers=readers)
"""


class Doomed(StandIn):
    """On one node, it notes the first text that it is given, and reads it until the node is gone."""

    def __init__(self, note: Path, node: str) -> None:
        super().__init__()
        self._note, self._node = note, node

    def read(self, texts: list[str], *, query: bool = False) -> list[Reading]:  # type: ignore[override]
        import ray

        if ray.get_runtime_context().get_node_id() == self._node:
            self._note.touch()
            time.sleep(LIMIT)
        return super().read(texts, query=query)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head without workers, and a node for one; each is a process of this machine."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_gcs_server_request_timeout_seconds"] = str(LIMIT)  # noqa: SIM112 (a busy machine starts it slowly)
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    cluster.add_node(num_cpus=1)
    ray.init(cluster.address, log_to_driver=False, configure_logging=False)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def test_the_batch_of_a_lost_node_is_given_to_another(cluster: Any, tmp_path: Path) -> None:
    import ray

    corpus, note = write(tmp_path / "corpus", copies=12), tmp_path / "note"
    build(corpus, tmp_path / "local", encoder=StandIn())
    node = cluster.add_node(num_cpus=1)
    (doomed,) = [
        found["NodeID"] for found in ray.nodes() if found["RayletSocketName"] == node._raylet_socket_name
    ]

    def lose(progress: Progress) -> None:
        """Once another node has read something, and this one is at it."""
        if progress.stage == "embed" and progress.done and node in cluster.worker_nodes:
            end = time.monotonic() + LIMIT
            while not note.exists():
                assert time.monotonic() < end
                time.sleep(0.1)
            cluster.remove_node(node, allow_graceful=False)

    readers = partial(ray_readers, cluster.address, load=partial(Doomed, note, doomed), workers=2)
    build(corpus, tmp_path / "v", encoder=StandIn(), readers=readers, on_progress=lose)
    assert node not in cluster.worker_nodes
    assert stored(tmp_path / "v") == stored(tmp_path / "local")


def test_a_killed_build_is_continued(cluster: Any, new_database: Callable[[], str], tmp_path: Path) -> None:
    corpus, vectors = write(tmp_path / "corpus", copies=12), new_database()
    command = [sys.executable, "-c", BUILDER, str(corpus), vectors, cluster.address]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as builder:
        assert builder.stdout
        for line in builder.stdout:
            if line.startswith("embed ") and int(line.split()[1]) > 4:
                break
        builder.kill()
    store, encoder = opening.store(vectors), StandIn()
    report = build_when_free(corpus, vectors, encoder)
    assert report.articles == 48
    assert 0 < report.embedded < 44
    assert store.verify() == (report.generation, [])
    store.close()
