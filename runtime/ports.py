"""TCP ports on this machine: which is free, who answers."""

from __future__ import annotations

import socket
from contextlib import ExitStack


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on right now."""
    return free_ports(1, host)[0]


def free_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """So many different ports that nobody listens on right now."""
    with ExitStack() as held:
        # All are held until the last is chosen: one that was let go may be given out again.
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((host, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could bind this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose_port(preferred: int | None, host: str = "127.0.0.1", taken: frozenset[int] = frozenset()) -> int:
    """The preferred port where it is free and not promised to another; else any free one."""
    if preferred is not None and preferred not in taken and is_free(preferred, host):
        return preferred
    while True:
        port = free_port(host)
        if port not in taken:
            return port
