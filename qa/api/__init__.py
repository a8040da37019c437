"""For programs: one set of operations, offered by REST, Gradio and MCP.

Knows nothing of the page.
Read `operations` first.
"""

__all__ = ["fields", "gradio_api", "mcp", "operations", "rest", "rest_docs", "schemas", "uploads"]
