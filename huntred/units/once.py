"""What a unit was given from its seed: each thing once. What was removed or renamed since does not come back.

`units.seeded` holds the names of what was given, such as "settings:reminders.profile_incomplete_every_days".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from huntred.units.models import Unit


class Once:
    """One unit, under its row's lock, while it is seeded."""

    def __init__(self, session: Session, code: str) -> None:
        self._unit = session.get_one(Unit, code, with_for_update=True, populate_existing=True)
        self._given = set(self._unit.seeded)

    def fresh(self, part: str, names: Iterable[str], there: Collection[str], *, begun: bool = False) -> set[str]:
        """Return which of these the unit lacks and was never given; from here on all of them count as given.

        there: what it has now. begun: where it has some although nothing of the part was noted (by a version that
        noted none), it was given the part then, and lacks what it lacks because somebody wanted so.
        """
        wanted = {f"{part}:{name}": name for name in names}
        noted = any(one.startswith(f"{part}:") for one in self._given)
        lacking = set() if begun and there and not noted else set(wanted) - self._given
        self._given |= set(wanted)
        if self._given != set(self._unit.seeded):
            self._unit.seeded = sorted(self._given)
        return {wanted[one] for one in lacking} - set(there)

    def add_settings(self, seeded: Mapping[str, Any]) -> int:
        """Put in the settings that are absent; return how many. A value that is there stays, and a list is one."""
        held = dict(_leaves(self._unit.settings))
        wanted = dict(_leaves(seeded))
        # A group that somebody replaced by a value, or a value by a group, is theirs.
        lacking = {
            path for path in self.fresh("settings", wanted, held) if not any(_overlap(path, other) for other in held)
        }
        if lacking:
            settings = _copy(self._unit.settings)
            for path in sorted(lacking):
                *groups, name = path.split(".")
                place = settings
                for group in groups:
                    place = place.setdefault(group, {})
                place[name] = wanted[path]
            self._unit.settings = settings
        return len(lacking)


def _leaves(settings: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, Any]]:
    for name, value in settings.items():
        path = f"{above}{name}"
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{path}.")
        else:
            yield path, value


def _overlap(path: str, other: str) -> bool:
    return path.startswith(f"{other}.") or other.startswith(f"{path}.")


def _copy(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copy(value) if isinstance(value, Mapping) else value for name, value in settings.items()}
