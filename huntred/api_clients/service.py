"""Makes programs known, gives them tokens and takes them back.

Clients are kept in the scope of who runs their units. Tokens are given and read in the scope of a log-in: nobody is
known yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from contract.ids import new_id
from huntred.api_clients import rules
from huntred.api_clients.errors import TokenRefused
from huntred.api_clients.models import ApiClient, ApiRequest, ApiToken
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound

KEEP_ANSWERS = timedelta(hours=24)


@dataclass(frozen=True)
class Issued:
    """Both tokens as the program gets them, once. Seconds they live are those of the rules."""

    access_token: str
    refresh_token: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Caller:
    """The program behind a request."""

    client_id: UUID
    name: str
    units: tuple[str, ...]
    scopes: frozenset[str]
    token_id: UUID


def list_clients(uow: UnitOfWork) -> list[ApiClient]:
    """Those whose units are all in this scope, working ones first, by name."""
    query = select(ApiClient).where(ApiClient.units.contained_by(list(uow.scope.units)))
    return list(uow.session.scalars(query.order_by(ApiClient.revoked_at.is_not(None), ApiClient.name, ApiClient.id)))


def get_client(uow: UnitOfWork, client_id: UUID) -> ApiClient:
    """Raises NotFound."""
    client = uow.session.get(ApiClient, client_id)
    if client is None or not set(client.units) <= set(uow.scope.units):
        raise NotFound("api client")
    return client


def create_client(
    uow: UnitOfWork, name: str, units: Sequence[str], scopes: Sequence[str], user_id: UUID, *, now: datetime
) -> tuple[ApiClient, str]:
    """Return the client and its secret, which is kept as a hash and never told again. Raises FieldInvalid."""
    secret = rules.new_secret("hrs")
    client = ApiClient(
        id=new_id(), name=_name(name), units=_units(uow, units),
        scopes=rules.check_scopes(scopes, rules.grantable(uow.scope.all_units)),
        secret_hash=rules.hashed(secret), created_by=user_id, created_at=now,
    )  # fmt: skip
    uow.session.add(client)
    uow.session.flush()
    return client, secret


def change_client(
    uow: UnitOfWork, client_id: UUID, name: str, units: Sequence[str], scopes: Sequence[str], *, now: datetime
) -> ApiClient:
    """What it may do is read at every request: a scope or unit that is taken away is gone at once."""
    client = _working(uow, client_id)
    client.name = _name(name)
    client.units = _units(uow, units)
    client.scopes = rules.check_scopes(scopes, rules.grantable(uow.scope.all_units, client.scopes))
    uow.session.flush()
    return client


def new_secret(uow: UnitOfWork, client_id: UUID, *, now: datetime) -> str:
    """Put a new secret in place of the old one; every token ends. Return it. Raises NotFound."""
    client = _working(uow, client_id)
    secret = rules.new_secret("hrs")
    client.secret_hash = rules.hashed(secret)
    _end_tokens(uow, client.id, now)
    return secret


def revoke_client(uow: UnitOfWork, client_id: UUID, *, now: datetime) -> None:
    """End it and every token. Again: nothing more happens. Raises NotFound."""
    client = get_client(uow, client_id)
    if client.revoked_at is None:
        client.revoked_at = now
    _end_tokens(uow, client.id, now)


def authenticate(uow: UnitOfWork, client_id: str, secret: str) -> ApiClient:
    """Raises TokenRefused(invalid_client): nobody is told which of the two was wrong."""
    try:
        client = uow.session.get(ApiClient, UUID(client_id))
    except ValueError:
        client = None
    if client is None or client.revoked_at is not None or not rules.is_secret(secret, client.secret_hash):
        raise TokenRefused("invalid_client")
    return client


def issue(uow: UnitOfWork, client: ApiClient, wanted: str = "", *, now: datetime) -> Issued:
    """Give an authenticated client its tokens. Raises TokenRefused(invalid_scope)."""
    return _issue(uow, client, rules.narrowed(wanted, client.scopes), new_id(), now)


def refresh(uow: UnitOfWork, client: ApiClient, token: str, wanted: str = "", *, now: datetime) -> Issued | None:
    """Take a refresh token for two new ones; none where it is no good.

    One that was used before has leaked: everything that it led to ends. Commit that too. Raises
    TokenRefused(invalid_scope).
    """
    kept = uow.session.scalar(
        select(ApiToken).where(ApiToken.token_hash == rules.hashed(token), ApiToken.kind == "refresh").with_for_update()
    )
    if kept is None or kept.client_id != client.id:
        return None
    if kept.revoked_at is not None or kept.expires_at <= now:
        _end_family(uow, kept.family, now)
        return None
    scopes = [scope for scope in rules.narrowed(wanted, kept.scopes) if scope in client.scopes]
    kept.revoked_at = now
    return _issue(uow, client, scopes, kept.family, now)


def revoke_token(uow: UnitOfWork, client: ApiClient, token: str, *, now: datetime) -> None:
    """End a token of the client's; a refresh token takes its family along (RFC 7009). One that is unknown is ended."""
    kept = uow.session.scalar(select(ApiToken).where(ApiToken.token_hash == rules.hashed(token)))
    if kept is None or kept.client_id != client.id:
        return
    if kept.kind == "refresh":
        _end_family(uow, kept.family, now)
    else:
        kept.revoked_at = kept.revoked_at or now


def caller_of(uow: UnitOfWork, token: str, *, now: datetime) -> Caller | None:
    """Return whose access token it is; none where it ended, or never was one."""
    row = uow.session.execute(
        select(ApiToken.id, ApiToken.scopes, ApiClient.id, ApiClient.name, ApiClient.units, ApiClient.scopes)
        .join(ApiClient, ApiClient.id == ApiToken.client_id)
        .where(
            ApiToken.token_hash == rules.hashed(token), ApiToken.kind == "access", ApiToken.expires_at > now,
            ApiToken.revoked_at.is_(None), ApiClient.revoked_at.is_(None),
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    token_id, given, client_id, name, units, allowed = row
    return Caller(client_id, name, tuple(units), frozenset(given) & frozenset(allowed), token_id)


def forget_ended(uow: UnitOfWork, *, now: datetime) -> None:
    """Drop tokens a day after they expired, and answers that nobody can ask for again."""
    uow.session.execute(delete(ApiToken).where(ApiToken.expires_at < now - timedelta(days=1)))
    uow.session.execute(delete(ApiRequest).where(ApiRequest.claimed_at < now - KEEP_ANSWERS))


def _issue(uow: UnitOfWork, client: ApiClient, scopes: list[str], family: UUID, now: datetime) -> Issued:
    access, again = rules.new_secret("hra"), rules.new_secret("hrr")
    for kind, token, lives in (("access", access, rules.ACCESS_LIVES), ("refresh", again, rules.REFRESH_LIVES)):
        uow.session.add(
            ApiToken(
                id=new_id(), client_id=client.id, kind=kind, family=family, token_hash=rules.hashed(token),
                scopes=scopes, created_at=now, expires_at=now + lives,
            )
        )  # fmt: skip
    client.last_token_at = now
    uow.session.flush()
    return Issued(access, again, tuple(scopes))


def _end_tokens(uow: UnitOfWork, client_id: UUID, now: datetime) -> None:
    uow.session.flush()
    uow.session.execute(
        update(ApiToken).where(ApiToken.client_id == client_id, ApiToken.revoked_at.is_(None)).values(revoked_at=now)
    )


def _end_family(uow: UnitOfWork, family: UUID, now: datetime) -> None:
    uow.session.execute(
        update(ApiToken).where(ApiToken.family == family, ApiToken.revoked_at.is_(None)).values(revoked_at=now)
    )


def _working(uow: UnitOfWork, client_id: UUID) -> ApiClient:
    client = get_client(uow, client_id)
    if client.revoked_at is not None:
        raise NotFound("api client")
    return client


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise FieldInvalid("name", "missing")
    if len(name) > rules.LONGEST_NAME:
        raise FieldInvalid("name", "too_long")
    return name


def _units(uow: UnitOfWork, units: Sequence[str]) -> list[str]:
    if not units:
        raise FieldInvalid("units", "missing")
    if set(units) - set(uow.scope.units):
        raise NotFound("unit")
    return sorted(set(units))
