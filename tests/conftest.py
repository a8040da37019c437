from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

from tests.support.browsing import chromium, open_page, server
from tests.support.standin import StandIn

__all__ = ["chromium", "open_page", "server"]  # fixtures

# A deadline for each example would fail on a busy machine.
# `--hypothesis-profile=thorough` tries twice as many examples.
hypothesis.settings.register_profile("qa", deadline=None, max_examples=50)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=100)
hypothesis.settings.load_profile("qa")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def encoder() -> StandIn:
    return StandIn()


@pytest.fixture
def shared() -> Path:
    """The evaluation datasets and original articles, which are not part of the project."""
    if not SHARED.is_dir():
        pytest.skip("the folder of judged questions is not here")
    return SHARED
