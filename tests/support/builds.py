"""Waiting for builds, for tests."""

from __future__ import annotations

import time

from qa.service.builds import BuildState
from qa.service.service import Service


def ended(service: Service) -> BuildState:
    """How the running build ended."""
    deadline = time.monotonic() + 10
    while service.build_state.running:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return service.build_state
