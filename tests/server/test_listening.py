from __future__ import annotations

import socket
from pathlib import Path

import pytest

from qa.errors import QAError
from qa.server import listening
from qa.server.run import FEEDBACK, feedback_file


@pytest.mark.parametrize(
    ("host", "proxied", "passwords", "read_only", "may"),
    [
        ("127.0.0.1", False, False, False, True),
        ("127.0.0.1", True, False, False, False),
        ("127.0.0.1", True, True, False, True),
        ("192.0.2.7", False, False, False, False),
        ("192.0.2.7", False, True, False, True),
        ("127.0.0.1", False, True, True, False),
    ],
)
def test_who_may_change_the_corpus(
    host: str, proxied: bool, passwords: bool, read_only: bool, may: bool
) -> None:
    assert listening.may_change(host, proxied=proxied, passwords=passwords, read_only=read_only) == may


def test_verdicts_of_strangers_are_kept_only_where_a_file_is_named() -> None:
    assert feedback_file(None, trusted_readers=True) == Path(FEEDBACK)
    assert feedback_file(None, trusted_readers=False) is None
    assert feedback_file("given.jsonl", trusted_readers=False) == Path("given.jsonl")
    assert feedback_file("", trusted_readers=True) is None


def test_a_port_is_listened_on_at_once_and_by_one_only() -> None:
    with listening.listening("127.0.0.1", 0) as opened:
        port = opened.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            pass  # it waits until the page is there
        with pytest.raises(QAError, match=f"{port}.*--port"):
            listening.listening("127.0.0.1", port)


def test_an_unknown_address_is_named() -> None:
    with pytest.raises(QAError, match="--host"):
        listening.listening("host.invalid", 0)


def test_the_address_of_the_page() -> None:
    assert listening.address("127.0.0.1", 80) == "http://127.0.0.1:80"
    assert listening.address("::1", 80) == "http://[::1]:80"
