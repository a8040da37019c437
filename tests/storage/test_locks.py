from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from qa.errors import StoreError
from qa.storage import locks

HOLDER = """
import sys
from pathlib import Path
from qa.storage import locks
with locks.writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_the_second_is_told_who_is_first_and_since_when(tmp_path: Path) -> None:
    with locks.writing(tmp_path), pytest.raises(StoreError) as told, locks.writing(tmp_path):
        pass
    who = f"process {os.getpid()} on {re.escape(socket.gethostname())}, since 20..-..-..T..:..:..Z"
    assert re.search(
        rf"Another build \({who}\) is writing .*\. Wait until it has finished\.", str(told.value)
    )
    assert sorted(path.name for path in tmp_path.iterdir()) in ([], [".lock"])


@pytest.mark.parametrize("content", ["", "[]", "{}", "\x00", '{"pid": 1}'])
def test_the_second_is_refused_even_if_nobody_knows_by_whom(tmp_path: Path, content: str) -> None:
    with locks.writing(tmp_path):
        (tmp_path / locks.HOLDER).write_text(content)
        with pytest.raises(StoreError, match="Another build is writing"), locks.writing(tmp_path):
            pass
    with locks.writing(tmp_path):
        pass


def test_a_process_that_is_killed_leaves_no_lock(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match=f"process {holder.pid} on"), locks.writing(tmp_path):
            pass
        holder.kill()
    with locks.writing(tmp_path):
        assert json.loads((tmp_path / locks.HOLDER).read_text())["pid"] == os.getpid()


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locks.writing(tmp_path):
        raise ZeroDivisionError
    with locks.writing(tmp_path):
        pass


def test_the_place_of_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(StoreError, match="--vectors"), locks.writing(tmp_path / "x"):
        pass


def test_many_may_share_and_one_may_be_alone(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.touch()
    first, second = locks.share(path), locks.share(path)
    for handle in (first, second):
        with locks.alone(path) as alone:
            assert not alone
        os.close(handle)
    with locks.alone(path) as alone:
        assert alone
        with locks.alone(path) as other:
            assert not other
    with locks.alone(tmp_path / "nowhere") as alone:
        assert not alone
    with pytest.raises(FileNotFoundError):
        locks.share(tmp_path / "nowhere")
