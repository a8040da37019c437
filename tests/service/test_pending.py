"""What waits for the next build, looked up not too often."""

from __future__ import annotations

from qa.service.pending import KEPT, PendingFiles
from qa.types import Pending


def test_the_folder_is_looked_at_again_after_a_while_or_a_change() -> None:
    now, looks = [0.0], [0]

    def look() -> Pending:
        looks[0] += 1
        now[0] += 1.0  # a slow drive
        return Pending((str(looks[0]),))

    files = PendingFiles(look, lambda: now[0])
    assert files.get().added == files.get().added == ("1",)
    now[0] += KEPT  # ten times as long as the look took must pass
    assert files.get().added == ("1",)
    now[0] += KEPT
    assert files.get().added == ("2",)
    files.forget()
    assert files.get().added == ("3",)
