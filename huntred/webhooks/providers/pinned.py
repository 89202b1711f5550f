"""Calls an address that somebody typed once, by `huntred/outside`, without following a redirect."""

from __future__ import annotations

from collections.abc import Mapping

from huntred.outside import calling
from huntred.outside.calling import CallFailed, Resolve
from huntred.webhooks.ports import Reply

_LONGEST_SECONDS = 15.0
_KEPT_CHARS = 500


class PinnedCaller:
    """allow_loopback: for development and tests; nothing else inside is ever reached."""

    def __init__(self, *, allow_loopback: bool = False, resolve: Resolve = calling.resolve) -> None:
        self._allow_loopback, self._resolve = allow_loopback, resolve

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            answer = calling.call(
                "POST", url, headers, body, most_bytes=_KEPT_CHARS, seconds=_LONGEST_SECONDS,
                allow_loopback=self._allow_loopback, http_inside_only=True, resolve=self._resolve,
            )  # fmt: skip
        except CallFailed as error:
            return Reply(None, str(error)[:_KEPT_CHARS])
        return Reply(answer.status, answer.body.decode("utf-8", "replace").replace("\0", "")[:_KEPT_CHARS])
