"""The About page lists what is installed, with its licences."""

from __future__ import annotations

from importlib import metadata

from backoffice.views import about
from runtime import frontend
from runtime.installation import ROOT
from tests.integration.backoffice.conftest import Office


def test_every_package_of_the_environment_and_of_the_pages_is_named(office: Office) -> None:
    frontend.install(ROOT)
    page = office.client(office.user()).get("/about/").text

    for name in ("@tabler/core", "@tabler/icons", "htmx.org", "tom-select", "@fontsource-variable/inter"):
        assert f"<b>{name}</b>" in page, name
    assert {library.licence for library in about.frontend()} <= {"MIT", "0BSD", "Apache-2.0", "OFL-1.1"}
    assert metadata.version("flask") in page and "openpyxl" in page
    named = [library for library in about.python_packages() if library.licence]
    assert len(named) > 0.9 * len(about.python_packages())
