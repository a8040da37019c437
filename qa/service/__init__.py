"""One open index for all who ask, and its changes.

Knows no page and no protocol.
Read `service` first.
"""

__all__ = ["base", "builds", "feedback", "library", "memory", "service", "turns"]
