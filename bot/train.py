"""Trains the models of units whose training data changed. `python -m bot.train --units amigro,huntu`

A model's name is the fingerprint of all that it is made of, so a second call trains nothing. The understanding is
shared by all units, and Rasa's cache gives it to the second and later ones (20 s instead of a minute).
"""

from __future__ import annotations

from bot.quiet import quieten

quieten("WARNING")

import argparse  # noqa: E402
import contextlib  # noqa: E402
import hashlib  # noqa: E402
import io  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from importlib.metadata import version  # noqa: E402
from pathlib import Path  # noqa: E402

from contract.settings import ALL_UNITS  # noqa: E402

_KEPT_MODELS = 3
_HERE = Path(__file__).resolve().parent


def fingerprint(root: Path, unit: str) -> str:
    """Return the hash (20 hex digits) of everything that a unit's model is made of."""
    digest = hashlib.sha256(f"rasa {version('rasa')} {unit}".encode())
    folders = [root / part / which for part in ("data", "domain") for which in ("shared", unit)]
    parts = [*sorted((_HERE / "components").iterdir()), *sorted((_HERE / "understanding").iterdir())]
    for file in (_HERE / "importer.py", *parts):
        if file.suffix in (".py", ".yml"):
            digest.update(file.read_bytes())
    files = [root / "config.yml"]
    for folder in folders:
        files += sorted(folder.rglob("*.yml"))
    for file in files:
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:20]


def train(root: Path, unit: str, models: Path) -> Path:
    """Train a unit's model and publish it as the unit's current one. Raises what Rasa's validation raises."""
    os.environ.setdefault("RASA_CACHE_DIRECTORY", str(root / ".rasa" / "cache"))
    from rasa.model_training import TrainingType, _train_graph

    from bot.importer import UnitImporter

    name = f"{fingerprint(root, unit)}.tar.gz"
    folder = models / unit
    folder.mkdir(parents=True, exist_ok=True)
    importer = UnitImporter(str(root / "config.yml"), unit=unit)
    with contextlib.redirect_stdout(io.StringIO()):
        _train_graph(importer, TrainingType.BOTH, str(folder), name)
    publish(folder, name)
    for old in sorted(folder.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)[:-_KEPT_MODELS]:
        old.unlink()
    return folder / name


def publish(folder: Path, name: str) -> None:
    """Make a model the current one of its unit, in one step."""
    pointer = folder / "current.new"
    pointer.write_text(name)
    pointer.replace(folder / "current")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", default=",".join(ALL_UNITS), help="unit codes, comma separated")
    parser.add_argument("--models", default="models", type=Path)
    parser.add_argument("--force", action="store_true", help="train even what has not changed")
    arguments = parser.parse_args()
    root = Path.cwd()
    units = [unit for unit in arguments.units.split(",") if unit]
    for number, unit in enumerate(units, start=1):
        label = f"[{number}/{len(units)}] {unit}"
        folder = arguments.models / unit
        if not (root / "data" / unit).is_dir():
            print(f"{label}: unknown unit, there is no folder data/{unit}", file=sys.stderr)
            return 2
        wanted = f"{fingerprint(root, unit)}.tar.gz"
        if (folder / wanted).is_file() and not arguments.force:
            publish(folder, wanted)
            print(f"{label}: up to date", flush=True)
            continue
        print(f"{label}: training …", flush=True)
        start = time.monotonic()
        train(root, unit, arguments.models)
        print(f"{label}: trained in {time.monotonic() - start:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
