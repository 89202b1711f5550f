"""Errors that we raise on purpose.

HuntredError            .code picks the reply in domain/ (utter_error_<code>) and the message in the back office
+- RuleBroken           understood and refused; never retried
|  +- NotFound          not there, or not for this unit: the two are never told apart
+- ProviderError
   +- ProviderUnavailable   safe to retry
   +- ProviderRefused       retrying cannot help
"""

from __future__ import annotations

from typing import ClassVar


class HuntredError(Exception):
    code: ClassVar[str] = "unexpected"


class RuleBroken(HuntredError):
    code = "rule_broken"


class NotFound(RuleBroken):
    code = "not_found"


class FieldInvalid(RuleBroken):
    """A value of one field cannot be taken. field: its name; problem: a code such as `missing` or `not_an_email`."""

    code = "field_invalid"

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}")


class ProviderError(HuntredError):
    code = "provider"


class ProviderUnavailable(ProviderError):
    code = "provider_unavailable"


class ProviderRefused(ProviderError):
    code = "provider_refused"
