"""Replace a small file at once: whoever reads it meanwhile gets the old content or the new one."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Write a file under a hidden name next to its own, then rename it. Raises OSError.

    Not synced: after a power cut the file may be empty or damaged.
    """
    temporary = path.with_name(f".{path.name.lstrip('.')}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
