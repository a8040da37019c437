"""From the socket to the application: loading, security, passwords, logs.

Knows nothing of articles.
Read `run` first, then `app`.
"""

__all__ = [
    "access_log",
    "app",
    "asgi",
    "connections",
    "exit_watcher",
    "gradio_files",
    "gradio_requests",
    "gradio_routes",
    "gradio_sessions",
    "gradio_stops",
    "limits",
    "listening",
    "loading",
    "mcp_requests",
    "passwords",
    "proxies",
    "run",
    "security",
]
