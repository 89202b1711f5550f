"""What a session may see, as plain data: rules decide on it without SQLAlchemy; `session.py` hands it to PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Scope:
    """What a session may see.

    units: codes. divisions: empty for all of the units. all_units: the super administrator, who also sees
    what belongs to no unit. login: only while somebody signs in or a signed link is resolved. design: codes of the
    units whose workbench is open to it, and of which it need see nothing else.
    """

    units: tuple[str, ...] = ()
    divisions: tuple[UUID, ...] = ()
    all_units: bool = False
    user_id: UUID | None = None
    login: bool = False
    design: tuple[str, ...] = ()


NOTHING = Scope()
