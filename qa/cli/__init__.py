"""The command line, one file for each group of commands.

Decides nothing about articles or answers.
Read `main` first.
"""

__all__ = ["ask", "build", "common", "evaluate", "main", "maintain", "questions", "serve"]
