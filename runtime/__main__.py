"""The commands: `python -m runtime --help`. The Makefile calls them; each says on one line why it
cannot go on.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from contract.settings import EXIT_MISCONFIGURED, SettingsInvalid
from runtime.installation import Installation, InstallationError

app = typer.Typer(
    help="Commands of the huntRED platform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
VarOption = Annotated[Path | None, typer.Option("--var", help="another folder for data, secrets and logs")]


def _installation(var: Path | None = None) -> Installation:
    return Installation() if var is None else Installation(var=var.resolve())


def _within_installation() -> None:
    """A one-shot command called by hand gets the settings of this installation; as `make up` calls
    it, it has them.
    """
    installation = _installation()
    if installation.environment.get("DATABASE_URL"):
        return
    if not installation.var.is_dir():
        raise InstallationError("this installation was never started: make up first, or set DATABASE_URL")
    installation.load()
    installation.recall_ports()
    sys.stdout.flush()
    command = [sys.executable, "-m", "runtime", *sys.argv[1:]]
    os.execve(sys.executable, command, installation.environment_of_command())  # noqa: S606


def _units(given: str) -> list[str]:
    return [unit.strip() for unit in given.split(",") if unit.strip()]


@app.command()
def up(
    units: Annotated[str, typer.Option("--units", help="run only these, e.g. amigro,huntu")] = "",
    var: VarOption = None,
    demo: Annotated[bool, typer.Option(help="put the demo data in (development only)")] = True,
    train: Annotated[bool, typer.Option(help="train what changed")] = True,
) -> None:
    """Start everything and keep it running until Ctrl-C."""
    from runtime.up import up as run_up

    raise typer.Exit(run_up(_units(units), var=var, demo=demo, train=train))


@app.command()
def down(var: VarOption = None) -> None:
    """End what make up started in another terminal."""
    from runtime import status as operator

    raise typer.Exit(operator.down(_installation(var), Console()))


@app.command()
def status(var: VarOption = None) -> None:
    """Which process is how, and how much memory it takes."""
    from runtime import status as operator

    raise typer.Exit(operator.status(_installation(var), Console()))


@app.command()
def logs(
    process: Annotated[str, typer.Argument(help="gateway, rasa, actions, backoffice, relay, worker, beat, …")] = "",
    lines: Annotated[int, typer.Option("--lines", "-n", min=1)] = 60,
    follow: Annotated[bool, typer.Option("--follow", "-f")] = False,
    var: VarOption = None,
) -> None:
    """The end of one process's log."""
    from runtime import status as operator

    raise typer.Exit(operator.logs(_installation(var), Console(), process, lines=lines, follow=follow))


@app.command()
def check(var: VarOption = None) -> None:
    """What is wrong with this installation, and how to mend it."""
    from runtime.check import check as run_check

    raise typer.Exit(run_check(_installation(var), Console()))


@app.command()
def train(
    units: Annotated[str, typer.Option("--units", help="only these")] = "",
    force: Annotated[bool, typer.Option("--force", help="also those whose model is current")] = False,
    var: VarOption = None,
) -> None:
    """Train the models of the units whose texts or data changed."""
    from runtime import training

    installation = _installation(var)
    installation.make_folders()
    installation.load()
    installation.choose_units(_units(units))
    training.train(installation, installation.units, force=force, on_line=print)


@app.command()
def shell(unit: Annotated[str, typer.Argument(help="a unit code")] = "amigro", var: VarOption = None) -> None:
    """Talk to a unit's model as a designer: rasa shell with the running action server."""
    from runtime.shell import shell as run_shell

    installation = _installation(var)
    installation.load()
    installation.recall_ports()
    run_shell(installation, unit)


@app.command()
def frontend() -> None:
    """npm ci, and the front-end libraries to backoffice/static/vendor."""
    from runtime import frontend as libraries
    from runtime.installation import ROOT

    libraries.install(ROOT)
    print(f"front-end libraries are in {libraries.VENDOR}")


@app.command()
def migrate() -> None:
    """Make the roles and the database where we may, then bring the schema up to date."""
    _within_installation()
    from runtime.database_commands import migrate as run_migrate

    run_migrate()


@app.command()
def seed() -> None:
    """Put in the units, stages, templates and channel accounts that are not there yet."""
    _within_installation()
    from runtime.database_commands import seed as run_seed

    run_seed()


@app.command()
def demo() -> None:
    """Put the demo data in; a second time changes nothing."""
    _within_installation()
    from runtime.database_commands import demo as run_demo

    run_demo()


@app.command()
def user(
    email: Annotated[str, typer.Argument(help="the address to log in with")],
    role: Annotated[str, typer.Option("--role", help="super_admin or consultant")] = "consultant",
    units: Annotated[str, typer.Option("--units", help="of which units, e.g. amigro,huntu")] = "",
) -> None:
    """Make a user of the back office; asks for the password (or reads it from standard input)."""
    _within_installation()
    from runtime.database_commands import user as run_user

    password = (
        typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        if sys.stdin.isatty()
        else sys.stdin.readline().rstrip("\n")
    )
    run_user(email, role, _units(units), password)


def main() -> None:
    """Run a command; what we raise on purpose becomes one line and a status."""
    from runtime.frontend import FrontendError
    from runtime.training import TrainingFailed

    try:
        app()
    except SettingsInvalid as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(EXIT_MISCONFIGURED)
    except (InstallationError, FrontendError, TrainingFailed) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
