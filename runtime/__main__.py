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
    """Train the models of the units whose texts or data changed, and publish what is new."""
    from runtime import publishing, training

    installation = _installation(var)
    installation.make_folders()
    installation.load()
    installation.choose_units(_units(units))
    training.train(installation, installation.units, force=force, on_line=print)
    installation.recall_ports()
    try:
        for unit in installation.units:
            folder, url = Path(installation.values["MODELS_DIR"]), installation.database_url("migrator")
            if publishing.publish(url, folder, unit, only_new=True):
                print(f"{unit}: published")
    except publishing.PublishingFailed as error:
        print(f"not published ({error}): make up does it")


def _publishing() -> tuple[Installation, str]:
    """Of the installation that runs: its settings and the address of its database as the tables' owner."""
    installation = _installation()
    if not installation.var.is_dir():
        raise InstallationError("this installation was never started: make up first")
    installation.load()
    installation.recall_ports()
    return installation, installation.database_url("migrator")


@app.command()
def publish(
    units: Annotated[str, typer.Option("--units", help="of these units, e.g. amigro")] = "",
    model: Annotated[str, typer.Option("--model", help="a file's name; the one trained last unless given")] = "",
    only_new: Annotated[bool, typer.Option("--only-new", help="leave out what was published before")] = False,
) -> None:
    """Let the running rasa processes go on with a model, without a stop."""
    from runtime import publishing

    installation, url = _publishing()
    installation.choose_units(_units(units))
    if model and len(installation.units) != 1:
        raise InstallationError("a model is one unit's: name it, make publish BU=amigro MODEL=…")
    for unit in installation.units:
        name = publishing.publish(url, Path(installation.values["MODELS_DIR"]), unit, model, only_new=only_new)
        print(f"{unit}: {f'published {name}' if name else 'nothing new'}")


@app.command()
def rollback(unit: Annotated[str, typer.Argument(help="a unit code")]) -> None:
    """Take the unit's current model back: the one before is current again, without a stop."""
    from runtime import publishing

    _, url = _publishing()
    print(f"{unit}: back to {publishing.roll_back(url, unit)}")


@app.command()
def models(units: Annotated[str, typer.Option("--units", help="of these units, e.g. amigro")] = "") -> None:
    """What was published, the newest first; * is current."""
    from runtime import publishing

    installation, url = _publishing()
    installation.choose_units(_units(units))
    for model in publishing.listed(url, installation.units):
        state = "*" if model.current else "taken back" if model.taken_back_at else "" if model.kept else "too old"
        print(f"{model.unit}  {model.name}  {model.published_at:%Y-%m-%d %H:%M %Z}  {model.published_by}  {state}")


@app.command()
def vectors() -> None:
    """How far the open vacancies are encoded with the model that searches, and with the one that is to replace it."""
    from runtime.vectors import report

    _within_installation()
    print("\n".join(report()))


@app.command("ranking-retrain")
def ranking_retrain(units: Annotated[str, typer.Option("--units", help="only these")] = "") -> None:
    """Learn from what the units decided what they weigh; what does better waits to be published in the back office."""
    from runtime.ranking import retrain

    _within_installation()
    for line in retrain(_units(units)):
        print(line)


@app.command("ranking-back")
def ranking_back(unit: Annotated[str, typer.Argument(help="a unit code")]) -> None:
    """Weigh again as before the unit's current weights, without a stop."""
    from runtime.ranking import back

    _within_installation()
    print(back(unit))


@app.command()
def shell(unit: Annotated[str, typer.Argument(help="a unit code")] = "amigro", var: VarOption = None) -> None:
    """Talk to a unit's model as a designer: rasa shell with the running action server."""
    from runtime.shell import shell as run_shell

    installation = _installation(var)
    installation.load()
    installation.recall_ports()
    run_shell(installation, unit)


@app.command()
def backup(
    to: Annotated[str, typer.Option("--to", help="a folder, or s3://bucket/prefix; BACKUP_TO unless given")] = "",
    var: VarOption = None,
) -> None:
    """Copy the embedded database, the files, the erasures and, under BACKUP_PASSPHRASE, the secrets. Nothing stops."""
    from runtime.backup import commands

    raise typer.Exit(commands.backup(_installation(var), to, print))


@app.command()
def restore(
    source: Annotated[str, typer.Option("--from", help="a folder, or s3://bucket/prefix; BACKUP_TO unless given")] = "",
    until: Annotated[str, typer.Option("--time", help="up to then: 2026-11-22T21:00:00Z; else the latest")] = "",
    force: Annotated[bool, typer.Option("--force", help="put a database that is there aside")] = False,
    var: VarOption = None,
) -> None:
    """Bring a backup back, up to a point in time; who was erased since is erased again."""
    from runtime.backup import commands

    raise typer.Exit(commands.restore(_installation(var), source, until, force, print))


@app.command()
def upgrade(
    to: Annotated[str, typer.Option("--to", help="where the backup goes; BACKUP_TO unless given")] = "",
    var: VarOption = None,
) -> None:
    """After new code was fetched: back up, migrate, train, publish; what fails is undone."""
    from runtime.backup import commands

    raise typer.Exit(commands.upgrade(_installation(var), to, print))


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
def connect(
    channel: Annotated[str, typer.Option("--channel", help="whatsapp, telegram, messenger, instagram …")],
    unit: Annotated[str, typer.Option("--unit", help="a unit code")],
) -> None:
    """Connect a channel of a unit with what its vendor gave, or repair it: asks, or reads CONNECT_…."""
    installation = _installation()
    if not (channel and unit):
        raise InstallationError("say what to connect: make connect CHANNEL=whatsapp BU=amigro")
    if not installation.environment.get("DATABASE_URL") and not installation.var.is_dir():
        raise InstallationError("this installation was never started: make up first, or set DATABASE_URL")
    command = [str(installation.root / ".venv/bot/bin/python"), "-m", "bot.connect"]
    os.chdir(installation.root)
    sys.stdout.flush()
    os.execve(command[0], [*command, "--channel", channel, "--unit", unit], installation.environment_of_connect())  # noqa: S606


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
    from runtime.publishing import PublishingFailed
    from runtime.training import TrainingFailed

    try:
        app()
    except SettingsInvalid as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(EXIT_MISCONFIGURED)
    except (InstallationError, FrontendError, PublishingFailed, TrainingFailed) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
