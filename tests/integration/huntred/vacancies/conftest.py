from __future__ import annotations

from tests.factories.board import board

__all__ = ["board"]
