"""The configured language model: one OpenAI-compatible endpoint, asked over HTTP.

Knows nothing of questions, articles or checks: it gets messages and gives pieces of text. Without an address
no client is made and httpx is not imported.
Read `client` first.
"""

__all__ = ["client", "deadlines", "endpoint", "replies"]
