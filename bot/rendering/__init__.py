"""The vendor-neutral message drawn as each channel can: pure functions, no network, no database."""
