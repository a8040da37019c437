"""Programming interfaces: one set of operations, offered over REST, Gradio and MCP.

Knows nothing of the page.
Read `operations` first.
"""

__all__ = [
    "fields",
    "gradio_api",
    "mcp",
    "operations",
    "rest",
    "rest_docs",
    "schemas",
    "streaming",
    "uploads",
]
