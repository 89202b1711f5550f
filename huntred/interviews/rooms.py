"""The rooms of a unit, in which only one interview takes place at a time."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.interviews import repository
from huntred.interviews.models import Room

_LONGEST = 80


def rooms(uow: UnitOfWork, *, unit: str | None = None, active: bool = True) -> list[Room]:
    """The rooms of the unit, or of all units in scope; without those given up unless asked for."""
    return repository.rooms(uow.session, unit, active=active)


def add_room(uow: UnitOfWork, name: str, address: str) -> Room:
    """Raises FieldInvalid: a name is needed, once in the unit."""
    name = " ".join(name.split())
    if not name:
        raise FieldInvalid("room_name", "missing")
    if len(name) > _LONGEST:
        raise FieldInvalid("room_name", "too_long")
    same = select(Room.id).where(Room.unit == uow.unit, func.lower(Room.name) == name.lower())
    if uow.session.scalar(same) is not None:
        raise FieldInvalid("room_name", "already_there")
    room = Room(unit=uow.unit, name=name, address=address.strip(), active=True, generated=False)
    uow.session.add(room)
    uow.session.flush()
    return room


def use_room(uow: UnitOfWork, room_id: UUID, active: bool) -> Room:
    """Give a room up, or take it into use again; what is booked there stays. Raises NotFound."""
    room = uow.session.get(Room, room_id)
    if room is None or room.unit != uow.unit:
        raise NotFound(f"room {room_id}")
    room.active = active
    return room
