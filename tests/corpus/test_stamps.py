from __future__ import annotations

import os
from pathlib import Path

from qa.corpus.stamps import state_of


def test_the_state_changes_with_every_change(tmp_path: Path) -> None:
    corpus = tmp_path / "c"
    assert state_of(corpus) == ""
    corpus.mkdir()
    states = [state_of(corpus)]
    (corpus / "a.txt").write_text("eins")
    states.append(state_of(corpus))
    os.utime(corpus / "a.txt", (1, 1))
    states.append(state_of(corpus))
    (corpus / "a.txt").rename(corpus / "b.txt")
    states.append(state_of(corpus))
    (corpus / "bild.png").write_text("kein Artikel")
    states.append(state_of(corpus))
    assert len(set(states)) == 5
    (corpus / ".versteckt").write_text("x")
    assert state_of(corpus) == states[-1]


def test_a_broken_link_is_no_state(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "nirgends.txt")
    assert state_of(tmp_path) == ""
