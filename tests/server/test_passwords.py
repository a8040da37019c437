from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import QAError
from qa.server import passwords
from qa.server.passwords import TRIES, WINDOW, Hash, Passwords

A, B = "203.0.113.7", "203.0.113.8"
WORD = "Fähre nach Föhr: 7"


def _header(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture(scope="module")
def hashes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Hash]:
    path = tmp_path_factory.mktemp("auth") / "people"
    path.write_text(
        f"# who may\n\n{passwords.line('anna', WORD)}\n{passwords.line('Jörg', 'ganz anders')}\n", "utf-8"
    )
    return passwords.read(path)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_line_holds_the_name_and_no_password(hashes: dict[str, Hash]) -> None:
    line = passwords.line("anna", WORD)
    assert line.startswith("anna:scrypt$16384$8$1$")
    assert WORD not in line
    assert line != passwords.line("anna", WORD)  # another salt
    assert list(hashes) == ["anna", "Jörg"]


def test_right_and_wrong(hashes: dict[str, Hash]) -> None:
    checker = Passwords(hashes)
    assert checker.check(A, _header("anna", WORD)) == "right"
    assert checker.check(A, _header("Jörg", "ganz anders")) == "right"
    assert checker.check(A, _header("anna", WORD.replace("ä", "a\u0308"))) == "right"  # typed another way
    for name, word in (("anna", WORD + " "), ("anna", ""), ("Jörg", WORD), ("niemand", WORD), ("", "")):
        assert checker.check(A, _header(name, word)) == "wrong"


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !", "Bearer YTpi", "Basic YQ==", "Basic /w==", "\udcff", "Basic \xff"]
)
def test_a_malformed_header_is_wrong(hashes: dict[str, Hash], header: str) -> None:
    assert Passwords(hashes).check(A, header) == "wrong"


def test_a_right_one_is_remembered_and_only_that(
    hashes: dict[str, Hash], monkeypatch: pytest.MonkeyPatch
) -> None:
    checker = Passwords(hashes)
    assert not checker.knows(_header("anna", WORD))
    checker.check(A, _header("anna", WORD))
    checker.check(A, _header("anna", "falsch!!"))
    assert checker.knows(_header("anna", WORD))
    assert not checker.knows(_header("anna", "falsch!!"))
    assert not checker.knows("")


def test_too_many_wrong_tries_of_an_address_are_stopped_for_a_while(hashes: dict[str, Hash]) -> None:
    clock = Clock()
    checker = Passwords(hashes, clock=clock)
    for header in ["", "Basic !", "Bearer x"] * TRIES:
        assert checker.check(A, header) == "wrong"  # to bring no password is no try
    for n in range(TRIES):
        assert checker.check(A, _header("anna", f"falsch {n}")) == "wrong"
    assert checker.check(A, _header("anna", WORD)) == "limited"  # else the right one could still be found
    assert checker.check(B, _header("anna", WORD)) == "right"
    assert checker.check(A, _header("anna", WORD)) == "right"  # who is in stays in
    assert checker.check(A, _header("Jörg", "ganz anders")) == "limited"
    clock.now += WINDOW + 1
    assert checker.check(A, _header("Jörg", "ganz anders")) == "right"


def test_a_right_password_takes_no_wrong_try_back(hashes: dict[str, Hash]) -> None:
    doors = Passwords(hashes, clock=Clock())
    for n in range(TRIES):
        assert doors.check(A, _header("Jörg", f"falsch {n}")) == "wrong"
        if n == 5:
            assert doors.check(A, _header("anna", WORD)) == "right"
    assert doors.check(A, _header("Jörg", "ganz anders")) == "limited"


def test_a_right_password_is_known_however_its_header_is_written(hashes: dict[str, Hash]) -> None:
    doors = Passwords(hashes)
    header = _header("anna", WORD)
    assert doors.check(A, header) == "right"
    scheme, _, value = header.partition(" ")
    for written in (f"{scheme}  {value}", f"{scheme.upper()} {value} "):
        assert doors.knows(written)
    assert len(doors._accepted) == 1


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_scrypt", lambda *_: b"")


@pytest.mark.usefixtures("cheap")
def test_the_addresses_of_one_network_count_as_one() -> None:
    checker = Passwords({})
    for n in range(TRIES):
        assert checker.check(f"2001:db8::{n}", _header("x", f"{n}")) == "wrong"
    assert checker.check("2001:db8::ffff", _header("x", "y")) == "limited"
    assert checker.check("2001:db8:0:1::1", _header("x", "y")) == "wrong"
    for n in range(TRIES):
        checker.check("::ffff:203.0.113.7", _header("x", f"{n}"))
    assert checker.check("203.0.113.7", _header("x", "y")) == "limited"


@pytest.mark.usefixtures("cheap")
def test_who_must_wait_is_not_forgotten_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MAX_ADDRESSES", 5)
    clock = Clock()
    checker = Passwords({}, clock=clock)
    for n in range(TRIES):
        checker.check(A, _header("x", f"{n}"))
    said = [checker.check(f"198.51.100.{n}", _header("x", "y")) for n in range(20)]
    assert said == ["wrong"] * 4 + ["limited"] * 16
    assert checker.check(A, _header("x", "y")) == "limited"
    assert len(checker._wrong) == 5
    clock.now += WINDOW
    assert checker.check(B, _header("x", "y")) == "wrong"
    assert len(checker._wrong) == 1


@pytest.mark.usefixtures("cheap")
def test_what_is_remembered_of_an_address_is_short() -> None:
    checker = Passwords({})
    for n in range(100):
        checker.check("x" * 50_000 + str(n), _header("x", f"{n}"))
    assert sum(len(key) + len(tries) for key, tries in checker._wrong.items()) <= TRIES


@pytest.mark.parametrize("name", ["", "a:b", "a\nb", " a", "#a", "x" * 101])
def test_names_that_cannot_be_used(name: str) -> None:
    with pytest.raises(QAError):
        passwords.line(name, WORD)


@pytest.mark.parametrize("word", ["", "kurz", "x" * 1001])
def test_passwords_that_cannot_be_used(word: str) -> None:
    with pytest.raises(QAError):
        passwords.line("anna", word)


SALT, KEY = base64.b64encode(b"s" * 16).decode(), base64.b64encode(b"k" * 32).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nobody\n",
        "anna:geheim",
        "anna",
        f"anna:scrypt$16383$8$1${SALT}${KEY}",
        f"anna:scrypt$1048576$8$1${SALT}${KEY}",
        f"anna:scrypt$16384$8$1${SALT}$short",
        f"anna:scrypt$16384$8$1${SALT}${SALT}",
        f"anna:scrypt$16384$8$1$!${KEY}",
        f"anna:scrypt$16384$8$1${SALT}${KEY}\n" * 2,
    ],
)
def test_a_malformed_file_is_refused_without_telling_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "people"
    path.write_text(text, "utf-8")
    with pytest.raises(QAError, match="qa password") as caught:
        passwords.read(path)
    assert "geheim" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QAError, match="nowhere"):
        passwords.read(tmp_path / "nowhere")


@given(st.text(max_size=200))
def test_any_header_is_judged(header: str) -> None:
    assert Passwords({}).check(A, "x" + header) == "wrong"
