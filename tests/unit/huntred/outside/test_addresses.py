"""Which addresses may be called."""

from __future__ import annotations

import pytest

from huntred.outside.addresses import may_call


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
     "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "198.18.0.1", "192.0.2.1", "240.0.0.1"],
)  # fmt: skip
def test_what_is_inside_is_never_called(address: str) -> None:
    assert not may_call(address, False)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_the_internet_is(address: str) -> None:
    assert may_call(address, False)


def test_development_may_call_this_machine_and_nothing_else_inside() -> None:
    assert may_call("127.0.0.1", True) and may_call("::1", True)
    assert not may_call("10.0.0.1", True) and not may_call("169.254.169.254", True)
