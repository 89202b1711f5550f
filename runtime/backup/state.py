"""What the backup process did last, in var/run/backup.json: for make check, make status and the supervisor."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

# Longer than any base backup of a machine that is healthy would keep it from shipping.
OVERDUE = timedelta(minutes=30)


class BackupState:
    """well_at: the last round without an error. shipped_at: the last segment. base: the last base backup's name."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, **values: datetime | str) -> None:
        """Remember these; the file is always whole."""
        known = self.read()
        known |= {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(known, indent=1))
        draft.replace(self._path)

    def read(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._path.read_text()))
        except (FileNotFoundError, ValueError):
            return {}

    def trouble(self, *, now: datetime) -> str:
        """Why the last backup is not what it should be, or nothing."""
        known = self.read()
        if not known.get("well_at"):
            return str(known.get("error") or "no backup was taken yet")
        since = now - datetime.fromisoformat(known["well_at"])
        if since <= OVERDUE:
            return ""
        reason = known.get("error") or "the backup process does not run"
        return f"the last good round was {int(since.total_seconds() // 60)} minutes ago: {reason}"

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)
