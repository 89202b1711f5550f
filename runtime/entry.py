"""How a process of the app side begins: its settings, or one line that says what is wrong with them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from contract.settings import EXIT_MISCONFIGURED, SettingsInvalid
from huntred.settings import AppSettings


def run_entry(name: str, read: Callable[[], AppSettings], main: Callable[[AppSettings], None]) -> None:
    """Read the settings, set up the log, run. A wrong setting ends the process with status 78."""
    try:
        settings = read()
        logging.basicConfig(
            level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr
        )
        main(settings)
    except SettingsInvalid as error:
        sys.stderr.write(f"{name}: {error}\n")
        sys.exit(EXIT_MISCONFIGURED)
