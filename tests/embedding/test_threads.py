"""bfloat16 arithmetic, and threads that encode in parallel."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from threadpoolctl import ThreadpoolController

from qa.embedding import threads
from qa.index import build
from qa.index.search import Index
from tests.support.standin import StandIn

torch = pytest.importorskip("torch")


def test_bfloat16_is_used_where_it_is_faster_only(monkeypatch: pytest.MonkeyPatch) -> None:
    times: dict[Any, float] = {}
    monkeypatch.setattr(threads, "_seconds", lambda rows, weights: times[rows.dtype])
    units: dict[str, bool] = {}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: units)
    chosen = threads.bfloat16_pays.__wrapped__
    times.update({torch.float32: 2.0, torch.bfloat16: 1.0})
    assert not chosen()
    units["avx512_bf16"] = True
    assert chosen()
    times[torch.bfloat16] = 3.0
    assert not chosen()


def test_the_fastest_of_some_products_counts() -> None:
    rows = torch.ones(4, 8)
    assert 0 < threads._seconds(rows, rows) < 1


def test_passages_share_the_cores_and_leave_other_threads_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "MAX_THREADS", 2)
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    try:
        met = threading.Barrier(2)

        def share(_: int) -> int:
            met.wait(10)  # so that each of the two takes one
            found: int = torch.get_num_threads()
            return found

        with threads.passage_threads() as pool:
            assert list(pool.map(share, range(2))) == [2, 2]
            assert torch.get_num_threads() == 4
            others: list[int] = []
            other = threading.Thread(target=lambda: others.append(torch.get_num_threads()))
            other.start()
            other.join()
            assert others == [4]
    finally:
        torch.set_num_threads(before)


def test_questions_are_read_on_question_threads_and_others_keep_theirs() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    try:
        with threads.question_threads() as pool, threads.passage_threads() as readers:
            assert pool.submit(torch.get_num_threads).result(10) == 1
            assert torch.get_num_threads() == 4
            assert readers.submit(torch.get_num_threads).result(10) == 4 // min(4, threads.MAX_THREADS)
            others: list[int] = []
            other = threading.Thread(target=lambda: others.append(torch.get_num_threads()))
            other.start()
            other.join()
            assert others == [4]
    finally:
        torch.set_num_threads(before)


def test_what_has_not_begun_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "MAX_THREADS", 1)
    begun: list[int] = []
    go_on = threading.Event()

    def work(number: int) -> None:
        begun.append(number)
        go_on.wait(10)

    def cancelled() -> None:
        with threads.passage_threads() as pool:
            pool.map(work, range(100))
            threading.Timer(0.05, go_on.set).start()
            raise KeyError

    with pytest.raises(KeyError):
        cancelled()
    assert len(begun) < 100


def test_numpy_multiplies_on_one_thread_once_an_index_is_open(tmp_path: Path) -> None:
    pools = ThreadpoolController().select(user_api="blas")
    encoder = StandIn()
    (tmp_path / "a.txt").write_text("Der Hund bellt.", encoding="utf-8")
    build.build(tmp_path, tmp_path / "v", encoder=encoder)
    with pools.limit(limits=2):
        threads.limit_numpy_threads.cache_clear()
        Index.open(tmp_path / "v", encoder=encoder).close()
        assert [pool.num_threads for pool in pools.lib_controllers] == [1] * len(pools)
