"""What can be refused to a program that asks for a token."""

from __future__ import annotations

from huntred.errors import RuleBroken


class TokenRefused(RuleBroken):
    """reason: as OAuth 2 names it (RFC 6749, 5.2): invalid_client, invalid_grant, invalid_scope."""

    code = "token_refused"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
