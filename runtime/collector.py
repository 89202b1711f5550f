"""The garbage collector of a server: what lives as long as the process is never looked through again."""

from __future__ import annotations

import gc


def settle() -> None:
    """Call when the server is put together.

    A pass over all that is loaded holds every thread for a quarter of a second, and a ranking makes objects enough
    for one in ten searches to meet it (docs/decisions/0028).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
