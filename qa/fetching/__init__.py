"""Articles and feeds of the web → files in the corpus folder.

Opens connections to other people's servers, for the command `qa fetch` alone; the server never does. Knows
nothing of passages or indexes. Read `fetcher` first, then `transport`.
"""

__all__ = ["addresses", "feeds", "fetcher", "front_matter", "robots", "state", "transport"]
