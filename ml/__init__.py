"""Implements ports of `huntred` that need numbers; only `runtime/` loads it."""
