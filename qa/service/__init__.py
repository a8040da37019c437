"""One open index for all users, and changes to it.

Knows no page and no protocol.
Read `service` first.
"""

__all__ = [
    "automatic",
    "base",
    "builds",
    "changes",
    "feedback",
    "library",
    "memory",
    "newest_index",
    "pending",
    "scheduling",
    "service",
    "turns",
    "watching",
]
