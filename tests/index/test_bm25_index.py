from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import BrokenIndex
from qa.index.bm25_index import LexicalIndex
from tests.support.lexical import write
from tests.support.sealing import parts


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.sets(st.text("aäb\U0001f642", max_size=4), min_size=1, max_size=40),
    asked=st.lists(st.text("aäb\U0001f642", max_size=4), max_size=40),
    first=st.text("aäb", max_size=3),
)
def test_many_terms_are_found_as_each_by_itself(
    tmp_path_factory: pytest.TempPathFactory, held: set[str], asked: list[str], first: str
) -> None:
    index = write(tmp_path_factory.mktemp("lexical"), [sorted(held - {""}) or ["a"], ["zz"]])
    index.idf(first)  # is known already
    among = sorted(held - {""}) or ["a"]
    unknown, once = math.log(1 + 2.5 / 0.5), math.log(1 + 1.5 / 1.5)
    assert index.idfs(asked) == {term: pytest.approx(once if term in among else unknown) for term in asked}


def test_terms_are_found_by_their_bytes(tmp_path: Path) -> None:
    rows = [["zebra", "ähre", "日本", "🙂"], ["a", "aa", "ab", "ähre"]]
    index = write(tmp_path, rows)
    for term in ("zebra", "日本", "🙂", "a", "aa", "ab"):
        assert index.document_frequency(term) == 1
    assert index.document_frequency("ähre") == 2
    for term in ("", "z", "aaa", "\ud800", "~"):
        assert index.document_frequency(term) == 0


NAMES = ["terms.bin", "term_starts.bin", "starts.bin", "rows.bin", "counts.bin", "lengths.bin"]


@pytest.mark.parametrize("name", NAMES[:-1])
@pytest.mark.parametrize("harm", ["cut", "empty", "longer"])
def test_files_that_do_not_fit_each_other_are_refused(tmp_path: Path, name: str, harm: str) -> None:
    write(tmp_path, [["a", "b"], ["c"]])
    path = tmp_path / "lexical" / name
    data = path.read_bytes()
    path.write_bytes({"cut": data[:-1], "empty": b"", "longer": data + data}[harm])
    with pytest.raises(BrokenIndex, match="qa build --fresh"):
        LexicalIndex(parts(tmp_path))


@pytest.mark.parametrize("name", NAMES)
def test_a_flipped_bit_is_noticed_where_it_is_read(tmp_path: Path, name: str) -> None:
    write(tmp_path, [["a", "b"], ["c"]])
    opened = {f"lexical/{n}": parts(tmp_path)(f"lexical/{n}") for n in NAMES}
    path = tmp_path / "lexical" / name
    data = path.read_bytes()
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    with pytest.raises(BrokenIndex, match=name):
        LexicalIndex(opened.__getitem__).search(["a", "c"], 3)


def test_near_terms_are_found_whatever_the_slip(tmp_path: Path) -> None:
    index = write(tmp_path, [["hallenbad", "halle", "rathaus"], ["hallenbad", "stadthalle", "ha"]])
    for typed in (
        "hallenbda",
        "allenbad",
        "hallenbd",
        "jallenbad",
        "hallenbadd",
        "ahllenbad",
        "hallebbad",
        "hlalenbad",
    ):
        assert index.near(typed) == ["hallenbad"]
    assert index.near("hallenbad") == []
    assert index.near("hal") == []
    assert index.near("xyzxyzxyz") == []
    assert index.near("hällenbad") == ["hallenbad"]


def test_no_term_is_near_in_an_empty_index(tmp_path: Path) -> None:
    assert write(tmp_path, [[]]).near("hallenbad") == []
