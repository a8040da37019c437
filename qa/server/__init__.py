"""From a socket to the apps: loading, security, passwords, logs.

Knows nothing of articles.
Read `run` first, then `app`.
"""

__all__ = [
    "access_log",
    "app",
    "connections",
    "gradio_files",
    "gradio_requests",
    "limits",
    "listening",
    "loading",
    "mcp_requests",
    "passwords",
    "proxies",
    "run",
    "security",
]
