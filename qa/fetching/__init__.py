"""Articles and feeds of the web → files in the corpus folder.

The only package that opens a connection of its own accord, and only the command `qa fetch` uses it; the
server never does. Knows nothing of passages or indexes. Read `fetcher` first, then `transport`.
"""

__all__ = ["addresses", "feeds", "fetcher", "front_matter", "robots", "state", "transport"]
