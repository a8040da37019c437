"""Milvus servers on this machine, for tests: the real one of package `milvus`, and milvus-lite."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

LIMIT = 120  # seconds that a start may take


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _set_etcd_ports(folder: Path, client: int, peer: int) -> None:
    """Let the embedded etcd use free ports; its own ones would allow only one server on a machine."""
    client_url, peer_url = (f"http://127.0.0.1:{port}" for port in (client, peer))
    (folder / "configs" / "etcd.yaml").write_text(
        f"data-dir: {folder}/data/etcd.data\n"
        f"listen-client-urls: {client_url}\nadvertise-client-urls: {client_url}\n"
        f"listen-peer-urls: {peer_url}\ninitial-advertise-peer-urls: {peer_url}\n"
        f"initial-cluster: default={peer_url}\n"
    )
    _set(folder, "etcd:\n", f"etcd:\n  config:\n    path: {folder}/configs/etcd.yaml\n")


def _set(folder: Path, old: str, new: str) -> None:
    settings = folder / "configs" / "milvus.yaml"
    text = settings.read_text("utf-8")
    assert old in text
    settings.write_text(text.replace(old, new, 1), "utf-8")


class MilvusServer:
    """Milvus 2.3.5 as a process of its own, with its data in a folder."""

    _unpacked: Path | None = None  # the program, of the first server of this process

    def __init__(self, folder: Path, *, tokens: bool = False) -> None:
        """`tokens`: it asks for one; the first user is `root:Milvus`."""
        import milvus

        self._folder = folder
        config = milvus.MilvusServerConfig(data_dir=str(folder))
        names = [name for name in config.configurable_items if name.endswith("_port")]
        *ports, self._health, peer = _free_ports(len(names) + 2)
        config.update(**dict(zip(names, ports, strict=True)))
        config.resolve()
        _set_etcd_ports(folder, int(config.get("etcd_port")), peer)
        if tokens:
            _set(folder, "authorizationEnabled: false", "authorizationEnabled: true")
        if self._unpacked:  # it takes some seconds
            shutil.copytree(self._unpacked, folder / "bin", copy_function=os.link)
        milvus._initialize_data_files(str(folder))  # unpacks the program where it is missing
        type(self)._unpacked = folder / "bin"
        self.port = int(config.get("proxy_port"))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is healthy."""
        program = self._folder / "bin" / "milvus"
        environment = {
            **os.environ,
            "DEPLOY_MODE": "STANDALONE",
            "METRICS_PORT": str(self._health),
            "MILVUS_RUN_DIR": str(self._folder / "run"),
            "LD_LIBRARY_PATH": str(program.parent),
        }
        with (self._folder / "output.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(program), "run", "standalone"], cwd=self._folder, env=environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + LIMIT
        while not self._healthy():
            assert self._process.poll() is None, "Milvus ended; see output.log"
            assert time.monotonic() < deadline, "Milvus did not become healthy"
            time.sleep(0.2)

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._health}/healthz", timeout=5) as answer:
                return b"OK" in answer.read()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def freeze(self) -> None:
        """Let it answer nothing, with its connections open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it without a chance to write anything."""
        self._signal(signal.SIGKILL)
        if self._process:
            self._process.wait(LIMIT)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        if self.running:
            self.thaw()
            self.kill()


class LiteServer:
    """milvus-lite in a thread of this process: Milvus's protocol, with BM25, in Python."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = 0
        self._server: Any = None
        self._data: Any = None

    def start(self) -> None:
        from milvus_lite.adapter.grpc.server import start_server_in_thread

        self._server, self._data, self.port = start_server_in_thread(str(self._folder))

    def stop(self) -> None:
        self._server.stop(grace=None).wait()
        self._data.close()
