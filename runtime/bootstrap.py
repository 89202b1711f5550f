#!/usr/bin/env python3
"""The first step of every make target: brings both environments to what their locks say, then runs the
command.

    python3 runtime/bootstrap.py [--tests] [--app-only] [--] COMMAND…

Needs nothing but a Python of 3.8 or newer: no package of ours, nothing installed. Both environments are
installed only when their lock changed; COMMAND is then run as `.venv/app/bin/python -m COMMAND…` in this
process's place.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GET_310 = (
    "Python 3.10 is missing (Rasa 3.6 needs it) and uv could not fetch it. Install it by one of\n"
    "    uv python install 3.10\n"
    "    pyenv install 3.10\n"
    "    apt-get install python3.10        (where your distribution has it)\n"
    "or point RASA_PYTHON at one, then run the same command again."
)
GET_311 = (
    "Python 3.11 is missing and uv could not fetch it. Install it by one of\n"
    "    uv python install 3.11\n"
    "    pyenv install 3.11\n"
    "    apt-get install python3.11\n"
    "or point APP_PYTHON at one, then run the same command again."
)


class Environment:
    """One virtual environment: its name, its Python, the locks that fill it."""

    def __init__(self, name, version, variable, locks, advice):
        self.name, self.version, self.variable, self.locks, self.advice = (
            name,
            version,
            variable,
            locks,
            advice,
        )
        self.folder = ROOT / ".venv" / name
        self.python = self.folder / "bin" / "python"

    def stamp(self):
        digest = hashlib.sha256(self.version.encode())
        for lock in self.locks:
            digest.update((ROOT / "requirements" / lock).read_bytes())
        return digest.hexdigest()

    def stamp_file(self):
        return self.folder / (".stamp-" + "-".join(lock[:-4] for lock in self.locks))

    def is_current(self):
        mark = self.stamp_file()
        return self.python.exists() and mark.exists() and mark.read_text() == self.stamp()


def fail(message):
    """One clear reason, and the exit status of a machine that is not prepared."""
    sys.stderr.write("\n%s\n" % message)
    sys.exit(69)


def say(message):
    sys.stdout.write("%s\n" % message)
    sys.stdout.flush()


def version_of(python):
    """The X.Y of an interpreter, or None where it does not run (pyenv's shims may not)."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [str(python), "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.decode().strip() if answer.returncode == 0 else None


def runs(command):
    try:
        return (
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0
        )
    except OSError:
        return False


def find_uv():
    """uv of the machine, else one that we put into var/tools by pip."""
    on_path = shutil.which("uv")
    if on_path and runs([on_path, "--version"]):
        return on_path
    own = ROOT / "var" / "tools" / "uv"
    binary = own / "bin" / "uv"
    if runs([str(binary), "--version"]):
        return str(binary)
    say("uv is not on this machine: putting it into var/tools")
    attempts = (
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--target",
            str(own),
            "uv",
        ],
        None,
    )
    for attempt in attempts:
        if attempt is None:
            # No pip here (Debian takes it out of python3): a virtual environment brings its own.
            nest = ROOT / "var" / "tools" / "venv"
            if not runs([sys.executable, "-m", "venv", str(nest)]):
                break
            if runs([str(nest / "bin" / "pip"), "install", "--quiet", "uv"]):
                return str(nest / "bin" / "uv")
        elif runs(attempt) and binary.exists():
            return str(binary)
    fail(
        "uv cannot be installed: this Python (%s) has neither pip nor venv, or no package index answers.\n"
        "Install uv (pip install uv, or apt-get install python3-pip python3-venv first) and run the same command "
        "again." % sys.executable
    )
    return None


def find_python(environment, uv):
    """An interpreter of exactly the version that this environment needs."""
    wanted = environment.version
    named = os.environ.get(environment.variable)
    if named:
        found = version_of(named)
        if found != wanted:
            fail(
                "%s points at %s, which is %s; it must be Python %s."
                % (environment.variable, named, "Python " + found if found else "no Python that runs", wanted)
            )
        return named
    candidates = [shutil.which("python" + wanted), sys.executable]
    pyenv = Path(os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv")))
    candidates += sorted(str(path) for path in pyenv.glob("versions/%s*/bin/python" % wanted))
    for candidate in candidates:
        if candidate and version_of(candidate) == wanted:
            return candidate
    find = [uv, "python", "find", "--no-project", wanted]
    answer = subprocess.run(find, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    found = answer.stdout.decode().strip()
    if answer.returncode == 0 and version_of(found) == wanted:
        return found
    say("Python %s is not on this machine: asking uv for it" % wanted)
    if runs([uv, "python", "install", wanted]):
        answer = subprocess.run(find, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        if answer.returncode == 0:
            return answer.stdout.decode().strip()
    fail(environment.advice)
    return None


def install(environment, uv):
    """Make the environment and fill it from its locks; it counts as done only when all of it went well."""
    began = time.time()
    python = find_python(environment, uv)
    if version_of(environment.python) != environment.version:
        say("%s environment: making it with %s" % (environment.name, python))
        step([uv, "venv", "--quiet", "--clear", "--no-project", "--python", python, str(environment.folder)])
    say("%s environment: installing %s" % (environment.name, ", ".join(environment.locks)))
    for lock in environment.locks:
        # --no-deps: the lock is whole, and it leaves out on purpose what Rasa names but never imports.
        step(
            [
                uv,
                "pip",
                "install",
                "--require-hashes",
                "--no-deps",
                "--python",
                str(environment.python),
                "-r",
                str(ROOT / "requirements" / lock),
            ]
        )
    environment.stamp_file().write_text(environment.stamp())
    say("%s environment: ready after %.0f s" % (environment.name, time.time() - began))


def step(command):
    """Run one step; its own last lines are the reason when it fails."""
    result = subprocess.run(command, cwd=str(ROOT), stdin=subprocess.DEVNULL, check=False)
    if result.returncode != 0:
        free = shutil.disk_usage(str(ROOT)).free / 2**30
        hint = "; only %.1f GB of disk are free, about 5 are needed" % free if free < 5 else ""
        fail("%s failed (its reason stands above)%s." % (" ".join(command[:3]), hint))


def main(arguments):
    if sys.version_info < (3, 8):
        fail("This command needs Python 3.8 or newer; %s is %s." % (sys.executable, platform.python_version()))
    with_tests = "--tests" in arguments
    app_only = "--app-only" in arguments
    command = [word for word in arguments if word not in ("--tests", "--app-only", "--")]
    app_locks = ["app.txt", "test.txt", "compose-schema.txt"] if with_tests else ["app.txt"]
    environments = [Environment("app", "3.11", "APP_PYTHON", app_locks, GET_311)]
    if not app_only:
        environments.append(Environment("bot", "3.10", "RASA_PYTHON", ["bot.txt"], GET_310))
    os.chdir(str(ROOT))
    missing = [environment for environment in environments if not environment.is_current()]
    if missing:
        uv = find_uv()
        for environment in missing:
            install(environment, uv)
    if command:
        python = str(environments[0].python)
        sys.stdout.flush()
        os.execv(python, [python, "-m"] + command)


if __name__ == "__main__":
    main(sys.argv[1:])
