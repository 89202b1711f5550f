"""Keeps Rasa's libraries from printing people's words and slots, and TensorFlow from taking both cores.

Call `quieten` before anything of Rasa is imported.
"""

from __future__ import annotations

import logging
import os
import warnings
from typing import Any


def quieten(log_level: str = "INFO") -> None:
    for name, value in {
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "TF_INTRA_OP_PARALLELISM_THREADS": "1",
        "TF_INTER_OP_PARALLELISM_THREADS": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "OMP_NUM_THREADS": "1",
    }.items():
        os.environ.setdefault(name, value)

    def swallow(*_: Any, **__: Any) -> None:
        """Deprecation warnings of libraries that we cannot change."""

    warnings.showwarning = swallow
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("bot").setLevel(log_level)
