"""The table of processes agrees with what the processes read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from contract.settings import SettingsInvalid, read_bot_settings
from huntred.settings import read_app_settings
from runtime.processes import APP_VARIABLES, BOT_VARIABLES, DEFAULT_PORTS, PROCESSES, ROLES


class Spy(Mapping[str, str]):
    """An empty environment that remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getitem__(self, name: str) -> str:
        self.asked.append(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@pytest.mark.parametrize(
    ("read", "variables"), [(read_app_settings, APP_VARIABLES), (read_bot_settings, BOT_VARIABLES)]
)
def test_a_process_gets_exactly_the_variables_that_its_reader_reads(read, variables):
    spy = Spy()
    with pytest.raises(SettingsInvalid):
        read(spy)
    assert sorted(set(spy.asked)) == sorted(variables)


def test_every_port_has_a_default_and_every_role_exists():
    assert {process.port for process in PROCESSES if process.port} == set(DEFAULT_PORTS)
    assert len(set(DEFAULT_PORTS.values())) == len(DEFAULT_PORTS)
    assert {process.role for process in PROCESSES} <= set(ROLES)


def test_no_process_runs_as_the_owner_of_the_tables():
    assert "migrator" not in {process.role for process in PROCESSES}


def test_what_lets_work_in_ends_before_what_works_it_off():
    stages = {process.name: process.stop_stage for process in PROCESSES}
    assert stages["gateway"] < stages["rasa"] < stages["actions"]
