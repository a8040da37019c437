"""One open index for all who ask, and its changes.

Knows no page and no protocol.
Read `service` first.
"""

__all__ = ["feedback", "library", "memory", "service"]
