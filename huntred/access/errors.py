"""What access refuses."""

from __future__ import annotations

from huntred.errors import RuleBroken


class EmailTaken(RuleBroken):
    code = "email_taken"


class LastAdministrator(RuleBroken):
    """Somebody must be left who can give rights."""

    code = "last_administrator"
