"""Ports are given out once."""

from __future__ import annotations

from runtime.ports import free_ports


def test_no_port_is_given_twice() -> None:
    assert len(set(free_ports(300))) == 300
