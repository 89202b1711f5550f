"""The front-end libraries: from the lock to the files that pages load."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from runtime import frontend

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def checkout(tmp_path):
    """A checkout with packages as npm would lay them, but small."""
    for source in frontend.FILES:
        path = tmp_path / "node_modules" / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("content\n//# sourceMappingURL=x.js.map\n")
    for name in frontend.packages():
        folder = tmp_path / "node_modules" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(json.dumps({"name": name, "version": "1.2.3", "license": "MIT"}))
    (tmp_path / "node_modules/tom-select/LICENSE").write_text("As it pleases you.")
    icons = tmp_path / "node_modules/@tabler/icons/icons/outline"
    icons.mkdir(parents=True)
    (icons / "home.svg").write_text('<svg\n  class="icon"\n>\n  <path d="M5 12" />\n</svg>\n')
    (tmp_path / "backoffice/static").mkdir(parents=True)
    (tmp_path / frontend.ICONS).write_text("# comment\nhome\n")
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "node_modules/.lock-installed").write_text("{}")
    return tmp_path


def test_the_files_are_copied_once_and_without_references_to_maps(checkout):
    assert not frontend.is_current(checkout)
    frontend.install(checkout)
    vendor = checkout / frontend.VENDOR
    assert {path.name for path in vendor.iterdir()} == {*frontend.FILES.values(), "icons.svg", "licences.json", ".stamp"}
    assert (vendor / "tabler.min.js").read_text() == "content\n\n"
    assert frontend.is_current(checkout)
    (checkout / frontend.ICONS).write_text("home\n")
    assert not frontend.is_current(checkout), "another list, another sprite"


def test_the_licences_of_what_is_served_are_written_down(checkout):
    frontend.install(checkout)
    told = json.loads((checkout / frontend.VENDOR / "licences.json").read_text())
    assert [one["name"] for one in told] == frontend.packages()
    assert {"name": "tom-select", "version": "1.2.3", "licence": "MIT", "text": "As it pleases you."} in told


def test_a_symbol_is_drawn_in_the_colour_of_its_text(checkout):
    frontend.install(checkout)
    sprite = (checkout / frontend.VENDOR / "icons.svg").read_text()
    assert '<symbol id="home" viewBox="0 0 24 24" fill="none" stroke="currentColor"' in sprite
    assert '<path d="M5 12" />' in sprite


def test_an_unknown_icon_is_named_and_what_was_served_stays(checkout):
    frontend.install(checkout)
    (checkout / frontend.ICONS).write_text("home\nhouse-of-cards\n")
    with pytest.raises(frontend.FrontendError, match="'house-of-cards'"):
        frontend.install(checkout)
    assert (checkout / frontend.VENDOR / "tabler.min.css").exists()


def test_a_file_that_a_new_version_no_longer_has_is_named(checkout):
    shutil.rmtree(checkout / "node_modules/htmx.org")
    with pytest.raises(frontend.FrontendError, match=re.escape("no longer brings htmx.org/dist/htmx.min.js")):
        frontend.install(checkout)


def test_the_lock_names_no_host_and_pins_what_package_json_asks():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    asked = json.loads((ROOT / "package.json").read_text())["dependencies"]
    for name, version in asked.items():
        entry = lock["packages"][f"node_modules/{name}"]
        assert entry["version"] == version, name
        assert entry["integrity"].startswith("sha512-")
    assert not [path for path, entry in lock["packages"].items() if "resolved" in entry]
