"""The command line, one module per group of commands.

Makes no decisions about articles or answers. Read `main` first.
"""

__all__ = [
    "ask",
    "build",
    "check",
    "common",
    "evaluate",
    "fetch",
    "language_model",
    "main",
    "maintain",
    "phrased",
    "questions",
    "serve",
]
