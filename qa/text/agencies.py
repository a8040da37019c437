"""News agencies by the names that bylines and datelines give them: data only."""

from __future__ import annotations

# Alternatives of a pattern; of two names the one that begins with the other comes first.
AGENCIES = "dpa|AFP|APA|AP|dts|epd|KNA|Reuters|rtr|SID|ANSA|TASS|Tass|Xinhua|sda|ddp|dapd|EFE|Interfax|Yonhap"
