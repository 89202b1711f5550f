"""How large a CV may be (beyond it is refused before anything is built from it), and which reader this is."""

from __future__ import annotations

MAX_BYTES = 8 * 1024 * 1024
MAX_PAGES = 15
MAX_CHARACTERS = 120_000
# Grows where the same file would be read otherwise: what an older reader read may then be read anew.
VERSION = "1"
