"""The browsers in which a user is told: added by a click there, listed, removed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from contract.ids import new_id
from huntred.access.seeing import seeing_users
from huntred.db.base import KeyRing
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.push import rules
from huntred.push.models import PushDevice
from huntred.push.ports import Subscription


def add_device(
    uow: UnitOfWork, user_id: UUID, given: Subscription, user_agent: str, *, now: datetime, allow_loopback: bool = False
) -> PushDevice:
    """Keep a browser's subscription; the same one again is the same device, of whoever uses that browser now.

    The oldest goes where there are too many. Raises FieldInvalid.
    """
    checked = rules.check_subscription(given, allow_loopback=allow_loopback)
    known_by = _known_by(checked.endpoint)
    with seeing_users(uow):
        others = delete(PushDevice).where(PushDevice.endpoint_hash == known_by, PushDevice.user_id != user_id)
        uow.session.execute(others)
    found = uow.session.scalars(select(PushDevice).where(PushDevice.endpoint_hash == known_by)).one_or_none()
    if found is None:
        _make_room(uow, user_id)
        found = PushDevice(id=new_id(), user_id=user_id, endpoint_hash=known_by, created_at=now)
    found.endpoint_sealed, found.p256dh_sealed, found.auth_sealed = checked.endpoint, checked.p256dh, checked.auth
    found.name, found.refused_at = rules.device_name(user_agent), None
    uow.session.add(found)
    uow.session.flush()
    return found


def devices_of(uow: UnitOfWork, user_id: UUID) -> list[PushDevice]:
    """The newest first."""
    query = select(PushDevice).where(PushDevice.user_id == user_id)
    return list(uow.session.scalars(query.order_by(PushDevice.created_at.desc(), PushDevice.id.desc())))


def find_device(uow: UnitOfWork, user_id: UUID, endpoint: str) -> PushDevice | None:
    """Return the device of this user's that is told at this address."""
    query = select(PushDevice).where(PushDevice.endpoint_hash == _known_by(endpoint), PushDevice.user_id == user_id)
    return uow.session.scalars(query).one_or_none()


def get_device(uow: UnitOfWork, user_id: UUID, device_id: UUID) -> PushDevice:
    """Raises NotFound where it is not this user's."""
    found = uow.session.get(PushDevice, device_id)
    if found is None or found.user_id != user_id:
        raise NotFound("push device")
    return found


def remove_device(uow: UnitOfWork, user_id: UUID, device_id: UUID) -> None:
    """Raises NotFound."""
    uow.session.delete(get_device(uow, user_id, device_id))
    uow.session.flush()


def _make_room(uow: UnitOfWork, user_id: UUID) -> None:
    for old in devices_of(uow, user_id)[rules.MOST_DEVICES - 1 :]:
        uow.session.delete(old)
    uow.session.flush()


def _known_by(endpoint: str) -> str:
    # By its bytes: small and capital letters differ in an address, and a look-up folds them.
    return KeyRing.lookup(endpoint.encode().hex())
