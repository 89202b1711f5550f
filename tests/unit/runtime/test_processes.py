"""The table of processes agrees with what the processes read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from contract.settings import SettingsInvalid, read_bot_settings
from huntred.settings import read_app_settings
from runtime.processes import (
    APP_VARIABLES,
    BOT_VARIABLES,
    DEFAULT_PORTS,
    PROCESSES,
    ROLES,
    by_name,
    extra_ports,
    numbers,
    own_variables,
)


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


def test_several_of_a_kind_get_names_and_ports_of_their_own():
    values = {"GATEWAY_PROCESSES": "2", "RASA_PROCESSES": "3"}
    ports = extra_ports(values)
    assert set(ports) == {"RASA_PORT_2", "RASA_PORT_3", "GATEWAY_HEALTH_PORT_1", "GATEWAY_HEALTH_PORT_2"}
    assert not set(ports.values()) & set(DEFAULT_PORTS.values()) and len(set(ports.values())) == 4
    values |= {name: str(port) for name, port in ports.items()}
    rasa, gateway, worker = by_name("rasa"), by_name("gateway"), by_name("worker")
    assert (rasa.name_of(1), rasa.name_of(3)) == ("rasa", "rasa-3")
    assert own_variables(rasa, 1, values) == {}
    assert own_variables(rasa, 3, values) == {"RASA_PORT": str(ports["RASA_PORT_3"])}
    assert own_variables(gateway, 1, values) == {"HEALTH_PORT": str(ports["GATEWAY_HEALTH_PORT_1"])}
    assert own_variables(worker, 2, values) == {"INSTANCE": "2"}


def test_one_of_each_needs_nothing_more():
    assert extra_ports({}) == {}
    assert own_variables(by_name("gateway"), 1, {}) == {}


@pytest.mark.parametrize("wrong", ["0", "two", "-1", "20", "1.5"])
def test_a_wrong_number_of_processes_is_named(wrong):
    with pytest.raises(ValueError, match=f"RASA_PROCESSES is wrong \\('{wrong}'\\)"):
        numbers({"RASA_PROCESSES": wrong})


def test_turns_give_way_to_vendors_and_what_nobody_waits_for_to_turns():
    usual = numbers({})
    ways = {process.name: usual[process.niceness] if process.niceness else 0 for process in PROCESSES}
    assert ways["gateway"] == ways["backoffice"] == 0
    assert 0 < ways["rasa"] == ways["actions"] == ways["relay"] < ways["worker"] == ways["trainer"]
    assert numbers({"RASA_NICENESS": "0"})["RASA_NICENESS"] == 0
