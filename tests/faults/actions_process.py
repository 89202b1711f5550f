"""The action server's process with the small unit's action beside the real ones (the SDK finds it by its import)."""

from __future__ import annotations

from huntred.settings import read_app_settings
from runtime.actions import main
from runtime.entry import run_entry
from tests.faults import action_count

if __name__ == "__main__":
    assert action_count.ActionCount
    run_entry("actions", read_app_settings, main)
