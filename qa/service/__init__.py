"""One open index for all users, and changes to it.

Knows no page and no protocol.
Read `service` first.
"""

__all__ = [
    "base",
    "builds",
    "feedback",
    "library",
    "memory",
    "pending",
    "scheduling",
    "service",
    "turns",
    "watching",
]
